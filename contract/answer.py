"""What answers have in common: members that the contract does not know yet are kept, all the way to the caller."""

from typing import Any

from pydantic import ConfigDict

__all__ = ["ANSWER"]


def _say_nothing_of_others(schema: dict[str, Any]) -> None:
    """JSON Schema lets other members be unless it forbids them, so that saying it would say nothing."""
    schema.pop("additionalProperties", None)


ANSWER = ConfigDict(extra="allow", defer_build=True, json_schema_extra=_say_nothing_of_others)
"""Of a model, or of a TypedDict by `with_config`; a service may be newer than this program."""
