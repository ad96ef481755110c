"""What services don't publish is composed of what they do, and equals the local answer for the same label."""

import dataclasses
import datetime as dt
from contextlib import aclosing
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.local.musicengine import LocalMusicEngine
from backends.local.workspaces import create_workspace
from backends.remote.composed import movers, search
from backends.remote.composed.coverage import _SMALL
from contract.errors import ContractDrift, InvalidRequest, RateLimited, TrackNotFound
from contract.musicengine.analytics import GET_COVERAGE, GET_MOVERS
from contract.musicengine.catalogue import FIND_TRACKS, GET_OVERVIEW, LIST_TRACKS
from tests.brute_force import labels
from tests.checked import call
from tests.label import LABEL, LATEST, SeededTrack, days_before, store
from tests.remote.conftest import calling
from tests.remote.scripted import Reply, Script
from tests.remote.served import answer_of

DAY = dt.timedelta(days=1)
NUMBERS = count()

QUERIES = (
    "song",
    "Song NAME",
    "hohen",
    "kathe olsen",
    "gaps the",
    "e",
    "nothing at all",
    "us-xxx-12-34567",
    "DEABC2500001",
    "https://open.spotify.com/track/0riser00000000000000Ab?si=x",
    "spotify:track:0RISER00000000000000AB",
    "...",
    "alert(1)",
)


async def both(backend, hosted, operation, **arguments):
    local = await call(backend, operation, **arguments)
    assert await call(hosted, operation, **arguments) == local
    return local


def catalogue_of(tracks, days=14):
    """So many tracks with streams, the later the fewer."""
    return [
        SeededTrack(
            isrc=f"DEAAA26{number:05d}",
            title=f"Track {number}",
            artist=f"Artist {number % 7}",
            created_at=f"2026-01-01T00:{number // 60:02d}:{number % 60:02d}.000Z",
            figures={
                day: (1000 - number + (100 if number % 2 else -100) * (place >= days // 2), None)
                for place, day in enumerate(days_before(LATEST, days))
            },
        )
        for number in range(tracks)
    ]


@pytest.mark.parametrize("query", QUERIES)
async def test_a_search_finds_what_a_local_one_finds(backend, hosted, query):
    await store(backend.database)
    await both(backend, hosted, FIND_TRACKS, query=query)
    await both(backend, hosted, FIND_TRACKS, query=query, limit=2, offset=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels(), st.integers(1, 11), st.integers(-2, 8), st.sampled_from([0, 1, 12, 10**9]))
async def test_movements_and_coverage_are_those_of_the_local_backend(backend, waits, tracks, days, back, least):
    workspace = await create_workspace(backend.database, f"w{next(NUMBERS)}")
    await store(backend.database, tracks, workspace_id=workspace.id)
    end = (LATEST - back * DAY).isoformat()
    async with (
        aclosing(LocalMusicEngine(backend.database.folder, workspace.name)) as local,
        calling(Script(answer=answer_of(local)), waits.policy()) as hosted,
    ):
        for when in ({}, {"end": end}):
            moved = await call(local, GET_MOVERS, days=days, min_streams=least, limit=50, **when)
            from_afar = await call(hosted, GET_MOVERS, days=days, min_streams=least, limit=50, **when)
            if tracks and any(track.figures for track in tracks):
                assert from_afar == moved
            else:
                assert from_afar | {"hint": ""} == moved | {"hint": ""}
        for date in ({}, {"date": end}):
            assert await call(hosted, GET_COVERAGE, **date) == await call(local, GET_COVERAGE, **date)


async def test_the_labels_movers_and_coverage_are_those_of_the_local_backend(backend, hosted):
    await store(backend.database)
    for days in (1, 7, 14, 28):
        await both(backend, hosted, GET_MOVERS, days=days)
    assert (await both(backend, hosted, GET_COVERAGE))["latest_day"] == "2026-03-08"
    await both(backend, hosted, GET_COVERAGE, date="2026-03-01")


async def test_a_day_that_few_tracks_reach_is_noticed_from_afar_as_well(backend, hosted):
    later = LATEST + DAY
    tracks = [LABEL[0], dataclasses.replace(LABEL[1], figures={**LABEL[1].figures, later: (5, None)}), *LABEL[2:]]
    await store(backend.database, tracks)
    covered = await both(backend, hosted, GET_COVERAGE)
    assert (covered["tracks_with_data"], covered["fuller_day"]) == (1, LATEST.isoformat())


async def test_a_workspace_without_streams_says_where_they_come_from(backend, hosted):
    await store(backend.database, [SeededTrack(isrc="DEAAA2600001", title="T", artist="A")])
    moved = await call(hosted, GET_MOVERS)
    assert (moved["period"], moved["compared"]) == (None, 0)
    assert moved["hint"].startswith("No streams are stored yet. Data enters at the service itself")
    await both(backend, hosted, GET_COVERAGE)
    await both(backend, hosted, GET_COVERAGE, date="2026-03-01")


async def test_of_a_large_catalogue_the_best_and_the_newest_are_looked_at_and_the_answer_says_so(backend, waits):
    tracks = catalogue_of(movers.MOST_TRACKS + 40)
    await store(backend.database, tracks)
    script = Script(answer=answer_of(backend))
    async with calling(script, waits.policy()) as hosted:
        moved = await call(hosted, GET_MOVERS, min_streams=0, limit=50)
    assert moved["compared"] == movers.MOST_TRACKS
    # The oldest are the most streamed, so that nothing but the overviews brings them in.
    looked_at = {movement["isrc"] for movement in moved["rising"] + moved["falling"]}
    best = (await call(backend, GET_OVERVIEW))["data"]["best_tracks"]
    assert {track["isrc"] for track in best} - looked_at == set()
    assert moved["hint"] == (
        "The catalogue has 150 tracks, of which 110 were looked at: the most streamed of 2026-03-08 and 2026-03-01, "
        "then the newest. For another track call catalogue_get_streams."
    )
    assert len(script.asked) < LIST_TRACKS.rate_limit.requests / 2, "two answers fit into a minute"


async def test_movers_of_a_large_catalogue_have_the_figures_of_the_local_backend(backend, hosted):
    await store(backend.database, catalogue_of(movers.MOST_TRACKS + 10))
    local = await call(backend, GET_MOVERS, min_streams=0, limit=50)
    known = {movement["isrc"]: movement for movement in local["rising"] + local["falling"]}
    moved = await call(hosted, GET_MOVERS, min_streams=0, limit=50)
    shared = [movement for movement in moved["rising"] + moved["falling"] if movement["isrc"] in known]
    assert len(shared) > 50
    assert all(movement == known[movement["isrc"]] for movement in shared)
    assert moved["period"] == local["period"]


async def test_of_a_large_catalogue_the_latest_days_are_known_and_counts_are_not(backend, waits):
    await store(backend.database, catalogue_of(_SMALL + 1))
    script = Script(answer=answer_of(backend))
    async with calling(script, waits.policy()) as hosted:
        covered = await call(hosted, GET_COVERAGE)
    assert covered == {
        "first_day": None,
        "latest_day": "2026-03-08",
        "spotify_latest_day": "2026-03-08",
        "apple_latest_day": None,
        "days_tracked": 14,
        "tracks_with_data": None,
        "fuller_day": None,
        "fuller_day_tracks": None,
    }
    assert len(script.asked) == 12


async def test_periods_before_what_a_service_gives_are_refused_rather_than_taken_for_missing(backend, hosted):
    figures = dict.fromkeys(days_before(dt.date(2026, 9, 1), 500), (100, None))
    await store(backend.database, [SeededTrack(isrc="DEAAA2600001", title="T", artist="A", figures=figures)])
    with pytest.raises(InvalidRequest, match="latest 365 days") as caught:
        await call(hosted, GET_MOVERS, end="2025-06-01")
    assert caught.value.field == "end"
    await both(backend, hosted, GET_MOVERS, end="2026-08-01")
    await both(backend, hosted, GET_MOVERS, days=182)


async def test_a_day_before_what_a_service_gives_has_unknown_counts(backend, hosted):
    figures = dict.fromkeys(days_before(LATEST, 500), (100, None))
    await store(backend.database, [SeededTrack(isrc="DEAAA2600001", title="T", artist="A", figures=figures)])
    covered = await call(hosted, GET_COVERAGE, date="2025-01-01")
    assert (covered["tracks_with_data"], covered["first_day"], covered["latest_day"]) == (None, None, "2026-03-08")
    assert (await call(hosted, GET_COVERAGE))["tracks_with_data"] == 1


@pytest.mark.parametrize("most", [7, 50])
async def test_a_service_with_smaller_pages_is_read_to_the_end(backend, waits, most):
    await store(backend.database, catalogue_of(120, days=1))
    answer = answer_of(backend)

    async def answer_less(asked):
        return await answer(dataclasses.replace(asked, target=asked.target.replace("limit=500", f"limit={most}")))

    async with calling(Script(answer=answer_less), waits.policy()) as hosted:
        assert (await call(hosted, FIND_TRACKS, query="track"))["pagination"]["total"] == 120


async def test_a_service_that_refuses_large_pages_is_asked_for_small_ones(backend, waits):
    await store(backend.database, catalogue_of(120, days=1))
    answer = answer_of(backend)

    async def answer_or_refuse(asked):
        return Reply(InvalidRequest().body(), 400) if "limit=500" in asked.target else await answer(asked)

    script = Script(answer=answer_or_refuse)
    async with calling(script, waits.policy()) as hosted:
        assert (await call(hosted, FIND_TRACKS, query="track 119"))["pagination"]["total"] == 1
    assert len(script.asked) == 4


async def test_a_list_that_never_ends_is_not_followed_for_ever(waits):
    row = LIST_TRACKS.example.response["data"][0]
    endless = {"total": 10**9, "limit": 500, "offset": 0, "has_more": True}

    async def answer(asked):
        page = [{**row, "isrc": f"US{len(script.asked):03d}{number:07d}"} for number in range(500)]
        return Reply({"data": page, "pagination": endless})

    script = Script(answer=answer)
    async with calling(script, waits.policy()) as hosted:
        with pytest.raises(InvalidRequest, match="more than 50,000 tracks"):
            await call(hosted, FIND_TRACKS, query="song")
    assert len(script.asked) == search._MOST / 500


async def test_a_list_that_promises_more_and_has_nothing_ends(waits):
    answered = Reply({"data": [], "pagination": {"total": 5, "limit": 500, "offset": 0, "has_more": True}})
    async with calling(Script(answered), waits.policy()) as hosted:
        assert (await call(hosted, FIND_TRACKS, query="song"))["data"] == []


async def test_histories_are_read_side_by_side_over_few_connections(backend, waits):
    await store(backend.database, catalogue_of(60))
    script = Script(answer=answer_of(backend))
    async with calling(script, waits.policy()) as hosted:
        await call(hosted, GET_MOVERS)
    assert len(script.asked) == 62
    assert 1 < script.connections <= 8


async def test_a_track_that_leaves_while_histories_are_read_has_none(backend, waits):
    await store(backend.database)
    answer = answer_of(backend)

    async def answer_without(asked):
        gone = "analytics/spotify/DEABC2500001" in asked.target
        return Reply(TrackNotFound().body(), 404) if gone else await answer(asked)

    async with calling(Script(answer=answer_without), waits.policy()) as hosted:
        moved = await call(hosted, GET_MOVERS)
    assert "Aufwärts" not in {movement["title"] for movement in moved["rising"]}
    assert moved["falling"]


async def test_a_best_track_that_leaves_meanwhile_is_not_looked_at(backend, waits):
    await store(backend.database, catalogue_of(movers.MOST_TRACKS + 10))
    answer = answer_of(backend)

    async def answer_without(asked):
        gone = asked.target.endswith("/tracks/DEAAA2600000")
        return Reply(TrackNotFound().body(), 404) if gone else await answer(asked)

    async with calling(Script(answer=answer_without), waits.policy()) as hosted:
        moved = await call(hosted, GET_MOVERS, min_streams=0, limit=50)
    looked_at = {movement["isrc"] for movement in moved["rising"] + moved["falling"]}
    assert "DEAAA2600000" not in looked_at
    assert "DEAAA2600001" in looked_at


async def test_the_first_refusal_ends_the_reading_as_itself(backend, waits):
    await store(backend.database, catalogue_of(60))
    answer = answer_of(backend)

    async def answer_some(asked):
        if "analytics" in asked.target and len(script.asked) > 20:
            return Reply(RateLimited().body(), 429, {"Retry-After": "50"})
        return await answer(asked)

    script = Script(answer=answer_some)
    async with calling(script, waits.policy()) as hosted:
        with pytest.raises(RateLimited) as caught:
            await call(hosted, GET_MOVERS)
    assert "50 seconds" in caught.value.sentence
    assert len(script.asked) < 40


async def test_a_date_that_is_no_day_of_the_calendar_is_drift_that_names_the_row(backend, waits):
    await store(backend.database, LABEL[:1])

    def extra(operation, body):
        if "historical_data" in body["data"]:
            body["data"]["historical_data"][2]["date"] = "2026-02-30"
        return body

    async with calling(Script(answer=answer_of(backend, extra=extra)), waits.policy()) as hosted:
        with pytest.raises(ContractDrift) as caught:
            await call(hosted, GET_MOVERS)
    assert caught.value.field == "data.historical_data.2.date"
