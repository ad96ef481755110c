"""A hub with ten songs of 200 seconds in it, and a player of it."""

import pytest

from tests.hub.library import put
from tests.hub.playback.players import Player, songs


@pytest.fixture
def library(data_dir):
    return put(data_dir, songs(10))


@pytest.fixture
def player(hub, library):
    return Player(hub)
