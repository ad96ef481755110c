"""A second workspace is invisible on every operation, whatever operations there are.

Two databases are compared. In one the workspace is alone; in the other a neighbour has the same ISRCs, the same
days and much larger figures. Every answer to the workspace must be the same in both.
"""

import datetime as dt
import json
import sqlite3
from contextlib import AsyncExitStack, aclosing, closing

import pytest

from backends.local.migrations import migrate
from backends.local.musicengine import LocalMusicEngine
from backends.local.rotation import initialise_encryption
from backends.local.schema import LAYOUT
from backends.local.storage import DATABASE_NAME, prepare_folder
from backends.local.workspaces import create_workspace
from contract.errors import ContractError
from contract.musicengine import OPERATIONS
from contract.operation import Effect
from contract.validation import validate
from tests.label import LABEL, LATEST, SeededTrack, days_before, store

MINE = "mine"
MINE_ID = 2
NEIGHBOUR = "default"

TOMORROW = LATEST + dt.timedelta(days=1)

NEIGHBOURS_LABEL = (
    *(
        SeededTrack(
            isrc=track.isrc,
            title=f"neighbour {track.title}",
            artist=track.artist,
            album="neighbour",
            spotify_id=track.spotify_id,
            created_at="2030-01-01T00:00:00.000Z",
            metadata={"note": "neighbour"},
            figures={day: (10**6 + 10**4 * day.day, 10**6) for day in days_before(TOMORROW, 40)},
        )
        for track in LABEL
    ),
    SeededTrack(isrc="NBNBN2600001", title="neighbour only", artist="neighbour", spotify_id="0neighbour"),
    SeededTrack(isrc="NBNBN2600002", title=LABEL[0].title, artist="neighbour"),
)

OTHER_FIGURES = {
    "statement_rows": "(:workspace, x'00', 1, 'neighbour', '2026-02', '2026-01', 'Spotify', 'DE', :isrc, NULL, 'A',"
    " 'T', 'stream', 7, '1.25', 'EUR')",
    "song_windows": "(:workspace, :title_key, '28d', 'neighbour', 5, 6, 7, '')",  # of a title that mine has, too
    "chart_entries": "(:workspace, :spotify_id, 'neighbour', 20000, 1, 'A', 'T', NULL, 1, 1, 1, 99)",
    "artist_audience": "(:workspace, :artist, 20000, 7777777, 8888888, 9999999)",
}

ARGUMENTS = (
    {},
    {"isrc": "USXXX1234567"},
    {"isrc": "USXXX1234567", "days": 365},
    {"isrc": "NBNBN2600001"},
    {"query": "neighbour"},
    {"query": "song"},
    {"query": "USXXX1234567"},
    {"query": "spotify:track:0neighbour"},
    {"query": "spotify:track:3n3Ppam7vgaVa1iaRUc9Lp"},
    {"limit": 1},
    {"limit": 50, "offset": 3},
    {"date": "2026-03-01"},
    {"date": "2026-01-28"},
    {"days": 14, "end": "2026-03-01", "min_streams": 0},
    {"days": 20, "min_streams": 0, "limit": 50},
)
"""Tried on every operation that takes them, besides the operation's own example."""

reads = pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.effect is Effect.READ], ids=lambda operation: operation.name
)


@pytest.fixture
async def connect(tmp_path):
    """Open a workspace of a database that holds the workspace, and the neighbour if asked to."""
    async with AsyncExitStack() as stack:

        async def open_workspace(workspace, *, neighbour):
            folder = tmp_path / f"{'shared' if neighbour else 'alone'}"
            backend = await stack.enter_async_context(aclosing(LocalMusicEngine(folder, workspace)))
            if not backend.database.path.exists():
                await create_workspace(backend.database, MINE)
                await store(backend.database, LABEL, workspace_id=MINE_ID)
                await store_window(backend.database)
                if neighbour:
                    await store(backend.database, NEIGHBOURS_LABEL, workspace_id=1)
                    await store_other_figures(backend.database)
            return backend

        yield open_workspace


async def store_window(database):
    """Figures that are shown only where one track of the workspace has the title."""
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO song_windows VALUES (2, 'song name', '7d', 'Song Name', 1, 2, 3, '')")


async def store_other_figures(database):
    song = LABEL[0]
    parameters = {
        "workspace": 1,
        "isrc": song.isrc,
        "title_key": "song name",
        "spotify_id": song.spotify_id,
        "artist": song.artist,
    }
    async with database.transaction() as connection:
        for table, values in OTHER_FIGURES.items():
            await connection.execute(f"INSERT INTO {table} VALUES {values}", parameters)


async def answers(backend, operation):
    """Every answer and every error of an operation, as JSON."""
    found = []
    for arguments in ({**operation.example.request}, *ARGUMENTS):
        taken = {name: value for name, value in arguments.items() if name in operation.request.model_fields}
        try:
            answer = await backend.call(operation, validate(operation.request, taken))
            found.append((taken, answer.model_dump(mode="json")))
        except ContractError as error:
            found.append((taken, error.body()))
    return json.dumps(found, ensure_ascii=False)


@reads
async def test_no_answer_changes_when_a_neighbour_moves_in(connect, operation):
    alone = await answers(await connect(MINE, neighbour=False), operation)
    shared = await answers(await connect(MINE, neighbour=True), operation)
    assert "neighbour" not in shared.replace('"query": "neighbour"', "").replace("0neighbour", "")
    # What the database numbers across workspaces is not asked for by any of these arguments, so nothing may differ.
    assert shared == alone


@reads
async def test_the_neighbour_would_be_seen_if_it_were_not_for_the_workspace(connect, operation):
    mine = await answers(await connect(MINE, neighbour=True), operation)
    neighbours = await answers(await connect(NEIGHBOUR, neighbour=True), operation)
    assert mine != neighbours


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.effect is not Effect.READ], ids=lambda operation: operation.name
)
async def test_a_write_leaves_every_row_of_the_other_workspace_as_it_was(connect, operation):
    neighbour = await connect(NEIGHBOUR, neighbour=True)
    mine = await connect(MINE, neighbour=True)
    await initialise_encryption(mine.database)
    request = validate(operation.request, operation.example.request)
    await mine.call(operation, request)
    path = mine.database.path
    before = {workspace: rows_of(path, workspace) for workspace in (1, MINE_ID)}
    await neighbour.call(operation, request)
    after = {workspace: rows_of(path, workspace) for workspace in (1, MINE_ID)}
    assert after[MINE_ID] == before[MINE_ID]
    assert after[1] != before[1]


def rows_of(path, workspace):
    """Every row that belongs to a workspace, by table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = {}
        for table in tables:
            columns = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
            if "workspace_id" in columns:
                rows[table] = connection.execute(
                    f"SELECT * FROM {table} WHERE workspace_id = ?", (workspace,)
                ).fetchall()
        return rows


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_a_workspace_that_is_not_there_answers_nothing(connect, operation):
    await connect(MINE, neighbour=True)
    stranger = await connect("stranger", neighbour=True)
    with pytest.raises(ContractError) as caught:
        await stranger.call(operation, validate(operation.request, operation.example.request))
    assert (caught.value.code, caught.value.field) == ("not_found", "workspace")


def test_every_row_of_data_belongs_to_a_workspace_or_to_a_track_of_one(data_dir):
    prepare_folder(data_dir)
    migrate(data_dir / DATABASE_NAME, LAYOUT)
    with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (table,) in tables:
            references = {row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
            assert references & {"workspaces", "tracks"} or table == "workspaces"
