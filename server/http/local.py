"""Whether a request comes from this very machine, and from nobody behind it."""

from starlette.requests import Request

from backends.loopback import is_loopback

__all__ = ["is_local"]

_FORWARDED_BY = ("forwarded", "x-forwarded-", "x-real-ip", "via", "cf-")
"""How the headers begin that a proxy or a tunnel adds: with one, the peer is not the caller."""


def is_local(request: Request) -> bool:
    """Whether the peer is on this machine, nothing passed the request on, and Host is a name of this machine."""
    peer = request.client.host if request.client else ""
    passed_on = any(name.startswith(_FORWARDED_BY) for name in request.headers)
    return is_loopback(peer) and not passed_on and is_loopback(_host_name(request.headers.get("host", "")))


def _host_name(host: str) -> str:
    """The Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[")
    return host.partition(":")[0]
