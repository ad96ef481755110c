"""Pages of a library that changes meanwhile, and cursors that are none."""

import base64
import json
import sqlite3
from contextlib import closing

import pytest

from backends.local.checksums import PreparedConnection
from backends.local.hub.index_schema import INDEX_LAYOUT
from contract.errors import InvalidRequest
from contract.hub.library import LIST_ALBUMS, LIST_ARTISTS, LIST_LIBRARY_TRACKS
from tests.checked import call
from tests.hub.library import Song, put
from tests.hub.lists.brute_force import Rows
from tests.hub.lists.mixed import mixed
from tests.hub.lists.walking import pages, walked


def changes():
    """What comes to pass between pages: some of the mixed songs are tagged anew, some are gone, others are new."""
    songs = mixed(90)
    for song in songs[::5]:
        song.title, song.artist, song.tags = "Aaa", "Zzz", {"releaseDate": "2020", "genres": ["Pop"]}
    for song in songs[1::5]:
        song.missing = True
    return [songs[::5], songs[1::5], mixed(60, seed=7, name="new ")]


@pytest.mark.parametrize(
    ("kind", "sort", "filters"),
    [*[("tracks", sort, {}) for sort in ("title", "artist", "album", "year", "added", "duration", "played")],
     ("tracks", "lastPlayed", {"genre": "Rock"}), ("tracks", "title", {"yearFrom": 1980}),
     ("tracks", "year", {"yearFrom": 1980}), ("tracks", "added", {"addedSince": "2025-12-01"}),
     ("albums", "title", {}), ("albums", "year", {}), ("artists", "name", {})],
)  # fmt: skip
async def test_what_stays_as_it_is_appears_once_whatever_else_changes(hub, data_dir, all_rows, kind, sort, filters):
    seen, states, deeds = [], [all_rows], changes()
    async for page in pages(hub, kind, sort=sort, order="asc", limit=4, **filters):
        seen += page
        if deeds:
            put(data_dir, deeds.pop())
            states.append(Rows(data_dir))
    stayed = [id_ for id_ in all_rows.listed(kind, sort=sort, order="asc", **filters) if _stayed(id_, kind, states)]
    assert len(stayed) > 3
    assert [id_ for id_ in seen if id_ in stayed] == stayed
    assert not deeds


def _stayed(id_, kind, states):
    """Whether the row was the same all the time, but for what is counted in it."""
    counts = {"genres", "tracks", "albums", "played", "added"} if kind != "tracks" else set()
    found = [[row for row in getattr(state, kind) if row["id"] == id_] for state in states]
    shown = [[{name: value for name, value in row.items() if name not in counts} for row in rows] for rows in found]
    return all(rows == shown[0] for rows in shown)


async def test_the_next_page_begins_where_the_last_row_was_though_it_is_gone(hub, data_dir, all_rows):
    expected = all_rows.listed("tracks", sort="title", order="asc")
    first = await call(hub, LIST_LIBRARY_TRACKS, limit=5)
    with closing(sqlite3.connect(data_dir / INDEX_LAYOUT.name, factory=PreparedConnection)) as connection:
        connection.execute("UPDATE tracks SET missing_since = 1 WHERE id = ?", (expected[4],))
        connection.commit()
    second = await call(hub, LIST_LIBRARY_TRACKS, limit=5, cursor=first["nextCursor"])
    assert [track["id"] for track in second["tracks"]] == expected[5:10]


async def test_titles_of_any_length_and_script_are_paged_through(hub, data_dir):
    put(data_dir, [Song("\U0001f3b5" * 900 + f"{number:02d}", "\U0001f3b8" * 900, "\ufdfa" * 200, key=str(number))
                   for number in range(9)])  # fmt: skip
    rows = Rows(data_dir)
    for sort in ("title", "artist", "album"):
        assert await walked(hub, "tracks", sort=sort, limit=2) == rows.listed("tracks", sort=sort, order="asc")


async def cursor_of_a_page(hub, **asked):
    return (await call(hub, LIST_LIBRARY_TRACKS, limit=3, **asked))["nextCursor"]


@pytest.mark.parametrize(
    "other",
    [{"sort": "artist"}, {"order": "desc"}, {"genre": "Rock"}, {"saved": False}, {"missing": "include"},
     {"format": "flac"}, {"yearTo": 2000}, {"addedSince": "1999-01-01"}],
    ids=str,
)  # fmt: skip
async def test_a_cursor_of_other_filters_or_another_order_is_refused(hub, mixed_library, other):
    cursor = await cursor_of_a_page(hub)
    with pytest.raises(InvalidRequest, match="belongs to another list") as caught:
        await call(hub, LIST_LIBRARY_TRACKS, cursor=cursor, **other)
    assert caught.value.field == "cursor"
    assert "Leave cursor out" in caught.value.next_step


async def test_a_cursor_of_another_list_is_refused(hub, mixed_library):
    for operation in (LIST_ALBUMS, LIST_ARTISTS):
        with pytest.raises(InvalidRequest) as caught:
            await call(hub, operation, cursor=await cursor_of_a_page(hub))
        assert caught.value.field == "cursor"


async def test_a_cursor_goes_with_any_page_size(hub, mixed_library, all_rows):
    cursor = await cursor_of_a_page(hub)
    page = await call(hub, LIST_LIBRARY_TRACKS, cursor=cursor, limit=50)
    expected = all_rows.listed("tracks", sort="title", order="asc")
    assert [track["id"] for track in page["tracks"]] == expected[3:53]


def forged(cursor, change):
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return base64.urlsafe_b64encode(json.dumps(change(parts)).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: [parts[0], parts[1], parts[2][:-1]],
        lambda parts: [parts[0], parts[1], [*parts[2], 1]],
        lambda parts: [parts[0], parts[1], [1, 1]],
        lambda parts: [parts[0], parts[1], ["a", "1"]],
        lambda parts: [parts[0], parts[1], ["a", True]],
        lambda parts: [parts[0], parts[1], ["a", 2**63]],
        lambda parts: [parts[0], parts[1], ["a", 1.5]],
        lambda parts: [parts[0], parts[1], [None, 1]],
        lambda parts: [parts[0], parts[1], ["a\ud800", 1]],
        lambda parts: [parts[0], parts[1], {"a": 1}],
        lambda parts: [parts[0] + 1, parts[1], parts[2]],
        lambda parts: [parts[0], "0" * 12, parts[2]],
        lambda parts: parts[:2],
        lambda parts: {"cursor": parts},
        lambda parts: "text",
        lambda parts: None,
    ],
)
async def test_a_cursor_that_was_tampered_with_is_refused(hub, mixed_library, change):
    cursor = forged(await cursor_of_a_page(hub), change)
    with pytest.raises(InvalidRequest) as caught:
        await call(hub, LIST_LIBRARY_TRACKS, cursor=cursor)
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("cursor", ["", "x", "1 OR 1=1", "' UNION SELECT 1 --", "\u202e", "////", "W10", "[" * 1900])
async def test_a_cursor_that_is_none_is_refused(hub, mixed_library, cursor):
    with pytest.raises(InvalidRequest) as caught:
        await call(hub, LIST_LIBRARY_TRACKS, cursor=cursor)
    assert caught.value.field == "cursor"


async def test_sql_in_a_cursor_is_a_value(hub, mixed_library, all_rows):
    hostile = "zzz' OR 1=1; DROP TABLE tracks --"
    cursor = forged(await cursor_of_a_page(hub), lambda parts: [parts[0], parts[1], [hostile, 1]])
    page = await call(hub, LIST_LIBRARY_TRACKS, cursor=cursor, limit=200)
    rows = {track["id"]: track for track in all_rows.tracks}
    assert all(rows[track["id"]]["title"] > hostile for track in page["tracks"])
    assert await walked(hub, "tracks", limit=200) == all_rows.listed("tracks", sort="title", order="asc")


async def test_a_cursor_out_of_the_range_of_the_filter_shows_nothing_beyond_it(hub, mixed_library):
    years = {"sort": "year", "order": "asc", "yearFrom": 1980, "yearTo": 1985}
    cursor = forged(await cursor_of_a_page(hub, **years), lambda parts: [*parts[:2], [1900, *parts[2][1:]]])
    page = await call(hub, LIST_LIBRARY_TRACKS, cursor=cursor, limit=200, **years)
    assert page["tracks"]
    assert {track["year"] for track in page["tracks"]} <= set(range(1980, 1986))
