"""Those who listen to one hub in one process: told once, by one who looks, and only while they are there."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from backends.local.hub.changes import ChangeKind, note_change
from contract.errors import StorageCorrupt
from contract.hub.errors import TooManyStreams
from contract.hub.playlists import CREATE_PLAYLIST, UPDATE_PLAYLIST
from tests.checked import call

SECONDS = 20


async def taken(listener):
    async with asyncio.timeout(SECONDS):
        return await listener.take()


async def note(hub, kind, *ids):
    async with hub.hub.user.transaction() as connection:
        for id_ in ids or [None]:
            await note_change(connection, kind, id_)


def looking():
    """How many tasks look for something to tell."""
    return sum("Audience" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def created(hub, name):
    return (await call(hub, CREATE_PLAYLIST, name=name))["playlist"]["id"]


async def test_what_changes_again_before_it_is_taken_is_told_once_where_it_was_last(hub):
    async with hub.streams.library(None, None) as slow, hub.streams.library("roots", None) as quick:
        ids = [await created(hub, name) for name in ("One", "Other")]
        for name in ("A", "B", "C"):
            await call(hub, UPDATE_PLAYLIST, id=ids[0], name=name)
            await note(hub, ChangeKind.ROOTS)
            await taken(quick)
        assert [news.id for news in await taken(slow)] == [ids[1], ids[0], None]


async def test_one_with_too_much_to_read_is_told_to_look_at_everything_and_goes_on_from_there(hub):
    async with hub.streams.library(None, None) as slow, hub.streams.library("roots", None) as quick:
        await note(hub, ChangeKind.PLAYLIST, *(f"pls_{number:016x}" for number in range(2500)))
        await note(hub, ChangeKind.ROOTS)
        await taken(quick)
        [resync] = await taken(slow)
        assert (resync.kind, resync.id) == ("resync", None)
        id_ = await created(hub, "Mix")
        assert [news.id for news in await taken(slow)] == [id_]
    async with hub.streams.library(None, resync.mark) as again:
        assert [news.kind for news in await taken(again)] == ["resync"], "much has come since"


async def test_all_who_listen_are_told_the_same_thing_by_one_who_looks(hub):
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(hub.streams.library(None, None)) for _ in range(50)]
        await created(hub, "Mix")
        told = [await taken(listener) for listener in listeners]
        assert len({id(news) for [news] in told}) == 1
        assert looking() == 1
        await stack.enter_async_context(hub.streams.scans())
        assert looking() == 2
    await asyncio.sleep(0)
    assert looking() == 0, "nobody listens, so nobody looks"


async def test_nobody_is_forgotten_when_others_leave_and_come_back(hub):
    for number in range(3):
        async with hub.streams.library(None, None) as listener:
            async with hub.streams.library(None, None):
                pass
            id_ = await created(hub, f"Mix {number}")
            assert [news.id for news in await taken(listener)] == [id_]


async def test_one_that_is_one_too_many_is_refused_and_takes_nobodys_place(hub, monkeypatch):
    monkeypatch.setattr("backends.local.hub.live.streams.MOST_STREAMS", 1)
    async with hub.streams.scans():
        for _ in range(3):
            with pytest.raises(TooManyStreams):
                async with hub.streams.library(None, None):
                    pass
    async with hub.streams.library(None, None):
        pass


async def test_a_database_that_can_no_longer_be_read_ends_all_and_whoever_comes_back_is_told_again(
    hub, library, monkeypatch, caplog
):
    async def damaged():
        raise StorageCorrupt

    async with hub.streams.library(None, None) as listener, hub.streams.scans() as other:
        assert await taken(other)
        with monkeypatch.context() as patch:
            patch.setattr(hub.hub.user, "unchanged", damaged)
            assert await taken(listener) == await taken(other) == []
            assert listener.closed
            assert other.closed
    assert StorageCorrupt().sentence in caplog.text
    async with hub.streams.library(None, listener.mark) as listener:
        id_ = await created(hub, "Mix")
        assert [news.id for news in await taken(listener)] == [id_]


async def test_closing_the_hub_ends_all(hub):
    async with hub.streams.library(None, None) as listener, hub.streams.scans() as other:
        await taken(other)
        await hub.aclose()
        assert await taken(listener) == await taken(other) == []
