"""What a source says of a field: taken only in the form that the field has, and without what can't be seen."""

from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from backends.text import clean
from contract.hub.fields import MetadataField, MetadataValues
from contract.hub.metadata import MetadataValue

__all__ = ["Claim", "claim"]


@dataclass(frozen=True)
class Claim:
    """One value that a source has for a field.

    Attributes:
        confidence: 0 to 1.
        reason: A sentence of our own: nothing that the source sent stands in it.
    """

    field: MetadataField
    value: MetadataValue
    source: str
    confidence: float
    reason: str


def claim(field: MetadataField, value: Any, *, source: str, confidence: float, reason: str) -> list[Claim]:
    """The claim, or nothing if the value is none that the field can have: sources are strangers."""
    cleaned = _cleaned(value)
    if cleaned in (None, "", []):
        return []
    try:
        values = MetadataValues.model_validate({field.value: cleaned}, strict=True)
    except ValidationError:
        return []
    return [Claim(field, getattr(values, field.value), source, round(confidence, 2), reason)]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        texts = [clean(text) for text in cast("list[Any]", value) if isinstance(text, str)]
        return list(dict.fromkeys(text for text in texts if text))
    return value
