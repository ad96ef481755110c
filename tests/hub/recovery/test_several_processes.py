"""A rebuild while others have the databases open: they close them, wait, and go on with the new ones."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import aclosing, closing, contextmanager

import anyio
import pytest

from backends.local.database import Database
from backends.local.hub.hub import LocalHub
from backends.local.hub.recovery import rebuilding
from backends.local.hub.recovery.rebuilding import problems_of, rebuild
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.maintenance import NOTICE, exclusive
from backends.local.presence import IN_USE, present
from contract.errors import StorageBusy
from contract.hub.errors import DatabaseUnavailable, RebuildRunning
from contract.hub.playlists import CREATE_PLAYLIST, LIST_PLAYLISTS, CreatePlaylist, ListPlaylists
from contract.hub.recovery import GET_DATABASE_HEALTH, REBUILD_DATABASE, GetDatabaseHealth, RebuildDatabase
from contract.hub.service import GET_INFO, GetInfo
from tests.hub.library import NOW
from tests.hub.recovery.conftest import INDEX, USER
from tests.hub.recovery.test_rebuilding import told
from tests.programs import ROOT, environment_of

SECONDS = 30

ANSWERING = """
import asyncio, sys
from contextlib import aclosing
from pathlib import Path
from backends.local.hub.hub import LocalHub
from contract.errors import ContractError
from contract.hub.playlists import LIST_PLAYLISTS, ListPlaylists

async def main():
    async with aclosing(LocalHub(Path(sys.argv[1]))) as hub:
        while True:
            try:
                page = await hub.call(LIST_PLAYLISTS, ListPlaylists())
                print(f"playlists {len(page.playlists)}", flush=True)
            except ContractError as error:
                print(error.code, flush=True)
            await asyncio.sleep(0.05)

asyncio.run(main())
"""

HOLDING = """
import sys, time
from pathlib import Path
from backends.local.maintenance import held_open
with held_open(Path(sys.argv[1]) / "hub.db"):
    print("there", flush=True)
    time.sleep(60)
"""

REBUILDING = """
import os, signal, sys
from pathlib import Path
from backends.local import maintenance
from backends.local.hub.recovery.rebuilding import rebuild
from tests.hub.library import NOW
steps = int(sys.argv[2])

def count(*_):
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)

placed = os.rename
def rename(*arguments, **more):
    placed(*arguments, **more)
    count()

os.rename = os.replace = rename
rebuild(Path(sys.argv[1]), NOW, count)
"""


@contextmanager
def running(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment_of())
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def line(process, wanted):
    """Read until the process says that."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        said = process.stdout.readline().strip()
        assert said, "it has ended"
        if said == wanted:
            return
    raise AssertionError(f"it never said {wanted}")


def test_another_process_goes_on_with_the_new_databases_without_a_restart(folder):
    before = folder.made()
    with running(ANSWERING, folder.path) as other:
        line(other, "playlists 12")
        folder.overwrite(0)
        rebuild(folder.path, NOW, told)
        line(other, "playlists 12")
        folder.run(("INSERT INTO playlists (id, name, created_at, updated_at) VALUES ('pls_aa', 'New', 1, 1)",))
        line(other, "playlists 13")
    assert {name: rows for name, rows in folder.made().items() if name != "playlists"} == {
        name: rows for name, rows in before.items() if name != "playlists"
    }


def test_while_it_is_held_another_process_says_that_it_is_unavailable(folder):
    with running(ANSWERING, folder.path) as other:
        line(other, "playlists 12")
        with exclusive(folder.path, (USER, INDEX), SECONDS):
            line(other, "database_unavailable")
            assert present(folder.user) == []
        line(other, "playlists 12")


def test_a_process_that_does_not_let_go_is_named_and_nothing_is_changed(folder, monkeypatch):
    monkeypatch.setattr(rebuilding, "_SECONDS_FOR_OTHERS", 0.3)
    folder.overwrite(0)
    with running(HOLDING, folder.path) as other:
        line(other, "there")
        before = folder.files()
        with pytest.raises(StorageBusy, match=rf"process {other.pid}\b"):
            rebuild(folder.path, NOW, told)
        assert folder.files() == before
        assert not (folder.path / NOTICE).exists()
    rebuild(folder.path, NOW, told)
    assert problems_of(folder.path) == ()


def test_what_a_killed_process_leaves_behind_holds_nobody_up(folder):
    with running(HOLDING, folder.path) as other:
        line(other, "there")
        assert present(folder.user) == [other.pid]
    assert present(folder.user) == []
    assert not (folder.path / IN_USE).exists()


def test_two_rebuilds_at_once_are_one(folder):
    with exclusive(folder.path, (USER,), 1), pytest.raises(RebuildRunning):
        rebuild(folder.path, NOW, told, force=True)


def killed(folder, steps):
    """A rebuild that is killed after so many steps; whether it was."""
    command = [sys.executable, "-c", REBUILDING, str(folder.path), str(steps)]
    return subprocess.run(command, cwd=ROOT, env=environment_of()).returncode == -signal.SIGKILL


@pytest.mark.parametrize("steps", [2, 6, 27, 28, 29, 30])
async def test_one_that_is_killed_at_any_step_is_finished_or_begun_again(folder, steps):
    before = folder.made()
    folder.overwrite(0)
    files = folder.files()
    assert killed(folder, steps)
    assert not files - folder.files(), "files are gone"
    async with aclosing(Database(folder.path, layout=USER_LAYOUT)) as database:
        try:
            [(count,)] = await database.read("SELECT count(*) FROM playlists")
        except Exception:  # noqa: BLE001  (it is damaged as before)
            count = 12
    assert count == 12, "nobody makes an empty database in place of one that is being moved"
    rebuild(folder.path, NOW, told)
    assert problems_of(folder.path) == ()
    assert folder.made() == before
    assert not files - folder.files(), "files are gone"
    assert not (folder.path / NOTICE).exists()


def test_a_full_disk_stops_it_before_anything_is_changed(folder):
    """The shell's limit on the size of files stands in for the disk's."""
    folder.overwrite(0)
    before = folder.files()
    script = 'ulimit -f 100 && exec "$0" -c "$1" "$2" 100000'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, REBUILDING, str(folder.path)],
        cwd=ROOT,
        env=environment_of(),
        capture_output=True,
        text=True,
    )
    assert "StorageFull" in done.stderr
    assert folder.files() == before
    rebuild(folder.path, NOW, told)
    assert problems_of(folder.path) == ()


async def test_a_hub_that_rebuilds_itself_answers_again(folder):
    async with aclosing(LocalHub(folder.path)) as hub, asyncio.timeout(SECONDS):
        assert len((await hub.call(LIST_PLAYLISTS, ListPlaylists())).playlists) == 12
        await overwritten(folder)
        health = await hub.call(GET_DATABASE_HEALTH, GetDatabaseHealth(deep=True))
        assert (health.status, health.problems[0]["database"]) == ("faulted", USER)
        assert "rebuild" in health.nextStep
        report = await hub.call(REBUILD_DATABASE, RebuildDatabase())
        assert (report.outcome, report.databases, report.lost) == ("rebuilt", [USER], 0)
        assert len((await hub.call(LIST_PLAYLISTS, ListPlaylists())).playlists) == 12
        await hub.call(CREATE_PLAYLIST, CreatePlaylist(name="After"))
        assert (await hub.call(GET_INFO, GetInfo())).databaseHealth == {"status": "healthy", "message": None}
        again = await hub.call(REBUILD_DATABASE, RebuildDatabase())
        assert (again.outcome, again.archive) == ("healthy", None)


async def overwritten(folder, offset=0, size=4096):
    """In a process of its own: closing a file would drop this one's locks on it."""
    script = "import sys; f = open(sys.argv[1], 'r+b'); f.seek(int(sys.argv[2])); f.write(b'x' * int(sys.argv[3]))"
    await anyio.run_process([sys.executable, "-c", script, str(folder.user), str(offset), str(size)])


async def test_damage_that_is_met_makes_everything_else_unavailable_at_once_but_info_and_the_way_out(folder):
    pages = folder.pages_of("playlists")
    await overwritten(folder, pages[-1])
    async with aclosing(LocalHub(folder.path)) as hub, asyncio.timeout(SECONDS):
        with pytest.raises(DatabaseUnavailable) as caught:
            await hub.call(LIST_PLAYLISTS, ListPlaylists())
        assert "musicengine-mcp rebuild" in caught.value.next_step
        with pytest.raises(DatabaseUnavailable):
            await hub.call(CREATE_PLAYLIST, CreatePlaylist(name="Lost"))
        info = await hub.call(GET_INFO, GetInfo())
        assert info.databaseHealth["status"] == "faulted"
        assert (await hub.call(REBUILD_DATABASE, RebuildDatabase())).outcome == "rebuilt"
        await hub.call(LIST_PLAYLISTS, ListPlaylists())


async def test_a_hub_whose_database_is_gone_makes_no_new_one_but_says_so(folder, outside):
    folder.user.rename(outside / USER)
    async with aclosing(LocalHub(folder.path)) as hub:
        with pytest.raises(DatabaseUnavailable, match="missing"):
            await hub.call(LIST_PLAYLISTS, ListPlaylists())
        assert not folder.user.exists()
        (outside / USER).rename(folder.user)
        assert len((await hub.call(LIST_PLAYLISTS, ListPlaylists())).playlists) == 12


async def test_a_write_that_is_under_way_is_finished_before_the_database_is_closed(folder):
    async with aclosing(Database(folder.path, layout=USER_LAYOUT)) as database, asyncio.timeout(SECONDS):
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO searches (query, folded, searched_at) VALUES ('kept', 'kept', 1)")
            waiting = asyncio.create_task(asyncio.to_thread(_hold, folder))
            while not database.use.barred:  # noqa: ASYNC110  (of the thread's making)
                await asyncio.sleep(0.01)
            with pytest.raises(StorageBusy):
                await database.look_up("SELECT 1")
        assert await waiting == [("kept",)]
        await database.use.come_back()
        assert list(await database.read("SELECT query FROM searches")) == [("kept",)]


def _hold(folder):
    with exclusive(folder.path, (USER,), SECONDS), closing(sqlite3.connect(folder.user)) as connection:
        return connection.execute("SELECT query FROM searches").fetchall()


def test_a_notice_of_a_dead_process_that_had_moved_nothing_says_nothing(folder):
    notice = {"phase": "closing", "databases": [USER], "moves": []}
    (folder.path / NOTICE).write_text(json.dumps(notice))
    asyncio.run(_reads(folder))
    assert not (folder.path / NOTICE).exists()


async def _reads(folder):
    async with aclosing(Database(folder.path, layout=USER_LAYOUT)) as database:
        assert list(await database.read("SELECT count(*) FROM playlists")) == [(12,)]
