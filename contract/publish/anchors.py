"""Heading ids, as GitHub and most Markdown viewers derive them."""

import re

__all__ = ["anchor"]

_DROPPED = re.compile(r"[^\w\- ]")


def anchor(heading: str) -> str:
    """The id of a heading: lower-case, without punctuation, a hyphen for each space."""
    return _DROPPED.sub("", heading.lower()).replace(" ", "-")
