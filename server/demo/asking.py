"""A question of the demo: what is asked, and how tools answer it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Answer", "Ask", "Question"]

Answer = Mapping[str, Any]
Ask = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]
"""Calls a tool by name with arguments; returns its structured content."""


@dataclass(frozen=True)
class Question:
    """What is asked, and how it is answered: lines of text, from as many tool calls as it takes."""

    text: str
    answer: Callable[[Ask], Awaitable[Sequence[str]]]
