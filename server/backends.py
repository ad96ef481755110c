"""Open the backends that the settings ask for: the catalogue of this machine or of a service, and the hub."""

from typing import TYPE_CHECKING

from backends.backend import Backend, WatchableBackend
from backends.data_entry import AT_THE_SERVICE, BY_IMPORT, BY_SCAN
from backends.joined import JoinedBackend
from backends.local.storage import HUB_DATABASE_NAME
from server.deferred import DeferredBackend, DeferredWatchableBackend
from server.settings import HubSettings, RemoteSettings, Settings

if TYPE_CHECKING:
    from backends.local.hub.hub import LocalHub

__all__ = ["open_backend", "open_catalogue", "open_local_hub", "open_remote_hub"]


def open_backend(settings: Settings) -> JoinedBackend:
    """Return both systems as one backend, each opened on its first call.

    Raises:
        InvalidRequest: The address or the secret of a service can't be used.
    """
    catalogue = open_catalogue(settings)
    if settings.hub is not None:
        elsewhere = settings.hub.checked()
        there = DeferredWatchableBackend(lambda: open_remote_hub(settings, elsewhere), AT_THE_SERVICE)
        return JoinedBackend(catalogue, there, lambda: True)
    hub = DeferredWatchableBackend(lambda: open_local_hub(settings, catalogue), BY_SCAN)
    return JoinedBackend(catalogue, hub, (settings.data_dir / HUB_DATABASE_NAME).exists)


def open_catalogue(settings: Settings) -> Backend:
    """Return a backend that opens on its first call; what is wrong with the settings is said at once.

    Raises:
        InvalidRequest: The address or the API key of a service can't be used.
    """
    if settings.remote is None:
        return DeferredBackend(lambda: _open_local(settings), BY_IMPORT)
    remote = settings.remote.checked()
    return DeferredBackend(lambda: _open_remote(remote), AT_THE_SERVICE)


def _open_local(settings: Settings) -> Backend:
    from backends.local.musicengine import LocalMusicEngine  # noqa: PLC0415  (SQLite is not needed to list tools)

    return LocalMusicEngine(settings.data_dir, settings.workspace)


def open_local_hub(settings: Settings, catalogue: Backend) -> "LocalHub":
    """This machine's hub, whose folders are watched from its first call on."""
    from backends.local.hub.enriching.musicbrainz import MusicBrainz  # noqa: PLC0415  (nor is the hub)
    from backends.local.hub.hub import LocalHub  # noqa: PLC0415

    musicbrainz = MusicBrainz() if settings.musicbrainz else None
    return LocalHub(settings.data_dir, catalogue=catalogue, musicbrainz=musicbrainz, watching=True)


def open_remote_hub(settings: Settings, hub: HubSettings) -> WatchableBackend:
    """A hub elsewhere, by settings that were checked."""
    from backends.remote.device_tokens import DeviceCredential  # noqa: PLC0415  (a hub on this machine needs neither)
    from backends.remote.hub import RemoteHub  # noqa: PLC0415

    credential = hub.token or DeviceCredential(settings.data_dir, hub.base_url, allow_http=hub.allow_http)
    return RemoteHub(hub.base_url, credential, allow_http=hub.allow_http)


def _open_remote(remote: RemoteSettings) -> Backend:
    from backends.remote.client import RemoteBackend  # noqa: PLC0415  (neither is the HTTP client)

    return RemoteBackend(remote.base_url, remote.api_key, allow_http=remote.allow_http)
