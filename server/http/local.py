"""Whether a request comes from this very machine, and from nobody behind it."""

from urllib.parse import urlsplit

from starlette.requests import Request

from backends.loopback import is_loopback
from server.http.listeners import LISTENER, Listener

__all__ = ["is_foreign", "is_local"]

_FORWARDED_BY = (
    "forwarded",
    "x-forwarded",
    "x-real-",
    "via",
    "cf-",
    "cdn-loop",
    "client-ip",
    "fastly-",
    "fly-",
    "ngrok-",
    "tailscale-",
    "true-client-ip",
    "wl-proxy-",
    "x-appengine-",
    "x-arr-",
    "x-azure-",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-",
    "x-original-",
    "x-originating-",
    "x-remote-",
    "x-vercel-",
)
"""How the headers begin that a proxy or a tunnel adds: with one, the peer is not the caller."""

_OWN_PAGES = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site: a page of this server's own, or a person who typed the address."""


def is_local(request: Request) -> bool:
    """Whether the request is of somebody at this machine.

    The peer is on it, nothing passed the request on, it did not come by a tunnel's listener, Host is a name of this
    machine, and no page of another origin sent it.
    """
    listener: Listener | None = request.scope.get(LISTENER)
    peer = request.client.host if request.client else ""
    passed_on = any(name.replace("_", "-").startswith(_FORWARDED_BY) for name in request.headers)  # some write it so
    return (
        listener is not None
        and not listener.is_tunnel
        and is_loopback(peer)
        and not passed_on
        and is_loopback(_host_name(request.headers.get("host", "")))
        and not is_foreign(request, listener)
    )


def is_foreign(request: Request, listener: Listener) -> bool:
    """Whether a browser says that the page of another origin has sent the request."""
    if not _OWN_PAGES.issuperset(request.headers.getlist("sec-fetch-site")):
        return True
    origins = [origin.lower() for origin in request.headers.getlist("origin")]
    origins += [_origin_of(page) for page in request.headers.getlist("referer") if page]
    return any(origin not in listener.allowed.origins for origin in origins)


def _origin_of(page: str) -> str:
    """The origin of a page's address; of what is no address, one that is nobody's."""
    try:
        address = urlsplit(page)
    except ValueError:
        return ""
    return f"{address.scheme}://{address.netloc}".lower()


def _host_name(host: str) -> str:
    """The Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[")
    return host.partition(":")[0]
