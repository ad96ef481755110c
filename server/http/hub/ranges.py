"""Which bytes a request asks for, and whether the caller has them already. Source: RFC 9110, sections 13 and 14."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers

from contract.hub.errors import RangeNotSatisfiable

__all__ = ["asked_bytes", "has_it_already"]

_SPEC = re.compile("([0-9]*)-([0-9]*)")

_ETAG = re.compile(r'(?:W/)?("[^"]*")')

_FAR = 10**18
"""Beyond any file."""


def asked_bytes(headers: Headers, size: int, etag: str, modified: str) -> tuple[int, int] | None:
    """The first byte that is asked for and the one behind the last; None if that is all of them.

    A Range that can't be understood asks for nothing, and is ignored. Of several, the first that can be answered is:
    the answer says which it is.

    Raises:
        RangeNotSatisfiable: None of them begins within the file.
    """
    asked, condition = headers.get("range"), headers.get("if-range")
    if asked is None or not size or condition not in (None, etag, modified):  # a weak ETag is like neither
        return None
    ranges = _ranges(asked, size)
    if ranges is None:
        return None
    for first, end in ranges:
        if first < end:
            return first, end
    error = RangeNotSatisfiable()
    error.headers["Content-Range"] = f"bytes */{size}"
    raise error


def _ranges(asked: str, size: int) -> list[tuple[int, int]] | None:
    """Each range within the file, empty if it lies beyond; None if the header is not as it should be."""
    unit, _, specs = asked.partition("=")
    if unit.strip().lower() != "bytes":
        return None
    ranges: list[tuple[int, int]] = []
    for spec in filter(None, (part.strip(" \t") for part in specs.split(","))):
        match = _SPEC.fullmatch(spec)
        if match is None or spec == "-":
            return None
        first, last = match[1], match[2]
        if not first:
            ranges.append((max(0, size - _number(last)), size))
        elif last and _rank(last) < _rank(first):
            return None
        else:
            ranges.append((_number(first), min(_number(last) + 1, size) if last else size))
    return ranges or None


def _rank(digits: str) -> tuple[int, str]:
    """What numbers can be compared by, however many digits they have."""
    digits = digits.lstrip("0")
    return len(digits), digits


def _number(digits: str) -> int:
    """One beyond any file is as good as another."""
    length, digits = _rank(digits)
    return int(digits or "0") if length <= 18 else _FAR


def has_it_already(headers: Headers, etag: str, modified: str | None = None) -> bool:
    """Whether the caller has what has this ETag, or has not changed since; the ETag goes before the time."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in _ETAG.findall(tags)
    since = headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        # The time zone may be missing, and is GMT.
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return False
