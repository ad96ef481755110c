"""The library's folders, watched while the server runs, so that whoever asks finds what is there."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from backends.local.storage import HUB_DATABASE_NAME

__all__ = ["library_watched"]


@asynccontextmanager
async def library_watched(folder: Path) -> AsyncGenerator[None, None]:
    """Keep the library of a data folder up to its files during the block; where there is none, nothing is begun."""
    if not (folder / HUB_DATABASE_NAME).exists():
        yield
        return
    from backends.local.hub.hub import LocalHub  # noqa: PLC0415  (whoever has no library pays nothing)

    async with aclosing(LocalHub(folder)) as hub:
        watch = asyncio.create_task(hub.watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait({watch})
