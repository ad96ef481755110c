"""Where the sound of a track is: a file of this machine, or an address of a hub elsewhere."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

import anyio
import anyio.to_thread

from backends.backend import Backend
from backends.local.hub.hub import LocalHub
from backends.local.hub.media.files import TrackFile, open_audio, track_file
from backends.local.hub.scanning.paths import join
from contract.hub.media import START_MEDIA_SESSION, MediaSession, StartMediaSession

__all__ = ["Files", "Source", "Streams"]

_EARLY = timedelta(minutes=5)
"""A track that is opened now may be read until its end."""

_FILES = anyio.CapacityLimiter(2)
"""Threads that look for files: should a network drive hang, no others do."""


class Source(Protocol):
    """Finds tracks."""

    async def find(self, track_id: str) -> str:
        """What mpv opens: an absolute path, or an address.

        Raises:
            MediaNotFound: The track has no file that is there.
            ContractError: It can't be found out now.
        """
        ...


class Files:
    """The files of this machine's hub."""

    def __init__(self, hub: LocalHub) -> None:
        self._hub = hub

    async def find(self, track_id: str) -> str:
        """The path; one that begins with a slash is never taken for an address, whatever is in it."""
        file = await track_file(self._hub.hub, track_id)
        path = await anyio.to_thread.run_sync(_path_of, file, limiter=_FILES, abandon_on_cancel=True)
        return path.decode("utf-8", "surrogateescape")


class Streams:
    """The tracks of a hub elsewhere, by addresses with a media token in them."""

    def __init__(self, hub: Backend, base_url: str) -> None:
        self._hub = hub
        self._base_url = base_url.rstrip("/")
        self._session: MediaSession | None = None

    async def find(self, track_id: str) -> str:
        """The address; it works for some time, and does not name the file."""
        session = self._session
        if session is None or datetime.fromisoformat(session.expiresAt) - _EARLY < datetime.now(UTC):
            session = self._session = await self._hub.call(START_MEDIA_SESSION, StartMediaSession())
        return self._base_url + session.trackUrl.replace("{id}", track_id)


def _path_of(file: TrackFile) -> bytes:
    """The path of a file, once it is known to be there, and in the library's folders."""
    opened, _ = open_audio(file)
    opened.raw.close()
    return join(file.stored.folder, file.stored.name)
