"""A hub that people have used, closed, so that its files can be damaged; it is made once, and copied for each test."""

import asyncio
import shutil
from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.metadata import SET_METADATA_OVERRIDES
from contract.hub.playback import GET_PLAYBACK_SESSION, PUT_PLAYBACK_SESSION
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS
from contract.hub.playlists import CREATE_PLAYLIST, UPDATE_PLAYLIST
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK
from contract.hub.saved import SAVE_ITEMS
from contract.hub.search import SEARCH_LIBRARY
from tests.checked import call
from tests.hub.conftest import Clock
from tests.hub.library import SONGS, put, track_id

_TRACKS = [track_id(song.key) for song in SONGS if not song.missing]


@pytest.fixture(scope="session")
def once_used(tmp_path_factory):
    folder = tmp_path_factory.mktemp("used") / "data"
    put(folder, SONGS)
    asyncio.run(_use(folder))
    return folder


@pytest.fixture
def used(once_used, data_dir):
    """The data folder of the hub."""
    shutil.copytree(once_used, data_dir)
    return data_dir


@pytest.fixture
def user(used):
    """The path of its hub.db."""
    return used / USER_LAYOUT.name


@pytest.fixture
def index(used):
    """The path of its hub-index.db."""
    return used / INDEX_LAYOUT.name


async def _use(folder):
    """Have people change something of each kind, and change it again."""
    clock = Clock()
    async with aclosing(LocalHub(folder, clock=clock)) as hub:
        playlist = (await call(hub, CREATE_PLAYLIST, name="A playlist", description="Of songs"))["playlist"]["id"]
        await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=_TRACKS)
        await call(hub, UPDATE_PLAYLIST, id=playlist, name="The playlist")
        await call(hub, SAVE_ITEMS, ids=[*_TRACKS[:3], playlist])
        await call(hub, SET_METADATA_OVERRIDES, id=_TRACKS[0], values={"title": "Another title", "releaseDate": "1975"})
        await call(hub, SEARCH_LIBRARY, q="queen")
        await call(hub, ADD_TO_QUEUE, trackIds=_TRACKS, when="now")
        for _ in range(3):
            clock.advance(seconds=300)
            await call(hub, CONTROL_PLAYBACK, action="next")
        revision = (await call(hub, GET_PLAYBACK_SESSION))["revision"]
        await call(hub, PUT_PLAYBACK_SESSION, revision=revision, rate=1.5, volume=80, repeat="all")
