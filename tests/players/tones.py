"""Music that can be heard for as long as a test needs it, in a folder that a hub has scanned."""

import os
import wave
from dataclasses import dataclass
from pathlib import Path

from backends.local.hub.hub import LocalHub
from contract.hub.library import LIST_LIBRARY_TRACKS
from tests.checked import call
from tests.hub.audio_files import write_tags

__all__ = ["Tones", "write_tone"]

_RATE = 8000


def write_tone(path, seconds, title, *, artist="Sine"):
    """A WAV file; files of different titles differ in their sound."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, _RATE, 0, "NONE", ""))
        period = bytes(range(20, 60)) + title.encode()
        frames = int(seconds * _RATE) * 2
        file.writeframes((period * (frames // len(period) + 1))[:frames])
    write_tags(path, "wav", title=title, artist=artist, album="Waves")
    return path


@dataclass
class Tones:
    """Files, and the hub that knows them; a tone is called by its title."""

    folder: Path
    hub: LocalHub

    def write(self, title, seconds, *, name=None, **tags):
        return write_tone(self.folder / (name or f"{title}.wav"), seconds, title, **tags)

    async def scan(self):
        ended = await self.hub.hub.scans.run([os.fsencode(self.folder)])
        assert ended.state == "completed"

    async def ids(self):
        """Of all tones, by their titles."""
        page = await call(self.hub, LIST_LIBRARY_TRACKS, limit=200)
        return {track["title"]: track["id"] for track in page["tracks"]}
