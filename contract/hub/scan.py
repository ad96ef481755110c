"""Scans: folders of audio files that the library is made of, and what was found in them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import FolderNotFound, LocalOnly, ScanRunning
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Trust

__all__ = [
    "CANCEL_SCAN",
    "EXAMPLE_FIGURES",
    "GET_SCAN",
    "LIST_ROOTS",
    "MOST_FOLDERS",
    "MOST_REPORTED",
    "OPERATIONS",
    "REMOVE_ROOT",
    "START_SCAN",
    "CancelScan",
    "FolderState",
    "GetScan",
    "ListRoots",
    "RemoveRoot",
    "Root",
    "RootList",
    "RootRemoved",
    "Scan",
    "ScanAnswer",
    "ScanCounts",
    "ScanFigures",
    "ScanState",
    "ScannedPath",
    "StartScan",
]

MOST_FOLDERS = 20
"""Of one call."""

MOST_REPORTED = 1000
"""Paths of each kind that a report names; its counts are of all."""

Folder = Annotated[str, Field(min_length=1, max_length=32_768)]


ScanState = Literal["running", "completed", "cancelled", "interrupted", "failed"]
"""Interrupted: its process ended; what it had found is kept, and the next scan goes on from there."""

FolderState = Literal["present", "empty", "absent"]
"""Whether a folder of the library can be scanned now."""


class StartScan(BaseModel):
    """What to scan."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    folders: Annotated[
        list[Folder],
        Field(
            max_length=MOST_FOLDERS,
            description="Absolute paths of folders to scan, which become part of the library; by default all that are.",
        ),
    ] = []


class CancelScan(BaseModel):
    """Which scan: there is only one at a time."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class GetScan(BaseModel):
    """Which scan: the one that is running, or the last one."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class ListRoots(BaseModel):
    """All of them."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class RemoveRoot(BaseModel):
    """Which folder."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    folder: Annotated[Folder, Field(description="Its path, as the list of folders shows it.")]


@with_config(ANSWER)
class ScanCounts(TypedDict):
    """Files by what became of them."""

    new: int
    changed: Annotated[int, Field(description="Tagged anew, or with other audio.")]
    moved: Annotated[int, Field(description="Moved or renamed; the track is the same.")]
    unchanged: int
    missing: Annotated[int, Field(description="Gone since the last scan; the tracks are kept, marked missing.")]
    returned: Annotated[int, Field(description="Were missing, and are there again.")]
    unreadable: int


@with_config(ANSWER)
class ScannedPath(TypedDict):
    """A file or folder, and what is the matter with it."""

    path: Annotated[str, Field(description="For showing: a name that is no text has its bytes replaced.")]
    reason: str


@with_config(ANSWER)
class ScanFigures(TypedDict):
    """A scan and how far it has come."""

    state: ScanState
    startedAt: Timestamp
    finishedAt: Timestamp | None
    filesSeen: Annotated[int, Field(description="Audio files that were found so far.")]
    filesToRead: Annotated[int | None, Field(description="Files that are new or changed; null until all are found.")]
    filesRead: int
    counts: ScanCounts


@with_config(ANSWER)
class Scan(ScanFigures):
    """A scan and what it has found so far."""

    unreadable: Annotated[
        list[ScannedPath], Field(description=f"Files that can't be read, one by one; the first {MOST_REPORTED}.")
    ]
    notices: Annotated[
        list[ScannedPath],
        Field(description="Folders that could not be looked into; their tracks were left as they were."),
    ]


class ScanAnswer(BaseModel):
    """The running scan, or the last one."""

    model_config = ANSWER

    scan: Annotated[Scan | None, Field(description="Null if there has been none yet.")]


@with_config(ANSWER)
class Root(TypedDict):
    """A folder that the library is made of."""

    path: Annotated[str, Field(description="For showing: a name that is no text has its bytes replaced.")]
    addedAt: Timestamp
    state: FolderState
    trackCount: Annotated[int, Field(description="Tracks whose files are there.")]
    missingCount: Annotated[int, Field(description="Tracks whose files are missing.")]


class RootList(BaseModel):
    """The folders that the library is made of."""

    model_config = ANSWER

    roots: list[Root]


class RootRemoved(BaseModel):
    """The folder as it was."""

    model_config = ANSWER

    removed: Root


EXAMPLE_FIGURES: dict[str, Any] = {
    "state": "running",
    "startedAt": "2026-03-08T09:30:00.000Z",
    "finishedAt": None,
    "filesSeen": 2040,
    "filesToRead": 25,
    "filesRead": 12,
    "counts": {
        "new": 9,
        "changed": 2,
        "moved": 0,
        "unchanged": 2015,
        "missing": 0,
        "returned": 0,
        "unreadable": 1,
    },
}
"""Of the references."""

_EXAMPLE_SCAN: dict[str, Any] = {
    **EXAMPLE_FIGURES,
    "unreadable": [{"path": "/music/Demos/take 3.flac", "reason": "The file is empty."}],
    "notices": [],
}

_EXAMPLE_END: dict[str, Any] = {**_EXAMPLE_SCAN, "state": "cancelled", "finishedAt": "2026-03-08T09:30:02.000Z"}

_EXAMPLE_ROOT: dict[str, Any] = {
    "path": "/music",
    "addedAt": "2026-03-01T18:00:00.000Z",
    "state": "present",
    "trackCount": 2039,
    "missingCount": 4,
}

START_SCAN = Operation(
    name="start_scan",
    route="POST /api/scan",
    area=Area.SCAN,
    summary="Scan the library's folders",
    description=(
        "Starts a scan of folders, or of all that are part of the library, and returns at once. Only files that are "
        "new or have changed are read; a file that is gone has its track marked missing, never deleted."
    ),
    request=StartScan,
    response=ScanAnswer,
    response_description="The scan that was started.",
    status=202,
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(FolderNotFound, LocalOnly, ScanRunning),
    in_reference=False,
    notes=(
        "A folder within another is part of it; one that holds another takes it over.",
        "Only the hub's own machine may name folders.",
    ),
    example=Example(
        request={},
        response={"scan": {**_EXAMPLE_SCAN, "filesSeen": 0, "filesToRead": None, "filesRead": 0, "unreadable": []}},
    ),
)

CANCEL_SCAN = Operation(
    name="cancel_scan",
    route="DELETE /api/scan",
    area=Area.SCAN,
    summary="Cancel the running scan",
    description=(
        "Asks the running scan to end, in whichever process it runs. What it has found is kept. If none is running, "
        "nothing happens."
    ),
    request=CancelScan,
    response=ScanAnswer,
    response_description="The scan, which may still be running for a moment.",
    effect=Effect.DELETE,
    access=Access.HUB,
    in_reference=False,
    example=Example(request={}, response={"scan": _EXAMPLE_END}),
)

GET_SCAN = Operation(
    name="get_scan",
    route="GET /api/scan",
    area=Area.SCAN,
    summary="Show the running or the last scan",
    description="Returns how far the running scan has come, or what the last one found.",
    request=GetScan,
    response=ScanAnswer,
    response_description="The scan, with live counts while it is running.",
    effect=Effect.READ,
    access=Access.HUB,
    in_reference=False,
    example=Example(request={}, response={"scan": _EXAMPLE_SCAN}),
)

LIST_ROOTS = Operation(
    name="list_roots",
    route="GET /api/library/roots",
    area=Area.SCAN,
    summary="List the library's folders",
    description="Returns the folders that the library is made of, and whether each is there now.",
    request=ListRoots,
    response=RootList,
    response_description="All folders, by path.",
    effect=Effect.READ,
    access=Access.HUB,
    in_reference=False,
    example=Example(request={}, response={"roots": [_EXAMPLE_ROOT]}),
)

REMOVE_ROOT = Operation(
    name="remove_root",
    route="DELETE /api/library/roots",
    area=Area.SCAN,
    summary="Take a folder out of the library",
    description=(
        "Takes a folder out of the library. Its files are left alone, and its tracks are marked missing: playlists, "
        "plays and overrides stay, and all of it comes back if the folder does."
    ),
    request=RemoveRoot,
    response=RootRemoved,
    response_description="The folder as it was.",
    effect=Effect.DELETE,
    access=Access.HUB,
    trust=Trust.LOCAL,
    errors=(FolderNotFound, ScanRunning),
    in_reference=False,
    example=Example(request={"folder": "/music"}, response={"removed": _EXAMPLE_ROOT}),
)

OPERATIONS = (START_SCAN, CANCEL_SCAN, GET_SCAN, LIST_ROOTS, REMOVE_ROOT)
