"""Errors that come of the data folder's state: how each is brought about for all who use the folder, and undone."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from backends.local.keyring import KEY_FILE
from backends.local.limits import LimitReached, RateLimiter
from contract.errors import (
    ContractError,
    EncryptionNotConfigured,
    Forbidden,
    KeyExpired,
    KeyRevoked,
    RateLimited,
    Unauthorized,
)
from contract.operation import Operation
from tests.conformance.data import Folders, change, forget_calls

__all__ = ["BY_KEYS", "PROVOCATIONS", "provoked"]

BY_KEYS = frozenset({Unauthorized, KeyRevoked, KeyExpired, RateLimited})
"""Errors that only callers with an API key meet."""

Provocation = Callable[[Path, Operation[Any, Any]], None]

_HIDE_KEYS = ("CREATE TABLE hidden AS SELECT * FROM api_keys", "DELETE FROM api_keys")
_SHOW_KEYS = ("INSERT INTO api_keys SELECT * FROM hidden", "DROP TABLE hidden")
_REVOKE = "UPDATE api_keys SET revoked_at = '2020-01-01T00:00:00.000Z'"
_EXPIRE = "UPDATE api_keys SET expires_at = '2020-01-01T00:00:00.000Z'"
_ACTIVATE = "UPDATE api_keys SET revoked_at = NULL, expires_at = NULL"


def _withhold(folder: Path, operation: Operation[Any, Any]) -> None:
    change(folder, f"INSERT INTO withheld_areas VALUES (1, '{operation.area}')")


def _grant(folder: Path, _: Operation[Any, Any]) -> None:
    change(folder, "DELETE FROM withheld_areas")


def _hide_encryption(folder: Path, _: Operation[Any, Any]) -> None:
    if (folder / KEY_FILE).exists():
        (folder / KEY_FILE).rename(folder / f"{KEY_FILE}.hidden")


def _show_encryption(folder: Path, _: Operation[Any, Any]) -> None:
    if (folder / f"{KEY_FILE}.hidden").exists():
        (folder / f"{KEY_FILE}.hidden").rename(folder / KEY_FILE)


def _use_up(folder: Path, operation: Operation[Any, Any]) -> None:
    with closing(RateLimiter(folder)) as limiter:
        for key_id in (1, 2):
            with suppress(LimitReached):
                while True:
                    limiter.count(key_id, operation)


def _forget(folder: Path, _: Operation[Any, Any]) -> None:
    forget_calls(folder)


def _sql(*statements: str) -> Provocation:
    return lambda folder, _: change(folder, *statements)


PROVOCATIONS: Mapping[type[ContractError], tuple[Provocation, Provocation]] = {
    Unauthorized: (_sql(*_HIDE_KEYS), _sql(*_SHOW_KEYS)),
    KeyRevoked: (_sql(_REVOKE), _sql(_ACTIVATE)),
    KeyExpired: (_sql(_EXPIRE), _sql(_ACTIVATE)),
    Forbidden: (_withhold, _grant),
    EncryptionNotConfigured: (_hide_encryption, _show_encryption),
    RateLimited: (_use_up, _forget),
}
"""By error: what brings it about in a data folder, and what undoes that."""


@contextmanager
def provoked(
    error: type[ContractError] | None, folders: Folders, operation: Operation[Any, Any]
) -> Generator[None, None, None]:
    """Bring the error about in both folders for as long as the block lasts, if it is one of these."""
    begin, undo = PROVOCATIONS.get(error, (_nothing, _nothing)) if error else (_nothing, _nothing)
    for folder in folders.both:
        begin(folder, operation)
    try:
        yield
    finally:
        for folder in folders.both:
            undo(folder, operation)


def _nothing(_folder: Path, _operation: Operation[Any, Any]) -> None:
    """The error comes of the arguments."""
