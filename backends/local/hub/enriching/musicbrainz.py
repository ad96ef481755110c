"""Questions to MusicBrainz, asked as it wants them asked: named, one a second at most, and none twice in a month.

Source: MusicBrainz API, "Rate Limiting" and "Provide meaningful User-Agent strings".
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import anyio

from backends.local.database import Database
from backends.loopback import is_loopback

__all__ = ["BASE_URL", "MusicBrainz", "NoAnswer"]

BASE_URL = "https://musicbrainz.org"

_BETWEEN_MS = 1_100
"""A second, and what two requests that were sent a second apart may gain on each other under way."""

_LONGEST_WAIT_MS = 10_000
_LONGEST_PAUSE_MS = 60_000
_KEPT_MS = 30 * 86_400_000

_SECONDS = 10
_MAX_ANSWER_BYTES = 2 * 1024 * 1024

_DISTRIBUTION = "musicengine-mcp"

_TURN = "SELECT fetched_at FROM enrichment_cache WHERE url = ?"

_KEPT = "SELECT answer FROM enrichment_cache WHERE url = ? AND fetched_at > ?"

_KEEP = """
    INSERT INTO enrichment_cache (url, answer, fetched_at) VALUES (?, ?, ?)
    ON CONFLICT (url) DO UPDATE SET answer = excluded.answer, fetched_at = excluded.fetched_at
"""

_FORGET = "DELETE FROM enrichment_cache WHERE fetched_at <= ?"


class NoAnswer(Exception):
    """MusicBrainz did not answer; the text says why, to people."""


class MusicBrainz:
    """The service at an address.

    Args:
        base_url: Where it answers.
        wait: For so many seconds.
    """

    def __init__(self, base_url: str = BASE_URL, *, wait: Callable[[float], Awaitable[None]] = anyio.sleep) -> None:
        self._base_url = base_url.rstrip("/")
        self._wait = wait

    async def ask(self, user: Database, clock: Callable[[], int], path: str) -> dict[str, Any] | None:
        """What it says of that path, now or in the last thirty days; None if it knows nothing of it.

        `user` is `hub.db`, where answers are kept and all processes take their turns.

        Raises:
            NoAnswer: It can't be asked now, or its answer can't be read.
        """
        url = f"{self._base_url}/ws/2/{path}"
        for (answer,) in await user.read(_KEPT, (url, clock() - _KEPT_MS)):
            return json.loads(answer)
        await self._take_turn(user, clock)
        answer = await self._fetch(user, clock, url)
        async with user.transaction() as connection:
            moment = clock()
            await connection.execute(_FORGET, (moment - _KEPT_MS,))
            await connection.execute(_KEEP, (url, json.dumps(answer, ensure_ascii=False), moment))
        return answer

    @property
    def _turn(self) -> str:
        """The row that says when the last request was, or is to be, sent: of all processes on the data folder."""
        return f"turn {self._base_url}"

    async def _take_turn(self, user: Database, clock: Callable[[], int]) -> None:
        """Wait until it is this request's turn."""
        async with user.transaction() as connection:
            now = clock()
            (last,) = [row[0] for row in await connection.execute_fetchall(_TURN, (self._turn,))] or [0]
            # One that lies further ahead than any pause was written before the clock was set back.
            turn = max(now, last + _BETWEEN_MS) if last <= now + _LONGEST_PAUSE_MS + _LONGEST_WAIT_MS else now
            if turn - now > _LONGEST_WAIT_MS:
                raise NoAnswer(
                    "MusicBrainz is asked by others on this machine, or wants a pause: try again in a minute."
                )
            await connection.execute(_KEEP, (self._turn, "", turn))
        await self._wait((turn - now) / 1000)

    async def _fetch(self, user: Database, clock: Callable[[], int], url: str) -> dict[str, Any] | None:
        import httpx  # noqa: PLC0415  (most hubs never ask)

        try:
            with anyio.fail_after(_SECONDS):
                async with (
                    httpx.AsyncClient(
                        headers={"User-Agent": _user_agent(), "Accept": "application/json"},
                        timeout=_SECONDS,
                        trust_env=not is_loopback(httpx.URL(url).host),
                    ) as client,
                    client.stream("GET", url) as response,
                ):
                    if response.status_code == 404:
                        return None
                    if response.status_code in {429, 503}:
                        await self._pause(user, clock, response.headers.get("Retry-After", ""))
                        raise NoAnswer("MusicBrainz is busy and wants a pause: try again in a minute.")
                    if response.status_code != 200:
                        raise NoAnswer("MusicBrainz answered with an error.")
                    return _read(await _content(response))
        # A TimeoutError is an OSError; the environment may name a proxy or certificates that can't be used.
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError):
            pass
        # Raised out here, since the client's error repeats the address.
        raise NoAnswer("MusicBrainz could not be reached.")

    async def _pause(self, user: Database, clock: Callable[[], int], retry_after: str) -> None:
        """Let nobody ask for as long as it wants, within bounds."""
        seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6 else 0
        pause = min(max(1000 * seconds, _LONGEST_WAIT_MS), _LONGEST_PAUSE_MS)
        async with user.transaction() as connection:
            await connection.execute(_KEEP, (self._turn, "", clock() + pause))


async def _content(response: Any) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > _MAX_ANSWER_BYTES:
            raise NoAnswer("MusicBrainz' answer is too large.")
    return b"".join(chunks)


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return cast("dict[str, Any]", answer)
    raise NoAnswer("MusicBrainz' answer could not be read.")


def _user_agent() -> str:
    """Name, version and where to complain, as the service asks of every program."""
    from importlib import metadata  # noqa: PLC0415  (most hubs never ask)

    about = metadata.metadata(_DISTRIBUTION)
    addresses = [entry.partition(", ")[2] for entry in about.get_all("Project-URL") or ()]
    return f"{about['Name']}/{about['Version']} ( {addresses[0] if addresses else about['Name']} )"
