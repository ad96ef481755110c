"""What an agent would compute wrongly is worked out: totals, averages, missing days, and the change between periods."""

import datetime as dt
from contextlib import aclosing
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.local.musicengine import LocalMusicEngine
from backends.local.workspaces import create_workspace
from contract.musicengine.analytics import GET_MOVERS
from contract.musicengine.tools import GET_STREAMS_TOOL
from server.mcp.catalogue import HANDLERS
from server.mcp.stream_summary import summarise
from tests.brute_force import compare, labels, missing, period
from tests.checked import call
from tests.label import LATEST, SeededTrack, store

DAY = dt.timedelta(days=1)
NUMBERS = count()


async def streams(backend, isrc, days, detail="full"):
    arguments = {"isrc": isrc, "days": days, "detail": detail}
    return (await HANDLERS.call(backend, GET_STREAMS_TOOL, arguments)).model_dump(mode="json")


def spelled_out(spans):
    """The days of `2026-03-08` and `2026-03-01/2026-03-03`."""
    for span in spans:
        first, _, last = span.partition("/")
        start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
        yield from (start + DAY * step for step in range((end - start).days + 1))


async def test_a_period_has_totals_an_average_its_best_day_and_the_change(figures):
    answer = await figures("catalogue_get_streams", isrc="DEABC2500001", days=7)
    assert answer == {
        "isrc": "DEABC2500001",
        "title": "Aufwärts",
        "artist": "Käthe Ølsen",
        "start": "2026-03-02",
        "end": "2026-03-08",
        "totals": {"spotify": 6300, "apple": 1200, "all": 7500},
        "daily_average": 1071.4,
        "best_day": {"date": "2026-03-05", "spotify_streams": 900, "apple_streams": 300},
        "missing_days": [],
        "comparison": {
            "previous_start": "2026-02-23",
            "previous_end": "2026-03-01",
            "days_compared": 7,
            "streams": 7500,
            "previous_streams": 7 * 500 + 4 * 166,
            "change": 7500 - 4164,
            "change_percent": 80.1,
        },
    }


async def test_a_missing_day_is_named_and_not_counted_as_zero(figures):
    answer = await figures("catalogue_get_streams", isrc="GBXYZ2400003", days=7)
    assert answer["missing_days"] == ["2026-03-03", "2026-03-06/2026-03-07"]
    assert answer["totals"]["spotify"] == 4 * 400
    assert answer["daily_average"] == round((4 * 400 + 3 * 133) / 4, 1)
    assert (answer["comparison"]["days_compared"], answer["comparison"]["change"]) == (4, 0)


async def test_a_service_that_lags_is_left_out_of_the_comparison(figures):
    answer = await figures("catalogue_get_streams", isrc="USXXX1234567", days=7)
    assert answer["totals"] == {"spotify": 7000, "apple": 4 * 333, "all": 7000 + 4 * 333}
    assert answer["comparison"]["change"] == 0


async def test_days_before_a_release_are_neither_missing_nor_unknown(figures):
    answer = await figures("catalogue_get_streams", isrc="GBXYZ2600004", days=7)
    assert answer["missing_days"] == []
    assert (answer["comparison"]["previous_streams"], answer["comparison"]["change_percent"]) == (0, None)


async def test_days_before_the_first_row_of_a_released_track_are_missing(figures):
    answer = await figures("catalogue_get_streams", isrc="USXXX1234567", days=60)
    assert answer["missing_days"] == ["2026-01-08/2026-02-08"]
    assert answer["comparison"] is None


async def test_the_daily_rows_come_on_request(figures):
    concise = await figures("catalogue_get_streams", isrc="GBXYZ2400003", days=3)
    full = await figures("catalogue_get_streams", isrc="GBXYZ2400003", days=3, detail="full")
    assert "daily" not in concise
    assert full["daily"] == [{"date": "2026-03-08", "spotify_streams": 400, "apple_streams": None}]


@pytest.mark.parametrize(("days", "compared"), [(182, 182), (200, 165), (300, None), (365, None)])
async def test_a_long_period_is_compared_as_far_as_a_years_rows_reach(data_dir, days, compared):
    history = {LATEST - DAY * back: (10, None) for back in range(800)}
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await store(backend.database, [SeededTrack(isrc="USXXX1234567", title="T", artist="A", figures=history)])
        answer = await streams(backend, "USXXX1234567", days)
    assert answer["totals"]["all"] == days * 10
    assert answer["missing_days"] == []
    assert (answer["comparison"] or {}).get("days_compared") == compared


@pytest.fixture
async def backend(data_dir):
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        yield backend


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels(), st.integers(1, 12))
async def test_a_tracks_figures_are_what_adding_up_day_by_day_gives_and_agree_with_what_moved(backend, tracks, days):
    workspace = await create_workspace(backend.database, f"w{next(NUMBERS)}")
    await store(backend.database, tracks, workspace_id=workspace.id)
    async with aclosing(LocalMusicEngine(backend.database.folder, workspace.name)) as engine:
        for track in tracks:
            answer = await streams(engine, track.isrc, days)
            if track.figures:
                check_summary(answer, track, days)
                moved = await call(engine, GET_MOVERS, days=days, end=answer["end"], min_streams=0, limit=50)
                check_agreement(answer, moved, track)
            else:
                assert answer["totals"] == {"spotify": None, "apple": None, "all": 0}


def check_summary(answer, track, days):
    end = max(track.figures)
    rows = {day: track.figures[day] for day in period(end, days) if day in track.figures}
    spotify = [now for now, _ in rows.values() if now is not None]
    apple = [now for _, now in rows.values() if now is not None]
    total = sum(spotify) + sum(apple)
    assert (answer["start"], answer["end"]) == (period(end, days)[0].isoformat(), end.isoformat())
    assert answer["totals"] == {
        "spotify": sum(spotify) if spotify else None,
        "apple": sum(apple) if apple else None,
        "all": total,
    }
    assert answer["daily_average"] == round(total / len(rows), 1)
    best = answer["best_day"]
    assert (best["spotify_streams"] or 0) + (best["apple_streams"] or 0) == max(
        (both[0] or 0) + (both[1] or 0) for both in rows.values()
    )
    assert [row["date"] for row in answer["daily"]] == sorted(map(str, rows), reverse=True)
    assert list(spelled_out(answer["missing_days"])) == sorted(missing(track, end, days))
    expected = compare(track, end, days)
    if not expected.enough:
        assert answer["comparison"] is None
        return
    assert answer["comparison"] == {
        "previous_start": period(end - DAY * days, days)[0].isoformat(),
        "previous_end": (end - DAY * days).isoformat(),
        "days_compared": expected.days,
        "streams": expected.streams,
        "previous_streams": expected.previous,
        "change": expected.change,
        "change_percent": expected.percent,
    }


def check_agreement(answer, moved, track):
    """What moved says of the track over the same days what its own figures say."""
    movements = {each["isrc"]: each for each in (*moved["rising"], *moved["falling"])}
    comparison = answer["comparison"]
    if comparison is None or comparison["change"] == 0:
        assert track.isrc not in movements
        assert (track.isrc in {each["isrc"] for each in moved["not_compared"]}) is (comparison is None)
        return
    movement = movements[track.isrc]
    assert (moved["previous_period"]["start"], moved["previous_period"]["end"]) == (
        comparison["previous_start"],
        comparison["previous_end"],
    )
    assert movement["previous"] == comparison["previous_streams"]
    for name in ("streams", "change", "change_percent", "days_compared"):
        assert movement[name] == comparison[name]


def test_the_best_of_equal_days_is_the_latest():
    history = [
        {"date": day, "spotify_streams": 5, "apple_streams": None} for day in ("2026-03-08", "2026-03-07", "2026-03-06")
    ]
    assert summarise(history, 3, released=None).figures["best_day"]["date"] == "2026-03-08"
