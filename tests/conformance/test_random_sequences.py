"""Local and remote stay the same through any sequence of imports and reads, of files and of profiles.

Hypothesis makes the sequences up. Both backends see one data folder: the one directly, the other through our server.
"""

import csv
import datetime as dt
import io
import itertools
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import hypothesis.strategies as st
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backends.data_entry import BY_IMPORT
from backends.local.database import Database
from backends.local.importing.importer import import_file
from backends.local.importing.options import Options
from backends.local.keys import create_key
from backends.local.musicengine import LocalMusicEngine
from backends.local.rotation import initialise_encryption
from backends.local.workspaces import create_workspace
from backends.remote.client import RemoteBackend
from contract.errors import ContractError
from contract.musicengine import OPERATIONS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.operation import Effect
from contract.validation import validate
from tests.conformance.data import forget_calls
from tests.serving import served

READS = [operation for operation in OPERATIONS if operation.effect is Effect.READ]

ISRCS = ("USXXX1234567", "DEABC2500001", "FRABC2300005", "GBXYZ2400003")

FIRST_DAY = dt.date(2026, 1, 1)

days = st.integers(0, 20).map(lambda number: (FIRST_DAY + dt.timedelta(days=number)).isoformat())

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)

some_words = st.sampled_from(["Song", "søng", "Née", "東京", "AC/DC", "=1+1", '"quoted"', "a,b"])

texts = st.lists(some_words | words, min_size=1, max_size=3).map(" ".join)

counts = st.none() | st.integers(0, 200) | st.integers(0, 10**9)

catalogue_rows = st.lists(
    st.fixed_dictionaries(
        {
            "isrc": st.sampled_from(ISRCS),
            "title": texts,
            "artist": texts,
            "album": st.just("") | texts,
            "release_date": st.just("") | days,
        }
    ),
    min_size=1,
    max_size=6,
)

stream_rows = st.lists(
    st.fixed_dictionaries(
        {
            "isrc": st.sampled_from(ISRCS),
            "date": days,
            "spotify_streams": counts,
            "apple_streams": counts,
        }
    ),
    min_size=5,
    max_size=40,
    unique_by=lambda row: (row["isrc"], row["date"]),
)

FIELDS = {
    "isrc": st.sampled_from((*ISRCS, "ZZZZZ9999999", "us-xxx-12-34567")),
    "query": texts
    | st.sampled_from(("s", "o", "n"))
    | st.sampled_from((*ISRCS, "spotify:track:3n3Ppam7vgaVa1iaRUc9Lp")),
    "date": days,
    "end": days,
    "days": st.integers(1, 14) | st.integers(1, 60),
    "limit": st.integers(1, 4) | st.integers(1, 50),
    "offset": st.integers(0, 4),
    "min_streams": st.integers(0, 1000) | st.integers(0, 10**9),
}
"""How each argument of a read is made up; an operation with one that is not here fails these tests."""


EDGES = {
    "query": ("s", "o"),
    "limit": (1, 2, 3),
    "offset": (0, 1, 2),
    "days": (1, 7),
    "min_streams": (1, 50, 150, 400),
}
"""Values where pages end and thresholds lie, in catalogues as small as these."""


@st.composite
def questions(draw):
    """A read and its arguments, of which those that may be left out sometimes are."""
    operation = draw(st.sampled_from(READS))
    fields = operation.request.model_fields
    given = {name: draw(FIELDS[name]) for name, field in fields.items() if field.is_required() or draw(st.booleans())}
    return operation, given


@dataclass
class World:
    """One server over one data folder, in which each sequence has a workspace of its own."""

    portal: BlockingPortal
    folder: Path
    url: str
    database: Database
    workspaces: int = 0
    profiles: int = 0


class Sequences(RuleBasedStateMachine):
    """A label's life: files come in, profiles come in, and somebody asks."""

    world: World

    def __init__(self):
        super().__init__()
        self.portal = self.world.portal
        self.world.workspaces += 1
        name = f"label {self.world.workspaces}"
        self.workspace = self.portal.call(create_workspace, self.world.database, name).id
        _, key = self.portal.call(create_key, self.world.database, self.workspace, "Test")
        self.local = LocalMusicEngine(self.world.folder, name)
        self.remote = self.portal.call(self._remote, self.world.url, key)

    def teardown(self):
        self.portal.call(self.local.aclose)
        self.portal.call(self.remote.aclose)

    @initialize(rows=catalogue_rows)
    def begin(self, rows):
        self._import(rows)

    @rule(rows=catalogue_rows)
    def import_catalogue(self, rows):
        self._import(rows)

    @rule(rows=stream_rows)
    def import_streams(self, rows):
        self._import(rows)

    @rule(name=words, value=words, by_remote=st.booleans())
    def import_profile(self, name, value, by_remote):
        arguments = {"name": f"Session {name}", "cookies": [{"domain": "a.example", "name": "b", "value": value}]}
        self.world.profiles += 1
        status, answer = self._ask(self.remote if by_remote else self.local, IMPORT_BROWSER_PROFILE, arguments)
        assert (status, answer["profile_id"]) == (201, self.world.profiles)

    @rule(asked=st.lists(questions(), min_size=3, max_size=8))
    def read(self, asked):
        for operation, arguments in asked:
            self._compare(operation, arguments)

    @rule()
    def read_at_the_edges(self):
        for operation in (each for each in READS if each.route is None):
            names = [name for name in operation.request.model_fields if name in EDGES]
            for values in itertools.product(*(EDGES[name] for name in names)):
                self._compare(operation, dict(zip(names, values, strict=True)))
            forget_calls(self.world.folder)

    @invariant()
    def everything_is_the_same(self):
        forget_calls(self.world.folder)
        for operation in READS:
            fields = operation.request.model_fields.items()
            required = {name: operation.example.request[name] for name, field in fields if field.is_required()}
            self._compare(operation, required)

    def _compare(self, operation, arguments):
        assert self._ask(self.remote, operation, arguments) == self._ask(self.local, operation, arguments)

    def _ask(self, backend, operation, arguments):
        return self.portal.call(self._asked, backend, operation, arguments)

    async def _asked(self, backend, operation, arguments):
        try:
            answer = await backend.call(operation, validate(operation.request, arguments))
        except ContractError as error:
            return error.status, error.body()
        written = answer.model_dump(mode="json")
        if written.get("hint"):  # data enters elsewhere, and that is what it says
            written["hint"] = written["hint"].replace(RemoteBackend.how_data_enters, BY_IMPORT)
        return operation.status, written

    def _import(self, rows):
        buffer = io.StringIO()
        table = csv.DictWriter(buffer, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
        path = self.world.folder.parent / "rows.csv"
        path.write_text(buffer.getvalue(), encoding="utf-8")
        self.portal.call(import_file, self.local.database, self.workspace, path, Options())

    async def _remote(self, url, key):
        return RemoteBackend(url, key)


def test_local_and_remote_stay_the_same_through_any_sequence(data_dir):
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        database = Database(data_dir)
        stack.callback(portal.call, database.aclose)
        portal.call(initialise_encryption, database)
        server = stack.enter_context(served(data_dir))
        Sequences.world = World(portal, data_dir, server.url, database)
        run_state_machine_as_test(
            Sequences,
            settings=settings(
                max_examples=4,
                stateful_step_count=12,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],  # shrinking takes minutes; whoever looks for a fault adds Phase.shrink
                suppress_health_check=list(HealthCheck),
            ),
        )


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_every_argument_of_a_read_can_be_made_up(operation):
    assert operation.request.model_fields.keys() <= FIELDS.keys()
