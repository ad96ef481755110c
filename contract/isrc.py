"""The ISRC (ISO 3901:2019): near misses are accepted, one form is stored.

It stands apart from the other identifiers because processes that only read audio files need it, and not pydantic.
"""

import re

__all__ = ["SEPARATORS", "normalise_isrc"]

SEPARATORS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212._-]+")
"""What people write between the parts of an identifier."""

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def normalise_isrc(value: str) -> str:
    """Return the 12 characters of an ISRC, upper-case and without separators.

    Raises:
        ValueError: It is not an ISRC even so.
    """
    bare = SEPARATORS.sub("", value).upper()
    # "ISRC US-XXX-12-34567" is how sheets print it; but Iceland's own codes may begin with ISRC.
    for isrc in (bare, bare.removeprefix("ISRC").removeprefix(":")):
        if _ISRC.fullmatch(isrc):
            return isrc
    raise ValueError("must be an ISRC: 2 letters, 3 letters or digits, 7 digits, such as USXXX1234567")
