"""Keys of links and ids of sessions: 256 random bits each, of which `hub.db` keeps the SHA-256 alone."""

import hashlib
import secrets

__all__ = ["LINK_KEY", "SESSION_ID", "digest", "new_token"]

LINK_KEY, SESSION_ID = "mhub_link_", "mhub_share_"
"""What each begins with, so that people and programs that look for secrets see what one is."""


def new_token(prefix: str) -> str:
    """A token that nobody can guess."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a token, whatever text a caller sent for one."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
