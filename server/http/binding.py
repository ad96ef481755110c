"""Where the server may listen, and the Host and Origin headers that MCP then accepts.

A page on any web site can point a name of its own at this machine (DNS rebinding); what gives it away is that name in
the Host header. So the names are a closed list, and beyond this machine somebody has to say them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backends.loopback import is_loopback
from contract.errors import InvalidRequest

__all__ = ["Allowed", "allowed_of"]

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)

_ORIGIN = re.compile(rf"https?://{_NAME.pattern}", re.ASCII)


@dataclass(frozen=True)
class Allowed:
    """What the Host and Origin headers may hold, to the letter.

    Attributes:
        hosts: Names of this server.
        origins: Those of its own pages.
        pages: Those of others' pages that may call MCP, with a key. To the hub they are as foreign as any.
    """

    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    pages: tuple[str, ...] = ()


def allowed_of(host: str, port: int, allow_hosts: Sequence[str] = (), allow_origins: Sequence[str] = ()) -> Allowed:
    """The headers that a server accepts which listens on the address and port.

    Args:
        host: The address to listen on.
        port: The port that it really has.
        allow_hosts: Names that callers use for this server, such as `music.example` or `music.example:8443`.
        allow_origins: Origins of web pages that may call it, besides its own.

    Raises:
        InvalidRequest: The address is reachable from other machines and no name is allowed; or a name or an origin
            is not one.
    """
    if not is_loopback(host) and not allow_hosts:
        raise InvalidRequest(
            "host is an address that other machines can reach, so the names that callers use must be said.",
            field="host",
            next_step="Add --allow-host NAME for each, or listen on 127.0.0.1.",
        )
    named = [_checked(name, _NAME, "allow-host", "music.example or music.example:8443") for name in allow_hosts]
    pages = [_checked(page, _ORIGIN, "allow-origin", "https://tool.example") for page in allow_origins]
    own = [_bracketed(host)] if is_loopback(host) else []
    # Loopback names always: whoever sends one is on this machine, or has no page that a browser was led astray from.
    own += _LOOPBACK_NAMES
    hosts = [form for name in (*own, *named) for form in _with_and_without_port(name, port)]
    # A page on another port of this machine is somebody else's: `http://localhost` would be the one on port 80.
    origins = [f"http://{name}:{port}" for name in own] + ([f"http://{name}" for name in own] if port == 80 else [])
    origins += [f"{scheme}://{form}" for name in named for form in _with_and_without_port(name, port)
                for scheme in ("https", "http")]  # fmt: skip
    return Allowed(tuple(dict.fromkeys(hosts)), tuple(dict.fromkeys(origins)), tuple(dict.fromkeys(pages)))


def _checked(text: str, form: re.Pattern[str], option: str, example: str) -> str:
    lowered = text.strip().lower()
    if not form.fullmatch(lowered):
        raise InvalidRequest(f"{option} must look like {example}; wildcards are not taken.", field=option)
    return lowered


def _with_and_without_port(name: str, port: int) -> tuple[str, ...]:
    # Clients leave a scheme's own port out, and what stands before a server may listen on that one.
    has_port = re.search(r":[0-9]+$", name.rpartition("]")[2]) is not None
    return (name,) if has_port else (name, f"{name}:{port}")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()
