"""`musicengine-mcp play` as people start it, beside an agent's server over stdio: processes, signals and keys."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters, stdio_client

from tests.players.listening import NOWHERE, until
from tests.programs import ROOT, environment_of, running

_COMMAND = [sys.executable, "-m", "musicengine_mcp"]

SECONDS = 60
"""A machine that is busy takes several to start a program."""

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()  # without which the terminal would not be its own, nor it the one in front
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""

_QUIETLY = ("--audio-device", NOWHERE)


async def test_what_an_agent_plays_over_stdio_is_heard_here_and_obeys_it(tones, listener, data_dir):
    with playing(data_dir) as program, anyio.fail_after(SECONDS):
        assert program.output.next() == "Waiting: nothing is queued yet"
        server = StdioServerParameters(command=_COMMAND[0], args=_COMMAND[1:], env=dict(os.environ), cwd=str(ROOT))
        async with Client(stdio_client(server)) as agent:
            played = await agent.call_tool("hub_play", {"what": "Longer"})
            assert played.structured_content["session"]["device"]["name"].startswith("mpv on ")
            assert program.output.next() == "Playing  Sine: Longer"
            await until(lambda: _is_heard_beyond(listener, 500))
            await agent.call_tool("hub_control", {"action": "pause"})
            assert program.output.next() == "Paused  Sine: Longer"
        assert program.end(signal.SIGINT) == 0
    session = await listener.session()
    assert (session["state"], session["device"]) == ("paused", None)
    assert program.said == ""


async def test_words_play_at_once_and_the_end_pauses_the_session(tones, listener, data_dir):
    with playing(data_dir, "longer", "sine") as program, anyio.fail_after(SECONDS):
        assert program.output.next() == "Playing  Sine: Longer"
        mpv = await until(lambda: _child_of(program.process.pid))
        await until(lambda: _is_heard_beyond(listener, 500))
        assert program.end(signal.SIGTERM) == 0
        await until(lambda: _is_gone(mpv))
    session = await listener.session()
    assert (session["state"], session["device"]) == ("paused", None)


async def test_mpv_does_not_outlive_a_command_that_is_killed(tones, data_dir):
    with playing(data_dir, "Long") as program, anyio.fail_after(SECONDS):
        assert program.output.next() == "Playing  Sine: Long"
        mpv = await until(lambda: _child_of(program.process.pid))
        os.kill(program.process.pid, signal.SIGKILL)
        await until(lambda: _is_gone(mpv))


async def test_words_that_may_mean_several_things_are_not_guessed(tones, data_dir):
    asked = run(data_dir, "cou")
    assert (asked.returncode, asked.stdout) == (1, "")
    ids = await tones.ids()
    first, *candidates = asked.stderr.splitlines()
    assert first == "Which one? Say it by its id: musicengine-mcp play ID"
    assert sorted(candidates) == sorted(f"  {ids[title]}  Sine: {title}" for title in ("Counted", "Counted too"))


def test_without_mpv_one_sentence_says_so(tones, data_dir, tmp_path):
    asked = run(data_dir, PATH=str(tmp_path))
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith("error: mpv, which makes the sound, is not installed")
    assert len(asked.stderr.splitlines()) == 1


async def test_keys_pause_and_go_on_and_end_it(tones, listener, data_dir):
    await listener.play("Long", "Longer", when="last")
    with anyio.fail_after(SECONDS), in_a_terminal(data_dir, "Long") as terminal:
        await until(lambda: _shows(terminal, "/ 1:00  Sine: Long"))
        terminal.press(" ")
        await listener.has(state="paused")
        await until(lambda: _shows(terminal, "Paused 0:0"))
        terminal.press("x ")
        await listener.has(state="playing")
        await listener.play("Longer", when="last")
        terminal.press("n")
        await until(lambda: _plays(listener, "Longer"))
        terminal.press("nnn")
        terminal.press("p")
        await until(lambda: _plays(listener, "Long"))
        terminal.press("q")
        assert await anyio.to_thread.run_sync(terminal.process.wait, SECONDS) == 0
    assert (await listener.session())["state"] == "paused"


@contextmanager
def playing(folder, *words):
    """`musicengine-mcp play` for as long as the block lasts."""
    with running(folder, "play", *_QUIETLY, *words, environment=environment_of()) as program:
        yield program


def run(folder, *words, **variables):
    command = [*_COMMAND, "--data-dir", str(folder), "play", *_QUIETLY, *words]
    environment = environment_of(**variables)
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS)


class Terminal:
    """The command in a terminal of its own, its screen, and keys to press."""

    def __init__(self, process, master):
        self.process = process
        self.shown = ""
        self._master = master
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def press(self, keys):
        os.write(self._master, keys.encode())

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(SECONDS)
        self._thread.join(SECONDS)
        os.close(self._master)

    def _read(self):
        while True:
            try:
                shown = os.read(self._master, 4096)
            except OSError:  # so Linux says that nobody has the other end any more
                return
            if not shown:
                return
            self.shown += shown.decode(errors="replace")


@contextmanager
def in_a_terminal(folder, *words):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [*_COMMAND, "--data-dir", str(folder), "play", *_QUIETLY, *words]
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_TERMINAL, *command],
        cwd=ROOT,
        env=environment_of(),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    terminal = Terminal(process, master)
    try:
        yield terminal
    finally:
        terminal.close()


async def _child_of(pid):
    return find_child(pid)


async def _is_gone(pid):
    return not is_running(pid)


def find_child(pid):
    """The mpv that a process has started."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = status.read_text().partition("(")[2].rpartition(")")
            if name == "mpv" and int(rest.split()[1]) == pid:
                return int(status.parent.name)
    return None


def is_running(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()  # a zombie has nobody to take notice
    except OSError:
        return False


async def _is_heard_beyond(listener, milliseconds):
    session = await listener.session()
    return session["state"] == "playing" and session["positionNowMs"] > milliseconds


async def _shows(terminal, line):
    return line in terminal.shown


async def _plays(listener, title):
    session = await listener.session()
    return session["current"]["track"]["title"] == title
