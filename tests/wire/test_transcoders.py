"""No ffmpeg outlives what it works for, and there are never many: servers that are ended, and ones that crash."""

import signal
import socket
import subprocess
import wave

import anyio
import httpx
import pytest

from backends.local.hub.media import transcoding
from backends.local.hub.media.containers import Container
from backends.local.hub.media.files import Stored, open_stored
from contract.hub.errors import TranscodingBusy, TranscodingUnavailable
from tests.programs import serving
from tests.wire.media_server import wait_for

_SECONDS = 20


def children(pid):
    """Its ffmpegs, with how nice each is."""
    found = subprocess.run(["pgrep", "-P", str(pid), "ffmpeg"], capture_output=True, text=True).stdout.split()
    return {int(child): int(_ps(child, "nice") or 0) for child in found}


def is_running(pid):
    return _ps(pid, "state") not in {"", "Z"}


def _ps(pid, what):
    return subprocess.run(["ps", "-o", f"{what}=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()[:3]


def write_silence(path, seconds=300):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", ""))
        file.writeframes(bytes(seconds * 44_100 * 4))
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_ffmpeg_outlives_the_server(data_dir, tmp_path, number):
    write_silence(tmp_path / "music" / "long.wav")
    with serving(data_dir) as (url, program):
        with httpx.Client(base_url=url, trust_env=False, timeout=_SECONDS) as client:
            client.post("/api/scan", json={"folders": [str(tmp_path / "music")]}).raise_for_status()
            [track] = wait_for(lambda: client.get("/api/tracks").json()["tracks"])
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=_SECONDS) as connection:
            path = f"/api/media/tracks/{track['id']}?format=wav"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            assert connection.recv(1 << 12).startswith(b"HTTP/1.1 200")
            [(child, niceness)] = children(program.process.pid).items()
            assert niceness >= 10
            if number == signal.SIGKILL:
                program.kill()
            else:
                program.end(number)
            wait_for(lambda: not is_running(child))


async def begun(path, slots):
    folder = bytes(path.parent)
    file = open_stored(Stored(folder, path.name.encode(), (0, 0, None), (folder,)))
    with file.raw:
        return await transcoding.begin(file, Container.WAV, transcoding.Transcoding("wav"), slots)


async def test_there_are_never_more_than_there_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(transcoding, "_WAIT_SECONDS", 0.05)
    path, slots = write_silence(tmp_path / "long.wav"), anyio.Semaphore(1)
    first = await begun(path, slots)
    try:
        with pytest.raises(TranscodingBusy) as error:
            await begun(path, slots)
        assert "Retry-After" in error.value.headers
    finally:
        await first.aclose()
    second = await begun(path, slots)
    assert await second.read()
    await second.aclose()


async def test_an_ffmpeg_that_does_not_start_gives_its_place_back(tmp_path, monkeypatch):
    path, slots = write_silence(tmp_path / "long.wav"), anyio.Semaphore(1)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").write_bytes(b"\x7fELF nothing that runs")
    (tmp_path / "bin" / "ffmpeg").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert transcoding.can_transcode()
    for _ in range(2):
        with pytest.raises(TranscodingUnavailable):
            await begun(path, slots)
    assert slots.value == 1


async def test_an_ffmpeg_that_fails_is_told_from_one_that_is_done(tmp_path, monkeypatch):
    path, slots = write_silence(tmp_path / "long.wav"), anyio.Semaphore(1)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").write_text("#!/bin/sh\nprintf half\nexit 1\n")
    (tmp_path / "bin" / "ffmpeg").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    transcoder = await begun(path, slots)
    assert await transcoder.read() == b"half"
    with pytest.raises(OSError, match="ffmpeg"):
        await transcoder.read()
    await transcoder.aclose()
