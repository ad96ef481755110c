"""Open the backends that the settings ask for: the catalogue of this machine or of a service, and the hub."""

from backends.backend import Backend, WatchableBackend
from backends.data_entry import AT_THE_SERVICE, BY_IMPORT, BY_SCAN
from backends.joined import JoinedBackend
from backends.local.storage import HUB_DATABASE_NAME
from server.deferred import DeferredBackend, DeferredWatchableBackend
from server.settings import RemoteSettings, Settings

__all__ = ["open_backend", "open_catalogue"]


def open_backend(settings: Settings) -> JoinedBackend:
    """Return both systems as one backend, each opened on its first call.

    Raises:
        InvalidRequest: The address or the API key of a service can't be used.
    """
    catalogue = open_catalogue(settings)
    hub = DeferredWatchableBackend(lambda: _open_hub(settings, catalogue), BY_SCAN)
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


def _open_hub(settings: Settings, catalogue: Backend) -> WatchableBackend:
    from backends.local.hub.enriching.musicbrainz import MusicBrainz  # noqa: PLC0415  (nor is the hub)
    from backends.local.hub.hub import LocalHub  # noqa: PLC0415

    musicbrainz = MusicBrainz() if settings.musicbrainz else None
    return LocalHub(settings.data_dir, catalogue=catalogue, musicbrainz=musicbrainz, watching=True)


def _open_remote(remote: RemoteSettings) -> Backend:
    from backends.remote.client import RemoteBackend  # noqa: PLC0415  (neither is the HTTP client)

    return RemoteBackend(remote.base_url, remote.api_key, allow_http=remote.allow_http)
