"""The songs that people know, in a data folder that the tests of a module only read."""

from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from contract.hub.playlists import CREATE_PLAYLIST
from contract.hub.search import SEARCH_LIBRARY
from tests.checked import call
from tests.hub.library import put
from tests.hub.searching.queries import PLAYLISTS, described
from tests.hub.searching.songs import SONGS


@pytest.fixture(scope="module")
def songs_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs") / "data"
    put(folder, SONGS)
    return folder


@pytest.fixture
async def songs(songs_folder, clock):
    """A hub with SONGS and PLAYLISTS."""
    async with aclosing(LocalHub(songs_folder, clock=clock)) as hub:
        if not await names_found(hub, "sunday", "playlists"):
            for name in PLAYLISTS:
                await call(hub, CREATE_PLAYLIST, name=name)
        yield hub


@pytest.fixture
def search():
    """Search without leaving a trace, and return the answer."""

    async def search(hub, query, **arguments):
        return await call(hub, SEARCH_LIBRARY, q=query, **{"remember": False, **arguments})

    return search


@pytest.fixture
def found():
    """The hits of one kind, described."""
    return names_found


async def names_found(hub, query, kind="tracks", **arguments):
    answer = await call(hub, SEARCH_LIBRARY, q=query, remember=False, **arguments)
    return [described(kind, item) for item in answer[kind]["items"]]
