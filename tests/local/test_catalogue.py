"""The catalogue: pages newest first, one track, and a search by what people type."""

import pytest

from contract.errors import TrackNotFound
from contract.musicengine.catalogue import FIND_TRACKS, GET_TRACK, LIST_TRACKS
from tests.checked import call
from tests.label import LABEL, SeededTrack, store


def isrcs(page):
    return [track["isrc"] for track in page["data"]]


def same_moment(count):
    """Tracks that entered the catalogue at the same moment, as a file's tracks do."""
    return [SeededTrack(isrc=f"DEAAA26{number:05d}", title=f"Track {number}", artist="A") for number in range(count)]


async def found(backend, query):
    return isrcs(await call(backend, FIND_TRACKS, query=query))


async def test_an_empty_catalogue_is_an_empty_page(backend):
    assert await call(backend, LIST_TRACKS) == {
        "data": [],
        "pagination": {"total": 0, "limit": 50, "offset": 0, "has_more": False},
    }


async def test_the_newest_track_stands_first(label):
    page = await call(label, LIST_TRACKS)
    moments = [track["created_at"] for track in page["data"]]
    assert moments == sorted(moments, reverse=True)
    assert isrcs(page)[0] == "GBXYZ2600004"


async def test_a_row_holds_what_the_reference_shows(backend):
    track = SeededTrack(
        isrc="USXXX1234567",
        title="Song Name",
        artist="Artist Name",
        album="Release Name",
        spotify_id="abc123",
        release_date="2024-01-01",
        created_at="2026-03-08T10:00:00.000Z",
    )
    await store(backend.database, [track])
    [row] = (await call(backend, LIST_TRACKS))["data"]
    assert row.pop("track_id")
    assert row == {
        "isrc": "USXXX1234567",
        "title": "Song Name",
        "artist": "Artist Name",
        "album": "Release Name",
        "release_date": "2024-01-01",
        "cover_url": None,
        "spotify_track_url": "https://open.spotify.com/track/abc123",
        "full_tracking": True,
        "created_at": "2026-03-08T10:00:00.000Z",
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20])
async def test_pages_of_tracks_of_one_moment_neither_overlap_nor_leave_a_track_out(backend, limit):
    tracks = same_moment(11)
    await store(backend.database, tracks)
    seen = []
    more = True
    while more:
        page = await call(backend, LIST_TRACKS, limit=limit, offset=len(seen))
        seen += isrcs(page)
        more = page["pagination"]["has_more"]
        assert page["pagination"]["total"] == 11
    assert seen == [track.isrc for track in reversed(tracks)]


async def test_a_page_behind_the_end_is_empty_and_still_knows_the_total(label):
    page = await call(label, LIST_TRACKS, offset=1000, limit=5)
    assert page == {
        "data": [],
        "pagination": {"total": len(LABEL), "limit": 5, "offset": 1000, "has_more": False},
    }


async def test_the_last_full_page_says_that_nothing_is_left(label):
    page = await call(label, LIST_TRACKS, offset=len(LABEL) - 2, limit=2)
    assert len(page["data"]) == 2
    assert page["pagination"]["has_more"] is False


async def test_a_track_comes_with_its_whole_record(label):
    record = (await call(label, GET_TRACK, isrc="DEABC2500001"))["data"]
    assert record["title"] == "Aufwärts"
    assert record["release_date"] == "2025-11-07"
    assert record["full_tracking"] is True
    assert record["metadata"] == {}


async def test_other_columns_of_the_catalogue_file_come_as_metadata(backend):
    metadata = {"genre": "Pop", "bpm": 120, "writers": ["A", "B"]}
    await store(backend.database, [SeededTrack(isrc="USXXX1234567", title="T", artist="A", metadata=metadata)])
    assert (await call(backend, GET_TRACK, isrc="USXXX1234567"))["data"]["metadata"] == metadata


@pytest.mark.parametrize("isrc", ["deabc2500001", "DE-ABC-25-00001", " de abc 25 00001 "])
async def test_a_track_is_found_by_its_isrc_however_it_is_written(label, isrc):
    assert (await call(label, GET_TRACK, isrc=isrc))["data"]["isrc"] == "DEABC2500001"


async def test_an_isrc_that_no_track_has_is_not_found(label):
    with pytest.raises(TrackNotFound) as caught:
        await call(label, GET_TRACK, isrc="QZZZZ9999999")
    assert caught.value.field == "isrc"


@pytest.mark.parametrize(
    "query",
    [
        "aufwärts",
        "AUFWARTS",
        "olsen aufw",
        "käthe höhen aufwärts",
        "DEABC2500001",
        "de-abc-25-00001",
        "spotify:track:0riser00000000000000Ab",
        "https://open.spotify.com/track/0riser00000000000000Ab?si=0123456789abcdef",
        "https://open.spotify.com/intl-de/track/0riser00000000000000Ab",
    ],
)
async def test_a_search_finds_a_track_by_words_without_accents_by_isrc_or_by_link(label, query):
    assert await found(label, query) == ["DEABC2500001"]


@pytest.mark.parametrize(
    "query",
    ["aufwärts downhill", "%", "so_g", "' OR 1=1 --", "aufwärts%", "   ", "spotify:track:1riser", "QZZZZ9999999"],
)
async def test_a_search_finds_nothing_where_nothing_matches(label, query):
    assert await found(label, query) == []


async def test_a_spotify_link_differs_from_another_by_the_case_of_its_letters(label):
    assert await found(label, "spotify:track:0RISER00000000000000aB") == []


async def test_a_search_comes_in_the_catalogues_order_and_in_pages(label):
    first = await call(label, FIND_TRACKS, query="gaps", limit=1)
    second = await call(label, FIND_TRACKS, query="gaps", limit=1, offset=1)
    assert isrcs(first) + isrcs(second) == ["GBXYZ2600004", "GBXYZ2400003"]
    assert first["pagination"] == {"total": 2, "limit": 1, "offset": 0, "has_more": True}
    assert second["pagination"]["has_more"] is False


async def test_a_search_page_behind_the_end_still_knows_the_total(label):
    page = await call(label, FIND_TRACKS, query="gaps", offset=50)
    assert (page["data"], page["pagination"]["total"]) == ([], 2)
