"""New ids: random for what people make, derived for what a scan finds, so that a new index gives the same ones."""

import hashlib
import secrets

from contract.hub.ids import Kind

__all__ = ["derived_id", "random_id"]


def random_id(kind: Kind) -> str:
    """An id that nobody can guess or has had before."""
    return f"{kind.prefix}_{secrets.token_hex(8)}"


def derived_id(kind: Kind, *parts: bytes) -> str:
    """The id that these parts always give."""
    digest = hashlib.blake2b(digest_size=8, person=kind.prefix.encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"{kind.prefix}_{digest.hexdigest()}"
