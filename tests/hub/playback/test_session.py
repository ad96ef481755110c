"""The session read and written as a whole."""

from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from contract.errors import InvalidRequest
from contract.hub.errors import EntryNotFound, LibraryTrackNotFound, NothingToPlay, StaleRevision
from contract.hub.ids import Kind
from contract.hub.playback import PUT_PLAYBACK_SESSION
from tests.checked import call
from tests.hub.library import put, track_id
from tests.hub.playback.players import LONG, Player, songs, titles


def track(number):
    return {"trackId": track_id(f"Song {number}")}


async def test_what_is_put_is_read_and_what_is_left_out_stays(player, clock):
    await player.put(
        queue=[track(0), track(1), track(1)],
        state="playing",
        positionMs=5_000,
        rate=1.5,
        repeat="all",
        volume=40,
        device={"id": "a", "name": "Attic"},
        context={"kind": "search", "name": "song\u200b"},
    )
    clock.advance(seconds=10)
    session = await player.put(volume=41)
    assert titles(session) == ["Song 0", "Song 1", "Song 1"]
    assert (session["state"], session["repeat"], session["rate"], session["volume"]) == ("playing", "all", 1.5, 41)
    assert (session["positionMs"], session["positionNowMs"]) == (20_000, 20_000)
    assert session["device"] == {"id": "a", "name": "Attic"}
    assert session["context"] == {"kind": "search", "id": None, "name": "song"}
    assert session["positionAt"] == session["updatedAt"] == "2026-11-21T12:00:10.000Z"
    session = await player.put(device=None, context=None)
    assert (session["device"], session["context"], session["volume"]) == (None, None, 41)


async def test_a_stale_revision_is_refused_with_the_present_session_and_changes_nothing(player, clock):
    await player.put(queue=[track(0)], state="playing")
    clock.advance(seconds=7)
    present = await player.session()
    with pytest.raises(StaleRevision) as caught:
        await player.put(revision=present["revision"] - 1, volume=1)
    assert caught.value.body()["current"] == present
    assert caught.value.body()["error"]["field"] == "revision"
    assert await player.session() == present
    assert (await player.put(revision=present["revision"], volume=1))["revision"] == present["revision"] + 1


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"volume": 101}, "volume must be 100 or less"),
        ({"volume": -1}, "volume must be 0 or more"),
        ({"rate": 0.1}, "rate must be a number from 0.25 to 4"),
        ({"rate": float("nan")}, "rate must be a number from 0.25 to 4"),
        ({"positionMs": -1}, "positionMs must be 0 or more"),
        ({"positionMs": 5}, "positionMs needs a current entry"),
        ({"state": "dancing"}, "state must be 'stopped', 'playing' or 'paused'"),
        ({"repeat": "some"}, "repeat must be"),
        ({"device": {"id": "", "name": "x"}}, "device.id must have at least 1"),
        ({"entryId": track_id("Song 1")}, "entryId must be the id of a queue entry.*is the id of a track"),
        ({"queue": [{}]}, "queue.0 must have either entryId"),
        ({"queue": [{"trackId": "x"}]}, "queue.0.trackId must be the id of a track"),
        ({"context": {"kind": "mood"}}, "context.kind must be 'album'"),
        ({"mood": 1}, "An argument is not known"),
    ],
)
async def test_what_is_out_of_range_is_refused_by_its_name_and_changes_nothing(player, members, says):
    before = await player.session()
    with pytest.raises(InvalidRequest, match=says):
        await player.put(**members)
    assert await player.session() == before


async def test_a_put_without_a_revision_is_refused(player):
    with pytest.raises(InvalidRequest, match="revision"):
        await call(player.hub, PUT_PLAYBACK_SESSION, volume=3)


async def test_an_unknown_track_is_named_by_its_place_and_nothing_is_changed(player):
    await player.put(queue=[track(0)])
    before = await player.session()
    with pytest.raises(LibraryTrackNotFound) as caught:
        await player.put(queue=[track(1), {"trackId": Kind.TRACK.example}], volume=3)
    assert caught.value.field == "queue.1.trackId"
    assert await player.session() == before


async def test_an_entry_that_is_no_longer_queued_can_neither_be_kept_nor_be_current(player):
    session = await player.put(queue=[track(0), track(1)])
    gone = session["queue"][0]["entryId"]
    kept = session["queue"][1]["entryId"]
    session = await player.put(queue=[{"entryId": kept}, track(2)])
    assert session["queue"][0]["entryId"] == kept
    with pytest.raises(EntryNotFound):
        await player.put(entryId=gone)
    with pytest.raises(EntryNotFound) as caught:
        await player.put(queue=[{"entryId": kept}, {"entryId": gone}])
    assert caught.value.field == "queue.1.entryId"
    with pytest.raises(InvalidRequest, match=r"queue\.1\.entryId names an entry that was named before"):
        await player.put(queue=[{"entryId": kept}, {"entryId": kept}])


async def test_another_entry_begins_at_its_start_and_the_same_one_goes_on(player, clock):
    session = await player.put(queue=[track(0), track(1)], state="playing")
    first, second = (entry["entryId"] for entry in session["queue"])
    clock.advance(seconds=9)
    assert (await player.put(entryId=first))["positionMs"] == 9_000
    assert (await player.put(entryId=second))["positionMs"] == 0
    assert (await player.put(entryId=first, positionMs=4_000))["positionMs"] == 4_000
    session = await player.put(entryId=None)
    assert (session["current"], session["state"]) == (None, "stopped")


async def test_a_position_past_the_end_counts_as_the_end(player):
    session = await player.put(queue=[track(0)], state="playing", positionMs=LONG + 5_000)
    assert session["positionNowMs"] == LONG


async def test_a_queue_without_the_current_entry_stops_unless_it_is_to_play(player):
    await player.put(queue=[track(0), track(1)], state="playing")
    session = await player.put(queue=[track(2)])
    assert (session["state"], session["current"]) == ("stopped", None)
    session = await player.put(queue=[track(3), track(4)], state="playing")
    assert (session["state"], session["current"]["track"]["title"]) == ("playing", "Song 3")
    with pytest.raises(NothingToPlay):
        await player.put(queue=[], state="playing")


async def test_the_page_of_the_queue_lies_around_the_current_entry_unless_asked_otherwise(player, data_dir):
    put(data_dir, songs(100))
    session = await player.put(queue=[track(number) for number in range(100)])
    assert (session["queueOffset"], len(session["queue"]), session["queueTotal"]) == (0, 50, 100)
    await player.do("play", entryId=(await player.session(queueOffset=60))["queue"][0]["entryId"])
    session = await player.session()
    assert (session["current"]["index"], session["queueOffset"]) == (60, 50)
    session = await player.session(queueLimit=10)
    assert titles(session) == [f"Song {number}" for number in range(58, 68)]
    session = await player.session(queueLimit=10, queueOffset=95)
    assert titles(session) == [f"Song {number}" for number in range(95, 100)]
    assert (await player.session(queueLimit=0))["queue"] == []
    session = await player.session(queueOffset=5_000)
    assert (session["queue"], session["queueOffset"]) == ([], 100)
    assert session["current"]["track"]["title"] == "Song 60", "wherever the page is"


async def test_a_track_whose_file_goes_stays_queued_and_is_marked(player, data_dir):
    await player.put(queue=[track(0), track(1)], state="playing")
    put(data_dir, [songs(1, missing=True)[0]])
    session = await player.session()
    assert session["current"]["track"]["missing"]
    assert [entry["track"]["missing"] for entry in session["queue"]] == [True, False]
    assert (await player.put(positionMs=1))["state"] == "playing", "the player knows whether it plays"


@pytest.mark.parametrize(
    "fill",
    [
        lambda player: player.put(queue=[track(0), track(1)], state="playing"),
        lambda player: player.add(0, 1, when="now"),
    ],
    ids=["put", "add"],
)
async def test_the_queue_survives_an_index_that_is_built_anew(player, hub, data_dir, fill):
    await fill(player)
    await hub.aclose()
    for name in ("hub-index.db", "hub-index.db-wal", "hub-index.db-shm"):
        (data_dir / name).unlink(missing_ok=True)
    async with aclosing(LocalHub(data_dir)) as anew:
        session = await Player(anew).session()
    assert titles(session) == ["Song 0", "Song 1"]
    assert [entry["track"]["missing"] for entry in session["queue"]] == [True, True]
    assert session["durationMs"] == LONG


@pytest.mark.parametrize("text", ["<script>", "'; DROP TABLE playback_session; --", "Ignore all instructions"])
async def test_hostile_names_of_devices_and_contexts_come_through_as_data(player, text):
    session = await player.put(device={"id": text, "name": text}, context={"kind": "library", "name": text})
    assert session["device"] == {"id": text, "name": text}
    assert session["context"]["name"] == text
