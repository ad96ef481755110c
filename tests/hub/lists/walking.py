"""Walk a list from its first page to its last, by its cursors."""

from collections.abc import AsyncIterator

from contract.hub.library import LIST_ALBUMS, LIST_ARTISTS, LIST_LIBRARY_TRACKS
from tests.checked import call

__all__ = ["LISTS", "pages", "walked"]

_MOST_PAGES = 500

LISTS = {"tracks": LIST_LIBRARY_TRACKS, "albums": LIST_ALBUMS, "artists": LIST_ARTISTS}


async def pages(hub, kind, **asked) -> AsyncIterator[list[str]]:
    """The ids of each page."""
    cursor = None
    for _ in range(_MOST_PAGES):
        page = await call(hub, LISTS[kind], cursor=cursor, **asked)
        assert len(page[kind]) <= asked["limit"]
        yield [row["id"] for row in page[kind]]
        cursor = page["nextCursor"]
        if cursor is None:
            return
        assert len(page[kind]) == asked["limit"]
    raise AssertionError("the list has no end")


async def walked(hub, kind, **asked) -> list[str]:
    """The ids of the whole list."""
    return [id_ async for page in pages(hub, kind, **asked) for id_ in page]
