"""MCP messages over HTTP, one request at a time: what the SDK's transport leaves open, closed."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http import check_accept_headers
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.jsonrpc_dispatcher import progress_token_from_params
from pydantic import ValidationError
from pydantic_core import from_json, to_json
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from server.http.requests import BODY_SECONDS

__all__ = ["MAX_MESSAGE_BYTES", "StatelessTransport", "rejection"]

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""Arguments of tools are short; this is what other servers take, too."""

_JSON = "application/json"

_WATCH_AFTER_SECONDS = 0.05

_METHOD = re.compile(r"[A-Za-z0-9_./$-]{1,100}", re.ASCII)


class Rejected(Exception):
    """The request is not one that this transport takes."""

    def __init__(self, status: int, message: str, code: int = types.INVALID_REQUEST) -> None:
        super().__init__(message)
        self.answer = rejection(status, message, code)


class StatelessTransport:
    """Both eras of the protocol, without sessions: a request is answered from what it brings along.

    An answer is one JSON document, which is faster and simpler for everyone, unless the caller asks for progress:
    then it is a stream of events that ends with the answer.
    """

    def __init__(self, server: Server[Any], security: TransportSecuritySettings) -> None:
        self._plain = _manager(server, security, json_response=True)
        self._streaming = _manager(server, security, json_response=False)

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None, None]:
        """Be ready for requests."""
        async with self._plain.run(), self._streaming.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            _check_head(request)
            body = await _read(receive)
            message = _message(body)
        except Rejected as rejected:
            await rejected.answer(scope, receive, send)
            return
        except ClientDisconnect:
            return
        manager = self._streaming if _wants_progress(request, message) else self._plain
        await _answer(manager, body, scope, receive, send)


def rejection(status: int, message: str, code: int = types.INVALID_REQUEST) -> Response:
    """A JSON-RPC error for a request that is not looked at any further."""
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message}}
    headers = {"Cache-Control": "no-store", **({"Allow": "POST"} if status == 405 else {})}
    return Response(to_json(error), status, headers, _JSON)


def _manager(
    server: Server[Any], security: TransportSecuritySettings, *, json_response: bool
) -> StreamableHTTPSessionManager:
    return StreamableHTTPSessionManager(
        server,
        stateless=True,
        json_response=json_response,
        security_settings=security,
        max_request_body_size=MAX_MESSAGE_BYTES,
    )


def _check_head(request: Request) -> None:
    """Raises Rejected if the request is no POST of JSON by a caller that takes JSON."""
    if request.method != "POST":
        # There is no session to end, and nothing that this server would say without being asked.
        raise Rejected(405, "This server has no sessions and no stream of its own: send each message with POST.")
    accepts_json, _ = check_accept_headers(request)
    if not accepts_json:
        raise Rejected(406, "Answers are JSON: send 'Accept: application/json, text/event-stream'.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise Rejected(415, "Messages are JSON: send 'Content-Type: application/json'.")


async def _read(receive: Receive) -> bytes:
    """The body, bounded in size and in time.

    Raises:
        Rejected: It is too large or too slow.
        ClientDisconnect: The caller has gone.
    """
    content = bytearray()
    unfinished = True
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while unfinished:
                part = await receive()
                if part["type"] == "http.disconnect":
                    raise ClientDisconnect
                content += part.get("body", b"")
                if len(content) > MAX_MESSAGE_BYTES:
                    raise Rejected(413, f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
                unfinished = part.get("more_body", False)
    except TimeoutError:
        raise Rejected(408, "The body did not arrive in time; send it again.") from None
    return bytes(content)


def _message(body: bytes) -> Mapping[str, Any]:
    """The one JSON-RPC message in the body. The SDK's own errors would repeat what was sent.

    Raises:
        Rejected: There is none, or there are several.
    """
    try:
        message = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Rejected(400, "The body must be JSON, in UTF-8.", types.PARSE_ERROR) from None
    try:
        parsed = types.jsonrpc_message_adapter.validate_python(message, by_name=False)
    except ValidationError:
        raise Rejected(400, "The body must be one JSON-RPC 2.0 message; batches are not taken.") from None
    if isinstance(parsed, types.JSONRPCNotification) and "id" in message:
        # It would be taken for a notification, and its sender would wait for an answer.
        raise Rejected(400, "id must be a string or a whole number.")
    if "method" in message and not _METHOD.fullmatch(message["method"]):
        # The SDK's answer would repeat it.
        raise Rejected(400, "method is not one of MCP.", types.METHOD_NOT_FOUND)
    return cast("Mapping[str, Any]", message)


def _wants_progress(request: Request, message: Mapping[str, Any]) -> bool:
    if progress_token_from_params(message.get("params")) is None:
        return False
    _, accepts_events = check_accept_headers(request)
    return accepts_events


async def _answer(
    manager: StreamableHTTPSessionManager, body: bytes, scope: Scope, receive: Receive, send: Send
) -> None:
    """Let the SDK answer, for as long as the caller waits for it."""
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        if unread:
            return unread.pop()
        await anyio.sleep_forever()  # the caller's going is noticed below, for all modes alike
        raise AssertionError

    loop = asyncio.get_running_loop()
    watchers: list[asyncio.Task[None]] = []
    with anyio.CancelScope() as work:
        # Most answers are there before it is worth a task to see whether anybody still waits for them.
        timer = loop.call_later(
            _WATCH_AFTER_SECONDS, lambda: watchers.append(loop.create_task(_cancel_at_disconnect(receive, work)))
        )
        try:
            await manager.handle_request(scope, receive_again, send)
        finally:
            timer.cancel()
            for watcher in watchers:
                watcher.cancel()


async def _cancel_at_disconnect(receive: Receive, work: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    work.cancel()
