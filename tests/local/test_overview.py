"""The dashboard of a day: the latest unless one is asked for, and a sensible answer where there is nothing."""

import datetime as dt

import pytest

from contract.musicengine.catalogue import GET_OVERVIEW
from tests.checked import call
from tests.label import LABEL, LATEST, SeededTrack, store


def on(day, *streams, artist="A", apple=0):
    return [
        SeededTrack(isrc=f"DEAAA26{number:05d}", title=f"T{number}", artist=artist, figures={day: (count, apple)})
        for number, count in enumerate(streams)
    ]


async def overview(backend, **arguments):
    answer = await call(backend, GET_OVERVIEW, **arguments)
    assert answer["success"] is True
    return answer["data"]


async def test_an_empty_workspace_has_no_tracks_no_streams_and_no_best(backend):
    assert await overview(backend) == {
        "stats": {"total_inner_catalogue_tracks": 0, "has_stream_data": False, "days_tracked": 0},
        "best_tracks": [],
        "best_artists": [],
    }


async def test_without_a_date_it_shows_the_latest_day(label):
    assert await overview(label) == await overview(label, date=LATEST.isoformat())
    assert await overview(label) != await overview(label, date="2026-03-05")


async def test_a_date_shows_that_day(label):
    best = (await overview(label, date="2026-03-05"))["best_tracks"]
    assert best[0] == {"isrc": "GBXYZ2600004", "title": "Out This Week", "artist": "The Gaps", "streams": 5000 + 1666}


@pytest.mark.parametrize("day", ["1999-12-31", "2026-03-09", "9999-12-31"])
async def test_an_empty_day_has_no_best_and_the_workspaces_counts(label, day):
    assert await overview(label, date=day) == {
        "stats": {"total_inner_catalogue_tracks": len(LABEL), "has_stream_data": False, "days_tracked": 28},
        "best_tracks": [],
        "best_artists": [],
    }


async def test_a_catalogue_without_streams_is_counted_and_has_no_best(backend):
    await store(backend.database, [SeededTrack(isrc="USXXX1234567", title="T", artist="A")])
    data = await overview(backend)
    assert data["stats"] == {"total_inner_catalogue_tracks": 1, "has_stream_data": False, "days_tracked": 0}
    assert data["best_tracks"] == []


async def test_the_best_are_added_over_both_services_and_over_an_artists_tracks(label):
    data = await overview(label, date="2026-03-01")
    tracks = {track["isrc"]: track["streams"] for track in data["best_tracks"]}
    artists = {artist["artist"]: artist["streams"] for artist in data["best_artists"]}
    assert tracks["DEABC2500001"] == 500 + 166
    assert tracks["DEABC2500002"] == 2000 + 666
    assert artists["Käthe Ølsen"] == tracks["DEABC2500001"] + tracks["DEABC2500002"]


async def test_the_best_are_ten_from_the_most_streamed_down(backend):
    await store(backend.database, on(LATEST, *range(100, 115)))
    best = (await overview(backend))["best_tracks"]
    assert [track["streams"] for track in best] == list(range(114, 104, -1))


async def test_equals_among_the_best_stand_in_the_order_of_their_isrcs(backend):
    await store(backend.database, reversed(on(LATEST, *[7] * 12)))
    best = (await overview(backend))["best_tracks"]
    assert [track["isrc"] for track in best] == [f"DEAAA26{number:05d}" for number in range(10)]


async def test_a_track_with_zero_streams_is_not_among_the_best_though_the_day_has_data(backend):
    await store(backend.database, on(LATEST, 0))
    data = await overview(backend)
    assert data["stats"]["has_stream_data"] is True
    assert (data["best_tracks"], data["best_artists"]) == ([], [])


async def test_a_day_without_data_between_two_days_is_not_tracked(backend):
    await store(backend.database, on(LATEST, 1))
    assert (await overview(backend))["stats"]["days_tracked"] == 1
    before = (LATEST - dt.timedelta(days=1)).isoformat()
    assert (await overview(backend, date=before))["stats"]["has_stream_data"] is False
