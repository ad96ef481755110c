"""Turn what a caller sent into a model, or into one error that says what is accepted and repeats nothing."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, to_json

from contract.errors import ContractDrift, InvalidRequest

__all__ = ["check_answer", "validate"]

ModelT = TypeVar("ModelT", bound=BaseModel)

_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not known",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of a sensible size",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "string_unicode": "must be text in valid Unicode",
    "string_pattern_mismatch": "must be of the form that was given for it",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "must have at most {max_length} items",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}


def validate(model: type[ModelT], data: Mapping[str, Any], *, strict: bool = False) -> ModelT:
    """Return the model of the data.

    Args:
        model: What it is to be.
        data: JSON values, or text where an address carried it.
        strict: Whether values are of their JSON types already, so that false is no 0 and "1" no number.

    Raises:
        InvalidRequest: It names the field, what was wrong and what is accepted; it never repeats the value.
    """
    try:
        return model.model_validate_json(to_json(_whole(data)), strict=True) if strict else model.model_validate(data)
    except ValidationError as error:
        # The first is enough to act on, and pydantic reports in the order of the fields.
        detail = error.errors(include_url=False, include_input=False)[0]
    # Raised out here, so that no context carries pydantic's error, which holds the input.
    raise _invalid_request(model, detail)


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 54.0 is a whole one (JSON Schema, section 6.1.1 of its validation)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(member) for name, member in cast("Mapping[str, Any]", value).items()}
    return [_whole(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def check_answer(model: type[ModelT], data: Any) -> ModelT:
    """Return the model of a service's answer.

    Raises:
        ContractDrift: The answer is not as the contract says; it names the field.
    """
    try:
        # Strict, since a number that comes as text is not as the contract says either.
        return model.model_validate(data, strict=True)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in detail["loc"]) or "answer"
    raise ContractDrift(f"The service's answer is not as the contract says: {field} {_sentence(detail)}.", field=field)


def _invalid_request(model: type[BaseModel], detail: ErrorDetails) -> InvalidRequest:
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        # The name came from the caller, so it is not repeated; the accepted ones are.
        return InvalidRequest(
            "An argument is not known.", next_step=f"Accepted arguments: {', '.join(model.model_fields) or 'none'}."
        )
    field = ".".join(str(part) for part in detail["loc"])
    bounds = _bounds(model, detail)
    return InvalidRequest(f"{field or 'The request'} {bounds or _sentence(detail)}.", field=field or None)


def _bounds(model: type[BaseModel], detail: ErrorDetails) -> str | None:
    """Both bounds of a number at once, since the caller that missed one may miss the other."""
    field = model.model_fields.get(str(detail["loc"][0])) if len(detail["loc"]) == 1 else None
    if field is None:
        return None
    limits = {type(item).__name__: item for item in field.metadata}
    if "Ge" not in limits or "Le" not in limits:
        return None
    if not detail["type"].startswith(("int_", "greater_", "less_", "missing")):
        return None
    return f"must be a whole number from {limits['Ge'].ge} to {limits['Le'].le}"


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    template = _SENTENCES.get(detail["type"])
    return template.format(**context) if template else "is not as the contract says"
