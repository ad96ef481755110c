"""Workspaces: whose data it is. One exists from the first start."""

from dataclasses import dataclass

from backends.days import now
from backends.local.database import Database
from backends.local.scope import Scope
from contract.errors import InvalidRequest, NotFound
from contract.operation import Area

__all__ = ["Workspace", "area_set", "create_workspace", "list_workspaces", "open_workspace", "set_access"]

_OPEN = """
    SELECT w.id, (SELECT group_concat(area) FROM withheld_areas WHERE workspace_id = w.id)
    FROM workspaces w WHERE w.name = ?
"""

_LIST = """
    SELECT w.id, w.name, w.created_at, w.tracks, w.days_tracked,
        (SELECT group_concat(area) FROM withheld_areas WHERE workspace_id = w.id)
    FROM workspaces w ORDER BY w.id
"""


@dataclass(frozen=True)
class Workspace:
    """A workspace and how much is in it."""

    id: int
    name: str
    created_at: str
    tracks: int
    days_tracked: int
    withheld_areas: frozenset[str] = frozenset()


async def open_workspace(database: Database, name: str) -> Scope:
    """Return what handlers of the workspace of that name may touch.

    Raises:
        NotFound: There is none.
    """
    rows = list(await database.look_up(_OPEN, (name,)))
    if not rows:
        raise NotFound(
            "There is no workspace of that name.",
            field="workspace",
            next_step="List them with 'musicengine-mcp workspaces list', or add it with 'workspaces create NAME'.",
        )
    number, withheld = rows[0]
    return Scope(database, number, area_set(withheld))


async def create_workspace(database: Database, name: str) -> Workspace:
    """Create a workspace.

    Raises:
        InvalidRequest: The name is empty, too long, unreadable or taken.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InvalidRequest("name must be 1 to 100 readable characters.", field="name")
    async with database.transaction() as connection:
        created_at = now()
        cursor = await connection.execute(
            "INSERT INTO workspaces (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, created_at)
        )
        if cursor.rowcount == 0:
            raise InvalidRequest("name is taken by another workspace.", field="name")
        return Workspace(cursor.lastrowid or 0, name, created_at, 0, 0)


async def list_workspaces(database: Database) -> list[Workspace]:
    """Return all workspaces, oldest first."""
    rows = await database.read(_LIST)
    return [
        Workspace(number, name, created_at, tracks, days_tracked, area_set(withheld))
        for number, name, created_at, tracks, days_tracked, withheld in rows
    ]


async def set_access(database: Database, name: str, area: Area, *, withheld: bool) -> None:
    """Withhold a part of the product from a workspace, or grant it again; at once, for every key.

    Raises:
        NotFound: There is no such workspace.
    """
    scope = await open_workspace(database, name)
    change = (
        "INSERT INTO withheld_areas VALUES (?, ?) ON CONFLICT DO NOTHING"
        if withheld
        else "DELETE FROM withheld_areas WHERE workspace_id = ? AND area = ?"
    )
    async with database.transaction() as connection:
        await connection.execute(change, (scope.workspace_id, area.value))


def area_set(joined: str | None) -> frozenset[str]:
    """The areas that SQLite's group_concat joined."""
    return frozenset(joined.split(",")) if joined else frozenset()
