"""Workspaces: one from the first start, others by name."""

import pytest

from backends.local.workspaces import create_workspace, list_workspaces, open_workspace
from contract.errors import InvalidRequest, NotFound
from tests.label import LABEL, store


@pytest.fixture
def database(backend):
    return backend.database


async def test_one_workspace_exists_from_the_first_start(database):
    [workspace] = await list_workspaces(database)
    assert (workspace.name, workspace.tracks, workspace.days_tracked) == ("default", 0, 0)


async def test_a_new_workspace_is_listed_after_the_older_ones(database):
    created = await create_workspace(database, "  second label ")
    assert [workspace.name for workspace in await list_workspaces(database)] == ["default", "second label"]
    assert (await open_workspace(database, "second label")).workspace_id == created.id


async def test_a_workspace_knows_how_much_is_in_it(database):
    second = await create_workspace(database, "second")
    await store(database, LABEL, workspace_id=second.id)
    assert [(each.tracks, each.days_tracked) for each in await list_workspaces(database)] == [(0, 0), (len(LABEL), 28)]


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "two\nlines", "\u202ereversed", "nul\0"])
async def test_a_name_that_nobody_could_read_is_refused_and_not_repeated(database, name):
    with pytest.raises(InvalidRequest, match="1 to 100 readable characters") as caught:
        await create_workspace(database, name)
    assert caught.value.field == "name"
    assert not name.strip() or name not in caught.value.sentence


async def test_a_name_is_taken_once(database):
    with pytest.raises(InvalidRequest, match="taken"):
        await create_workspace(database, "default")
    assert len(await list_workspaces(database)) == 1


async def test_a_workspace_that_is_not_there_says_how_to_list_and_add_them(database):
    with pytest.raises(NotFound) as caught:
        await open_workspace(database, "CANARY")
    assert "workspaces list" in caught.value.sentence
    assert "CANARY" not in caught.value.sentence
