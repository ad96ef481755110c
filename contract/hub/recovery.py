"""Health of the hub's databases, and new ones in place of damaged ones."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.errors import StorageBusy
from contract.hub.errors import RebuildRunning
from contract.hub.scan import Scan
from contract.hub.service import Status
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Trust

__all__ = [
    "GET_DATABASE_HEALTH",
    "OPERATIONS",
    "REBUILD_DATABASE",
    "DatabaseProblem",
    "DatabaseReport",
    "GetDatabaseHealth",
    "RebuildBackup",
    "RebuildDatabase",
    "RebuildReport",
    "RebuiltTable",
]

_REQUEST = ConfigDict(extra="forbid", defer_build=True)


class GetDatabaseHealth(BaseModel):
    """How closely to look."""

    model_config = _REQUEST

    deep: Annotated[
        bool,
        Field(
            description="Whether to look at every row and every page, which takes some seconds where there are 100,000 "
            "tracks. Without, it tells what is known."
        ),
    ] = False


@with_config(ANSWER)
class DatabaseProblem(TypedDict):
    """One thing that is wrong with a database."""

    database: Annotated[str, Field(description="The name of its file.")]
    kind: Annotated[str, Field(description="A word for programs, such as `unreadable`, `structure` or `rows`.")]
    detail: Annotated[str, Field(description="A sentence for people.")]


class DatabaseReport(BaseModel):
    """How the hub's databases are."""

    model_config = ANSWER

    status: Status
    checkedAt: Timestamp
    problems: list[DatabaseProblem]
    nextStep: Annotated[str | None, Field(description="The way out, if anything is wrong.")]


class RebuildDatabase(BaseModel):
    """What to rebuild: by default, what is damaged."""

    model_config = _REQUEST

    force: Annotated[
        bool, Field(description="Whether to make both databases anew, even if nothing is wrong with them.")
    ] = False


@with_config(ANSWER)
class RebuiltTable(TypedDict):
    """What became of what people made, of one kind."""

    table: str
    name: Annotated[str, Field(description="What people call it.")]
    kept: Annotated[int, Field(description="Rows that were read from the damaged file as they were written.")]
    restored: Annotated[int, Field(description="Rows that were taken from the backup in place of damaged ones.")]
    lost: Annotated[int, Field(description="Rows that neither has; the archived file may hold parts of them.")]
    atLeast: Annotated[bool, Field(description="Whether more may be lost, of which nothing is known.")]


@with_config(ANSWER)
class RebuildBackup(TypedDict):
    """The backup that rows were taken from."""

    name: str
    takenAt: Timestamp


class RebuildReport(BaseModel):
    """What a rebuild did."""

    model_config = ANSWER

    outcome: Annotated[
        Literal["rebuilt", "healthy"], Field(description="Healthy: nothing was wrong, and nothing was changed.")
    ]
    databases: Annotated[list[str], Field(description="Names of the files that are new.")]
    archive: Annotated[
        str | None, Field(description="The folder with the files that were there, within the data folder.")
    ]
    archived: Annotated[list[str], Field(description="Names of the files in it.")]
    backup: RebuildBackup | None
    tables: Annotated[
        list[RebuiltTable], Field(description="What became of what people made; empty if only the index was damaged.")
    ]
    kept: int
    restored: int
    lost: int
    words: Annotated[list[str], Field(description="The same for people, in sentences.")]
    scan: Annotated[Scan | None, Field(description="The scan that reads the library anew, if it has any folder.")]


_EXAMPLE_REPORT: dict[str, Any] = {
    "outcome": "rebuilt",
    "databases": ["hub.db"],
    "archive": "archive/20260308T093000Z",
    "archived": ["hub.db", "hub.db-wal", "hub.db-shm"],
    "backup": {"name": "hub-20260307T210400Z-daily.db", "takenAt": "2026-03-07T21:04:00.000Z"},
    "tables": [
        {"table": "plays", "name": "plays", "kept": 10412, "restored": 3, "lost": 1, "atLeast": False},
        {"table": "playlists", "name": "playlists", "kept": 12, "restored": 0, "lost": 0, "atLeast": False},
    ],
    "kept": 10424,
    "restored": 3,
    "lost": 1,
    "words": [
        "hub.db made anew; the files that were there are in archive/20260308T093000Z.",
        "What could not be read was taken from the backup hub-20260307T210400Z-daily.db, where that has it.",
        "Plays: 10,412 kept, 3 restored, 1 lost.",
        "Everything else was kept: 12 rows.",
    ],
    "scan": None,
}

GET_DATABASE_HEALTH = Operation(
    name="get_database_health",
    route="GET /api/database/health",
    area=Area.RECOVERY,
    summary="Check the hub's databases",
    description="Returns whether the databases are what was written into them, and the way out if they are not.",
    request=GetDatabaseHealth,
    response=DatabaseReport,
    response_description="How the databases are.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(StorageBusy,),
    in_reference=False,
    trust=Trust.LOCAL,
    needs_database=False,
    example=Example(
        request={},
        response={
            "status": "faulted",
            "checkedAt": "2026-03-08T09:30:00.000Z",
            "problems": [
                {
                    "database": "hub.db",
                    "kind": "rows",
                    "detail": "Rows of the table plays are not what was written: 4.",
                }
            ],
            "nextStep": "Run 'musicengine-mcp rebuild', or POST /api/database/rebuild. Nothing is deleted by it.",
        },
    ),
)

REBUILD_DATABASE = Operation(
    name="rebuild_database",
    route="POST /api/database/rebuild",
    area=Area.RECOVERY,
    summary="Rebuild damaged databases",
    description=(
        "Archives the hub's databases that are damaged, makes new ones of all that can be read and of the newest "
        "verified backup, and starts a scan of the library's folders. Nothing is deleted. If nothing is wrong, nothing "
        "is changed."
    ),
    request=RebuildDatabase,
    response=RebuildReport,
    response_description="What was kept, restored and lost.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(RebuildRunning, StorageBusy),
    trust=Trust.LOCAL,
    needs_database=False,
    notes=(
        "Other processes that use the databases close them meanwhile, and answer `database_unavailable`.",
        "Devices and shares are kept as far as they can be read: a backup could bring back what was revoked since.",
    ),
    example=Example(request={}, response=_EXAMPLE_REPORT),
)

OPERATIONS = (GET_DATABASE_HEALTH, REBUILD_DATABASE)
