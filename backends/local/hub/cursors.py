"""Cursors: where a page ended, as a token that only the same list under the same filters and order takes back.

Nothing in it is secret or trusted: its values are compared with, as any filter's are, once they are of the right type.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from contract.errors import InvalidRequest

__all__ = ["LONGEST_TEXT", "Position", "cursor_of", "position_in"]

Position = tuple[Any, ...]
"""The last row of a page, numbers and texts: what it is sorted by, and its key."""

LONGEST_TEXT = 100
"""Of a value; what is longer is cut, and has this many characters and one more."""

_FORM = 1

_START_ANEW = "Leave cursor out for the first page."


def cursor_of(about: Mapping[str, Any], position: Position) -> str:
    """The token for the position in the list that `about` describes."""
    values = [value[: LONGEST_TEXT + 1] if isinstance(value, str) else value for value in position]
    written = json.dumps([_FORM, _digest(about), values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def position_in(cursor: str, about: Mapping[str, Any], types: Sequence[type], *, nullable: bool) -> Position:
    """The position that the token names.

    Args:
        cursor: The token.
        about: What describes the list.
        types: Of the values that belong to the list's order.
        nullable: Whether the first may be missing.

    Raises:
        InvalidRequest: It is no token of ours, or one of another list, other filters or another order.
    """
    form, digest, values = _read(cursor)
    if form != _FORM or digest != _digest(about):
        raise InvalidRequest(
            "cursor belongs to another list, or to other filters or another order.",
            field="cursor",
            next_step=f"Repeat the filters, sort and order of the page that gave it. {_START_ANEW}",
        )
    if len(values) != len(types) or not all(map(_is, values, types, (nullable, *[False] * len(values)))):
        raise _not_ours()
    return tuple(values)


def _read(cursor: str) -> tuple[Any, Any, list[Any]]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_ours() from None
    if not isinstance(read, list):
        raise _not_ours()
    parts = cast("list[Any]", read)
    if len(parts) != 3 or not isinstance(parts[2], list):
        raise _not_ours()
    return parts[0], parts[1], cast("list[Any]", parts[2])


def _is(value: Any, type_: type, nullable: bool) -> bool:
    if value is None:
        return nullable
    if type(value) is not type_:  # true and false are numbers, too, to isinstance
        return False
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return not any("\ud800" <= character <= "\udfff" for character in value)  # SQLite takes no halves of characters


def _not_ours() -> InvalidRequest:
    return InvalidRequest(
        "cursor must be the nextCursor of a page of this list, unchanged.", field="cursor", next_step=_START_ANEW
    )


def _digest(about: Mapping[str, Any]) -> str:
    written = json.dumps(about, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(written.encode(), digest_size=6).hexdigest()
