"""MusicBrainz, where it is switched on: a scripted one on loopback, which is asked as the real one wants to be."""

from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import anyio
import pytest

from backends.local.hub.enriching.musicbrainz import MusicBrainz
from backends.local.hub.hub import LocalHub
from contract.hub.enrichment import APPLY_ENRICHMENT, LIST_ENRICHMENT_PROPOSALS
from contract.hub.metadata import GET_TRACK_METADATA
from tests.checked import call
from tests.hub.library import DAY, Song, put, track_id
from tests.remote.scripted import Cut, Raw, Reply, Script, listening

RECORDING = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"

ANSWER = {
    "id": RECORDING,
    "title": "Under Pressure",
    "length": 201_000,
    "first-release-date": "1981-10-26",
    "artist-credit": [{"name": "Queen", "joinphrase": " & "}, {"name": "David Bowie", "joinphrase": ""}],
    "isrcs": ["GBUM71029604"],
    "genres": [{"name": "pop", "count": 1}, {"name": "art rock", "count": 9}, {"name": "rock", "count": 4}],
    "releases": [
        {"title": "Greatest Hits II", "date": "1991-10-28", "status": "Official"},
        {
            "title": "Hot Space",
            "date": "1982-05-21",
            "status": "Official",
            "artist-credit": [{"name": "Queen", "joinphrase": ""}],
        },
    ],
}

WRONG = Song("Under Presure", "Queen & Bowie", "Hot Spaces", key="mine", tags={"recordingId": RECORDING})


class Times:
    """What a hub waits for passes at once on the test's clock, and each request is noted with the moment it came at."""

    def __init__(self, clock):
        self.clock = clock
        self.of_requests = []

    async def wait(self, seconds):
        self.clock.advance(ms=round(seconds * 1000))

    def noting(self, content, status=200):
        async def answer(asked):
            self.of_requests.append(self.clock())
            return Reply(content, status=status)

        return answer


@pytest.fixture
def times(clock):
    return Times(clock)


@pytest.fixture
def asking(data_dir, clock, times):
    """Open a hub, or so many of one data folder, beside a MusicBrainz that follows the script."""

    @asynccontextmanager
    async def opened(script, hubs=1):
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(listening(script.serve))
            musicbrainz = [MusicBrainz(f"http://127.0.0.1:{port}", wait=times.wait) for _ in range(hubs)]
            opened = [
                await stack.enter_async_context(aclosing(LocalHub(data_dir, clock=clock, musicbrainz=each)))
                for each in musicbrainz
            ]
            yield opened[0] if hubs == 1 else opened

    return opened


async def listed(hub, key="mine"):
    return await call(hub, LIST_ENRICHMENT_PROPOSALS, id=track_id(key))


async def proposed(hub, key="mine"):
    answer = await listed(hub, key)
    assert answer["notes"] == []
    return {each["field"]: (each["proposed"], each["confidence"]) for each in answer["proposals"]}


async def test_a_recording_is_asked_for_by_its_id_and_the_program_says_who_it_is(asking, data_dir):
    put(data_dir, [WRONG])
    script = Script(Reply(ANSWER))
    async with asking(script) as hub:
        assert await proposed(hub) == {
            "title": ("Under Pressure", 0.9),
            "artist": ("Queen & David Bowie", 0.9),
            "artists": (["Queen", "David Bowie"], 0.9),
            "album": ("Hot Space", 0.9),
            "albumArtist": ("Queen", 0.9),
            "genres": (["art rock", "rock", "pop"], 0.9),
            "releaseDate": ("1982-05-21", 0.9),
            "originalDate": ("1981-10-26", 0.9),
            "isrc": ("GBUM71029604", 0.9),
        }
    [asked] = script.asked
    assert asked.method == "GET"
    assert asked.target.startswith(f"/ws/2/recording/{RECORDING}?")
    assert "fmt=json" in asked.target
    name, _, contact = asked.headers["user-agent"].partition(" ")
    assert name.startswith("musicengine-mcp/")
    assert contact.startswith("( https://")


async def test_without_an_id_it_is_asked_by_isrc_and_the_likeliest_recording_is_taken(asking, data_dir):
    put(data_dir, [Song("Under Presure", "Queen", "Hot Space", key="mine", tags={"isrc": "gb-um7-10-29604"})])
    live = ANSWER | {"title": "Under Pressure (live)", "length": 401_000}
    script = Script(Reply({"isrc": "GBUM71029604", "recordings": [live, ANSWER]}))
    async with asking(script) as hub:
        assert (await proposed(hub))["title"] == ("Under Pressure", 0.8)
    assert script.asked[0].target.startswith("/ws/2/isrc/GBUM71029604?")


async def test_a_recording_of_another_length_is_trusted_half_as_much(asking, data_dir):
    put(data_dir, [WRONG])
    async with asking(Script(Reply(ANSWER | {"length": 260_000}))) as hub:
        answer = await listed(hub)
    assert {each["confidence"] for each in answer["proposals"]} == {0.45}
    assert all("though the length differs" in each["reason"] for each in answer["proposals"])


async def test_what_was_applied_says_that_it_came_from_there(asking, data_dir):
    put(data_dir, [WRONG])
    script = Script(Reply(ANSWER))
    async with asking(script) as hub:
        [title] = [each for each in (await listed(hub))["proposals"] if each["field"] == "title"]
        await call(hub, APPLY_ENRICHMENT, id=track_id("mine"), proposalIds=[title["id"]])
        [field, *_] = (await call(hub, GET_TRACK_METADATA, id=track_id("mine")))["fields"]
    assert (field["shown"], field["source"], field["confidence"]) == ("Under Pressure", "musicbrainz", 0.9)
    assert len(script.asked) == 1


async def test_nothing_is_asked_twice_in_thirty_days_not_even_what_is_unknown(asking, data_dir, clock):
    put(data_dir, [WRONG, Song("Other", "A", "B", key="other", tags={"isrc": "QZZZZ9999999"})])
    script = Script(Reply(ANSWER), Reply({}, status=404), Reply(ANSWER))
    async with asking(script, hubs=2) as (hub, other_process):
        for _ in range(2):
            assert await proposed(hub)
            assert await proposed(other_process)
            assert await proposed(hub, "other") == {}
        assert len(script.asked) == 2
        clock.advance(ms=30 * DAY + 1)
        await proposed(hub)
    assert len(script.asked) == 3


async def test_requests_of_all_processes_are_a_second_apart(asking, data_dir, times):
    songs = [Song(f"S{number}", "A", "B", tags={"isrc": f"QZAAA26{number:05d}"}) for number in range(6)]
    put(data_dir, songs)
    script = Script(answer=times.noting({"recordings": []}))
    async with asking(script, hubs=2) as hubs:
        for number in range(6):
            await proposed(hubs[number % 2], f"S{number}")
    gaps = [later - earlier for earlier, later in zip(times.of_requests, times.of_requests[1:], strict=False)]
    assert len(gaps) == 5
    assert min(gaps) >= 1000


async def test_who_would_have_to_wait_long_is_told_so_instead(asking, data_dir, clock):
    put(data_dir, [Song(f"S{number}", "A", "B", tags={"isrc": f"QZAAA26{number:05d}"}) for number in range(15)])
    script = Script(Reply({"recordings": []}))
    notes = []

    async def ask(hub, number):
        notes.extend((await listed(hub, f"S{number}"))["notes"])

    async def never_passes(seconds):
        """Time stands still, so that every request takes a turn behind all the others."""

    async with asking(script) as hub, anyio.create_task_group() as group:
        hub.hub.musicbrainz._wait = never_passes
        for number in range(15):
            group.start_soon(ask, hub, number)
    assert len(script.asked) == 10
    assert len(notes) == 5
    assert {"try again in a minute" in note for note in notes} == {True}


@pytest.mark.parametrize("status", [429, 503])
async def test_a_pause_that_is_asked_for_is_kept_by_all(asking, data_dir, clock, status):
    put(data_dir, [WRONG, Song("Other", "A", "B", key="other", tags={"isrc": "QZZZZ9999999"})])
    script = Script(Reply({}, status=status, headers={"Retry-After": "30"}), Reply({"recordings": []}))
    async with asking(script, hubs=2) as (hub, other_process):
        for each, key in ((hub, "mine"), (other_process, "other"), (hub, "mine")):
            [note] = (await listed(each, key))["notes"]
            assert "pause" in note
        assert len(script.asked) == 1
        clock.advance(seconds=31)
        assert (await listed(other_process, "other"))["notes"] == []


@pytest.mark.parametrize(
    ("step", "note"),
    [
        (Cut(), "could not be reached"),
        (Reply({}, status=500), "answered with an error"),
        (Reply({}, status=301, headers={"Location": "http://127.0.0.1:1/"}), "answered with an error"),
        (Reply(b"<html>"), "could not be read"),
        (Reply(b"[" * 100_000), "could not be read"),
        (Reply([1]), "could not be read"),
        (Reply(b" " * (3 * 1024 * 1024)), "too large"),
        (Raw(b"nonsense\r\n\r\n"), "could not be reached"),
        (Raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), "could not be reached"),
    ],
)
async def test_an_answer_that_is_none_becomes_a_note_and_the_other_sources_answer(asking, data_dir, step, note):
    songs = [Song(f"Part {number}", "Band", "The Album", tags={"genres": ["Jazz"]}) for number in range(4)]
    songs[0].tags |= {"genres": ["Jaz"], "recordingId": RECORDING}
    put(data_dir, songs)
    async with asking(Script(step)) as hub:
        answer = await listed(hub, "Part 0")
    assert [note in each for each in answer["notes"]] == [True]
    assert "127.0.0.1" not in answer["notes"][0]
    assert [(each["field"], each["source"]) for each in answer["proposals"]] == [("genres", "release")]


async def test_a_service_that_is_not_there_becomes_a_note(data_dir, times):
    put(data_dir, [WRONG])
    async with listening(Script(Cut()).serve) as port:
        pass
    musicbrainz = MusicBrainz(f"http://127.0.0.1:{port}", wait=times.wait)
    async with aclosing(LocalHub(data_dir, musicbrainz=musicbrainz)) as hub:
        assert (await listed(hub))["notes"] == ["MusicBrainz could not be reached."]


async def test_members_of_any_type_and_hostile_text_are_left_out_or_made_inert(asking, data_dir):
    put(data_dir, [WRONG])
    answer = {
        "title": "<script>\u202ealert\u0000(1)</script>",
        "length": "long",
        "first-release-date": "tomorrow",
        "artist-credit": [{"name": 7}, "x", None],
        "isrcs": [{"a": 1}],
        "genres": [{"name": "x" * 10_000}, {"count": "many", "name": "Rock\u200b"}],
        "releases": [{"title": ["Hot Space"]}, 5],
    }
    async with asking(Script(Reply(answer))) as hub:
        assert await proposed(hub) == {"title": ("<script>alert(1)</script>", 0.9)}


async def test_switched_off_nothing_is_asked(hub, data_dir):
    put(data_dir, [WRONG])
    assert await listed(hub) == {"id": track_id("mine"), "proposals": [], "notes": []}
