"""Types of arguments that several commands take. Their errors never repeat what was typed: it may be a secret."""

import argparse
import re

__all__ = ["record_id"]

_ID = re.compile(r"[1-9]\d{0,17}", re.ASCII)


def record_id(text: str) -> int:
    """The id that a list shows in its first column.

    Raises:
        argparse.ArgumentTypeError: It is not a positive whole number.
    """
    if not _ID.fullmatch(text):
        raise argparse.ArgumentTypeError("must be an id: the number in the first column of the list")
    return int(text)
