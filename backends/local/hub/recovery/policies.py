"""What a rebuild does with each table of `hub.db`."""

from enum import Enum, auto

from backends.local.hub.changes import ChangeKind

__all__ = ["CHANGES_OF", "Policy", "policy_of"]


class Policy(Enum):
    """Where the rows of a table come from."""

    FILLED = auto()
    """What can be read of the damaged file, and the rest from the newest backup."""

    NEVER_FILLED = auto()
    """What can be read of the damaged file alone: an older row may open the door to somebody who was shut out since."""

    NEW = auto()
    """It begins anew: its numbers mean something to other processes, and would mislead them."""


_NEVER_FILLED = frozenset({
    "device_tokens",
    "devices",
    "media_sessions",
    "pairing_code",
    "share_sessions",
    "shares",
})  # fmt: skip

_NEW = frozenset({"changes", "feed"})

CHANGES_OF: dict[str, ChangeKind] = {"saved": ChangeKind.SAVED, "overrides": ChangeKind.OVERRIDES}
"""Tables of which the change feed names the row that has changed, by the first column of its key."""


def policy_of(table: str) -> Policy:
    """The policy of a table."""
    if table in _NEW:
        return Policy.NEW
    return Policy.NEVER_FILLED if table in _NEVER_FILLED else Policy.FILLED
