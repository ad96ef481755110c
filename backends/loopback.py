"""Whether a host is this very machine, told by its form alone."""

from ipaddress import IPv6Address, ip_address

__all__ = ["is_loopback"]


def is_loopback(host: str) -> bool:
    """Whether the name or address is this machine's own: `localhost`, 127.0.0.0/8 or ::1.

    Names below `localhost` depend on the resolver, and are not taken for it.
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
