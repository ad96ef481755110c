"""What tells one recording's audio from another's, and stays the same when its tags are written anew.

A hash over the coded audio would need all of it to be read, so it is taken over how long it is and what stands at its
beginning, in its middle and at its end; recordings of the same length may well begin and end in the same silence.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import BinaryIO

__all__ = ["of_parts", "of_region"]

_SAMPLE = 4096


def of_region(file: BinaryIO, start: int, end: int, *facts: object) -> bytes:
    """The fingerprint of the audio between two places of a file, and of facts that are not in there.

    It is the same wherever in the file the audio stands.
    """
    length = max(0, end - start)
    digest = blake2b(_stated(length, *facts), digest_size=16)
    if length <= 3 * _SAMPLE:
        file.seek(start)
        digest.update(file.read(length))
    else:
        for at in (start, start + (length - _SAMPLE) // 2, end - _SAMPLE):
            file.seek(at)
            digest.update(file.read(_SAMPLE))
    return digest.digest()


def of_parts(parts: Iterable[bytes], *facts: object) -> bytes:
    """The fingerprint of audio that is known by some parts of it, and by facts such as a sum over all of it."""
    digest = blake2b(_stated(*facts), digest_size=16)
    digest.update(b"".join(parts))
    return digest.digest()


def _stated(*facts: object) -> bytes:
    return repr(facts).encode()
