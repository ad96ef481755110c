"""Workspaces: whose data it is. One exists from the first start."""

from dataclasses import dataclass

from backends.local.database import Database
from backends.local.days import now
from contract.errors import InvalidRequest, NotFound

__all__ = ["Workspace", "create_workspace", "list_workspaces", "workspace_id"]


@dataclass(frozen=True)
class Workspace:
    """A workspace and how much is in it."""

    id: int
    name: str
    created_at: str
    tracks: int
    days_tracked: int


async def workspace_id(database: Database, name: str) -> int:
    """Return the id of the workspace of that name.

    Raises:
        NotFound: There is none.
    """
    rows = list(await database.read("SELECT id FROM workspaces WHERE name = ?", (name,)))
    if not rows:
        raise NotFound(
            "There is no workspace of that name.",
            field="workspace",
            next_step="List them with 'musicengine-mcp workspaces list', or add it with 'workspaces create NAME'.",
        )
    return rows[0][0]


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
    rows = await database.read("SELECT id, name, created_at, tracks, days_tracked FROM workspaces ORDER BY id")
    return [Workspace(*row) for row in rows]
