"""Lists: each sort sorts, each filter filters, and pages are the whole list, neither more nor less."""

import asyncio
import itertools
from contextlib import aclosing
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.local.hub.hub import LocalHub
from backends.local.hub.listing import Page, page_of
from backends.local.hub.reading.record import FORMATS as READ
from backends.local.hub.track_filters import select_tracks
from backends.local.hub.track_list import TRACKS
from backends.local.hub.track_sources import Filters
from contract.errors import InvalidRequest
from contract.hub.errors import AlbumNotFound, ArtistNotFound
from contract.hub.library import (
    DEFAULT_ORDERS,
    LIST_ALBUMS,
    LIST_ARTISTS,
    LIST_LIBRARY_TRACKS,
    AlbumSort,
    ArtistSort,
    Format,
    ListLibraryTracks,
    Order,
    TrackSort,
)
from tests.checked import call
from tests.hub.lists.brute_force import Rows
from tests.hub.lists.mixed import FORMATS, GENRES, put_mixed
from tests.hub.lists.walking import LISTS, walked

SORTS = {"tracks": get_args(TrackSort), "albums": get_args(AlbumSort), "artists": get_args(ArtistSort)}
each_sort = pytest.mark.parametrize(("kind", "sort"), [(kind, sort) for kind, sorts in SORTS.items() for sort in sorts])


@each_sort
@pytest.mark.parametrize("order", get_args(Order))
async def test_each_sort_sorts_in_both_orders_over_all_pages(hub, all_rows, kind, sort, order):
    expected = all_rows.listed(kind, sort=sort, order=order)
    assert len(expected) > 10
    assert await walked(hub, kind, sort=sort, order=order, limit=7) == expected


@each_sort
async def test_the_order_is_the_one_that_people_mean_if_none_is_named(hub, all_rows, kind, sort):
    expected = all_rows.listed(kind, sort=sort, order=DEFAULT_ORDERS[sort])
    assert await walked(hub, kind, sort=sort, limit=200) == expected


@pytest.mark.parametrize("limit", [1, 2, 5, 50, 200])
@pytest.mark.parametrize("kind", LISTS)
async def test_pages_of_any_size_are_the_whole_list(hub, all_rows, kind, limit):
    sort = SORTS[kind][0]
    assert await walked(hub, kind, sort=sort, limit=limit) == all_rows.listed(kind, sort=sort, order="asc")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    put_mixed(folder)
    return folder, Rows(folder)


def filters_of(kind, rows, draw):
    """Some filters of the list, with values that occur and values that do not."""
    years, saved = st.integers(1966, 2026), st.booleans()
    genres = st.sampled_from([*GENRES, "ROCK", "electronique", "Industrial", "nothing at all"])
    choices = {"genre": genres, "saved": saved}
    if kind != "artists":
        choices |= {"yearFrom": years, "yearTo": years}
        choices["artist"] = st.sampled_from([artist["id"] for artist in rows.artists])
    if kind == "albums":
        choices["compilation"] = st.booleans()
    if kind == "tracks":
        choices["album"] = st.sampled_from([album["id"] for album in rows.albums])
        choices["format"] = st.sampled_from([*FORMATS, "wav", "aiff"])
        choices["isrc"] = st.sampled_from(["USXXX1234561", "USXXX1234565", "GBUM71029604", "DEAAA2600001"])
        choices["addedSince"] = st.sampled_from(["2026-11-21", "2026-11-20", "2026-10-01", "2025-01-01", "1999-01-01"])
        choices["missing"] = st.sampled_from(["exclude", "only", "include"])
    names = draw(st.lists(st.sampled_from(sorted(choices)), max_size=3, unique=True))
    filters = {name: draw(choices[name]) for name in names}
    if filters.get("yearTo", 9999) < filters.get("yearFrom", 0):
        filters["yearFrom"], filters["yearTo"] = filters["yearTo"], filters["yearFrom"]
    return filters


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_filters_in_any_combination_leave_what_brute_force_leaves(built, data):
    folder, rows = built
    kind = data.draw(st.sampled_from(list(LISTS)))
    filters = filters_of(kind, rows, data.draw)
    sort, order = data.draw(st.sampled_from(SORTS[kind])), data.draw(st.sampled_from(get_args(Order)))
    limit = data.draw(st.sampled_from([1, 3, 10, 200]))
    asyncio.run(_filtered(folder, rows, kind, {**filters, "sort": sort, "order": order}, limit))


async def _filtered(folder, rows, kind, asked, limit):
    async with aclosing(LocalHub(folder)) as hub:
        expected = rows.listed(kind, **asked)
        assert await walked(hub, kind, limit=limit, **asked) == expected
        assert (await call(hub, LISTS[kind], limit=1, **asked))["total"] == len(expected)
        if kind == "tracks":
            assert [ids async for ids in _gathered(hub, asked) if ids != expected] == []


async def _gathered(hub, asked):
    """The list as it is in a library so large that it is not walked, from wherever its rows can be found."""
    request = ListLibraryTracks(limit=200, **asked)
    selection, filters = await select_tracks(hub.hub, request), await Filters.of(hub.hub, request)
    for source in filters.sources if filters else ():
        page = Page.asked(TRACKS, request)
        rows, cursor = await page_of(hub.hub, page, replace(selection, rows=10**12, source=source))
        assert cursor is None
        yield [row[0] for row in rows]


async def test_any_two_filters_of_tracks_leave_the_same_whichever_way_their_rows_are_found(built):
    folder, rows = built
    track = max(rows.tracks, key=lambda row: (row["saved"], not row["missing"], len(row["genres"]), row["year"] or 0))
    choices = {
        "artist": track["artistIds"][0], "album": track["albumId"], "genre": track["genres"][0],
        "format": track["format"], "saved": True, "yearFrom": 1970, "addedSince": "2025-01-01", "missing": "include",
        "isrc": "USXXX1234561",
    }  # fmt: skip
    found = 0
    async with aclosing(LocalHub(folder)) as hub:
        for pair in itertools.combinations(choices, 2):
            asked = {name: choices[name] for name in pair if choices[name]} | {"sort": "title", "order": "asc"}
            expected = rows.listed("tracks", **asked)
            assert await walked(hub, "tracks", limit=200, **asked) == expected
            assert [ids async for ids in _gathered(hub, asked) if ids != expected] == [], pair
            found += len(expected) > 0
    assert found > 25


@pytest.mark.parametrize("sort", SORTS["tracks"])
@pytest.mark.parametrize(
    "filters",
    [{"genre": "Rock"}, {"format": "mp3"}, {"yearFrom": 1980, "yearTo": 1990}, {"addedSince": "2026-10-01"},
     {"saved": True, "missing": "include"}, {"yearFrom": 1980, "genre": "Pop", "format": "flac"}],
    ids=str,
)  # fmt: skip
async def test_rows_that_are_gathered_are_those_that_a_walk_meets(hub, mixed_library, sort, filters):
    request = ListLibraryTracks(limit=5, sort=sort, **filters)
    selection = await select_tracks(hub.hub, request)
    assert selection.source is not None
    walk, gather = replace(selection, source=None), replace(selection, rows=10**9)
    cursor = None
    for _ in range(3):
        page = Page.asked(TRACKS, request.model_copy(update={"cursor": cursor}))
        found, cursor = await page_of(hub.hub, page, walk)
        assert (found, cursor) == await page_of(hub.hub, page, gather)
        assert found


async def test_a_row_holds_what_the_list_says(hub, library):
    page = await call(hub, LIST_LIBRARY_TRACKS, isrc="gb-um7-10-29604")
    [track] = page["tracks"]
    assert track == {
        "id": library.track("Under Pressure"),
        "title": "Under Pressure",
        "artist": "Queen & David Bowie",
        "album": "Hot Space",
        "albumId": library.album("Hot Space", "Queen"),
        "albumArtist": "Queen",
        "disc": None,
        "track": 11,
        "year": 1982,
        "genre": track["genre"],
        "durationMs": 200000,
        "format": "flac",
        "isrc": "GBUM71029604",
        "hasCover": False,
        "addedAt": "2026-08-13T12:00:00.000Z",
        "playCount": 7,
        "lastPlayedAt": "2026-11-20T12:00:00.000Z",
        "saved": True,
        "missing": False,
    }
    assert (page["total"], page["nextCursor"]) == (1, None)


async def test_an_empty_library_is_an_empty_page(hub):
    for kind, operation in LISTS.items():
        assert await call(hub, operation) == {kind: [], "total": 0, "nextCursor": None}


async def test_an_unknown_artist_or_album_is_said_to_be_unknown_and_an_unknown_genre_has_nothing(hub, mixed_library):
    for operation in (LIST_LIBRARY_TRACKS, LIST_ALBUMS):
        with pytest.raises(ArtistNotFound) as caught:
            await call(hub, operation, artist="art_0000000000000000")
        assert caught.value.field == "artist"
    with pytest.raises(AlbumNotFound) as caught:
        await call(hub, LIST_LIBRARY_TRACKS, album="alb_0000000000000000")
    assert caught.value.field == "album"
    for kind, operation in LISTS.items():
        assert await call(hub, operation, genre="Nothing at all") == {kind: [], "total": 0, "nextCursor": None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"artist": "alb_0f3a9c2e5b7d1846"}, "artist must be the id of an artist.*is the id of an album"),
        ({"album": "trk_0f3a9c2e5b7d1846"}, "album must be the id of an album.*is the id of a track"),
        ({"album": "Hits"}, "album must be the id of an album, such as alb_"),
        ({"sort": "title; DROP TABLE tracks"}, "sort must be 'title', 'artist'"),
        ({"sort": "sort_title"}, "sort must be"),
        ({"order": "asc, (SELECT 1)"}, "order must be 'asc' or 'desc'"),
        ({"format": "flac' OR 1=1 --"}, "format must be 'mp3'"),
        ({"missing": "yes"}, "missing must be 'exclude', 'only' or 'include'"),
        ({"addedSince": "yesterday"}, "addedSince must be a day or a timestamp"),
        ({"addedSince": "2026-02-30"}, "addedSince must be a day or a timestamp"),
        ({"yearFrom": 1990, "yearTo": 1980}, "yearTo must not be before yearFrom"),
        ({"yearFrom": 0}, "yearFrom must be"),
        ({"saved": "perhaps"}, "saved must be true or false"),
        ({"limit": 201}, "limit must be a whole number from 1 to 200"),
        ({"limit": 0}, "limit must be a whole number from 1 to 200"),
        ({"isrc": "US"}, "isrc must be an ISRC"),
        ({"genre": ""}, "genre must have at least 1"),
        ({"key": "1"}, "An argument is not known"),
    ],
)
async def test_what_is_not_as_the_contract_says_is_refused_by_name(hub, mixed_library, arguments, message):
    with pytest.raises(InvalidRequest, match=message):
        await call(hub, LIST_LIBRARY_TRACKS, **arguments)


@pytest.mark.parametrize("genre", ["Rock' OR '1'='1", "Rock\u202e", "%", "*", '"', "\u0000", "a" * 200])
async def test_hostile_words_in_a_filter_are_words(hub, mixed_library, genre):
    found = await call(hub, LIST_LIBRARY_TRACKS, genre=genre)
    assert found["total"] == (len(await walked(hub, "tracks", genre="Rock", limit=200)) if "\u202e" in genre else 0)


async def test_the_years_of_an_album_list_and_the_timestamp_of_a_track_list_may_have_open_ends(hub, all_rows):
    expected = all_rows.listed("albums", sort="title", order="asc", yearTo=1985)
    assert await walked(hub, "albums", yearTo=1985, limit=3) == expected
    day = await walked(hub, "tracks", addedSince="2026-11-20", limit=200)
    moment = await walked(hub, "tracks", addedSince="2026-11-20T01:00:00+01:00", limit=200)
    assert day == moment
    assert len(day) < len(await walked(hub, "tracks", limit=200))


def test_the_formats_of_the_contract_are_those_that_are_read():
    assert get_args(Format) == READ


async def test_artists_without_any_track_there_are_not_listed(hub, library):
    names = [artist["name"] for artist in (await call(hub, LIST_ARTISTS, limit=200))["artists"]]
    assert "The Absent" not in names
    assert "David Bowie" in names
