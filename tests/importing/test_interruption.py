"""An import that is broken off, by whatever, leaves nothing of its file behind."""

import asyncio
import contextlib
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from backends.local.database import Database
from backends.local.importing.importer import import_file
from backends.local.importing.options import Options

ROOT = Path(__file__).resolve().parents[2]
ISRC = "QZMEM2600001"
CATALOGUE = f"isrc,title,artist\n{ISRC},A,B\n" + "".join(f"QZMEM27{n:05d},T{n},A{n % 50}\n" for n in range(900))


DAYS = [f"20{y:02d}-{m:02d}-{d:02d}" for y in range(99) for m in range(1, 13) for d in range(1, 29)]


def _streams(tracks: int, days: int) -> str:
    rows = (f"QZMEM27{track:05d},{day},{track}\n" for track in range(tracks) for day in DAYS[:days])
    return "isrc,date,spotify_streams\n" + "".join(rows)


@pytest.fixture
async def database(data_dir):
    async with contextlib.aclosing(Database(data_dir)) as database:
        yield database


async def test_a_cancelled_import_leaves_nothing_and_the_database_usable(database, tmp_path):
    catalogue, streams = tmp_path / "catalogue.csv", tmp_path / "streams.csv"
    catalogue.write_text(CATALOGUE)
    streams.write_text(_streams(300, 500))
    await import_file(database, 1, catalogue, Options())
    reached: list[int] = []
    loop = asyncio.get_running_loop()

    async def cancel() -> None:
        importing.cancel()
        for _ in range(5):  # until the import's task has seen it
            await asyncio.sleep(0)

    def progress(position: int) -> None:
        # Past the first chunk, so that rows have been written; the thread waits until the task is cancelled.
        if position > streams.stat().st_size * 0.8 and not reached:
            reached.append(position)
            asyncio.run_coroutine_threadsafe(cancel(), loop).result()

    importing = asyncio.create_task(import_file(database, 1, streams, Options(), progress=progress))
    with pytest.raises(asyncio.CancelledError):
        await importing
    assert reached
    assert list(await database.read("SELECT count(*) FROM daily_streams")) == [(0,)]
    assert list(await database.read("SELECT count(*) FROM workspace_days")) == [(0,)]
    outcome = await import_file(database, 1, streams, Options())
    assert outcome.counts.new == 150_000


async def test_a_cancellation_after_the_commit_still_reports_the_outcome(database, tmp_path):
    """What was committed must not be called interrupted: the cancellation waits for the next await."""
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_text(CATALOGUE)
    outcomes = []

    async def import_it() -> None:
        outcomes.append(await import_file(database, 1, catalogue, Options()))
        await asyncio.sleep(0)
        outcomes.append("not cancelled")

    original = database._transact

    def commit_then_cancel(*arguments):
        result = original(*arguments)
        asyncio.run_coroutine_threadsafe(cancel(), loop).result()
        return result

    async def cancel() -> None:
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)

    database._transact = commit_then_cancel
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(import_it())
    with pytest.raises(asyncio.CancelledError):
        await task
    [outcome] = outcomes
    assert outcome.counts.new == 901
    assert list(await database.read("SELECT count(*) FROM tracks")) == [(901,)]


async def test_a_cancellation_between_two_statements_keeps_the_commit_from_happening(database):
    loop = asyncio.get_running_loop()

    async def cancel() -> None:
        writing.cancel()
        for _ in range(5):
            await asyncio.sleep(0)

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO workspaces (name, created_at) VALUES ('half', '')")
        asyncio.run_coroutine_threadsafe(cancel(), loop).result()

    writing = asyncio.create_task(database.write_in_thread(work))
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert list(await database.read("SELECT name FROM workspaces")) == [("default",)]


async def test_a_cancellation_interrupts_a_long_statement(database):
    """It would take half a minute; the two seconds are for a machine with much else to do."""
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(connection: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        numbers = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200000000)"
        connection.execute(f"{numbers} SELECT count(*) FROM n")

    writing = asyncio.create_task(database.write_in_thread(work))
    await started.wait()
    before = loop.time()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert loop.time() - before < 2


class Terminal:
    """A command on a terminal of its own; what it shows there, and what its output holds."""

    def __init__(self, arguments: list[str]) -> None:
        self._end, other = pty.openpty()
        termios.tcsetwinsize(other, (24, 100))  # without a width there is no room for a bar
        self.shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "musicengine_mcp", "import", *arguments],
            cwd=ROOT,
            stdin=other,
            stdout=subprocess.PIPE,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)

    def until(self, text: str) -> None:
        """Read until the text is shown; fail if the command ends first, or says nothing for long."""
        while text not in self.shown:
            assert self._wait(), self.shown
            assert self._read(), self.shown

    def answer(self, text: str) -> None:
        os.write(self._end, f"{text}\n".encode())

    def end(self) -> tuple[int, str]:
        while self._wait() and self._read():
            pass
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._end)

    def _wait(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], 20)
        return bool(ready)

    def _read(self) -> bool:
        with contextlib.suppress(OSError):  # a terminal that nobody holds any more
            if data := os.read(self._end, 65536):
                self.shown += data.decode(errors="replace")
                return True
        return False


@pytest.fixture
def terminal():
    """Starts commands; ends those that a failed test leaves running."""
    started: list[Terminal] = []

    def start(*arguments: Path) -> Terminal:
        started.append(Terminal([*map(str, arguments)]))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_ctrl_c_at_the_progress_bar_leaves_nothing(label, terminal):
    label.take("catalogue.csv", CATALOGUE)
    before = label.everything()
    command = terminal(label.write("streams.csv", _streams(900, 800)))
    command.until("streams.csv:  ")
    command.until("%|")
    command.until("B/s]")
    command.process.send_signal(signal.SIGINT)
    code, out = command.end()
    assert (code, out) == (130, "")
    assert "streams.csv: interrupted; nothing of it was imported." in command.shown
    assert label.everything() == before


def test_a_person_at_a_terminal_is_asked_for_what_the_file_does_not_say(label, terminal):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    command = terminal(label.write("timeline.csv", "date,streams\n2026-11-20,12\n"))
    command.until("timeline.csv does not say which track it is of. isrc: ")
    command.answer("nonsense")
    command.until("must be an ISRC")
    command.until("isrc: ")
    command.answer("qz-mem-26-00001")
    assert command.end()[0] == 0
    assert label.streams(ISRC) == [("2026-11-20", 12, None)]


def test_ctrl_c_at_a_question_ends_the_command(label, terminal):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    command = terminal(label.write("timeline.csv", "date,streams\n2026-11-20,12\n"))
    command.until("isrc: ")
    command.process.send_signal(signal.SIGINT)
    assert command.end()[0] == 130
    assert label.streams(ISRC) == []


def test_no_answer_leaves_the_file_refused(label, terminal):
    command = terminal(label.write("songs.csv", "song,listeners,streams,saves\nA,1,2,3\n"))
    command.until("window: ")
    command.answer("")
    assert command.end()[0] == 1
    assert "Give --window." in command.shown
