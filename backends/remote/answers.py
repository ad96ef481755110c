"""What an answer's status and body mean: the operation's response, or one of its errors."""

import codecs
import json
import math
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from backends.remote.exchange import Answer
from backends.remote.limits import wait_after_refusal
from backends.remote.service import Service
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


def read_answer(operation: Operation[Any, ResponseT], answer: Answer, secret: str, service: Service) -> ResponseT:
    """Return the operation's response.

    Raises:
        ContractError: The service's own error, without the secret should it repeat that; ContractDrift if the answer
            is not as the contract says.
    """
    if answer.status >= 400:
        raise _error(operation, answer, secret, service)
    if answer.status >= 300:
        raise ContractDrift(
            f"The service answered with a redirect (status {answer.status}), which is not followed: the "
            f"{service.secret} would go elsewhere.",
            next_step=f"Set {service.address} to the address where the service itself answers.",
        )
    with suppress(ValidationError):
        return operation.response.model_validate_json(answer.content, strict=True)
    # The same in two steps: slower, kinder to byte order marks and half characters, and it says what does not fit.
    return check_answer(operation.response, _json(answer.content, service))


def _json(content: bytes, service: Service) -> Any:
    try:
        return json.loads(content.removeprefix(codecs.BOM_UTF8).decode())
    except (ValueError, RecursionError):
        pass
    # Not raised in a handler, since the parser's error holds the whole answer.
    raise ContractDrift("The service's answer is not JSON.", next_step=_wrong_place(service))


def _error(operation: Operation[Any, Any], answer: Answer, secret: str, service: Service) -> ContractError:
    """The operation's error with the answer's code, or else the first with its status."""
    members, detail = _body(answer.content, secret)
    known = [error for error in operation.all_errors if error.status == answer.status]
    named = [error for error in known if detail is not None and error.code == detail.code]
    kind = (named or known or [InternalError])[0]
    error = _of_kind(kind, answer, detail, members, service)
    if kind is RateLimited and (seconds := wait_after_refusal(answer.headers)) is not None:
        error.next_step = f"Try again in {math.ceil(seconds)} seconds."
        error.headers["Retry-After"] = str(math.ceil(seconds))
    return error


def _of_kind(
    kind: type[ContractError], answer: Answer, detail: ErrorDetail | None, members: dict[str, Any], service: Service
) -> ContractError:
    if detail is not None:
        step = detail.next_step or _next_step(kind, service)
        return kind.told(detail.model_copy(update={"next_step": step}), members)
    if kind is InternalError:
        step = _wrong_place(service) if answer.status == 404 else None
        return kind(f"The service answered with status {answer.status}.", next_step=step)
    error = kind()
    error.next_step = _next_step(kind, service) or error.next_step
    return error


def _body(content: bytes, secret: str) -> tuple[dict[str, Any], ErrorDetail | None]:
    """What the service says, whole, and of the error no more than anybody reads, and without the secret."""
    try:
        members = from_json(content)
        detail = ErrorBody.model_validate(members).error
    except ValueError:
        return {}, None
    texts = {"message": detail.message, "field": detail.field, "next_step": detail.next_step}
    shown = {name: text and _without(secret, text)[:_MOST_CHARACTERS] for name, text in texts.items()}
    return members, detail.model_copy(update=shown)


def _without(secret: str, text: str) -> str:
    return text.replace(secret, "...") if secret else text


def _next_step(kind: type[ContractError], service: Service) -> str | None:
    """Where the contract's own next step is for whoever runs the service."""
    if issubclass(kind, Unauthorized):
        return f"Check the {service.secret} in {service.credential}."
    if issubclass(kind, EncryptionNotConfigured):
        return "Whoever runs the service has to set up its encryption."
    return None


def _wrong_place(service: Service) -> str:
    return f"Check the address in {service.address}, and its path: what answers there may be something else."
