"""Which hub this machine was paired with, and its tokens: in the system's keyring, else in a file of the owner's."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from backends.local.storage import PAIRED_HUB_NAME, prepare_folder
from contract.errors import InvalidRequest, StorageReadOnly
from contract.hub.errors import HubUnauthorized

__all__ = ["PairedHub", "forget_hub", "load_hub", "paired_with", "store_hub"]

_SERVICE = "musicengine-mcp"
"""What the entry of the keyring is called."""

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class PairedHub:
    """A hub elsewhere, and what this machine shows to it.

    Attributes:
        url: Where it answers.
        device_id: What this machine calls itself there.
        expires_at: When the access token does.
        allow_http: Whether its owner said that tokens may go to it over http://.
    """

    url: str
    device_id: str
    expires_at: datetime
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    allow_http: bool = False


def paired_with(folder: Path) -> tuple[str, bool] | None:
    """Where the hub is that this data folder was paired with, and whether http:// may lead there; or None."""
    try:
        kept = _read(folder)
        return str(kept["url"]), kept.get("allowHttp") is True
    except (HubUnauthorized, KeyError):
        return None


def load_hub(folder: Path) -> PairedHub:
    """The hub that this data folder was paired with.

    Raises:
        HubUnauthorized: There is none, or its tokens are gone.
    """
    kept = _read(folder)
    try:
        tokens = kept["tokens"] if kept.get("tokens") else json.loads(_keyring_entry(str(kept["url"])) or "{}")
        return PairedHub(
            url=str(kept["url"]),
            device_id=str(kept["deviceId"]),
            expires_at=datetime.fromisoformat(str(tokens["expiresAt"])),
            access_token=str(tokens["accessToken"]),
            refresh_token=str(tokens["refreshToken"]),
            allow_http=kept.get("allowHttp") is True,
        )
    except (KeyError, TypeError, ValueError):
        raise _not_paired() from None


def store_hub(folder: Path, hub: PairedHub) -> str:
    """Keep the hub and its tokens; return in words where the tokens are.

    Raises:
        StorageReadOnly: They can't be kept.
    """
    tokens = {
        "accessToken": hub.access_token,
        "refreshToken": hub.refresh_token,
        "expiresAt": hub.expires_at.astimezone(UTC).isoformat(),
    }
    in_keyring = _put_in_keyring(hub.url, json.dumps(tokens))
    kept = {
        "url": hub.url,
        "deviceId": hub.device_id,
        "allowHttp": hub.allow_http,
        "tokens": None if in_keyring else tokens,
    }
    _write(folder, json.dumps(kept))
    return "the system's keyring" if in_keyring else f"{PAIRED_HUB_NAME} in the data folder, readable by you alone"


def forget_hub(folder: Path) -> bool:
    """Forget the hub and its tokens; return whether there was one."""
    paired = paired_with(folder)
    if paired is not None:
        import keyring  # noqa: PLC0415  (it takes its time)
        from keyring.errors import KeyringError  # noqa: PLC0415

        with suppress(KeyringError):
            keyring.delete_password(_SERVICE, paired[0])
    try:
        (folder / PAIRED_HUB_NAME).unlink()
    except FileNotFoundError:
        return False
    except OSError:
        raise StorageReadOnly from None
    return True


def _read(folder: Path) -> dict[str, Any]:
    try:
        with (folder / PAIRED_HUB_NAME).open("rb") as file:
            kept = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError):
        raise _not_paired() from None
    if not isinstance(kept, dict):
        raise _not_paired()
    return cast("dict[str, Any]", kept)


def _write(folder: Path, text: str) -> None:
    """In one step, so that an interruption leaves the old file or the new one; a refresh token is good for one use."""
    prepare_folder(folder)
    draft = folder / f".{PAIRED_HUB_NAME}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / PAIRED_HUB_NAME)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise StorageReadOnly from None


def _keyring_entry(url: str) -> str | None:
    import keyring  # noqa: PLC0415  (it takes its time)
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        return keyring.get_password(_SERVICE, url)
    except KeyringError:
        raise InvalidRequest(
            "The system's keyring, which has the tokens of the hub, can't be read.",
            field="keyring",
            next_step="Unlock it, or pair again.",
        ) from None


def _put_in_keyring(url: str, secret: str) -> bool:
    """Whether the system has a keyring and it took the secret; a headless machine has none."""
    import keyring  # noqa: PLC0415  (it takes its time)
    from keyring.backends.fail import Keyring as NoKeyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    if isinstance(keyring.get_keyring(), NoKeyring):
        return False
    try:
        keyring.set_password(_SERVICE, url, secret)
    except KeyringError:
        return False
    return True


def _not_paired() -> HubUnauthorized:
    return HubUnauthorized(
        "This machine is not paired with a hub elsewhere, or its tokens are gone.",
        next_step="'musicengine-mcp pair URL CODE' pairs it; 'devices arm' on the hub's machine shows a code.",
    )
