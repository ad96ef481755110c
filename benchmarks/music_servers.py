"""MPD and beets as others run them, over a library of ours and with data of their own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["Mpd", "beets", "import_with_beets", "mpd", "running_mpd"]

_MPD_CONF = """
music_directory "{folder}/music"
db_file "{folder}/database"
bind_to_address "{folder}/socket"
auto_update "no"
audio_output {{
    type "null"
    name "none"
}}
"""

_BEETS_CONF = """
directory: {music}
library: {folder}/library.db
plugins: []
import: {{copy: no, move: no, write: no, autotag: no}}
"""

_SECONDS_TO_START = 20


def mpd() -> str | None:
    """The program, if it is installed."""
    return shutil.which("mpd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/usr/sbin"]))


def beets() -> str | None:
    """The program, if it is installed."""
    return os.environ.get("MUSICENGINE_BENCH_BEETS") or shutil.which("beet")


class Mpd:
    """A running MPD, over its protocol. Its music is what a link leads to, so that it can begin without any."""

    def __init__(self, folder: Path, music: Path) -> None:
        self._link = folder / "music" / "library"
        self._music = music
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(folder / "socket"))
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self._settle()

    def scan(self) -> float:
        """Seconds in which it finds all files, none of which it knows."""
        if self._link.is_symlink():
            self._link.unlink()
            self.rescan()
        self._link.symlink_to(self._music)
        return self.rescan()

    def rescan(self) -> float:
        """Seconds of an update of its database, from the command to the news that it is done."""
        started = time.perf_counter()
        self._ask("update")
        self._settle()
        return time.perf_counter() - started

    def songs(self) -> int:
        """How many it has found."""
        return int(self._ask("stats")["songs"])

    def close(self) -> None:
        """Leave it."""
        self._lines.close()
        self._socket.close()

    def _settle(self) -> None:
        while "updating_db" in self._ask("status"):
            self._ask("idle update")

    def _ask(self, command: str) -> dict[str, str]:
        self._socket.sendall(f"{command}\n".encode())
        answer: dict[str, str] = {}
        while (line := self._lines.readline().decode().rstrip("\n")) != "OK":
            if not line or line.startswith("ACK"):
                raise RuntimeError(f"MPD answers {line!r}")
            name, _, value = line.partition(": ")
            answer[name] = value
        return answer


@contextmanager
def running_mpd(music: Path) -> Generator[Mpd, None, None]:
    """MPD with an empty database."""
    with TemporaryDirectory(prefix="musicengine-mpd-") as name:
        folder = Path(name)
        (folder / "music").mkdir()
        (folder / "mpd.conf").write_text(_MPD_CONF.format(folder=folder))
        command = [mpd() or "mpd", "--no-daemon", "--stderr", folder / "mpd.conf"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(folder / "socket", process)
            client = Mpd(folder, music)
            yield client
            client.close()
        finally:
            process.terminate()
            process.wait(_SECONDS_TO_START)


def import_with_beets(music: Path) -> float:
    """Seconds of `beet import` into an empty library, files and tags left as they are."""
    with TemporaryDirectory(prefix="musicengine-beets-") as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(_BEETS_CONF.format(folder=folder, music=music))
        started = time.perf_counter()
        subprocess.run(
            [beets() or "beet", "import", "-A", "-C", "-q", music],
            env={**os.environ, "BEETSDIR": str(folder)},
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - started


def _wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while not path.exists():
        if time.monotonic() > deadline or process.poll() is not None:
            raise RuntimeError("MPD does not start")
        time.sleep(0.01)
