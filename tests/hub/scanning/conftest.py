"""A folder of real audio files, the hub that scans it, and a playlist of what was found."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backends.local.hub.hub import LocalHub
from contract.hub.playlists import CREATE_PLAYLIST, GET_PLAYLIST
from tests.checked import call
from tests.hub.audio_files import EXTENSIONS, write_file, write_tags

_TRACKS = """
    SELECT f.path, t.name, t.id, t.missing_since IS NOT NULL FROM tracks t JOIN folders f ON f.key = t.folder_key
"""


@dataclass
class Music:
    """Files in a folder; paths are relative to it, and a file's title is its key for tests."""

    folder: Path
    hub: LocalHub
    playlist: str = ""
    titles: dict = field(default_factory=dict)

    def write(self, path, *, kind="flac", distinct=0, **tags):
        """A file with its title from its name, unless the tags say another."""
        path = self.folder / path
        if not path.suffix:
            path = path.with_name(f"{path.name}{EXTENSIONS[kind]}")
        tags = {"title": path.stem, "artist": "Someone", "album": path.parent.name, **tags}
        return write_file(path, kind, distinct=distinct, **tags)

    def retag(self, path, **tags):
        write_tags(self.folder / path, "flac", **tags)
        touch(self.folder / path)

    def move(self, old, new):
        (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / old).rename(self.folder / new)

    def copy(self, old, new):
        """Another file with the same bytes, that nothing connects with the old one."""
        (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.folder / old, self.folder / new)

    def delete(self, path):
        (self.folder / path).unlink()

    async def scan(self, *folders):
        """Counts that are not zero."""
        return found(await self.ended(*folders))

    async def ended(self, *folders):
        return await self.hub.hub.scans.run([os.fsencode(folder) for folder in folders])

    async def tracks(self, *, missing=False):
        """Ids by relative path, of the tracks whose files are there, or are missing."""
        head = os.fsencode(f"{self.folder}/")
        rows = await self.hub.hub.index.read(_TRACKS)
        return {
            os.fsdecode((folder + b"/" + name).removeprefix(head)): id_
            for folder, name, id_, gone in rows
            if bool(gone) == missing
        }

    async def begin(self):
        """Scan the folder, and put all that is found into a playlist, in the order of the paths."""
        await self.scan(self.folder)
        tracks = await self.tracks()
        ids = [tracks[path] for path in sorted(tracks)]
        made = await call(self.hub, CREATE_PLAYLIST, name="All", trackIds=ids)
        self.playlist = made["playlist"]["id"]
        return dict(sorted(tracks.items()))

    async def listed(self):
        """Titles of the playlist's entries; those of missing tracks in brackets."""
        playlist = await call(self.hub, GET_PLAYLIST, id=self.playlist, limit=200)
        tracks = [entry["track"] for entry in playlist["entries"]]
        return [f"({track['title']})" if track["missing"] else track["title"] for track in tracks]


def found(ended):
    return {name: number for name, number in ended.report.counts().items() if number}


def touch(path):
    """Give the file another time of change, however coarse the file system's clock is."""
    there = path.stat()
    os.utime(path, ns=(there.st_atime_ns, there.st_mtime_ns + 1_000_000_000))


@pytest.fixture
def music(tmp_path, hub):
    folder = tmp_path / "music"
    folder.mkdir()
    return Music(folder, hub)
