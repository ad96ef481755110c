"""The session outlives restarts and crashes, and several writers at once lose nothing."""

import asyncio
import random
import subprocess
import sys
import threading
from contextlib import aclosing

from backends.local.hub.hub import LocalHub
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.errors import StaleRevision
from tests.hub.library import rows
from tests.hub.playback.players import Player, titles
from tests.programs import ROOT

SECONDS = 60


def started(data_dir):
    command = [sys.executable, "-m", "tests.hub.playback.another", str(data_dir)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def test_a_restart_changes_nothing(player, hub, data_dir, clock):
    await player.add(0, 1, 2, when="now")
    await player.do("setShuffle", shuffle=True)
    await player.do("next")
    clock.advance(seconds=30)
    before = await player.session()
    await hub.aclose()
    async with aclosing(LocalHub(data_dir, clock=clock)) as anew:
        player = Player(anew)
        assert await player.session() == before
        session = await player.do("setShuffle", shuffle=False)
        assert titles(session) == ["Song 0", "Song 1", "Song 2"]
        assert (await player.back())["current"]["track"]["title"] == "Song 0"


async def test_writers_in_several_processes_and_threads_lose_nothing(player, data_dir):
    before = (await player.session())["revision"]

    def write_here(number):
        async def write():
            async with aclosing(LocalHub(data_dir)) as hub:
                for _ in range(20):
                    await Player(hub).add(number)

        asyncio.run(write())

    others = [started(data_dir) for _ in range(2)]
    threads = [threading.Thread(target=write_here, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for number, process in enumerate(others):
        process.stdin.write(f"add Song {number}\n" * 20)
        process.stdin.close()
    for thread in threads:
        await asyncio.to_thread(thread.join, SECONDS)
    for process in others:
        await asyncio.to_thread(process.wait, SECONDS)
        process.stdout.close()
    session = await player.session(queueLimit=200)
    assert session["revision"] == before + 80
    assert sorted(titles(session)) == sorted(f"Song {number}" for number in range(4) for _ in range(20))
    assert len({entry["entryId"] for entry in session["queue"]}) == 80


async def test_of_two_that_put_with_the_same_revision_one_is_told_of_the_other(player, data_dir):
    revision = (await player.session())["revision"]
    async with aclosing(LocalHub(data_dir)) as other:
        outcomes = await asyncio.gather(
            player.put(revision=revision, volume=1),
            Player(other).put(revision=revision, volume=2),
            return_exceptions=True,
        )
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, StaleRevision)]
    [taken] = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert refused.current["volume"] == taken["volume"] == (await player.session())["volume"]


async def test_a_process_that_is_killed_at_any_moment_leaves_a_whole_session(player, data_dir):
    for _ in range(6):
        process = started(data_dir)
        process.stdin.write("add Song 1\n" * 500)
        process.stdin.flush()
        for _ in range(random.randint(1, 40)):
            said = process.stdout.readline()
            assert said, "it answers before it is killed"
        process.kill()
        said_after = len(process.stdout.readlines())
        process.wait(SECONDS)
        process.stdout.close()
        process.stdin.close()
        assert said_after >= 0
        async with aclosing(LocalHub(data_dir)) as hub:
            session = await Player(hub).session(queueLimit=200)
            # Each change is one entry, one revision and one line of the feed: all three or none.
            assert session["queueTotal"] == session["revision"] - 1
            assert rows(data_dir, USER_LAYOUT, "SELECT count(*) FROM changes WHERE kind = 'session'") == [
                (session["queueTotal"],)
            ]
            assert rows(data_dir, USER_LAYOUT, "PRAGMA integrity_check") == [("ok",)]
