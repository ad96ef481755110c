"""Cookie files as browsers and their extensions write them: the form is told by the content, never by the name.

Errors name a line and what is accepted. They never hold anything of the file, and no error of a parser, which
would, leaves this module.
"""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, cast

from contract.errors import InvalidRequest

__all__ = ["MAX_FILE_BYTES", "read_cookie_file"]

MAX_FILE_BYTES = 8 * 1024 * 1024
"""A browser's full jar of 3,000 ordinary cookies takes less than 2 MiB in any form."""

_HTTP_ONLY = "#HttpOnly_"

_HEADER = re.compile(r"# (Netscape )?HTTP Cookie File", re.IGNORECASE)

_FLAGS = {"TRUE": True, "FALSE": False}

_EXPIRES = re.compile(r"-?\d{1,18}(\.\d{1,9})?", re.ASCII)

_FORMS = (
    "Accepted: a Netscape cookies.txt, a browser extension's JSON export (a list of cookies), or Playwright's "
    "storage state (an object with 'cookies')."
)


def read_cookie_file(path: Path) -> list[dict[str, Any]]:
    """Return the file's cookies: those of JSON with their fields as they are, those of cookies.txt as Playwright's.

    Takes a Netscape cookies.txt, a list of cookies as browser extensions export it, and an object with `cookies`,
    such as Playwright's storage state or the body of the import. Whether the cookies are acceptable is for the
    import to say. What a storage state holds beside its cookies (local storage) is not read.

    Raises:
        InvalidRequest: The file can't be read, is too large, is in none of these forms, or has a malformed line.
    """
    text = _decoded(_content(path))
    cookies = _from_json(text) if text.lstrip().startswith(("[", "{")) else _from_lines(text.split("\n"))
    if not cookies:
        raise InvalidRequest("The cookie file holds no cookies.", next_step="Export it again while signed in.")
    return cookies


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InvalidRequest("The cookie file is no ordinary file.", next_step=_FORMS)
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InvalidRequest(
            "There is no cookie file of that name.", next_step="Give the file's absolute path."
        ) from None
    except IsADirectoryError:
        raise InvalidRequest("The cookie file is a folder.", next_step="Name a file in it.") from None
    except (OSError, ValueError):  # ValueError: a path with a null character
        raise InvalidRequest("The cookie file can't be read.", next_step="Check its permissions.") from None
    if len(content) > MAX_FILE_BYTES:
        raise InvalidRequest(f"The cookie file must have at most {MAX_FILE_BYTES // 1024**2} MiB.", next_step=_FORMS)
    return content


def _without_waiting(path: str, flags: int) -> int:
    """A named pipe would keep its opener waiting until somebody writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # Windows has neither


def _decoded(content: bytes) -> str:
    text = _utf8(content)
    if text is None or "\0" in text:
        raise InvalidRequest("The cookie file is not text in UTF-8.", next_step=_FORMS)
    return text


def _utf8(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # it holds the whole content
        return None


def _from_json(text: str) -> list[dict[str, Any]]:
    document = _parsed(text)
    cookies: Any = cast("dict[str, Any]", document).get("cookies") if isinstance(document, dict) else document
    if not isinstance(cookies, list):
        raise InvalidRequest("The cookie file is in none of the forms that are known.", next_step=_FORMS)
    for number, cookie in enumerate(cast("list[Any]", cookies), start=1):
        if not isinstance(cookie, dict):
            raise InvalidRequest(f"Entry {number} of the cookie file is not a cookie.", next_step=_FORMS)
    return cast("list[dict[str, Any]]", cookies)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # it holds the whole text
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
    where = f" (line {line})" if line else ""
    raise InvalidRequest(f"The cookie file begins like JSON, but is not valid JSON{where}.", next_step=_FORMS)


def _from_lines(lines: list[str]) -> list[dict[str, Any]]:
    # A file of another kind has nothing of a cookies.txt; naming its first line as malformed would mislead.
    if not any(_HEADER.match(line) or line.count("\t") >= 5 for line in lines):
        raise InvalidRequest("The cookie file is in none of the forms that are known.", next_step=_FORMS)
    return [
        _cookie(line.removesuffix("\r"), number)
        for number, line in enumerate(lines, start=1)
        if line.strip() and (not line.startswith("#") or line.startswith(_HTTP_ONLY))
    ]


def _cookie(line: str, number: int) -> dict[str, Any]:
    """One line: domain, whether subdomains get it, path, whether it is secure, expiry, name, value."""
    fields = line.removeprefix(_HTTP_ONLY).split("\t")
    if len(fields) == 6:
        fields.append("")  # editors strip the tab before an empty value
    if len(fields) != 7:
        raise _malformed(number, "must have 7 fields separated by tabs")
    domain, subdomains, path, secure, expires, name, value = fields
    if subdomains.upper() not in _FLAGS or secure.upper() not in _FLAGS:
        raise _malformed(number, "must have TRUE or FALSE as its second and fourth field")
    if not _EXPIRES.fullmatch(expires or "0"):
        raise _malformed(number, "must have a time in seconds as its fifth field")
    seconds = float(expires) if "." in expires else int(expires or 0)
    return {
        "domain": domain,
        "name": name,
        "value": value,
        "path": path,
        "expires": seconds if seconds > 0 else -1,  # 0 and less say that it ends with the session
        "httpOnly": line.startswith(_HTTP_ONLY),
        "secure": _FLAGS[secure.upper()],
        "hostOnly": not _FLAGS[subdomains.upper()],
    }


def _malformed(number: int, what: str) -> InvalidRequest:
    return InvalidRequest(f"Line {number} of the cookie file {what}.", next_step=_FORMS)
