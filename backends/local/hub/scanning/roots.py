"""The folders that the library is made of. None lies within another, so that each file is in one of them."""

import os
import sqlite3
from collections.abc import Sequence
from stat import S_ISDIR

from backends.local.hub.changes import ChangeKind, note_change_in_thread
from backends.local.hub.scanning.paths import parents, relative
from backends.local.hub.scanning.walking import Place, left_alone
from contract.errors import InvalidRequest
from contract.hub.errors import FolderNotFound
from contract.hub.scan import FolderState

__all__ = ["all_roots", "look_at", "places_of", "remove", "take_in"]

_ROOTS = "SELECT id, path FROM roots ORDER BY path"
_ADD = "INSERT INTO roots (path, added_at) VALUES (?, ?)"
_REMOVE = "DELETE FROM roots WHERE id = ?"


def all_roots(user: sqlite3.Connection) -> dict[int, bytes]:
    """Paths by id."""
    return dict(user.execute(_ROOTS))


def look_at(root: bytes) -> FolderState:
    """Whether the folder is there, with anything in it: what is mounted elsewhere leaves an empty one behind.

    What systems put there by themselves, such as lost+found, is not anything.
    """
    try:
        with os.scandir(root) as entries:
            return "present" if any(not left_alone(entry.name) for entry in entries) else "empty"
    except OSError:
        return "absent"


def places_of(roots: dict[int, bytes]) -> list[Place]:
    """All of the library."""
    return [Place(path, id_) for id_, path in roots.items()]


def take_in(user: sqlite3.Connection, folders: Sequence[bytes], now: int) -> list[Place]:
    """Make these folders part of the library, and return where to look for their files.

    One within a root is part of it already; one that holds a root takes its place.

    Raises:
        FolderNotFound: There is no such folder; then none is taken in.
        InvalidRequest: A path is not absolute.
    """
    for folder in folders:
        _check(folder, user)
    places = [_take_in(user, os.path.realpath(folder), now) for folder in folders]
    roots = all_roots(user)
    return list(dict.fromkeys(place for place in places if place.root_id in roots))  # another may have taken it over


def remove(user: sqlite3.Connection, root_id: int) -> None:
    """Take a root out of the library."""
    _in_transaction(user, [(_REMOVE, (root_id,))])


def _check(folder: bytes, user: sqlite3.Connection) -> None:
    if not folder.startswith(b"/") or b"\0" in folder:
        raise InvalidRequest("A folder must be an absolute path, such as /home/ana/Music.", field="folders")
    try:
        is_folder = S_ISDIR(os.stat(folder).st_mode)  # noqa: PTH116  (bytes)
    except OSError:
        # A root that is not mounted now is no mistake: the scan will say so.
        is_folder = os.path.realpath(folder) in all_roots(user).values()
    if not is_folder:
        raise FolderNotFound(
            "There is no folder at one of these paths.",
            field="folders",
            next_step="Check the path. Nothing was changed.",
        )


def _take_in(user: sqlite3.Connection, path: bytes, now: int) -> Place:
    roots = all_roots(user)
    for id_, root in roots.items():
        if path == root:
            return Place(root, id_)
        if _holds(root, path):
            below = relative(path, root)
            if below is None:  # the same place by another way
                return Place(root, id_)
            if not any(left_alone(part) for part in below.split(b"/")):
                return Place(path, id_)
    taken_over = [(_REMOVE, (id_,)) for id_, root in roots.items() if _holds(path, root)]
    _in_transaction(user, [*taken_over, (_ADD, (path, now))])
    [root_id] = [id_ for id_, root in all_roots(user).items() if root == path]
    return Place(path, root_id)


def _holds(folder: bytes, path: bytes) -> bool:
    """Whether the path is the folder or lies in it, by whatever names they go."""
    if relative(path, folder) is not None:
        return True
    identity = _identity(folder)
    return identity is not None and any(_identity(above) == identity for above in parents(path))


def _identity(path: bytes) -> tuple[int, int] | None:
    try:
        there = os.stat(path)  # noqa: PTH116  (bytes)
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _in_transaction(user: sqlite3.Connection, statements: Sequence[tuple[str, tuple[object, ...]]]) -> None:
    user.execute("BEGIN IMMEDIATE")
    try:
        for sql, parameters in statements:
            user.execute(sql, parameters)
        note_change_in_thread(user, ChangeKind.ROOTS)
        user.execute("COMMIT")
    except BaseException:
        if user.in_transaction:
            user.execute("ROLLBACK")
        raise
