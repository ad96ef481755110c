"""Whatever is overridden, taken over from elsewhere, reset or undone: the files stay as they are, byte for byte."""

import hashlib
from contextlib import aclosing

import anyio
import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.musicengine import LocalMusicEngine
from contract.hub.enrichment import APPLY_ENRICHMENT, LIST_ENRICHMENT_PROPOSALS
from contract.hub.metadata import (
    GET_TRACK_METADATA,
    RESET_METADATA_OVERRIDES,
    SET_METADATA_OVERRIDES,
    UNDO_METADATA_CHANGE,
)
from contract.hub.search import SEARCH_LIBRARY
from server.cli import run
from tests.checked import call
from tests.hub.audio_files import EXTENSIONS, write_file
from tests.hub.library import rows
from tests.label import SeededTrack, store


@pytest.fixture
def files(tmp_path, data_dir, capsys):
    """One file of each format, scanned."""
    folder = tmp_path / "music"
    folder.mkdir()
    written = {}
    for number, (format_, extension) in enumerate(EXTENSIONS.items()):
        path = folder / f"{number}{extension}"
        isrc = f"QZAAA260000{number}"
        write_file(path, format_, title=f"Title {number}", artist="Artist", album="Album", isrc=isrc)
        written[isrc] = path
    assert run(["scan", str(folder)]) == 0
    capsys.readouterr()
    return written


def state(path):
    stat = path.stat()
    return hashlib.sha256(path.read_bytes()).hexdigest(), stat.st_mtime_ns, stat.st_ino, stat.st_size


async def found(hub, words):
    return {track["id"] for track in (await call(hub, SEARCH_LIBRARY, q=words))["tracks"]["items"]}


def test_no_file_is_written_and_search_finds_what_is_shown(tmp_path, data_dir, files):
    before = {isrc: state(path) for isrc, path in files.items()}
    ids = dict(rows(data_dir, INDEX_LAYOUT, "SELECT isrc, id FROM tracks"))
    assert ids.keys() == files.keys()

    async def change_everything():
        async with (
            aclosing(LocalMusicEngine(tmp_path / "label")) as catalogue,
            aclosing(LocalHub(data_dir, catalogue=catalogue)) as hub,
        ):
            await store(catalogue.database, [SeededTrack(isrc, "Zanzibar", "Artist", "Album") for isrc in files])
            for track in ids.values():
                await call(hub, SET_METADATA_OVERRIDES, id=track, values={"title": "Xylophone Quartet", "isrc": None})
                assert track in await found(hub, "xylophone")
                await call(hub, RESET_METADATA_OVERRIDES, id=track)
                assert track not in await found(hub, "xylophone")
                proposals = (await call(hub, LIST_ENRICHMENT_PROPOSALS, id=track))["proposals"]
                [title] = [each["id"] for each in proposals if each["field"] == "title"]
                await call(hub, APPLY_ENRICHMENT, id=track, proposalIds=[title])
                assert track in await found(hub, "zanzibar")
                await call(hub, UNDO_METADATA_CHANGE, id=track)
                [field, *_] = (await call(hub, GET_TRACK_METADATA, id=track))["fields"]
                assert field["shown"] == field["file"]
                assert field["source"] == "file"

    anyio.run(change_everything)
    assert {isrc: state(path) for isrc, path in files.items()} == before
    assert sorted(path.name for path in (tmp_path / "music").iterdir()) == sorted(path.name for path in files.values())
