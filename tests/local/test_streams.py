"""Daily streams of a track, and how far the stored days reach."""

import datetime as dt

import pytest

from contract.errors import TrackNotFound
from contract.musicengine.analytics import GET_COVERAGE, GET_STREAMS
from tests.checked import call
from tests.label import LABEL, LATEST, SeededTrack, days_before, store


async def history(backend, **arguments):
    return (await call(backend, GET_STREAMS, **arguments))["data"]["historical_data"]


async def test_the_latest_days_come_newest_first_as_they_are_stored(label):
    figures = LABEL[0].figures
    rows = await history(label, isrc=LABEL[0].isrc, days=5)
    assert rows == [
        {"date": day.isoformat(), "spotify_streams": figures[day][0], "apple_streams": figures[day][1]}
        for day in sorted(figures, reverse=True)[:5]
    ]
    assert rows[0]["date"] == LATEST.isoformat()


async def test_a_service_that_lags_is_null_and_not_zero(label):
    rows = await history(label, isrc=LABEL[0].isrc, days=4)
    assert [row["apple_streams"] for row in rows] == [None, None, None, 333]


async def test_a_zero_that_was_reported_stays_a_zero(backend):
    await store(
        backend.database, [SeededTrack(isrc="USXXX1234567", title="T", artist="A", figures={LATEST: (0, None)})]
    )
    assert await history(backend, isrc="USXXX1234567") == [
        {"date": "2026-03-08", "spotify_streams": 0, "apple_streams": None}
    ]


async def test_a_missing_day_has_no_row(label):
    rows = await history(label, isrc="GBXYZ2400003", days=3)
    assert [row["date"] for row in rows] == ["2026-03-08", "2026-03-05", "2026-03-04"]


async def test_a_track_without_streams_has_an_empty_history(label):
    assert await history(label, isrc="FRABC2300005") == []


async def test_streams_of_a_track_that_is_not_there_are_not_found(label):
    with pytest.raises(TrackNotFound):
        await history(label, isrc="QZZZZ9999999")


async def test_a_year_is_the_most_that_comes_and_thirty_days_come_by_default(backend):
    days = {LATEST - dt.timedelta(days=back): (back, back) for back in range(400)}
    await store(backend.database, [SeededTrack(isrc="USXXX1234567", title="T", artist="A", figures=days)])
    assert len(await history(backend, isrc="USXXX1234567", days=365)) == 365
    assert len(await history(backend, isrc="USXXX1234567")) == 30


async def test_coverage_names_the_latest_day_of_each_service(label):
    assert await call(label, GET_COVERAGE) == {
        "first_day": "2026-02-09",
        "latest_day": "2026-03-08",
        "spotify_latest_day": "2026-03-08",
        "apple_latest_day": "2026-03-05",
        "days_tracked": 28,
        "tracks_with_data": 7,
        "fuller_day": None,
        "fuller_day_tracks": None,
    }


async def test_coverage_of_an_empty_workspace_names_no_day(backend):
    assert await call(backend, GET_COVERAGE) == {
        "first_day": None,
        "latest_day": None,
        "spotify_latest_day": None,
        "apple_latest_day": None,
        "days_tracked": 0,
        "tracks_with_data": 0,
        "fuller_day": None,
        "fuller_day_tracks": None,
    }


async def test_a_day_that_few_tracks_reach_names_the_day_that_more_do(backend):
    days = days_before(LATEST, 3)
    tracks = [
        SeededTrack(
            isrc=f"DEAAA260000{number}",
            title="T",
            artist="A",
            figures=dict.fromkeys(days if number == 0 else days[:2], (1, None)),
        )
        for number in range(3)
    ]
    await store(backend.database, tracks)
    latest = await call(backend, GET_COVERAGE)
    assert (latest["latest_day"], latest["tracks_with_data"]) == ("2026-03-08", 1)
    assert (latest["fuller_day"], latest["fuller_day_tracks"]) == ("2026-03-07", 3)
    assert (await call(backend, GET_COVERAGE, date="2026-03-07"))["fuller_day"] is None
