"""Covers: the pictures that are in the library, made as small as they are asked for, once."""

import hashlib
import io
from collections.abc import Generator, Hashable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

import anyio.to_thread

from backends.local.hub.context import Hub
from backends.local.hub.media.containers import HEAD, container_of
from backends.local.hub.media.cover_sources import Source, sources_of
from backends.local.hub.media.files import OpenFile, open_stored
from backends.local.hub.media.picture_cache import UNUSABLE, Form, PictureCache, Remembered
from contract.hub.errors import MediaNotFound
from contract.hub.media import COVER_SIZES

__all__ = ["Cover", "cover_of"]

_RECIPE = b"1"
"""Of how pictures are made: another one makes other pictures of the same."""


_MOST_BYTES = 32 << 20
"""Of a picture's file. A scan of a large sleeve has a third of it."""


class Cover(NamedTuple):
    """A picture, and the strong ETag that it has."""

    content: bytes
    media_type: str
    etag: str


class _NoPicture(Exception):
    """The file has none, or none that can be shown."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A picture to be made of a file, and what threads need for it."""

    source: Source
    size: int
    form: Form
    remembered: Remembered
    cache: PictureCache

    def cover(self, digest: str, content: bytes) -> Cover:
        """The picture that was made."""
        return Cover(content, f"image/{self.form}", f'"{digest}-{self.size}-{self.form}"')

    def kept(self, digest: str) -> Cover | None:
        """The picture, if it was made before."""
        content = self.cache.get(self._name(digest))
        return self.cover(digest, content) if content is not None and _is_whole(content, self.form) else None

    def keep(self, digest: str, content: bytes) -> None:
        """Keep the picture for the next time."""
        self.cache.put(self._name(digest), content)

    def _name(self, digest: str) -> str:
        return f"{digest}-{self.size}.{self.form}"


async def cover_of(hub: Hub, id_: str, size: int, *, webp: bool) -> Cover:
    """The cover of a track, an album, an artist or a playlist.

    Args:
        hub: Whose.
        id_: Of the thing.
        size: Pixels of the longer side, which is rounded up to one of COVER_SIZES.
        webp: As WebP; else as JPEG.

    Raises:
        MediaNotFound: There is no such thing, or it has no picture that can be shown.
        StorageError: The databases can't be read.
    """
    step = next((step for step in COVER_SIZES if step >= size), COVER_SIZES[-1])
    cache = PictureCache(hub.user.folder)
    for source in await sources_of(hub, id_):
        wanted = _Wanted(source, step, "webp" if webp else "jpeg", hub.media.remembered, cache)
        with suppress(_NoPicture):
            made = await anyio.to_thread.run_sync(_made_before, wanted, limiter=hub.media.files)
            return made or await anyio.to_thread.run_sync(_made, wanted, limiter=hub.media.pictures)
    raise MediaNotFound("There is no cover that can be shown.")


def _made_before(wanted: _Wanted) -> Cover | None:
    """The picture, if it is known what the file holds, and that has been made small before."""
    with _opened(wanted.source) as file:
        digest = wanted.remembered.get(_identity(file))
    if digest == UNUSABLE:
        raise _NoPicture
    return wanted.kept(digest) if digest else None


def _made(wanted: _Wanted) -> Cover:
    """The picture, made of what the file holds; another request may have had it made meanwhile."""
    with _opened(wanted.source) as file:
        identity = _identity(file)
        data = _data(file, wanted.source)
    digest = hashlib.blake2b(data, digest_size=16, salt=_RECIPE).hexdigest()
    cover = wanted.kept(digest)
    if cover is None:
        content = _small(data, wanted)
        if content is None:
            wanted.remembered.put(identity, UNUSABLE)
            raise _NoPicture
        wanted.keep(digest, content)
        cover = wanted.cover(digest, content)
    wanted.remembered.put(identity, digest)
    return cover


def _small(data: bytes, wanted: _Wanted) -> bytes | None:
    if not data or len(data) > _MOST_BYTES:
        return None
    from backends.local.hub.media.images import NotAPicture, made_small  # noqa: PLC0415  (Pillow takes long to import)

    try:
        return made_small(data, wanted.size, wanted.form)
    except NotAPicture:
        return None


@contextmanager
def _opened(source: Source) -> Generator[OpenFile, None, None]:
    try:
        file = open_stored(source.stored)
    except OSError:
        raise _NoPicture from None
    with file.raw:
        yield file


def _identity(file: OpenFile) -> Hashable:
    """Of a file as it is now."""
    status = file.status
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _data(file: OpenFile, source: Source) -> bytes:
    """What the file has of a picture; nothing, if it has none."""
    try:
        if source.audio is None:
            return file.raw.read(_MOST_BYTES + 1)
        if not file.is_scanned:  # nobody has seen that its tags keep within bounds; a scan will
            raise _NoPicture
        from backends.local.hub.media.embedded import embedded_picture  # noqa: PLC0415  (so does mutagen)

        container = container_of(file.raw.read(HEAD), source.audio)
        file.raw.seek(0)
        with io.BufferedReader(file.raw) as buffered:
            return embedded_picture(buffered, container, source.audio) or b""
    except OSError:
        raise _NoPicture from None


def _is_whole(content: bytes, form: Form) -> bool:
    """Whether all of a kept picture is there: a machine may have stopped before it was on the disk."""
    if form == "webp":
        return content[:4] == b"RIFF" and int.from_bytes(content[4:8], "little") == len(content) - 8
    return content.startswith(b"\xff\xd8") and content.endswith(b"\xff\xd9")
