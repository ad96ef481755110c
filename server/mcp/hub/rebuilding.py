"""Damaged databases made anew, once the person has agreed."""

from backends.backend import Backend
from contract.hub.recovery import GET_DATABASE_HEALTH, REBUILD_DATABASE, GetDatabaseHealth, RebuildDatabase
from contract.hub.tool_arguments import RebuildArguments
from contract.hub.tool_results import RebuildResult
from contract.hub.tools import REBUILD_TOOL, TOOLS
from server.mcp.asking import may_go_on
from server.mcp.caller import refuse_others
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_COMMAND = "The user can run: musicengine-mcp rebuild"

_QUESTION = (
    "The music library's databases are damaged. {problems} Make new ones of all that can be read, and of the newest "
    "backup? The damaged files are kept in the archive; nothing is deleted."
)


@HANDLERS.handles(REBUILD_TOOL)
async def rebuild(backend: Backend, _: RebuildArguments) -> RebuildResult:
    """Look, ask, rebuild, and tell what was kept, restored and lost."""
    refuse_others(instead=_COMMAND)
    health = await backend.call(GET_DATABASE_HEALTH, GetDatabaseHealth(deep=True))
    if health.status == "rebuilding":
        return RebuildResult(done=False, report=["The databases are being rebuilt now, which takes some seconds."])
    if not health.problems:
        return RebuildResult(done=False, report=["Nothing is wrong with the databases. Nothing was changed."])
    problems = [f"{each['database']}: {each['detail']}" for each in health.problems]
    agreed = await may_go_on(_QUESTION.format(problems=" ".join(problems)))
    if agreed is None:
        return RebuildResult(done=False, report=problems, hint=f"This host can't ask the user first. {_COMMAND}")
    if not agreed:
        return RebuildResult(done=False, report=problems, hint="The user did not agree. Nothing was changed.")
    report = await backend.call(REBUILD_DATABASE, RebuildDatabase())
    hint = (
        None if report.scan is None else "The library is being scanned: hub_scan with action=status says how far it is."
    )
    return RebuildResult(done=report.outcome == "rebuilt", report=report.words, hint=hint)
