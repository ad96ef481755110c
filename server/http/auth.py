"""Who is calling: an API key in the Authorization header opens one workspace, and guessing is bounded."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

from backends.local.database import Database
from backends.local.keys import Principal, authenticate
from backends.local.limits import LimitReached, RateLimiter
from contract.errors import Unauthorized
from contract.operation import RateLimit

__all__ = ["FAILED_LOGINS", "Gate"]

FAILED_LOGINS = RateLimit(30, 60)
"""Failures by one address. The principal of these is the peer: whoever guesses has no key to count by."""

_IPV6_NETWORK = 64
"""Leading bits of an IPv6 address that name a network: one subscriber has all addresses behind them."""


class Gate:
    """Lets callers in by their keys, and slows down whoever tries keys out."""

    def __init__(self, database: Database, limiter: RateLimiter) -> None:
        self._database = database
        self._limiter = limiter

    async def principal_of(self, request: Request) -> Principal:
        """Return whose key the request bears.

        Raises:
            Unauthorized: There is none, or it is not known, or out of use.
            LimitReached: The same, and this address has failed too often. A good key is let in all the same: else
                one program with a stale key would keep out all that share its address.
        """
        try:
            return await authenticate(self._database, _bearer_token(request))
        except Unauthorized as error:
            failure = error
        decision = self._limiter.spend(_failures_of(request), FAILED_LOGINS)
        if not decision.allowed:
            raise LimitReached(decision, "Too many requests without a good API key came from this address.")
        failure.headers |= decision.headers
        raise failure


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized
    return token.strip()


def _failures_of(request: Request) -> str:
    """By the peer's own address: what a forwarding header says of it, anybody can write."""
    return f"failures:{_network(request.client.host if request.client else '')}"


@lru_cache(maxsize=1024)
def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:  # a Unix socket has none
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"{int(address) >> (128 - _IPV6_NETWORK):x}::"
    return str(getattr(address, "ipv4_mapped", None) or address)
