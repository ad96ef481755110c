"""A hub in a data folder of its own, its clock, and the small library of tests/hub/library.py, which tells more."""

from contextlib import aclosing
from dataclasses import dataclass

import pytest

from backends.local.hub.hub import LocalHub
from tests.hub.library import NOW, SONGS, put


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: int = NOW

    def __call__(self):
        return self.now

    def advance(self, *, ms=0, seconds=0, days=0):
        self.now += ms + 1000 * seconds + 86_400_000 * days


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def hub(data_dir, clock):
    async with aclosing(LocalHub(data_dir, clock=clock)) as hub:
        yield hub


@pytest.fixture
def library(data_dir):
    """SONGS, in the data folder that `hub` opens."""
    return put(data_dir, SONGS)
