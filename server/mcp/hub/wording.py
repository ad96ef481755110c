"""Errors of operations in the words of a tool: agents know its arguments, not the members of a request."""

from collections.abc import Generator
from contextlib import contextmanager

from contract.errors import ContractError, InvalidRequest
from contract.hub.errors import EntryNotFound

__all__ = ["IDS_BY_SEARCH", "told_as"]

IDS_BY_SEARCH = "Call hub_search to get ids."


@contextmanager
def told_as(ids_from: str = IDS_BY_SEARCH, **names: str) -> Generator[None, None, None]:
    """Let errors name the tool's arguments.

    Args:
        ids_from: The next step after an id that is none, or of the wrong kind.
        **names: What the tool calls each member of the operation's request.
    """
    try:
        yield
    except ContractError as error:
        member, dot, place = (error.field or "").partition(".")
        if member in names:
            error.field = f"{names[member]}{dot}{place}"
            if error.message.startswith(member):
                error.message = names[member] + error.message.removeprefix(member)
        if isinstance(error, EntryNotFound) or (
            isinstance(error, InvalidRequest) and "must be the id of" in error.message
        ):
            error.next_step = ids_from
        raise
