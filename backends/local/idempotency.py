"""Carry a write out once under its idempotency key; what it answered is stored in the write's own transaction.

A failed commit is unknown, not absent: whoever was not told how it ended repeats the request under the same key, and
gets the stored answer, or the write, but never two of them.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from backends.days import later, now
from backends.local.scope import Scope
from contract.errors import IdempotencyKeyReused
from contract.idempotency import KEPT_HOURS, check_idempotency_key
from contract.operation import Operation

__all__ = ["carry_out_once"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

_FORGET = "DELETE FROM idempotency_keys WHERE created_at < ?"

_FIND = "SELECT fingerprint, answer FROM idempotency_keys WHERE workspace_id = ? AND key_hash = ?"

_STORE = "INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?)"


async def carry_out_once(
    scope: Scope,
    operation: Operation[RequestT, ResponseT],
    request: RequestT,
    key: str,
    handler: Callable[[Scope, RequestT], Awaitable[ResponseT]],
) -> ResponseT:
    """Return what the handler answers, or what it answered to the same request under the same key before.

    An error is not stored: it has changed nothing, so that a repeat may do better.

    Raises:
        InvalidRequest: The key is not of the accepted form.
        IdempotencyKeyReused: The workspace used the key for another request.
        ContractError: What the handler raises.
    """
    secret = check_idempotency_key(key).encode()
    key_hash = hashlib.sha256(secret).digest()
    fingerprint = _fingerprint(secret, operation, request)
    moment = now()
    # The write lock is held from here on: a repeat that comes while the first is under way waits for its answer.
    async with scope.transaction() as connection:
        await connection.execute(_FORGET, (later(moment, -KEPT_HOURS * 3600),))
        stored = list(await connection.execute_fetchall(_FIND, (scope.workspace_id, key_hash)))
        if stored:
            if not hmac.compare_digest(stored[0][0], fingerprint):
                raise IdempotencyKeyReused
            return operation.response.model_validate_json(stored[0][1])
        answer = await handler(replace(scope, connection=connection), request)
        row = (scope.workspace_id, key_hash, fingerprint, answer.model_dump_json(), moment)
        await connection.execute(_STORE, row)
    return answer


def _fingerprint(secret: bytes, operation: Operation[RequestT, ResponseT], request: RequestT) -> bytes:
    """What tells one request from another. Keyed, since a bare hash of cookies would let them be guessed at."""
    text = json.dumps([operation.name, request.model_dump(mode="json")], sort_keys=True)
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()
