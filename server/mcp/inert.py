"""The one boundary where text of strangers is made inert before an agent or a terminal sees it.

Titles and tags come from files and services. Control characters can drive a terminal, bidirectional controls
make text read as what it is not, and zero-width ones hide text from a reader; none belongs in a title.
"""

import re
from typing import Any

__all__ = ["inert", "is_inert"]

_HOSTILE = re.compile(
    "["
    "\u0000-\u001f\u007f-\u009f"  # control characters
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # format
    "\ud800-\udfff"  # stray halves of characters, which no encoding can write
    "\U000e0000-\U000e0fff"  # tags and selectors, which hide whole sentences
    "]"
)


_ASCII = bytes(range(128))


def is_inert(json_text: bytes) -> bool:
    """Whether the JSON text, in UTF-8, needs no cleaning; control characters can only be there as escapes."""
    if b"\\" in json_text or b"\x7f" in json_text:
        return False
    beyond_ascii = json_text.translate(None, _ASCII)
    if not beyond_ascii:
        return True
    # Of the characters in the pattern only selectors are printable, and their UTF-8 begins with F3 A0: these two
    # questions are several times faster than the pattern.
    text = beyond_ascii.decode()
    if text.isprintable() and b"\xf3\xa0" not in beyond_ascii:
        return True
    return not _HOSTILE.search(text)


def inert(value: Any) -> Any:
    """Return JSON data with such characters removed from every text; the data itself if there are none."""
    if isinstance(value, str):
        return _HOSTILE.sub("", value) if _HOSTILE.search(value) else value
    if isinstance(value, dict):
        return {inert(key): inert(member) for key, member in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [inert(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
