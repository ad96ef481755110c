"""The error bodies that the documents show: what a caller of the operation would really get."""

from typing import Any

from contract.errors import ContractError, InvalidRequest
from contract.operation import Operation
from contract.validation import validate

__all__ = ["error_body"]


def error_body(operation: Operation[Any, Any], error: type[ContractError]) -> dict[str, Any]:
    """The JSON body of the error, as the operation answers it."""
    refusal = _refusal(operation) if error is InvalidRequest else error()
    return refusal.body()


def _refusal(operation: Operation[Any, Any]) -> InvalidRequest:
    """How the operation refuses its own example with the first field emptied."""
    first = next(iter(operation.request.model_fields), "unknown")
    try:
        validate(operation.request, {**operation.example.request, first: ""})
    except InvalidRequest as refusal:
        return refusal
    return InvalidRequest()
