"""What moved: rising and falling tracks over two periods, with missing days left out and named."""

import datetime as dt
from contextlib import aclosing
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.local.musicengine import LocalMusicEngine
from backends.local.workspaces import create_workspace
from contract.errors import InvalidRequest
from contract.musicengine.analytics import GET_MOVERS
from tests.brute_force import compare, labels, period
from tests.checked import call
from tests.label import LATEST, SeededTrack, days_before, store

DAY = dt.timedelta(days=1)


def names(movements):
    return [movement["title"] for movement in movements]


def history(title, spotify, *, isrc="DEAAA2600001", until=LATEST, apple=None):
    days = days_before(until, len(spotify))
    apple = apple or [None] * len(spotify)
    return SeededTrack(
        isrc=isrc, title=title, artist="A", figures=dict(zip(days, zip(spotify, apple, strict=True), strict=True))
    )


async def test_the_riser_rises_and_the_faller_falls(label):
    moved = await call(label, GET_MOVERS)
    assert names(moved["rising"]) == ["Out This Week", "Aufwärts"]
    assert names(moved["falling"]) == ["Downhill"]
    assert moved["falling"][0] == {
        "isrc": "DEABC2500002",
        "title": "Downhill",
        "artist": "Käthe Ølsen",
        "streams": 7 * 1200 + 4 * 400,
        "previous": 7 * 2000 + 4 * 666,
        "change": 7 * -800 + 4 * -266,
        "change_percent": -40.0,
        "days_compared": 7,
    }


async def test_the_threshold_that_was_used_comes_with_the_answer(label):
    assert (await call(label, GET_MOVERS))["min_streams"] == 100
    assert (await call(label, GET_MOVERS, min_streams=5000))["min_streams"] == 5000


async def test_a_track_below_the_threshold_in_both_periods_is_not_counted(backend):
    await store(backend.database, [history("Small", [10] * 7 + [14] * 7)])
    assert names((await call(backend, GET_MOVERS, min_streams=98))["rising"]) == ["Small"]
    assert (await call(backend, GET_MOVERS, min_streams=99))["compared"] == 0


async def test_a_track_that_was_above_the_threshold_before_is_counted(backend):
    await store(backend.database, [history("Fell", [100] * 7 + [1] * 7)])
    assert names((await call(backend, GET_MOVERS, min_streams=700))["falling"]) == ["Fell"]


async def test_an_empty_workspace_has_no_periods(backend):
    assert await call(backend, GET_MOVERS) == {
        "period": None,
        "previous_period": None,
        "min_streams": 100,
        "compared": 0,
        "rising": [],
        "falling": [],
        "not_compared_total": 0,
        "not_compared": [],
        "hint": "No streams are stored yet. The user can add some with: musicengine-mcp import FILE",
    }


async def test_the_periods_end_on_the_latest_day_unless_an_end_is_given(label):
    latest = await call(label, GET_MOVERS, days=3)
    assert latest["period"] == {"start": "2026-03-06", "end": "2026-03-08", "missing_days": []}
    assert latest["previous_period"] == {"start": "2026-03-03", "end": "2026-03-05", "missing_days": []}
    assert (await call(label, GET_MOVERS, days=3, end="2026-03-01"))["period"]["end"] == "2026-03-01"


async def test_a_missing_day_is_named_and_is_no_fall(backend):
    streams = [100] * 14
    track = history("Gap", streams)
    figures = {day: both for day, both in track.figures.items() if day not in {LATEST - DAY, LATEST - 9 * DAY}}
    await store(backend.database, [SeededTrack(isrc="DEAAA2600001", title="Gap", artist="A", figures=figures)])
    moved = await call(backend, GET_MOVERS)
    assert (moved["rising"], moved["falling"], moved["compared"]) == ([], [], 1)
    assert moved["period"]["missing_days"] == ["2026-03-07"]
    assert moved["previous_period"]["missing_days"] == ["2026-02-27"]


async def test_a_service_that_lags_is_no_fall(backend):
    await store(backend.database, [history("Lag", [100] * 14, apple=[50] * 11 + [None] * 3)])
    moved = await call(backend, GET_MOVERS)
    assert (moved["rising"], moved["falling"], moved["compared"]) == ([], [], 1)


async def test_a_track_with_data_on_less_than_half_of_the_days_is_named_instead_of_compared(backend):
    await store(backend.database, [history("Stopped", [100] * 11, until=LATEST - 3 * DAY), history_of_others()])
    moved = await call(backend, GET_MOVERS)
    assert [(each["title"], each["days_compared"]) for each in moved["not_compared"]] == []
    moved = await call(backend, GET_MOVERS, days=5)
    assert [(each["title"], each["days_compared"]) for each in moved["not_compared"]] == [("Stopped", 2)]
    assert moved["not_compared_total"] == 1


def history_of_others():
    return history("Other", [1] * 20, isrc="DEAAA2600009")


async def test_a_release_of_this_week_rises_from_nothing_and_has_no_percentage(label):
    [new, *_] = (await call(label, GET_MOVERS))["rising"]
    assert (new["title"], new["previous"], new["change_percent"], new["days_compared"]) == ("Out This Week", 0, None, 4)


async def test_a_history_that_begins_in_the_middle_of_a_songs_life_is_no_growth(backend):
    week = history("", [100] * 7).figures
    old = SeededTrack(isrc="DEAAA2600001", title="Old", artist="A", release_date="2020-01-01", figures=week)
    unknown = SeededTrack(isrc="DEAAA2600002", title="Unknown", artist="A", figures=week)
    await store(backend.database, [old, unknown])
    moved = await call(backend, GET_MOVERS)
    assert (moved["rising"], moved["compared"]) == ([], 0)
    assert [(each["title"], each["days_compared"]) for each in moved["not_compared"]] == [("Old", 0), ("Unknown", 0)]


async def test_a_release_of_yesterday_is_compared_by_the_days_it_can_have(backend):
    await store(
        backend.database,
        [
            SeededTrack(
                isrc="DEAAA2600001",
                title="New",
                artist="A",
                release_date=(LATEST - DAY).isoformat(),
                figures=history("", [300, 500]).figures,
            )
        ],
    )
    [new] = (await call(backend, GET_MOVERS))["rising"]
    assert (new["change"], new["previous"], new["days_compared"]) == (800, 0, 2)


async def test_where_there_is_nothing_the_answer_says_what_there_is(label, backend):
    assert (await call(label, GET_MOVERS, end="2030-01-01"))["hint"].endswith("The latest day with data is 2026-03-08.")
    assert "hint" not in await call(label, GET_MOVERS)


async def test_equal_changes_stand_in_the_order_of_their_isrcs_both_ways(backend):
    isrcs = [f"DEAAA260000{number}" for number in range(4)]
    # The larger of two that are equal in their change has the later ISRC.
    up = [history(isrc, [level] * 7 + [level + 100] * 7, isrc=isrc) for level, isrc in enumerate(isrcs[:2], 100)]
    down = [history(isrc, [level + 100] * 7 + [level] * 7, isrc=isrc) for level, isrc in enumerate(isrcs[2:], 100)]
    await store(backend.database, [*reversed(up), *reversed(down)])
    moved = await call(backend, GET_MOVERS)
    assert names(moved["rising"]) == isrcs[:2]
    assert names(moved["falling"]) == isrcs[2:]


async def test_lists_are_as_long_as_asked_and_the_counts_say_how_many_there_are(backend):
    tracks = [history(f"T{number}", [100] * 7 + [200 + number] * 7, isrc=f"DEAAA260000{number}") for number in range(6)]
    await store(backend.database, tracks)
    moved = await call(backend, GET_MOVERS, limit=2)
    assert names(moved["rising"]) == ["T5", "T4"]
    assert moved["compared"] == 6


async def test_the_first_days_of_the_calendar_are_refused_rather_than_run_into(label):
    with pytest.raises(InvalidRequest, match="end must be a day since 1900"):
        await call(label, GET_MOVERS, end="0001-01-01")
    assert (await call(label, GET_MOVERS, end="1900-01-01", days=182))["compared"] == 0
    assert (await call(label, GET_MOVERS, end="9999-12-31", days=182))["compared"] == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels(), st.integers(1, 11), st.integers(-2, 8), st.sampled_from([0, 1, 12, 10**9]))
async def test_movements_are_what_adding_up_day_by_day_gives(backend, tracks, days, back, least):
    workspace = await create_workspace(backend.database, f"w{next(NUMBERS)}")
    await store(backend.database, tracks, workspace_id=workspace.id)
    end = LATEST - back * DAY
    async with aclosing(LocalMusicEngine(backend.database.folder, workspace.name)) as engine:
        moved = await call(engine, GET_MOVERS, days=days, end=end.isoformat(), min_streams=least, limit=50)

    both = {day for track in tracks for day in track.figures}
    before = end - days * DAY
    expected = {track.isrc: compare(track, end, days) for track in tracks}
    heard = {
        track.isrc
        for track in tracks
        if any(day in track.figures for day in period(end, 2 * days))
        and sum(sum(filter(None, track.figures.get(day, ()))) for day in period(end, 2 * days)) >= least
    }
    compared = {
        isrc: it
        for isrc, it in expected.items()
        if isrc in heard and it.enough and max(it.streams, it.previous) >= least
    }
    assert moved["period"]["missing_days"] == [day.isoformat() for day in period(end, days) if day not in both]
    assert moved["previous_period"]["missing_days"] == [
        day.isoformat() for day in period(before, days) if day not in both
    ]
    assert moved["compared"] == len(compared)
    assert moved["not_compared_total"] == sum(not expected[isrc].enough for isrc in heard)
    for direction, sign in (("rising", 1), ("falling", -1)):
        wanted = sorted(
            ((-sign * it.change, isrc) for isrc, it in compared.items() if it.change * sign > 0),
        )
        assert [movement["isrc"] for movement in moved[direction]] == [isrc for _, isrc in wanted]
        for movement in moved[direction]:
            it = compared[movement["isrc"]]
            assert (movement["streams"], movement["previous"]) == (it.streams, it.previous)
            assert (movement["change"], movement["change_percent"]) == (it.change, it.percent)
            assert movement["days_compared"] == it.days


NUMBERS = count()
