"""What an answer's status and body mean: the operation's response, or one of its errors."""

import codecs
import json
import math
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from backends.remote.address import BASE_URL_VARIABLE
from backends.remote.api_key import API_KEY_VARIABLE
from backends.remote.exchange import Answer
from backends.remote.limits import wait_after_refusal
from contract.errors import (
    ContractDrift,
    ContractError,
    EncryptionNotConfigured,
    ErrorBody,
    ErrorDetail,
    InternalError,
    RateLimited,
    Unauthorized,
)
from contract.operation import Operation
from contract.validation import check_answer

__all__ = ["read_answer"]

ResponseT = TypeVar("ResponseT", bound=BaseModel)

_MOST_CHARACTERS = 500
"""Of an error's text, which an agent reads."""

_NEXT_STEPS: tuple[tuple[type[ContractError], str], ...] = (
    (Unauthorized, f"Check the API key in {API_KEY_VARIABLE}."),
    (EncryptionNotConfigured, "Whoever runs the service has to set up its encryption."),
)
"""Where the contract's own next step is for whoever runs the service."""

_WRONG_PLACE = f"Check the address in {BASE_URL_VARIABLE}, and its path: what answers there may be something else."


def read_answer(operation: Operation[Any, ResponseT], answer: Answer, key: str) -> ResponseT:
    """Return the operation's response.

    Raises:
        ContractError: The service's own error, without the key should it repeat that; ContractDrift if the answer is
            not as the contract says.
    """
    if answer.status >= 400:
        raise _error(operation, answer, key)
    if answer.status >= 300:
        raise ContractDrift(
            f"The service answered with a redirect (status {answer.status}), which is not followed: the API key would "
            "go elsewhere.",
            next_step=f"Set {BASE_URL_VARIABLE} to the address where the service itself answers.",
        )
    with suppress(ValidationError):
        return operation.response.model_validate_json(answer.content, strict=True)
    # The same in two steps: slower, kinder to byte order marks and half characters, and it says what does not fit.
    return check_answer(operation.response, _json(answer.content))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.removeprefix(codecs.BOM_UTF8).decode())
    except (ValueError, RecursionError):
        pass
    # Not raised in a handler, since the parser's error holds the whole answer.
    raise ContractDrift("The service's answer is not JSON.", next_step=_WRONG_PLACE)


def _error(operation: Operation[Any, Any], answer: Answer, key: str) -> ContractError:
    """The operation's error with the answer's code, or else the first with its status."""
    detail = _detail(answer.content, key)
    known = [error for error in operation.all_errors if error.status == answer.status]
    named = [error for error in known if detail is not None and error.code == detail.code]
    kind = (named or known or [InternalError])[0]
    error = _of_kind(kind, answer, detail)
    if kind is RateLimited and (seconds := wait_after_refusal(answer.headers)) is not None:
        error.next_step = f"Try again in {math.ceil(seconds)} seconds."
        error.headers["Retry-After"] = str(math.ceil(seconds))
    return error


def _of_kind(kind: type[ContractError], answer: Answer, detail: ErrorDetail | None) -> ContractError:
    if detail is not None:
        return kind(detail.message, field=detail.field, next_step=detail.next_step or _next_step(kind))
    if kind is InternalError:
        step = _WRONG_PLACE if answer.status == 404 else None
        return kind(f"The service answered with status {answer.status}.", next_step=step)
    return kind(next_step=_next_step(kind))


def _detail(content: bytes, key: str) -> ErrorDetail | None:
    """What the service says, no longer than anybody reads, and without the key."""
    try:
        detail = ErrorBody.model_validate_json(content).error
    except ValidationError:
        return None
    texts = {"message": detail.message, "field": detail.field, "next_step": detail.next_step}
    shown = {name: text and text.replace(key, "...")[:_MOST_CHARACTERS] for name, text in texts.items()}
    return detail.model_copy(update=shown)


def _next_step(kind: type[ContractError]) -> str | None:
    return next((step for known, step in _NEXT_STEPS if issubclass(kind, known)), None)
