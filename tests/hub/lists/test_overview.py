"""The library as a whole: its counts are those of its rows, and its filters say what there is."""

import pytest

from contract.errors import InvalidRequest
from contract.hub.library import DEFAULT_ORDERS
from contract.hub.overview import FIND_LIBRARY_ISRCS, GET_LIBRARY_FILTERS, GET_LIBRARY_STATS
from contract.hub.saved import SAVE_ITEMS
from tests.checked import call
from tests.hub.library import Song, put, track_id
from tests.hub.lists.walking import walked


async def test_the_stats_are_those_of_the_rows(hub, data_dir, all_rows):
    stats = await call(hub, GET_LIBRARY_STATS)
    there = [track for track in all_rows.tracks if not track["missing"]]
    assert stats["tracks"] == len(there)
    assert stats["missing"] == len(all_rows.tracks) - len(there) > 0
    assert stats["albums"] == sum(album["there"] for album in all_rows.albums)
    assert stats["artists"] == sum(artist["there"] for artist in all_rows.artists)
    assert stats["genres"] == len({genre for track in there for genre in track["genres"]})
    assert stats["durationMs"] == sum(track["duration"] for track in there)
    assert stats["size"] == 1_000_000 * len(there)
    assert stats["roots"] == 1
    for one in stats["formats"]:
        own = [track for track in there if track["format"] == one["format"]]
        assert (one["trackCount"], one["durationMs"]) == (len(own), sum(track["duration"] for track in own))
    assert sum(one["trackCount"] for one in stats["formats"]) == stats["tracks"]
    counts = [one["trackCount"] for one in stats["formats"]]
    assert counts == sorted(counts, reverse=True)


async def test_an_empty_library_has_stats_and_filters_too(hub):
    stats = await call(hub, GET_LIBRARY_STATS)
    assert (stats["tracks"], stats["durationMs"], stats["formats"], stats["lastScan"]) == (0, 0, [], None)
    filters = await call(hub, GET_LIBRARY_FILTERS)
    assert filters["genres"] == filters["formats"] == []
    assert filters["years"] == {"first": None, "last": None, "unknown": 0, "decades": []}


async def test_saved_items_are_counted_by_kind(hub, library):
    await call(hub, SAVE_ITEMS, ids=[library.album("Hot Space", "Queen"), library.artist("ABBA"), track_id("SOS")])
    assert (await call(hub, GET_LIBRARY_STATS))["saved"] == {"tracks": 2, "albums": 1, "artists": 1, "playlists": 0}


async def test_the_filters_name_what_lists_then_find(hub, all_rows):
    filters = await call(hub, GET_LIBRARY_FILTERS)
    assert len(filters["genres"]) > 5
    for genre in filters["genres"]:
        assert len(await walked(hub, "tracks", genre=genre["name"], limit=200)) == genre["trackCount"]
    for one in filters["formats"]:
        assert len(await walked(hub, "tracks", format=one["format"], limit=200)) == one["trackCount"]
    years = filters["years"]
    for one in years["decades"]:
        of_decade = await walked(hub, "tracks", yearFrom=one["decade"], yearTo=one["decade"] + 9, limit=200)
        assert len(of_decade) == one["trackCount"]
    known = [track["year"] for track in all_rows.tracks if track["year"] and not track["missing"]]
    assert (years["first"], years["last"]) == (min(known), max(known))
    assert years["unknown"] == sum(not track["year"] for track in all_rows.tracks if not track["missing"])
    for kind, sorts in filters["sorts"].items():
        for one in sorts:
            assert one["order"] == DEFAULT_ORDERS[one["sort"]]
            assert await walked(hub, kind, sort=one["sort"], order=one["order"], limit=200)
    assert filters["orders"] == ["asc", "desc"]


async def test_a_genre_in_two_spellings_is_one(hub, data_dir):
    put(data_dir, [Song("a", tags={"genres": ["Électro"]}), Song("b", tags={"genres": ["ELECTRO"]})])
    [genre] = (await call(hub, GET_LIBRARY_FILTERS))["genres"]
    assert genre["trackCount"] == 2


async def test_isrcs_are_found_in_any_spelling_and_told_in_the_order_asked(hub, data_dir):
    put(data_dir, [
        Song("a", tags={"isrc": "USXXX1234567"}), Song("b", tags={"isrc": "USXXX1234567"}),
        Song("c", tags={"isrc": "DEAAA2600001"}), Song("d", tags={"isrc": "DEAAA2600002"}, missing=True),
    ])  # fmt: skip
    asked = "deaaa2600001, US-XXX-12-34567,DEAAA2600002,GBUM71029604,deaaa2600001"
    assert await call(hub, FIND_LIBRARY_ISRCS, isrcs=asked) == {
        "found": [
            {"isrc": "DEAAA2600001", "trackIds": [track_id("c")]},
            {"isrc": "USXXX1234567", "trackIds": [track_id("a"), track_id("b")]},
        ]
    }


@pytest.mark.parametrize(
    ("isrcs", "message"),
    [("", "1 to 100 ISRCs"), (",".join(["USXXX1234567"] * 101), "1 to 100 ISRCs"),
     ("USXXX1234567,nonsense", "no ISRC in place 2; each must be an ISRC"), ("x" * 4001, "at most 4000")],
)  # fmt: skip
async def test_what_is_no_list_of_isrcs_is_refused(hub, library, isrcs, message):
    with pytest.raises(InvalidRequest, match=message):
        await call(hub, FIND_LIBRARY_ISRCS, isrcs=isrcs)
