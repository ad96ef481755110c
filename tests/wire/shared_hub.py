"""A library of real files, served to its own machine and, by the listener of a tunnel, to strangers."""

import asyncio
import colorsys
import io
import math
import os
import struct
import wave
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw

from backends.local.hub.hub import LocalHub
from backends.local.storage import DEFAULT_WORKSPACE
from server.http.app import create_app
from server.http.reach import Binding
from server.settings import Settings
from tests.hub.audio_files import write_tags
from tests.serving import serving

__all__ = ["HOSTILE", "LARGE", "PUBLIC", "SharedHub", "picture", "serve_shared"]

PUBLIC = "http://hub.example"
"""Where the tunnel is said to end."""

HOSTILE = "<script>document.title='owned'</script>\"'><img src=x onerror=\"document.title='owned'\">&amp;\u202etxt"
"""A title, as a file may bring it."""

LARGE = 48 << 20
"""Bytes of the large track: more than sockets hold between a server and a reader that does not read."""

_SECONDS = 24

TRACKS = (
    ("Sunday Morning", "The Lighthouse Keepers", "Low Tide"),
    ("Harbour Lights", "The Lighthouse Keepers", "Low Tide"),
    ("Salt & Rope", "The Lighthouse Keepers", "Low Tide"),
    ("Öland", "Björk Åström", "Sommar"),
    ("丸ノ内", "椎名林檎", "Sommar"),
    (HOSTILE, "<b>Mallory</b>", '"><svg onload="document.title=\'owned\'">'),
)


@dataclass
class SharedHub:
    """A hub on the wire.

    Attributes:
        folder: The data folder.
        own: Asks from the hub's own machine.
        stranger: Asks through the tunnel, without any token.
        tracks: Ids by title.
    """

    folder: Path
    own: httpx.Client
    stranger: httpx.Client
    tracks: dict[str, str]

    def share(self, id_: str, **arguments: Any) -> dict[str, Any]:
        """Share it; the share."""
        answer = self.own.post("/api/shares", json={"id": id_, **arguments})
        assert answer.status_code == 201, answer.text
        return answer.json()["share"]

    def unshare(self, share: dict[str, Any]) -> None:
        """End it."""
        answer = self.own.delete(f"/api/shares/{share['id']}")
        assert answer.status_code == 200, answer.text

    def bootstrap(self, share: dict[str, Any]) -> httpx.Response:
        """What a stranger gets who has the link."""
        page, _, query = share["path"].partition("?")
        return self.stranger.get(f"/api{page}/bootstrap?{query}")

    def open(self, share: dict[str, Any]) -> dict[str, Any]:
        """The same, which has to work."""
        answer = self.bootstrap(share)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def playlist(self, name: str, *titles: str) -> str:
        """The id of a new playlist."""
        body = {"name": name, "trackIds": [self.tracks[title] for title in titles]}
        return self.own.post("/api/playlists", json=body).json()["playlist"]["id"]

    def album(self, title: str) -> str:
        """Of the track with this title."""
        return self.own.get(f"/api/track/{self.tracks[title]}").json()["track"]["albumId"]

    def artist(self, title: str) -> str:
        """The same, of its first artist."""
        return self.own.get(f"/api/track/{self.tracks[title]}").json()["track"]["artists"][0]["id"]


@contextmanager
def serve_shared(
    folder: Path, *, write_music: Callable[[Path], None] | None = None, large: bool = False
) -> Generator[SharedHub, None, None]:
    """Serve a new library in the folder until the block ends: of TRACKS, and a large one; or of what is written."""
    data = folder / "data"
    (write_music or partial(_write_music, large=large))(folder / "music")
    with ThreadPoolExecutor(1) as thread:  # where no loop is running yet
        tracks = thread.submit(lambda: asyncio.run(_scanned(data, folder / "music"))).result()
    reach, sockets = Binding(port=0, tunnel_port=0, tunnel_url=PUBLIC).open()
    main, tunnel = (each.getsockname()[1] for each in sockets)
    options: Any = {"timeout": 20, "trust_env": False}
    with (
        serving(partial(create_app, Settings(data, DEFAULT_WORKSPACE), reach), *sockets),
        httpx.Client(base_url=f"http://127.0.0.1:{main}", **options) as own,
        httpx.Client(base_url=f"http://127.0.0.1:{tunnel}", **options) as stranger,
    ):
        yield SharedHub(data, own, stranger, tracks)


def picture(hue: float, size: int = 640) -> bytes:
    """A cover, as a PNG."""
    image = Image.new("RGB", (size, size))
    draw = ImageDraw.Draw(image)
    for y in range(size):
        red, green, blue = colorsys.hsv_to_rgb(hue + 0.12 * y / size, 0.55, 0.95 - 0.55 * y / size)
        draw.line([(0, y), (size, y)], fill=(int(red * 255), int(green * 255), int(blue * 255)))
    draw.ellipse([size * 0.55, size * 0.16, size * 0.83, size * 0.44], fill=(255, 244, 214))
    for wave_ in range(5):
        y = size * (0.62 + 0.075 * wave_)
        points = [(x, y + size * 0.02 * math.sin(x / size * 9 + wave_ * 1.7)) for x in range(0, size + 8, 8)]
        draw.line(points, fill=(255, 255, 255), width=max(2, size // 160))
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _write_music(folder: Path, *, large: bool) -> None:
    covers = {
        album: picture(0.55 - 0.35 * index) for index, album in enumerate(dict.fromkeys(row[2] for row in TRACKS))
    }
    for number, (title, artist, album) in enumerate(TRACKS, start=1):
        path = folder / f"{number:02}.wav"
        _write_tone(path, 220 * 2 ** (number / 12), _SECONDS)
        tags = {"title": title, "artist": artist, "album": album, "track": number}
        cover = None if album == TRACKS[-1][2] else covers[album]
        write_tags(path, "wav", cover=cover, **tags)
    if large:
        _write_tone(folder / "large.wav", 0, LARGE / 16_000)
        write_tags(folder / "large.wav", "wav", title="Large", artist="Nobody", album="Long")


def _write_tone(path: Path, frequency: float, seconds: float) -> None:
    """One channel of 16 bits at 8 kHz; without a frequency, silence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        if frequency:
            period = [int(9000 * math.sin(2 * math.pi * frequency * at / 8000)) for at in range(8000)]
            second = struct.pack("<8000h", *period)
        else:
            second = bytes(16_000)
        for _ in range(int(seconds)):
            file.writeframes(second)


async def _scanned(data: Path, music: Path) -> dict[str, str]:
    async with aclosing(LocalHub(data)) as hub:
        await hub.hub.scans.run([os.fsencode(music)])
        return dict(await hub.hub.index.read("SELECT title, id FROM tracks"))
