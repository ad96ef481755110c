"""Idempotency keys: a write that is repeated under the same key is carried out once, and answered twice.

The header and its use are those of the IETF's draft-ietf-httpapi-idempotency-key-header; the reference is silent
(docs/decisions/0009-idempotency-keys.md).
"""

import re

from contract.errors import InvalidRequest

__all__ = ["DESCRIPTION", "EXAMPLE", "HEADER", "KEPT_HOURS", "MAX_LENGTH", "PATTERN", "check_idempotency_key"]

HEADER = "Idempotency-Key"

MAX_LENGTH = 255

PATTERN = rf"^[\x21-\x7e]{{1,{MAX_LENGTH}}}$"
"""Readable ASCII without spaces: UUIDs, and whatever else clients make up."""

KEPT_HOURS = 24

DESCRIPTION = (
    "A key of your own for this write, a UUID say. The same key with the same request is carried out once: repeats "
    f"get the stored answer for {KEPT_HOURS} hours. With another request it is refused."
)

EXAMPLE = "5f6c1d1e-6f0e-4a55-9a1c-0d6c2f1b7a34"

_FORM = re.compile(PATTERN)


def check_idempotency_key(key: str) -> str:
    """Return the key.

    Raises:
        InvalidRequest: It is empty, too long, or holds something else than readable ASCII.
    """
    if not _FORM.fullmatch(key):
        raise InvalidRequest(
            f"{HEADER} must be 1 to {MAX_LENGTH} readable ASCII characters without spaces.",
            field=HEADER,
            next_step="Use a UUID, say.",
        )
    return key
