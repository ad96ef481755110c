"""The tokens of a device that was paired with a hub: shown, renewed before they expire, and shared by processes."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import anyio.to_thread
from filelock import FileLock, Timeout
from pydantic import BaseModel

from backends.remote.client import RemoteBackend
from backends.remote.credentials import Nobody
from backends.remote.retry import RetryPolicy
from backends.remote.service import MUSIC_HUB
from backends.remote.token_store import PairedHub, load_hub, store_hub
from contract.errors import ServiceUnreachable
from contract.hub.errors import HubUnauthorized
from contract.hub.pairing import PAIR_DEVICE, REFRESH_TOKENS, DeviceTokens, PairDevice, RefreshTokens
from contract.operation import Operation

__all__ = ["DeviceCredential", "pair"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

_EARLY = timedelta(seconds=30)
"""A token is renewed so long before it expires: the way to the hub takes its time, too."""

_LOCK_SECONDS = 60


class DeviceCredential:
    """What the device shows to its hub. Several processes use it; whichever sees first that it is old renews it."""

    def __init__(self, folder: Path, url: str, *, allow_http: bool = False, policy: RetryPolicy | None = None) -> None:
        """Of the hub at that address, which the data folder was paired with: no other is shown the tokens."""
        self._folder = folder
        self._url = url
        self._allow_http = allow_http
        self._policy = policy
        self._hub: PairedHub | None = None

    async def token(self) -> str:
        """The access token.

        Raises:
            ContractError: The device is not paired any more, or the hub can't be asked for another token.
        """
        hub = self._hub or await self._load()
        if hub.expires_at - _EARLY <= datetime.now(UTC):
            hub = await self._renew(hub.access_token)
        return hub.access_token

    async def renewed(self, refused: str) -> bool:
        """Get another token in the place of one that was refused; a device that was revoked gets none."""
        try:
            return (await self._renew(refused)).access_token != refused
        except HubUnauthorized:
            return False

    async def _load(self) -> PairedHub:
        hub = await anyio.to_thread.run_sync(load_hub, self._folder)
        if hub.url != self._url:
            raise HubUnauthorized(
                f"This machine was paired with another hub than {MUSIC_HUB.address} names.",
                next_step="Pair with that one (musicengine-mcp pair URL CODE), or unset the variable.",
            )
        self._hub = hub
        return hub

    async def _renew(self, old: str) -> PairedHub:
        """Exchange the refresh token, unless another process has done so meanwhile."""
        lock = FileLock(self._folder / "hub-elsewhere.lock", thread_local=False)
        try:
            await anyio.to_thread.run_sync(lock.acquire, _LOCK_SECONDS)
        except Timeout:
            raise ServiceUnreachable("Another program has been renewing this device's tokens for a minute.") from None
        try:
            hub = await self._load()
            if hub.access_token != old and hub.expires_at - _EARLY > datetime.now(UTC):
                return hub
            tokens = await _ask_anonymously(
                hub.url,
                REFRESH_TOKENS,
                RefreshTokens(deviceId=hub.device_id, refreshToken=hub.refresh_token),
                allow_http=self._allow_http,
                policy=self._policy,
            )
            self._hub = _of(hub.url, tokens, allow_http=hub.allow_http)
            await anyio.to_thread.run_sync(store_hub, self._folder, self._hub)
            return self._hub
        finally:
            lock.release()


async def pair(folder: Path, url: str, request: PairDevice, *, allow_http: bool = False) -> tuple[PairedHub, str]:
    """Pair with the hub at that address; return what was kept of it, and in words where its tokens are.

    Raises:
        ContractError: The hub can't be reached or does not take the code, or the tokens can't be kept.
    """
    tokens = await _ask_anonymously(url, PAIR_DEVICE, request, allow_http=allow_http, policy=None)
    hub = _of(url, tokens, allow_http=allow_http)
    return hub, await anyio.to_thread.run_sync(store_hub, folder, hub)


def _of(url: str, tokens: DeviceTokens, *, allow_http: bool) -> PairedHub:
    return PairedHub(
        url=url,
        device_id=tokens.device["deviceId"],
        expires_at=datetime.fromisoformat(tokens.accessTokenExpiresAt),
        access_token=tokens.accessToken,
        refresh_token=tokens.refreshToken,
        allow_http=allow_http,
    )


async def _ask_anonymously(
    url: str,
    operation: Operation[RequestT, ResponseT],
    request: RequestT,
    *,
    allow_http: bool,
    policy: RetryPolicy | None,
) -> ResponseT:
    """Ask what anybody may; the secret that is needed is in the request."""
    backend = RemoteBackend(url, Nobody(), service=MUSIC_HUB, allow_http=allow_http, policy=policy)
    async with aclosing(backend):
        return await backend.call(operation, request)
