"""Ten tracks for playlists, and what is left when the index is lost."""

from contextlib import aclosing, asynccontextmanager

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from tests.hub.library import Song, put, track_id


@pytest.fixture
def tracks(data_dir):
    """Ids of Song 0 to Song 9, three minutes each."""
    songs = [Song(f"Song {number}", "Artist", "Album", duration_ms=180_000) for number in range(10)]
    put(data_dir, songs)
    return [track_id(song.key) for song in songs]


@pytest.fixture
def without_index(data_dir, clock):
    """Open the hub again as it is after its index was lost, and before anything was scanned."""

    @asynccontextmanager
    async def opened(hub):
        await hub.aclose()
        for file in data_dir.glob(f"{INDEX_LAYOUT.name}*"):
            file.unlink()
        async with aclosing(LocalHub(data_dir, clock=clock)) as again:
            yield again

    return opened
