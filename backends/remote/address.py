"""The address of a service: what is accepted.

The secret goes wherever the address leads, so that anything unclear about it is refused.
"""

import re
from urllib.parse import SplitResult, urlsplit

from backends.loopback import is_loopback
from backends.remote.service import MUSICENGINE, Service
from contract.errors import InvalidRequest

__all__ = ["check_address"]

_EXAMPLE = "Set it to an address such as https://musicengine.example, with a path if the service answers below one."

_UNCLEAR = re.compile(r"[^\x21-\x7e]|\\")
"""Spaces, control characters, letters beyond ASCII, and the backslash: programs disagree on what they mean in a URL."""


def check_address(base_url: str, *, allow_http: bool = False, service: Service = MUSICENGINE) -> str:
    """Return the address, whose path ends with a slash.

    Args:
        base_url: `https://host[:port][/path]`, or `http://` of this machine.
        allow_http: Whether `http://` may lead elsewhere, so that anybody on the way can read the secret.
        service: Whose address it is.

    Raises:
        InvalidRequest: What is wrong with it; never what it is, since it may hold a secret.
    """
    if _UNCLEAR.search(base_url):
        raise _refused(service, "must be in ASCII, without spaces and backslashes")
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise _refused(service, "must have a host and, if any, a port from 0 to 65535") from None
    if parts.scheme not in {"https", "http"}:
        raise _refused(service, "must begin with https://")
    if not host:
        raise _refused(service, "must name a host")
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise _refused(service, "must have no user name, password, query or fragment")
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise InvalidRequest(
            f"{service.address} must begin with https://, "
            f"since http:// sends the {service.secret} for anybody to read.",
            field=service.address,
            next_step=f"Use https://; on a network that you trust, set {service.allow_http}=1.",
        )
    return _with_slash(parts)


def _with_slash(parts: SplitResult) -> str:
    return parts._replace(path=parts.path.rstrip("/") + "/").geturl()


def _refused(service: Service, what: str) -> InvalidRequest:
    return InvalidRequest(f"{service.address} {what}.", field=service.address, next_step=_EXAMPLE)
