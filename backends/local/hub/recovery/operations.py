"""Health and rebuilding, as operations."""

import asyncio
from contextlib import suppress

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.health import check_health
from backends.local.hub.moments import timestamp
from backends.local.hub.recovery.rebuilding import Progress, rebuild
from backends.local.hub.recovery.report import Rebuilt, TableFate, in_words
from contract.errors import ContractError
from contract.hub.errors import DatabaseUnavailable
from contract.hub.recovery import (
    GET_DATABASE_HEALTH,
    REBUILD_DATABASE,
    DatabaseReport,
    GetDatabaseHealth,
    RebuildBackup,
    RebuildDatabase,
    RebuildReport,
    RebuiltTable,
)
from contract.hub.scan import GET_SCAN, GetScan, Scan

__all__ = ["HANDLERS", "rebuild_in_thread"]

HANDLERS = Handlers[Hub]()


@HANDLERS.handles(GET_DATABASE_HEALTH)
async def get_database_health(hub: Hub, request: GetDatabaseHealth) -> DatabaseReport:
    """Look, and tell."""
    health = await check_health(hub, deep=request.deep)
    return DatabaseReport.model_construct(
        status=health.status,
        checkedAt=timestamp(health.checked_at),
        problems=[{"database": each.database, "kind": each.kind, "detail": each.detail} for each in health.problems],
        nextStep=DatabaseUnavailable().next_step if health.problems else None,
    )


@HANDLERS.handles(REBUILD_DATABASE)
async def rebuild_database(hub: Hub, request: RebuildDatabase) -> RebuildReport:
    """Rebuild what is damaged, and begin to read the library anew."""
    rebuilt = await rebuild_in_thread(hub, _tell_nobody, force=request.force)
    scan = await _scan(hub) if rebuilt.rebuilt else None
    backup: RebuildBackup | None = None
    if rebuilt.backup is not None and rebuilt.backup_taken_at is not None:
        backup = {"name": rebuilt.backup, "takenAt": timestamp(rebuilt.backup_taken_at)}
    return RebuildReport.model_construct(
        outcome="rebuilt" if rebuilt.rebuilt else "healthy",
        databases=list(rebuilt.rebuilt),
        archive=rebuilt.archive,
        archived=list(rebuilt.archived),
        backup=backup,
        tables=[_table(table) for table in rebuilt.tables],
        kept=rebuilt.kept,
        restored=rebuilt.restored,
        lost=rebuilt.lost,
        words=in_words(rebuilt),
        scan=scan,
    )


async def rebuild_in_thread(hub: Hub, progress: Progress, *, force: bool = False) -> Rebuilt:
    """Rebuild what is damaged. The hub's own databases are closed by themselves, as those of others are.

    A rebuild that has begun goes on to its end, whoever asked for it: to stop it half-way would help nobody.

    Raises:
        ContractError: As `rebuild`.
    """
    await hub.scans.aclose()
    rebuilt = await asyncio.shield(asyncio.to_thread(rebuild, hub.user.folder, hub.clock(), progress, force=force))
    await hub.user.use.come_back()
    await hub.index.use.come_back()
    if not rebuilt.rebuilt:  # whatever was met: every page and every row was looked at
        hub.user.use.damaged = hub.index.use.damaged = False
        hub.condition.status, hub.condition.reason = "healthy", None
    return rebuilt


async def _scan(hub: Hub) -> Scan | None:
    """Begin a scan of all folders, and say how it stands; there may be no folder to scan."""
    from backends.local.hub.scan import HANDLERS as SCANS  # noqa: PLC0415  (as operations go by their names)

    with suppress(ContractError):
        await hub.scans.start()
        return (await SCANS[GET_SCAN](hub, GetScan())).scan
    return None


def _table(table: TableFate) -> RebuiltTable:
    return {
        "table": table.table,
        "name": table.name,
        "kept": table.kept,
        "restored": table.restored,
        "lost": table.lost,
        "atLeast": table.at_least,
    }


def _tell_nobody(_what: str, _done: int, _total: int) -> None:
    """The report says it all."""
