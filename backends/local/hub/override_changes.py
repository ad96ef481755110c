"""Overrides as they are stored: changed in batches, each of which remembers what was there before it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite

from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.known_tracks import remember_tracks
from contract.errors import NotFound
from contract.hub.errors import Conflict, LibraryTrackNotFound

__all__ = ["OVERRIDES", "Override", "change_overrides", "overrides_of", "require_track", "undo_change"]

OVERRIDES = "SELECT field, value, source, confidence, set_at FROM overrides WHERE track_id = ?"

_KNOWN = "SELECT 1 FROM known_tracks WHERE track_id = ?"

_SET = """
    INSERT INTO overrides (track_id, field, value, source, confidence, set_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (track_id, field) DO UPDATE SET
        value = excluded.value, source = excluded.source, confidence = excluded.confidence, set_at = excluded.set_at
"""

_NOTE = """
    INSERT INTO override_changes (batch, track_id, field, before, after, changed_at) VALUES (?, ?, ?, ?, ?, ?)
"""

_LAST = """
    SELECT batch FROM override_changes WHERE track_id = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1
"""

_BATCH = """
    SELECT id, field, before, after, undone_at FROM override_changes WHERE track_id = ? AND batch = ? ORDER BY id
"""


@dataclass(frozen=True)
class Override:
    """What is shown in place of a file's tag.

    Attributes:
        value: None says that the field is to be empty.
        source: 'user', or that of the proposal it was taken from.
        confidence: Of that proposal.
        set_at: When it was set.
    """

    value: Any
    source: str
    confidence: float | None
    set_at: int

    def same_as(self, other: "Override | None") -> bool:
        """Whether it says the same, whenever it was set."""
        return other is not None and (self.value, self.source, self.confidence) == (
            other.value,
            other.source,
            other.confidence,
        )

    def written(self) -> str:
        """As JSON."""
        return json.dumps([self.value, self.source, self.confidence, self.set_at])

    @classmethod
    def read(cls, text: str | None) -> "Override | None":
        """Of the JSON, or None where there was none."""
        return None if text is None else cls(*json.loads(text))

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]]) -> dict[str, "Override"]:
        """By field, of rows of OVERRIDES."""
        return {field: cls(json.loads(value), *rest) for field, value, *rest in rows}


async def overrides_of(connection: aiosqlite.Connection, track_id: str) -> dict[str, Override]:
    """By field, as the transaction sees them."""
    return Override.of_rows([tuple(row) for row in await connection.execute_fetchall(OVERRIDES, (track_id,))])


async def require_track(hub: Hub, connection: aiosqlite.Connection, track_id: str) -> None:
    """See to it that the track is remembered.

    Raises:
        LibraryTrackNotFound: The library neither has it nor had it when something mentioned it.
    """
    await remember_tracks(hub, connection, [track_id])
    if not list(await connection.execute_fetchall(_KNOWN, (track_id,))):
        raise LibraryTrackNotFound


async def change_overrides(
    hub: Hub, connection: aiosqlite.Connection, track_id: str, wanted: Mapping[str, Override | None]
) -> tuple[str | None, list[str]]:
    """Set each field's override, or take it away where it is None.

    Returns the id of the change and the fields that were changed; where all was so already there is no change.
    """
    before = await overrides_of(connection, track_id)
    changes = {field: after for field, after in wanted.items() if _differ(before.get(field), after)}
    if not changes:
        return None, []
    batch = f"chg_{secrets.token_hex(8)}"
    moment = hub.clock()
    for field, after in changes.items():
        await _store(connection, track_id, field, after)
        was = before.get(field)
        texts = (None if was is None else was.written(), None if after is None else after.written())
        await connection.execute(_NOTE, (batch, track_id, field, *texts, moment))
    await note_change(connection, ChangeKind.OVERRIDES, track_id)
    return batch, list(changes)


async def undo_change(
    hub: Hub, connection: aiosqlite.Connection, track_id: str, batch: str | None
) -> tuple[str, list[str]]:
    """Put back what was there before a change, or before the last one that is not undone yet.

    Returns the id of the change and its fields.

    Raises:
        NotFound: The track has no such change.
        Conflict: There is nothing to undo, or one of its fields was changed again since.
    """
    if batch is None:
        batch = await _last(connection, track_id)
    rows = list(await connection.execute_fetchall(_BATCH, (track_id, batch)))
    if not rows:
        raise NotFound("This track has no such change.", field="change", next_step="Read the track's metadata again.")
    present = await overrides_of(connection, track_id)
    for _, field, _, after, undone_at in rows:
        if undone_at is not None:
            raise Conflict("That change is undone already.", field="change")
        if present.get(field) != Override.read(after):
            raise Conflict(
                f"{field} was changed again since. Nothing was undone.",
                field="change",
                next_step="Undo the later change first.",
            )
    for id_, field, before, *_ in rows:
        await _store(connection, track_id, field, Override.read(before))
        await connection.execute("UPDATE override_changes SET undone_at = ? WHERE id = ?", (hub.clock(), id_))
    await note_change(connection, ChangeKind.OVERRIDES, track_id)
    return batch, [field for _, field, *_ in rows]


async def _last(connection: aiosqlite.Connection, track_id: str) -> str:
    for (batch,) in await connection.execute_fetchall(_LAST, (track_id,)):
        return batch
    raise Conflict("This track has no change that could be undone.", field="change")


async def _store(connection: aiosqlite.Connection, track_id: str, field: str, override: Override | None) -> None:
    if override is None:
        await connection.execute("DELETE FROM overrides WHERE track_id = ? AND field = ?", (track_id, field))
        return
    value = json.dumps(override.value, ensure_ascii=False)
    facts = (override.source, override.confidence, override.set_at)
    await connection.execute(_SET, (track_id, field, value, *facts))


def _differ(one: Override | None, other: Override | None) -> bool:
    return one is not None if other is None else not other.same_as(one)
