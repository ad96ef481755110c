"""The address of a service: what is accepted.

The API key goes wherever the address leads, so that anything unclear about it is refused.
"""

import re
from urllib.parse import SplitResult, urlsplit

from backends.loopback import is_loopback
from contract.errors import InvalidRequest

__all__ = ["BASE_URL_VARIABLE", "check_address"]

BASE_URL_VARIABLE = "MUSICENGINE_BASE_URL"

_EXAMPLE = "Set it to an address such as https://musicengine.example, with a path if the service answers below one."

_UNCLEAR = re.compile(r"[^\x21-\x7e]|\\")
"""Spaces, control characters, letters beyond ASCII, and the backslash: programs disagree on what they mean in a URL."""


def check_address(base_url: str, *, allow_http: bool = False) -> str:
    """Return the address, whose path ends with a slash.

    Args:
        base_url: `https://host[:port][/path]`, or `http://` of this machine.
        allow_http: Whether `http://` may lead elsewhere, so that anybody on the way can read the key.

    Raises:
        InvalidRequest: What is wrong with it; never what it is, since it may hold a secret.
    """
    if _UNCLEAR.search(base_url):
        raise _refused("must be in ASCII, without spaces and backslashes")
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise _refused("must have a host and, if any, a port from 0 to 65535") from None
    if parts.scheme not in {"https", "http"}:
        raise _refused("must begin with https://")
    if not host:
        raise _refused("must name a host")
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise _refused("must have no user name, password, query or fragment")
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise InvalidRequest(
            f"{BASE_URL_VARIABLE} must begin with https://, since http:// sends the API key for anybody to read.",
            field=BASE_URL_VARIABLE,
            next_step="Use https://; on a network that you trust, set MUSICENGINE_ALLOW_HTTP=1.",
        )
    return _with_slash(parts)


def _with_slash(parts: SplitResult) -> str:
    return parts._replace(path=parts.path.rstrip("/") + "/").geturl()


def _refused(what: str) -> InvalidRequest:
    return InvalidRequest(f"{BASE_URL_VARIABLE} {what}.", field=BASE_URL_VARIABLE, next_step=_EXAMPLE)
