"""What a hostile request may get: one of the contract's errors, and nothing of anybody's."""

import json
from typing import Any

from contract.musicengine.catalogue import LIST_TRACKS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from tests.conformance.data import NEIGHBOURS_MARK
from tests.conformance.wire import Answer

__all__ = ["CANARY", "COOKIE", "IMPORT", "TRACKS", "harmless", "profile", "refused"]

CANARY = "cAnArY7f3b"
"""Is sent wherever something could be repeated, and must never come back."""

TRACKS = LIST_TRACKS.path

IMPORT = IMPORT_BROWSER_PROFILE.path

COOKIE = {"domain": ".spotify.com", "name": "sp_dc", "value": CANARY}


def refused(answer: Answer, *statuses: int, code: str | None = None) -> dict[str, Any]:
    """The answer's error, after a look that it is one of the contract's and shows nothing of anybody."""
    assert answer.status in statuses, answer.raw[:500]
    error = answer.error
    assert code is None or error["code"] == code
    assert error["message"]
    assert answer.headers["x-request-id"]
    assert b"Traceback" not in answer.raw
    for secret in (CANARY, NEIGHBOURS_MARK):
        assert secret.encode() not in answer.raw
    return error


def harmless(answer: Answer) -> None:
    """The answer may be a success; it shows nothing of the other workspace."""
    assert answer.status < 500, answer.raw[:500]
    assert NEIGHBOURS_MARK.encode() not in answer.raw
    if answer.status >= 400:
        refused(answer, answer.status)


def profile(**changes: Any) -> bytes:
    """The body of a profile's import, with other members in place of its own."""
    return json.dumps({"name": "Session", "cookies": [COOKIE], **changes}).encode()
