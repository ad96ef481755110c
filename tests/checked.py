"""Call a backend as every surface does: validated arguments in, and an answer that the contract describes out."""

from typing import Any

from backends.backend import Backend
from contract.operation import Operation
from contract.validation import check_answer, validate

__all__ = ["call"]


async def call(backend: Backend, operation: Operation[Any, Any], **arguments: Any) -> dict[str, Any]:
    """Return the answer as JSON, after a look whether it is as the contract says and lacks nothing."""
    answer = await backend.call(operation, validate(operation.request, arguments))
    written = answer.model_dump(mode="json")
    assert check_answer(operation.response, written).model_dump(mode="json") == written
    return written
