"""What every command shares: whose data, and where; and the service that tools read from, if there is one."""

import argparse
import os
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from backends.local.storage import DEFAULT_WORKSPACE, PAIRED_HUB_NAME, default_data_dir, expanded
from contract.errors import InvalidRequest

__all__ = ["HubSettings", "RemoteSettings", "Settings", "Uses", "add_shared_options"]

_SHORTEST_TOKEN = 32
"""Characters of MUSIC_HUB_API_TOKEN: whoever bears it may do whatever a paired device may."""

_YES = frozenset({"1", "true", "yes"})


class Uses(Enum):
    """What a command works on, and so which shared options it takes: one that does nothing would mislead."""

    NOTHING = auto()
    LIBRARY = auto()
    """The hub's, which is on this machine wherever the catalogue is."""

    DATA_FOLDER = auto()
    WORKSPACE = auto()


@dataclass(frozen=True)
class RemoteSettings:
    """A service elsewhere that tools read from; neither its address nor its key is ever printed.

    Attributes:
        base_url: Where it answers.
        api_key: Of the workspace there; empty if it is missing.
        allow_http: Whether the key may go over http:// to another machine.
    """

    base_url: str = field(repr=False)
    api_key: str = field(repr=False)
    allow_http: bool = False

    @classmethod
    def of_environment(cls) -> "RemoteSettings | None":
        """What MUSICENGINE_API_KEY and MUSICENGINE_BASE_URL say, or None if neither is set; empty is not set."""
        api_key = os.environ.get("MUSICENGINE_API_KEY", "").strip()
        base_url = os.environ.get("MUSICENGINE_BASE_URL", "").strip()
        if not api_key and not base_url:
            return None
        from contract.musicengine import BASE_URL  # noqa: PLC0415  (data on this machine needs no address)

        allow_http = os.environ.get("MUSICENGINE_ALLOW_HTTP", "").strip().lower() in _YES
        return cls(base_url or BASE_URL, api_key, allow_http)

    def checked(self) -> "RemoteSettings":
        """The same, after a look whether a service can be called with them.

        Raises:
            InvalidRequest: There is no key, or it or the address can't be used.
        """
        from backends.remote.address import check_address  # noqa: PLC0415  (data on this machine needs neither)
        from backends.remote.credentials import check_secret  # noqa: PLC0415
        from backends.remote.service import MUSICENGINE  # noqa: PLC0415

        if not self.api_key:
            raise InvalidRequest(
                "MUSICENGINE_BASE_URL is set, and MUSICENGINE_API_KEY is not.",
                field="MUSICENGINE_API_KEY",
                next_step="Set it to an API key of that service; or unset both, to work on this machine's data.",
            )
        return RemoteSettings(
            check_address(self.base_url, allow_http=self.allow_http),
            check_secret(self.api_key, MUSICENGINE),
            self.allow_http,
        )


@dataclass(frozen=True)
class HubSettings:
    """A hub elsewhere that the library's tools work on; its token is never printed.

    Attributes:
        base_url: Where it answers.
        token: Its MUSIC_HUB_API_TOKEN; None where this machine was paired with it.
        allow_http: Whether the token may go over http:// to another machine.
    """

    base_url: str = field(repr=False)
    token: str | None = field(repr=False)
    allow_http: bool = False

    @classmethod
    def of_environment(cls, data_dir: Path) -> "HubSettings | None":
        """What MUSIC_HUB_URL says, or else the hub that this data folder was paired with, or None."""
        named = os.environ.get("MUSIC_HUB_URL", "").strip()
        paired = data_dir / PAIRED_HUB_NAME
        if not named and not paired.exists():
            return None
        if named:
            token = os.environ.get("MUSIC_HUB_API_TOKEN", "").strip()
            return cls(named, token or None, os.environ.get("MUSIC_HUB_ALLOW_HTTP", "").strip().lower() in _YES)
        from backends.remote.token_store import paired_with  # noqa: PLC0415  (a hub on this machine needs none)

        found = paired_with(data_dir)
        return None if found is None else cls(found[0], None, found[1])

    def checked(self) -> "HubSettings":
        """The same, after a look whether a hub can be called with them.

        Raises:
            InvalidRequest: The address or the token can't be used.
        """
        from backends.remote.address import check_address  # noqa: PLC0415
        from backends.remote.credentials import check_secret  # noqa: PLC0415
        from backends.remote.service import MUSIC_HUB  # noqa: PLC0415

        url = check_address(self.base_url, allow_http=self.allow_http, service=MUSIC_HUB)
        token = None if self.token is None else check_secret(self.token, MUSIC_HUB)
        return HubSettings(url, token, self.allow_http)


@dataclass(frozen=True)
class Settings:
    """Options of every command, with environment and defaults filled in.

    Attributes:
        data_dir: Folder of the database.
        workspace: Whose data in it.
        remote: The service that the catalogue's tools read from instead, or None.
        musicbrainz: Whether MusicBrainz may be asked about tracks of the library.
        hub_token: MUSIC_HUB_API_TOKEN, or None.
        hub: The hub elsewhere that the library's tools work on instead, or None.
    """

    data_dir: Path
    workspace: str
    remote: RemoteSettings | None = None
    musicbrainz: bool = False
    hub_token: str | None = field(default=None, repr=False)
    hub: HubSettings | None = None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Settings":
        """Options first, then the environment, then the defaults."""
        data_dir: str | None = getattr(arguments, "data_dir", None)
        workspace: str | None = getattr(arguments, "workspace", None)
        folder = expanded(data_dir) if data_dir else default_data_dir()
        return cls(
            data_dir=folder,
            workspace=workspace or os.environ.get("MUSICENGINE_WORKSPACE") or DEFAULT_WORKSPACE,
            remote=RemoteSettings.of_environment(),
            musicbrainz=os.environ.get("MUSICENGINE_MUSICBRAINZ", "").strip().lower() in _YES,
            hub_token=os.environ.get("MUSIC_HUB_API_TOKEN", "").strip() or None,
            hub=HubSettings.of_environment(folder),
        )

    def check_hub_token(self) -> None:
        """Refuse a token that could be guessed.

        Raises:
            InvalidRequest: MUSIC_HUB_API_TOKEN is too short.
        """
        if self.hub_token is not None and len(self.hub_token) < _SHORTEST_TOKEN:
            raise InvalidRequest(
                f"MUSIC_HUB_API_TOKEN must have at least {_SHORTEST_TOKEN} characters.",
                field="MUSIC_HUB_API_TOKEN",
                next_step="python -c 'import secrets; print(secrets.token_urlsafe(32))' makes a good one.",
            )


def add_shared_options(parser: argparse.ArgumentParser, uses: Uses) -> None:
    """Add the shared options that are of use; they may stand before or after the command's name."""
    if uses is Uses.NOTHING:
        return
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="folder of the database (MUSICENGINE_DATA_DIR; default: the platform's data folder)",
    )
    if uses is not Uses.WORKSPACE:
        return
    parser.add_argument(
        "--workspace",
        metavar="NAME",
        default=argparse.SUPPRESS,
        help="whose data (MUSICENGINE_WORKSPACE; default: 'default')",
    )
