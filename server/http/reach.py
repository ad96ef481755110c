"""From the options of `serve` to the sockets that it listens on, and whom each of them is for."""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from backends.loopback import is_loopback
from contract.errors import InvalidRequest
from server.http.binding import allowed_of
from server.http.listeners import Listener, Reach
from server.http.serving import bind

__all__ = ["Binding", "names_here"]

_PUBLIC = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,252})(?::[0-9]{1,5})?)/?", re.ASCII)

_EVERYWHERE = "0.0.0.0"  # noqa: S104  (asked for with --lan)

_ANY_HOST_ELSEWHERE = "192.0.2.1"
"""Of a network for documentation (RFC 5737): nothing is ever sent there."""


@dataclass(frozen=True)
class Binding:
    """Where a server is to listen.

    Attributes:
        host: The address.
        port: The port, or 0 for a free one.
        lan: To listen on the local network, under the names and addresses that this machine has there.
        allow_hosts: Further names that callers use.
        allow_origins: Pages of other origins that may call MCP.
        tunnel_port: The port of the listener for a tunnel, or None without one.
        tunnel_url: Where the tunnel's other end is, or None if nobody said.
    """

    host: str = "127.0.0.1"
    port: int = 0
    lan: bool = False
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    tunnel_port: int | None = None
    tunnel_url: str | None = None

    def check(self) -> None:
        """Refuse what can't be, before anything listens.

        Raises:
            InvalidRequest: An address, a name or an origin is not one, or nobody said a name.
        """
        allowed_of(self._address, self.port, self._names, self.allow_origins)
        if self.tunnel_url is not None:
            _public(self.tunnel_url)
            if self.tunnel_port is None:
                raise InvalidRequest(
                    "tunnel-url needs tunnel-port: what comes through the tunnel has to be told from this machine.",
                    field="tunnel-port",
                    next_step="Add --tunnel-port PORT, and let the tunnel lead there.",
                )

    def open(self) -> tuple[Reach, list[socket.socket]]:
        """Listen; return how the server is reached, and its sockets.

        Raises:
            InvalidRequest: A port or an address can't be had.
        """
        main = bind(self._address, self.port)
        port = main.getsockname()[1]
        listeners = {port: Listener(allowed_of(self._address, port, self._names, self.allow_origins))}
        sockets = [main]
        if self.tunnel_port is not None:
            try:
                tunnel = bind("127.0.0.1", self.tunnel_port)
            except InvalidRequest:
                main.close()
                raise
            sockets.append(tunnel)
            listeners[tunnel.getsockname()[1]] = self._tunnel(tunnel.getsockname()[1])
        public = None if self.tunnel_url is None else _public(self.tunnel_url)[0]
        return Reach(listeners, self._addresses(port), public), sockets

    @property
    def _address(self) -> str:
        return _EVERYWHERE if self.lan else self.host

    @property
    def _names(self) -> tuple[str, ...]:
        return (*names_here(), *self.allow_hosts) if self.lan else self.allow_hosts

    def _tunnel(self, port: int) -> Listener:
        names: tuple[str, ...] = ()
        origins: tuple[str, ...] = ()
        if self.tunnel_url is not None:
            address, name = _public(self.tunnel_url)
            names, origins = (name,), (address,)
        return Listener(allowed_of("127.0.0.1", port, names, origins), is_tunnel=True)

    def _addresses(self, port: int) -> tuple[str, ...]:
        here = [self.host] if is_loopback(self._address) else []
        named = [name for name in self._names if not is_loopback(name)]
        if self.lan or not (here or named):
            here = ["127.0.0.1"]  # where it listens as well, being everywhere
        every = [*here, *named]
        return tuple(dict.fromkeys(f"http://{_with_port(name, port)}" for name in every))


def _public(url: str) -> tuple[str, str]:
    """The tunnel's address without a slash at its end, and the Host header of requests to it."""
    found = _PUBLIC.fullmatch(url.strip().lower())
    if found is None:
        raise InvalidRequest("tunnel-url must look like https://hub.example.", field="tunnel-url")
    return f"{found[1]}://{found[2]}", found[2]


def _with_port(name: str, port: int) -> str:
    if re.search(r":[0-9]+$", name.rpartition("]")[2]) and name.count(":") == 1:
        return name
    return f"[{name}]:{port}" if ":" in name and not name.startswith("[") else f"{name}:{port}"


def names_here() -> Sequence[str]:
    """What this machine is called on its network: its address there, and its name with and without `.local`."""
    name = socket.gethostname().lower()
    names = [*_address_here(), *([name, f"{name}.local"] if re.fullmatch(r"[a-z0-9-]+", name) else [])]
    return [name for name in names if not is_loopback(name)]


def _address_here() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ANY_HOST_ELSEWHERE, 9))  # which sends nothing, and chooses the address to send from
        except OSError:
            return []
        return [probe.getsockname()[0]]
