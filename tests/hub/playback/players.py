"""A player's view of the hub, in short: what tests of the playback session say over and over."""

from contract.hub.playback import (
    GET_PLAYBACK_SESSION,
    GO_BACK,
    LIST_PLAYS,
    PUT_PLAYBACK_SESSION,
)
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK, EDIT_QUEUE
from tests.checked import call
from tests.hub.library import Song, track_id

__all__ = ["LONG", "Player", "songs", "titles"]

LONG = 200_000
"""Milliseconds that each of `songs` lasts."""


def songs(count, **more):
    """Song 0, Song 1, … of one album."""
    return [
        Song(f"Song {number}", "Artist", "Album", tags={"track": number + 1}, duration_ms=LONG, **more)
        for number in range(count)
    ]


def titles(session):
    """What is queued, in the order in which it plays."""
    return [entry["track"]["title"] for entry in session["queue"]]


class Player:
    """Calls the operations of the session, and checks each answer against the contract."""

    def __init__(self, hub):
        self.hub = hub

    async def session(self, **wishes):
        return await call(self.hub, GET_PLAYBACK_SESSION, **wishes)

    async def put(self, revision=None, **members):
        if revision is None:
            revision = (await self.session())["revision"]
        return await call(self.hub, PUT_PLAYBACK_SESSION, revision=revision, **members)

    async def add(self, *numbers, when="last", **more):
        """Queue songs by their numbers."""
        ids = [track_id(f"Song {number}") for number in numbers]
        return await call(self.hub, ADD_TO_QUEUE, trackIds=ids, when=when, **more)

    async def add_all(self, context, when="last", **more):
        return await call(self.hub, ADD_TO_QUEUE, contextId=context, when=when, **more)

    async def do(self, action, **more):
        return await call(self.hub, CONTROL_PLAYBACK, action=action, **more)

    async def edit(self, **what):
        return await call(self.hub, EDIT_QUEUE, **what)

    async def back(self):
        return await call(self.hub, GO_BACK)

    async def plays(self, **wishes):
        return await call(self.hub, LIST_PLAYS, **wishes)
