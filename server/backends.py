"""Open the backend that the settings ask for: this machine's database, or a service elsewhere."""

from backends.backend import Backend
from backends.data_entry import AT_THE_SERVICE, BY_IMPORT
from server.deferred import DeferredBackend
from server.settings import RemoteSettings, Settings

__all__ = ["open_backend"]


def open_backend(settings: Settings) -> Backend:
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


def _open_remote(remote: RemoteSettings) -> Backend:
    from backends.remote.client import RemoteBackend  # noqa: PLC0415  (neither is the HTTP client)

    return RemoteBackend(remote.base_url, remote.api_key, allow_http=remote.allow_http)
