"""Links under which others can listen: made, listed and ended."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from backends.backend import Backend
from contract.errors import InvalidRequest
from contract.hub.ids import Kind, kind_of
from contract.hub.shares import (
    CREATE_SHARE,
    DELETE_SHARE,
    LIST_SHARES,
    CreateShare,
    DeleteShare,
    ListShares,
    Share,
)
from contract.hub.tool_arguments import ShareArguments
from contract.hub.tool_results import ShareResult, ShareRow
from contract.hub.tools import SHARE_TOOL, TOOLS
from contract.validation import validate
from server.mcp.hub.choosing import Choice, choose
from server.mcp.hub.wording import told_as
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_ONCE = "Pass the link on now: it is not shown again. Whoever has it can listen until it expires."

_HOW_TO_BE_REACHED = (
    "To be reached from elsewhere, run 'musicengine-mcp serve --tunnel-port PORT --tunnel-url https://…' with a tunnel "
    "that leads there, then share it again."
)

_HINTS: Mapping[str | None, str] = {
    "anywhere": f"{_ONCE} The hub has to be running: musicengine-mcp serve.",
    "network": (
        f"{_ONCE} It opens on the hub's own network, and elsewhere only if its address can be reached from there. "
        f"{_HOW_TO_BE_REACHED}"
    ),
    "machine": f"Nobody else can open this link: it leads to this machine alone. {_HOW_TO_BE_REACHED}",
    None: f"Nobody can open this link yet: the hub is not served. {_HOW_TO_BE_REACHED}",
}

_ASK = "Several things fit: ask which one is meant, then call hub_share again with its id as what."

_NOTHING = "Nothing in the library fits. Try other words with hub_search."

_WHICH = "It is shared by several links: ask which is meant, then call hub_share again with that share's id as what."

_NOT_SHARED = "That is not shared."

_SHOWN = tuple(ShareRow.__annotations__)


@HANDLERS.handles(SHARE_TOOL)
async def share(backend: Backend, arguments: ShareArguments) -> ShareResult:
    """One action."""
    if arguments.action == "list":
        listed = await backend.call(LIST_SHARES, ListShares())
        return ShareResult(done=True, shares=_rows(listed.shares))
    if arguments.what is None:
        raise InvalidRequest(f"what is required for action={arguments.action}.", field="what")
    if arguments.action == "unshare" and kind_of(arguments.what) is Kind.SHARE:
        return await _end(backend, arguments.what)
    choice = await choose(backend, arguments.what, arguments.kind)
    if choice.chosen is None:
        return _unclear(choice)
    if arguments.action == "unshare":
        return await _end_share_of(backend, choice.chosen["id"])
    return await _share(backend, choice.chosen["id"], arguments)


async def _share(backend: Backend, id_: str, arguments: ShareArguments) -> ShareResult:
    with told_as(id="what"):
        request = {"id": id_, "days": arguments.days, "note": arguments.note}
        made = (await backend.call(CREATE_SHARE, validate(CreateShare, request))).share
    return ShareResult(done=True, shares=_rows([made]), hint=_HINTS[made["reach"]])


async def _end_share_of(backend: Backend, item_id: str) -> ShareResult:
    shares = (await backend.call(LIST_SHARES, ListShares(itemId=item_id))).shares
    if len(shares) == 1:
        return await _end(backend, shares[0]["id"])
    return ShareResult(done=False, shares=_rows(shares), hint=_WHICH if shares else _NOT_SHARED)


async def _end(backend: Backend, share_id: str) -> ShareResult:
    with told_as(id="what"):
        ended = (await backend.call(DELETE_SHARE, validate(DeleteShare, {"id": share_id}))).deleted
    return ShareResult(done=True, shares=_rows([ended]))


def _rows(shares: Iterable[Share]) -> list[ShareRow]:
    return [_row(cast("Mapping[str, Any]", each)) for each in shares]


def _row(shared: Mapping[str, Any]) -> ShareRow:
    hidden = {"path"} if shared["url"] else set[str]()
    return cast("ShareRow", {name: shared[name] for name in _SHOWN if shared[name] and name not in hidden})


def _unclear(choice: Choice) -> ShareResult:
    hint = _ASK if choice.candidates else _NOTHING
    return ShareResult(done=False, shares=[], candidates=list(choice.candidates), hint=hint)
