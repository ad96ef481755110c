"""A hub elsewhere, as a backend that tells of changes, too."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from typing import TypeVar

import httpx
from httpx_sse import EventSource, ServerSentEvent
from pydantic import BaseModel, ValidationError

from backends.backend import Change
from backends.remote.answers import read_answer
from backends.remote.client import RemoteBackend, build_request
from backends.remote.credentials import Credential
from backends.remote.exchange import Answer
from backends.remote.failures import why_no_answer
from backends.remote.retry import RetryPolicy
from backends.remote.service import MUSIC_HUB
from contract.errors import ContractDrift, ContractError, ServiceUnreachable
from contract.hub.events import EVENT_KINDS, FOLLOW_LIBRARY, FollowLibrary, LibraryEvent
from contract.operation import EVENT_STREAM, Operation

__all__ = ["RemoteHub"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

logger = logging.getLogger(__name__)

_SILENCE_SECONDS = 45
"""A hub says something every 15 seconds; one that is silent for three times as long is gone."""

_RESYNC = "resync"


class RemoteHub:
    """Carries the hub's operations out by calling a hub elsewhere.

    Args:
        base_url: Where it answers.
        credential: A MUSIC_HUB_API_TOKEN, or the tokens of a paired device.
        allow_http: Whether the token may go over http:// to another machine.
        policy: When to try again, and how long to wait.

    Raises:
        InvalidRequest: The address or the token can't be used, or the environment's proxy or certificates can't.
    """

    def __init__(
        self,
        base_url: str,
        credential: str | Credential,
        *,
        allow_http: bool = False,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._policy = policy or RetryPolicy()
        self._backend = RemoteBackend(
            base_url, credential, service=MUSIC_HUB, allow_http=allow_http, policy=self._policy
        )

    async def call(
        self,
        operation: Operation[RequestT, ResponseT],
        request: RequestT,
        *,
        idempotency_key: str | None = None,  # noqa: ARG002  (no operation of the hub takes one)
    ) -> ResponseT:
        """Return the hub's answer.

        Raises:
            ContractError: The hub's own error, or why there is no answer.
        """
        return await self._backend.call(operation, request)

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        await self._backend.aclose()

    @asynccontextmanager
    async def changes(self) -> AsyncGenerator[AsyncGenerator[Change, None], None]:
        """All changes from here on. Where the connection breaks off it is made again, and nothing is missed.

        Raises:
            ContractError: The hub can't be reached, or does not take the token.
        """
        feed = _Feed(self._backend, self._policy)
        await feed.connect()
        try:
            async with aclosing(feed.changes()) as changes:
                yield changes
        finally:
            await feed.aclose()


class _Feed:
    """One stream of events after another."""

    def __init__(self, backend: RemoteBackend, policy: RetryPolicy) -> None:
        self._backend = backend
        self._policy = policy
        self._response: httpx.Response | None = None
        self._last_id = ""

    async def connect(self) -> None:
        """Begin a stream where the last one ended.

        Raises:
            ContractError: The hub can't be reached, or does not take the token.
        """
        for first in (True, False):
            secret = await self._backend.credential.token()
            response = await self._send(secret)
            if response.status_code < 300 and response.headers.get("content-type", "").startswith(EVENT_STREAM):
                self._response = response
                return
            answer = Answer(response.status_code, response.headers, await response.aread())
            await response.aclose()
            if first and answer.status == HTTPStatus.UNAUTHORIZED and await self._backend.credential.renewed(secret):
                continue
            read_answer(FOLLOW_LIBRARY, answer, secret, MUSIC_HUB)
            raise ContractDrift("The hub's answer is no stream of events.")

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Changes as they come, over as many connections as it takes.

        Raises:
            ContractError: The hub no longer takes the token.
        """
        while True:
            try:
                async for event in self._events():
                    for change in _changes_of(event):
                        yield change
            except httpx.HTTPError:
                logger.debug("the stream of the hub's events broke off")
            await self.aclose()
            await self._connect_again()

    async def aclose(self) -> None:
        """Hang up."""
        if self._response is not None:
            await self._response.aclose()
            self._response = None

    async def _events(self) -> AsyncGenerator[ServerSentEvent, None]:
        if self._response is None:
            return
        async with aclosing(EventSource(self._response).aiter_sse()) as events:
            async for event in events:
                self._last_id = event.id or self._last_id
                yield event

    async def _connect_again(self) -> None:
        attempt = 1
        while True:
            await asyncio.sleep(self._policy.backoff(min(attempt, 5)))
            try:
                await self.connect()
            except ServiceUnreachable:
                attempt += 1
            else:
                return

    async def _send(self, secret: str) -> httpx.Response:
        http = self._backend.http
        request = build_request(http, FOLLOW_LIBRARY, FollowLibrary())
        request.headers.update({"Accept": EVENT_STREAM, "Authorization": f"Bearer {secret}"})
        if self._last_id:
            request.headers["Last-Event-ID"] = self._last_id
        request.extensions["timeout"] = {**request.extensions["timeout"], "read": _SILENCE_SECONDS}
        try:
            return await http.send(request, stream=True)
        except httpx.HTTPError as error:
            failure: ContractError = why_no_answer(error, MUSIC_HUB).error
        raise failure


def _changes_of(event: ServerSentEvent) -> list[Change]:
    """What the event tells of; where anything may have changed, one change of each kind says so."""
    if event.event == _RESYNC:
        return [Change(kind, None) for kind in EVENT_KINDS if kind != _RESYNC]
    try:
        told = LibraryEvent.model_validate_json(event.data)
    except ValidationError:  # of a newer hub, say
        return []
    return [Change(told.kind, told.id)]
