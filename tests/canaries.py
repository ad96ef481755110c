"""Canaries: secrets that are planted, and a search for them in every place that a secret could reach.

A test plants the values, runs whatever could leak, gathers the places, and asserts that `leaks()` is empty.
"""

import base64
import binascii
import json
import logging
import secrets
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

_COPY = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"


def new_canary() -> str:
    """A value that is nowhere by chance; its quote, backslash and accent look different in JSON and in a repr."""
    return f'CANARY{secrets.token_hex(16)}"\\é'


class Search:
    """Places by name, and the canaries that must not be in them."""

    def __init__(self) -> None:
        self.canaries: list[str] = []
        self.places: dict[str, bytes] = {}

    def plant(self) -> str:
        """Return a new canary."""
        self.canaries.append(new_canary())
        return self.canaries[-1]

    def add(self, place: str, content: object) -> None:
        """Search the content: bytes as they are, and anything else as str and repr show it."""
        if isinstance(content, BaseException):
            content = "\n".join(_of_exception(content))
        elif isinstance(content, logging.LogRecord):
            content = "\n".join(_of_record(content))
        raw = content if isinstance(content, bytes) else f"{content}\n{content!r}".encode(errors="surrogatepass")
        self.places[place] = self.places.get(place, b"") + raw + b"\n"

    def add_folder(self, place: str, folder: Path, scratch: Path) -> None:
        """Search every file below the folder, and the files' names.

        Another process copies it first: reading a live database file in this one would drop SQLite's locks.
        """
        shutil.rmtree(scratch, ignore_errors=True)
        subprocess.run([sys.executable, "-c", _COPY, str(folder), str(scratch)], check=True)
        self.add(f"{place}: names", sorted(str(path.relative_to(scratch)) for path in scratch.rglob("*")))
        for path in sorted(scratch.rglob("*")):
            if path.is_file():
                self.add(f"{place}: {path.relative_to(scratch)}", path.read_bytes())

    def leaks(self) -> list[tuple[str, str]]:
        """Return where a canary was found, and in which form."""
        return [
            (place, form)
            for place, content in self.places.items()
            for canary in self.canaries
            for form, pattern in forms(canary)
            if pattern in content
        ]


def forms(canary: str) -> Iterator[tuple[str, bytes]]:
    """What a canary looks like when it is written out, escaped or encoded; of the whole value and of its core."""
    core = canary[:-3]  # without the characters that escapes change
    yield "raw", canary.encode()
    yield "JSON", json.dumps(canary)[1:-1].encode()
    yield "repr", repr(canary)[1:-1].encode()
    yield "percent-encoded", quote(canary).encode()
    yield "core", core.encode()
    yield "core, in part", core[6:22].encode()
    yield "core, reversed", core[::-1].encode()
    yield "UTF-16", core.encode("utf-16-le")
    yield "hex", binascii.hexlify(core.encode())
    for offset in range(3):
        # Base64 of a longer text looks different by where in it the canary stands; whole groups of it are the same.
        encoded = base64.b64encode(b"\0" * offset + core.encode())
        yield f"base64, {offset}", encoded[4 if offset else 0 : -4]


def _of_exception(error: BaseException) -> Iterator[str]:
    """All that an error, its causes and its contexts show, suppressed ones too."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        error_or_none = pending.pop()
        if error_or_none is None or id(error_or_none) in seen:
            continue
        seen.add(id(error_or_none))
        yield from (str(error_or_none), repr(error_or_none), *traceback.format_exception(error_or_none))
        if not isinstance(error_or_none, ValidationError):  # its dump holds the input, as nothing can prevent
            yield from (repr(error_or_none.args), repr(vars(error_or_none)))
        if callable(body := getattr(error_or_none, "body", None)):
            yield json.dumps(body())
        pending += [error_or_none.__cause__, error_or_none.__context__]


def _of_record(record: logging.LogRecord) -> Iterator[str]:
    yield logging.Formatter("%(name)s %(levelname)s %(message)s").format(record)
    yield repr(record.args)
    yield repr(vars(record))


def shown(model: BaseModel) -> str:
    """All that a model shows when it is printed; dumping it is how a caller asks for its content."""
    return "\n".join((repr(model), str(model), f"{model}", str(list(model.__repr_args__()))))
