"""A hub that serves real files, and those who listen to it, for better or worse."""

import os
import socket
import sqlite3
import subprocess
import time
import wave
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backends.local.checksums import prepare
from backends.local.hub.user_schema import USER_LAYOUT
from tests.hub.audio_files import write_file
from tests.hub.media.pictures import BLUE, RED, plain
from tests.serving import Service, served

__all__ = ["PROXIED", "Media", "error", "is_open", "read_to_end", "served_media", "slowly", "transcoders", "wait_for"]

_SECONDS = 20

PROXIED = {"X-Forwarded-For": "203.0.113.7"}
"""With it nobody is local."""

_LONG_SECONDS = 120

_NAMES = ("changing.wav", "endless.wav", "going.wav", "shrinking.wav", "swapped.mp3")


@dataclass
class Media:
    """A server, its files, and the ids of its tracks by title."""

    service: Service
    folder: Path
    ids: dict

    def track(self, title):
        return f"/api/media/tracks/{self.ids[title]}"

    def cover(self, title):
        return f"/api/media/covers/{self.ids[title]}"

    def content(self, title):
        return (self.folder / title).read_bytes()

    def proxied(self, path, **headers):
        return self.service.get(path, headers={**PROXIED, **headers})

    def token(self, access=""):
        """A media token, of this machine or of a device."""
        headers = {**PROXIED, "Authorization": f"Bearer {access}"} if access else {}
        return self.service.post("/api/media/session", headers=headers).raise_for_status().json()["mediaToken"]

    def share(self, title):
        """What the link to a track opens, and the id of the share."""
        id_ = self.ids[title]
        share = self.service.post("/api/shares", json={"id": id_}).raise_for_status().json()["share"]
        key = share["path"].partition("?")[2]
        opened = self.proxied(f"/api/share/track/{id_}/bootstrap?{key}").raise_for_status().json()
        return {**opened, "share": share["id"]}

    def expire_tokens(self):
        """Have the time of all media tokens be over."""
        with closing(prepare(sqlite3.connect(self.service.folder / USER_LAYOUT.name))) as connection, connection:
            connection.execute("UPDATE media_sessions SET expires_at = created_at")

    def pair(self, name):
        """The access token of a new device."""
        code = self.service.post("/api/auth/arm", json={"minutes": 5}).raise_for_status().json()["pairingCode"]
        device = {"pairingCode": code, "deviceId": name, "deviceName": name}
        return self.service.post("/api/auth/pair", json=device).raise_for_status().json()["accessToken"]


@contextmanager
def served_media(folder):
    """A server with a few tracks of every sort in the folder."""
    music = folder / "music"
    write_file(music / "a.flac", "flac", title="a.flac", artist="A", album="One", cover=plain(RED, (600, 600)))
    write_file(music / "b.mp3", "mp3", title="b.mp3", artist="B", album="Two", cover=plain(BLUE, (600, 600)))
    for number, name in enumerate(_NAMES):
        write_file(music / name, name[-3:], title=name, distinct=number + 1)
    _write_long(music / "long.wav")
    with served(folder / "data") as service:
        service.post("/api/scan", json={"folders": [str(music)]}).raise_for_status()
        wait_for(lambda: service.get("/api/scan").json()["scan"]["state"] == "completed")
        tracks = service.get("/api/tracks").json()["tracks"]
        names = {path.stem: path.name for path in music.iterdir()}
        yield Media(service, music, {names.get(track["title"], track["title"]): track["id"] for track in tracks})


def _write_long(path):
    """Two minutes of quiet noise: more than any buffer on the way holds."""
    noise = os.urandom(1 << 16)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", ""))
        for _ in range(_LONG_SECONDS * 44_100 * 4 // len(noise)):
            file.writeframes(noise)


def wait_for(condition):
    ends = time.monotonic() + _SECONDS
    while not (found := condition()):
        assert time.monotonic() < ends
        time.sleep(0.02)
    return found


def transcoders():
    """The ffmpegs that this process has begun."""
    found = subprocess.run(["pgrep", "-P", str(os.getpid()), "ffmpeg"], capture_output=True, text=True)
    return found.stdout.split()


def is_open(file):
    """How often this process has the file open."""
    there = file.stat()
    return sum(_is(link, there) for link in Path("/dev/fd").iterdir())


def _is(link, there):
    with suppress(OSError):
        return os.path.samestat(link.stat(), there)
    return False


@contextmanager
def slowly(media, path, **headers):
    """A connection on which an answer begins, and is read as far as the test wants it."""
    with socket.create_connection(("127.0.0.1", media.service.port), timeout=_SECONDS) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        sent = {"Host": f"127.0.0.1:{media.service.port}", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        connection.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        assert connection.recv(1 << 12).startswith(b"HTTP/1.1 20")
        yield connection


def read_to_end(connection):
    """How many bytes come until the other side closes."""
    count = 0
    while True:
        try:
            piece = connection.recv(1 << 16)
        except ConnectionResetError:
            return count
        if not piece:
            return count
        count += len(piece)


def error(answer):
    return answer.status_code, answer.json()["error"]["code"], answer.json()["error"].get("field")
