"""Looking now and then, all at the same moments: an idle process is woken up once for all who look."""

import asyncio

__all__ = ["next_look"]


async def next_look(every_seconds: float) -> None:
    """Sleep until the event loop's clock shows the next multiple of so many seconds."""
    await asyncio.sleep(every_seconds - asyncio.get_running_loop().time() % every_seconds)
