"""One request and its answer, within bounds of time and size."""

from dataclasses import dataclass

import anyio
import httpx

from backends.remote.failures import NoAnswer, no_answer_in_time, proxy_refused, why_no_answer
from backends.remote.retry import TRANSIENT
from backends.remote.service import Service
from contract.errors import ContractDrift
from contract.hub.errors import DatabaseUnavailable

__all__ = ["MAX_ANSWER_BYTES", "Answer", "exchange"]

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""A page of 500 tracks has about 200 kB, so that this is no answer but a fault. Counted after decompression."""

_DAMAGED = f'"{DatabaseUnavailable.code}"'.encode()
_HEAD = 200

_PLAIN = frozenset({"", "identity", "gzip"})

_PROXY_AUTHENTICATION_REQUIRED = 407


@dataclass(frozen=True)
class Answer:
    """An answer that came whole."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def again(self) -> bool:
        """Whether another try may fare better; a damaged database waits for a person."""
        return self.status in TRANSIENT and _DAMAGED not in self.content[:_HEAD]

    @property
    def maybe_done(self) -> bool:
        """Whether a gateway answered that does not know what became of the request."""
        return self.status in {502, 504}


async def exchange(
    client: httpx.AsyncClient, request: httpx.Request, seconds: float, service: Service
) -> Answer | NoAnswer:
    """Send the request and read its answer, or say why there is none."""
    with anyio.move_on_after(seconds):
        try:
            return await _exchange(client, request)
        except httpx.HTTPError as error:
            return why_no_answer(error, service)
    return no_answer_in_time()


async def _exchange(client: httpx.AsyncClient, request: httpx.Request) -> Answer | NoAnswer:
    response = await client.send(request, stream=True)
    try:
        if response.status_code == _PROXY_AUTHENTICATION_REQUIRED:
            return proxy_refused()
        content = await _content(response)
    except httpx.DecodingError:
        return _unreadable("is compressed in a way that can't be undone")
    finally:
        await response.aclose()
    if content is None:
        return _unreadable(f"is larger than {MAX_ANSWER_BYTES // 1024**2} MiB")
    return Answer(response.status_code, response.headers, content)


async def _content(response: httpx.Response) -> bytes | None:
    """The body, or None if it is too large."""
    if response.headers.get("Content-Encoding", "").strip().lower() not in _PLAIN:
        raise httpx.DecodingError("")
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            return None
    return b"".join(chunks)


def _unreadable(what: str) -> NoAnswer:
    return NoAnswer(ContractDrift(f"The service's answer {what}."), maybe_done=True)
