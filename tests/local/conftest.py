"""A local backend in a data folder of its own, empty or with the label in it."""

from contextlib import aclosing

import pytest

from backends.local.musicengine import LocalMusicEngine
from tests.label import store


@pytest.fixture
async def backend(data_dir):
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        yield backend


@pytest.fixture
async def label(backend):
    await store(backend.database)
    return backend
