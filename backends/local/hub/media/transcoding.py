"""Tracks in another format, made by ffmpeg while they are sent.

ffmpeg reads whatever it is given as whatever it takes it for, playlists of other files among it. So it is given no name
at all, but a file that is open already, and told what that is; and it may read nothing but files.
"""

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import anyio

from backends.local.hub.media.containers import Container
from backends.local.hub.media.files import OpenFile
from contract.hub.errors import TranscodingBusy, TranscodingUnavailable
from contract.hub.media import TranscodedFormat

__all__ = ["Transcoder", "Transcoding", "begin", "can_transcode"]

_CHUNK = 1 << 16

_NICE = 10
"""Below whatever else the machine does, the sending of files above all."""

_WAIT_SECONDS = 10.0
"""For so long a track waits for its turn."""

_MOST_MEMORY = 256 << 20
"""That ffmpeg takes at once; audio needs far less."""

_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Variables that ffmpeg is given: the others are none of its business."""


@dataclass(frozen=True)
class _Target:
    """A format to transcode to.

    Attributes:
        arguments: Of ffmpeg: what codes it, and how it is packed.
        bitrates: The lowest, the usual and the highest, in kbit/s; none where there is no choice.
    """

    media_type: str
    arguments: tuple[str, ...]
    bitrates: tuple[int, int, int] | None = None


_TARGETS: dict[TranscodedFormat, _Target] = {
    "mp3": _Target("audio/mpeg", ("-c:a", "libmp3lame", "-write_xing", "0", "-f", "mp3"), (32, 192, 320)),
    "opus": _Target("audio/ogg", ("-c:a", "libopus", "-f", "ogg"), (16, 128, 256)),
    "aac": _Target("audio/aac", ("-c:a", "aac", "-f", "adts"), (32, 160, 320)),
    "wav": _Target("audio/wav", ("-c:a", "pcm_s16le", "-f", "wav")),
}


@dataclass(frozen=True)
class Transcoding:
    """What a track is to be made into.

    Attributes:
        bitrate: In kbit/s, brought within what the format allows; None: the usual one.
        start: Seconds to begin at.
    """

    format: TranscodedFormat
    bitrate: int | None = None
    start: float = 0

    @property
    def media_type(self) -> str:
        """As what it is sent."""
        return _TARGETS[self.format].media_type

    def arguments(self, container: Container) -> list[str]:
        """Of ffmpeg, which has the file for its standard input."""
        target = _TARGETS[self.format]
        bitrate: list[str] = []
        if target.bitrates is not None:
            lowest, usual, highest = target.bitrates
            bitrate = ["-b:a", f"{min(max(self.bitrate or usual, lowest), highest)}k"]
        return [
            *("-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1"),
            *("-max_alloc", str(_MOST_MEMORY)),
            *("-protocol_whitelist", "file,pipe", "-f", container.value),
            *(("-ss", f"{self.start:.3f}") if self.start else ()),
            *("-i", "file:/dev/fd/0"),  # by this name it is a file and can be sought in; as a pipe it could not
            *("-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1"),
            *bitrate,
            *target.arguments,
            "pipe:1",
        ]


class Transcoder:
    """An ffmpeg that is at work. Whoever has it ends it."""

    def __init__(self, process: asyncio.subprocess.Process, slots: anyio.Semaphore) -> None:
        self._process = process
        self._slots = slots

    async def read(self) -> bytes:
        """The next piece; nothing at the end.

        Raises:
            OSError: ffmpeg has failed.
        """
        output = self._process.stdout
        data = await output.read(_CHUNK) if output is not None else b""
        if not data and await self._process.wait():
            raise OSError("ffmpeg has failed")
        return data

    async def aclose(self) -> None:
        """End it, whatever it is at."""
        try:
            with suppress(ProcessLookupError):
                self._process.kill()
            with anyio.CancelScope(shield=True):
                await self._process.communicate()  # what it has written is read, or its pipe would stay open
        finally:
            self._slots.release()


def can_transcode() -> bool:
    """Whether there is an ffmpeg."""
    return _ffmpeg(os.environ.get("PATH")) is not None


async def begin(file: OpenFile, container: Container, to: Transcoding, slots: anyio.Semaphore) -> Transcoder:
    """Have ffmpeg begin with a file.

    Raises:
        TranscodingUnavailable: There is no ffmpeg.
        TranscodingBusy: It is at work on as many tracks as it may be.
    """
    program = _ffmpeg(os.environ.get("PATH"))
    if program is None:
        raise TranscodingUnavailable
    try:
        with anyio.fail_after(_WAIT_SECONDS):
            await slots.acquire()
    except TimeoutError:
        raise TranscodingBusy from None
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *to.arguments(container),
            stdin=file.raw,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            limit=_CHUNK,
        )
    except BaseException as error:
        slots.release()
        if isinstance(error, OSError):
            raise TranscodingUnavailable from None
        raise
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
    return Transcoder(process, slots)


@lru_cache(maxsize=8)
def _ffmpeg(path: str | None) -> str | None:
    return shutil.which("ffmpeg", path=path)
