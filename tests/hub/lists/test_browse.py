"""Browsing: sections that hold what they say, in pages, and folders one level at a time."""

import sqlite3
from contextlib import closing
from typing import get_args

import pytest

from backends.local.checksums import PreparedConnection
from backends.local.hub.index_schema import INDEX_LAYOUT
from contract.errors import InvalidRequest
from contract.hub.browse import BROWSE_LIBRARY, Section
from contract.hub.details import GET_ALBUM, GET_LIBRARY_TRACK
from contract.hub.library import LIST_LIBRARY_TRACKS
from tests.checked import call
from tests.hub.library import DAY, NOW, Song, put, track_id


async def items(hub, section, **asked):
    """All items of a section, page by page."""
    found, cursor = [], None
    while True:
        [page] = (await call(hub, BROWSE_LIBRARY, section=section, cursor=cursor, **asked))["sections"]
        found += page["items"]
        assert len(page["items"]) <= asked.get("limit", 10)
        cursor = page["nextCursor"]
        if cursor is None:
            return found


async def names(hub, section, **asked):
    return [item["name"] for item in await items(hub, section, **asked)]


def played(data_dir, days_ago):
    """Set when tracks were played last."""
    with closing(sqlite3.connect(data_dir / INDEX_LAYOUT.name, factory=PreparedConnection)) as connection:
        for key, ago in days_ago.items():
            connection.execute("UPDATE tracks SET last_played_at = ? WHERE id = ?", (NOW - ago * DAY, track_id(key)))
        connection.commit()


async def test_without_a_section_the_beginning_of_each_is_shown(hub, mixed_library):
    sections = (await call(hub, BROWSE_LIBRARY, limit=2))["sections"]
    assert [section["section"] for section in sections] == list(get_args(Section))
    for section in sections:
        assert len(section["items"]) <= 2
        [page] = (await call(hub, BROWSE_LIBRARY, section=section["section"], limit=2))["sections"]
        assert page == section


@pytest.mark.parametrize("section", get_args(Section))
async def test_pages_of_a_section_are_the_whole_of_it(hub, mixed_library, section):
    whole = await items(hub, section, limit=200)
    assert whole
    for limit in (1, 3):
        assert await items(hub, section, limit=limit) == whole


async def test_recently_added_are_albums_the_newest_first(hub, data_dir):
    put(data_dir, [Song(f"s{days}", "A", f"Album {days}", added_days_ago=days) for days in (3, 1, 2)])
    found = await items(hub, "recentlyAdded")
    assert [item["name"] for item in found] == ["Album 1", "Album 2", "Album 3"]
    album = (await call(hub, GET_ALBUM, id=found[0]["id"]))["album"]
    assert (album["title"], album["artist"]) == (found[0]["name"], found[0]["artist"])
    assert (await call(hub, LIST_LIBRARY_TRACKS, **found[0]["filters"]))["total"] == found[0]["trackCount"] == 1


async def test_played_sections_hold_tracks_that_were_played(hub, clock, data_dir):
    plays = {"often, long ago": 9, "often, lately": 8, "once, long ago": 1, "never": 0, "thrice, long ago": 3}
    put(data_dir, [Song(key, plays=count) for key, count in plays.items()])
    put(data_dir, [Song("gone", plays=10, missing=True)])
    played(data_dir, {"often, long ago": 400, "often, lately": 3, "once, long ago": 500, "thrice, long ago": 181})
    most = ["often, long ago", "often, lately", "thrice, long ago", "once, long ago"]
    assert await names(hub, "mostPlayed") == most
    assert await names(hub, "recentlyPlayed") == [
        "often, lately",
        "thrice, long ago",
        "often, long ago",
        "once, long ago",
    ]
    assert await names(hub, "rediscover") == ["often, long ago", "thrice, long ago"]
    clock.advance(days=200)
    assert await names(hub, "rediscover") == ["often, long ago", "often, lately", "thrice, long ago"]
    [first, *_] = await items(hub, "mostPlayed")
    assert (first["kind"], first["playCount"]) == ("track", 9)
    assert (await call(hub, GET_LIBRARY_TRACK, id=first["id"]))["track"]["title"] == "often, long ago"


@pytest.mark.parametrize("section", ["genres", "decades"])
async def test_shelves_say_how_to_list_what_is_on_them(hub, mixed_library, section):
    for item in await items(hub, section, limit=200):
        assert (await call(hub, LIST_LIBRARY_TRACKS, **item["filters"]))["total"] == item["trackCount"] > 0


async def test_genres_begin_with_the_most_frequent_and_decades_with_the_latest(hub, mixed_library):
    counts = [item["trackCount"] for item in await items(hub, "genres")]
    assert counts == sorted(counts, reverse=True)
    decades = await names(hub, "decades")
    assert decades == sorted(decades, reverse=True)
    assert decades[0] == "2020s"


TREE = {
    "A/1": ["x", "y"], "A-B": ["z"], "A": ["w"], "B/1/2": ["deep"], "B/1": [], "B!/1": ["v"], "B0": ["u"], "C": [],
    "Ünï/\udcff": ["odd"], "": ["top"],
}  # fmt: skip


@pytest.fixture
def tree(data_dir):
    songs = [Song(name, folder=folder, name=f"{name}.flac") for folder, files in TREE.items() for name in files]
    put(data_dir, [*songs, Song("gone", folder="C", name="gone.flac", missing=True)])


async def tree_of(hub, folder=None, **asked):
    """What is in a folder: of each folder by its name the same, of each track its id."""
    more = {} if folder is None else {"folder": folder}
    found = await items(hub, "folders", **more, **asked)
    assert len({item["name"] for item in found}) == len(found)
    return {
        item["name"]: await tree_of(hub, item["folder"], **asked) if item["kind"] == "folder" else item["id"]
        for item in found
    }


def path_tree():
    """The same, from TREE."""
    top = {"music": {}}
    for folder, files in TREE.items():
        for name in files:
            place = top["music"]
            for part in filter(None, folder.replace("\udcff", "\ufffd").split("/")):
                place = place.setdefault(part, {})
            place[name] = track_id(name)
    return top


@pytest.mark.parametrize("limit", [1, 2, 200])
async def test_folders_are_the_tree_of_files_level_by_level(hub, tree, limit):
    assert await tree_of(hub, limit=limit) == path_tree()


async def test_a_folder_that_is_no_more_is_said_to_be_gone(hub, tree):
    for folder in ("fld_999_2", "fld_1_99", "fld_1_0", f"fld_{10**30}_1"):
        with pytest.raises(InvalidRequest, match="there is no such folder now") as caught:
            await call(hub, BROWSE_LIBRARY, folder=folder)
        assert caught.value.field == "folder"


@pytest.mark.parametrize("folder", ["/etc", "../..", "fld_1", "fld_1_1 OR 1=1", "fld_-1_1", "fld_\u0661_1"])
async def test_a_folder_is_not_called_by_its_path(hub, tree, folder):
    with pytest.raises(InvalidRequest, match="folder "):
        await call(hub, BROWSE_LIBRARY, folder=folder)


async def test_a_cursor_or_folder_goes_with_its_own_section(hub, mixed_library):
    [page] = (await call(hub, BROWSE_LIBRARY, section="genres", limit=1))["sections"]
    for other in ({}, {"section": "decades"}, {"section": "mostPlayed"}, {"section": "folders"}):
        with pytest.raises(InvalidRequest) as caught:
            await call(hub, BROWSE_LIBRARY, cursor=page["nextCursor"], **other)
        assert caught.value.field == "cursor"
    with pytest.raises(InvalidRequest) as caught:
        await call(hub, BROWSE_LIBRARY, section="genres", folder="fld_1_2")
    assert caught.value.field == "folder"


async def test_an_empty_library_has_empty_sections(hub):
    for section in (await call(hub, BROWSE_LIBRARY))["sections"]:
        assert (section["items"], section["nextCursor"]) == ([], None)
