"""What every response has, whichever route it comes from: a request id, and an end even if something fails."""

import asyncio
import logging
import re
import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.errors import InternalError
from server.http.answers import error_answer

__all__ = ["REQUEST_ID", "Envelope"]

logger = logging.getLogger(__name__)

REQUEST_ID = "musicengine.request_id"
"""Where endpoints find it in their scope."""

_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class Envelope:
    """ASGI middleware. A caller may name its request itself; the name goes into the log and back to the caller."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _GOOD_ID.fullmatch(given) else secrets.token_hex(8)
        scope[REQUEST_ID] = request_id
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                named = [(b"x-request-id", request_id.encode()), (b"x-content-type-options", b"nosniff")]
                message["headers"] = [*message["headers"], *named]
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except asyncio.CancelledError:
            # The server is ending, and its patience is over. Nobody waits for this task but uvicorn.
            if not started:
                await error_answer(_stopping())(scope, receive, send_named)
        except Exception:
            logger.exception("request %s failed", request_id)
            if not started:
                await error_answer(InternalError())(scope, receive, send_named)


def _stopping() -> InternalError:
    error = InternalError(
        "The server stopped before it had answered.",
        next_step="Send the request again, a write under the same Idempotency-Key.",
    )
    error.headers["Connection"] = "close"
    return error
