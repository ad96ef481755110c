"""The library's folders, one level at a time: first the folders in one, then the tracks in it.

A folder is called by the number of any row at or below it, and by its depth: fld_12_3 is made of the first three names
of the path in row 12. So no path comes from outside, and folders that hold nothing but folders need no row.

In the order of bytes, which is the index's, what is in "A" does not follow "A" itself: "A-B" stands between "A" and
"A/1". A folder that has a row of its own stands where that is, any other where the first of what is in it stands.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from backends.local.hub.browse_items import folder_item, track_item
from backends.local.hub.context import Hub
from backends.local.hub.cursors import LONGEST_TEXT, Position, cursor_of, position_in
from backends.local.hub.summaries import TRACK_COLUMNS
from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.browse import BrowseItem

__all__ = ["look_into"]

_ROOTS = "SELECT path FROM roots ORDER BY path"

_ROW = "SELECT path FROM folders WHERE key = ?"
_EXACT = "SELECT key FROM folders WHERE path = ?"
_NEXT = "SELECT key, path FROM folders WHERE path >= ? AND path < ? ORDER BY path LIMIT 1"
_ANY_TRACK = """
    SELECT EXISTS (SELECT 1 FROM folders f CROSS JOIN tracks t INDEXED BY tracks_by_file ON t.folder_key = f.key
        WHERE f.path = :path AND t.missing_since IS NULL)
    OR EXISTS (SELECT 1 FROM folders f CROSS JOIN tracks t INDEXED BY tracks_by_file ON t.folder_key = f.key
        WHERE f.path > :from AND f.path < :to AND t.missing_since IS NULL)
"""
_TRACKS = f"""
    SELECT t.name, {TRACK_COLUMNS} FROM tracks t INDEXED BY tracks_by_file
    WHERE t.folder_key = ? AND t.name > ? AND t.missing_since IS NULL ORDER BY t.name LIMIT ?
"""

_SLASH, _BEHIND_SLASH, _LEAST = b"/", b"0", b"\0"

_FOLDERS, _TRACKS_TOO = 0, 1
"""Where a page ended: at a folder, or at a track."""

_NAME_PARTS = 6
"""A name of 255 bytes and one more, in hexadecimal, in parts that a cursor can hold."""

_AT_ONCE = 100

_Found = tuple[BrowseItem, int, bytes]
"""An item, and where the next one may be."""


@dataclass(frozen=True)
class _Child:
    """A folder in the one that is looked into.

    Attributes:
        key: Of a row at or below it.
        behind: Where the next one may be.
    """

    key: int
    path: bytes
    behind: bytes


async def look_into(
    hub: Hub, folder: str | None, *, cursor: str | None, limit: int
) -> tuple[list[BrowseItem], str | None]:
    """A page of what is in the folder, or of the library's roots, and the cursor of the next one.

    Raises:
        InvalidRequest: There is no such folder any more, or the cursor is not one of it.
    """
    about = {"list": "browse", "section": "folders", "folder": folder}
    phase, place = _FOLDERS, b""
    if cursor is not None:
        phase, place = _read(position_in(cursor, about, [int, *[str] * _NAME_PARTS], nullable=False))
    path = None if folder is None else await _path_of(hub, folder)
    found = _roots(hub, place) if path is None else _inside(hub, path, phase, place)
    items: list[_Found] = []
    async with aclosing(found):
        async for item in found:
            items.append(item)
            if len(items) > limit:
                break
    more = len(items) > limit
    return [item for item, *_ in items[:limit]], _write(about, *items[limit - 1][1:]) if more else None


async def _path_of(hub: Hub, folder: str) -> bytes:
    key, depth = (int(part) for part in folder.split("_")[1:])
    names: list[bytes] = []
    if key < 2**63:
        for (path,) in await hub.index.look_up(_ROW, (key,)):
            names = cast("bytes", path).split(_SLASH)
    if not 0 < depth <= len(names):
        raise InvalidRequest(
            "folder must be that of an item of the section folders; there is no such folder now.",
            field="folder",
            next_step="Look through the folders again, from the top.",
        )
    return _SLASH.join(names[:depth])


async def _roots(hub: Hub, place: bytes) -> AsyncGenerator[_Found, None]:
    for (path,) in await hub.user.look_up(_ROOTS):
        bare = path.rstrip(_SLASH)
        rows = await hub.index.look_up(_NEXT, (bare, bare + _BEHIND_SLASH))
        if path >= place and await _has_tracks(hub, bare):
            for key, _ in rows:
                yield _folder(key, bare), _FOLDERS, path + _LEAST


async def _inside(hub: Hub, path: bytes, phase: int, place: bytes) -> AsyncGenerator[_Found, None]:
    if phase == _FOLDERS:
        async for child in _children(hub, path, path + _SLASH + place):
            yield _folder(child.key, child.path), _FOLDERS, child.behind[len(path) + 1 :]
        place = b""
    for (key,) in await hub.index.look_up(_EXACT, (path or _SLASH,)):
        while rows := list(await hub.index.look_up(_TRACKS, (key, place, _AT_ONCE))):
            for name, *row in rows:
                yield track_item(row), _TRACKS_TOO, name
            place = rows[-1][0]


async def _children(hub: Hub, path: bytes, place: bytes) -> AsyncGenerator[_Child, None]:
    """Folders that have a track, from a place on."""
    while rows := list(await hub.index.look_up(_NEXT, (place, path + _BEHIND_SLASH))):
        key, found = rows[0]
        name, slash, _ = found[len(path) + 1 :].partition(_SLASH)
        child_path = path + _SLASH + name
        place = child_path + (_BEHIND_SLASH if slash else _LEAST)
        # One with a row of its own was met at that row.
        met = bool(slash) and any(True for _ in await hub.index.look_up(_EXACT, (child_path,)))
        if name and not met and await _has_tracks(hub, child_path):
            yield _Child(key, child_path, place)


async def _has_tracks(hub: Hub, path: bytes) -> bool:
    parameters = {"path": path, "from": path + _SLASH, "to": path + _BEHIND_SLASH}
    [(found,)] = await hub.index.look_up(_ANY_TRACK, parameters)
    return bool(found)


def _folder(key: int, path: bytes) -> BrowseItem:
    names = path.split(_SLASH)
    return folder_item(clean((names[-1] or _SLASH).decode("utf-8", "replace")), f"fld_{key}_{len(names)}")


def _read(position: Position) -> tuple[int, bytes]:
    phase, *parts = position
    try:
        return phase, bytes.fromhex("".join(parts))
    except ValueError:
        raise InvalidRequest("cursor must be the nextCursor of a page of this list.", field="cursor") from None


def _write(about: Mapping[str, Any], phase: int, name: bytes) -> str:
    written = name.hex()
    parts: Sequence[str] = [written[part * LONGEST_TEXT :][:LONGEST_TEXT] for part in range(_NAME_PARTS)]
    return cursor_of(about, (phase, *parts))
