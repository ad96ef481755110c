"""What the hub's tools answer: the hub's own members under their own names, without those that say nothing."""

from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.playback_session import Action, Device, Repeat, State

__all__ = [
    "BrowseResult",
    "EditPlaylistResult",
    "GetResult",
    "ListResult",
    "MetadataResult",
    "PlayResult",
    "RebuildResult",
    "Row",
    "SaveResult",
    "ScanResult",
    "SearchResult",
    "SearchesCleared",
    "Session",
    "SessionResult",
    "ShareResult",
    "ShareRow",
]

_CONFIG = ConfigDict(defer_build=True)

Hint = Annotated[str | None, Field(exclude_if=lambda hint: hint is None)]


@with_config(ANSWER)
class Row(TypedDict):
    """A track, album, artist or playlist: its id says which. What is empty, false or zero is left out."""

    id: str
    title: NotRequired[str]
    name: NotRequired[str]
    artist: NotRequired[str]
    album: NotRequired[str]
    year: NotRequired[int]
    genre: NotRequired[str]
    durationMs: NotRequired[int]
    isrc: NotRequired[str]
    trackCount: NotRequired[int]
    albumCount: NotRequired[int]
    playCount: NotRequired[int]
    saved: NotRequired[bool]
    missing: NotRequired[Annotated[bool, Field(description="Its file is not there.")]]
    entryId: NotRequired[Annotated[str, Field(description="Of the place in the queue or the playlist.")]]


class SearchResult(BaseModel):
    """What was found, the best first in each group."""

    model_config = _CONFIG

    tracks: list[Row]
    albums: list[Row]
    artists: list[Row]
    playlists: list[Row]
    hint: Hint = None


class ListResult(BaseModel):
    """A page of a list."""

    model_config = _CONFIG

    items: list[dict[str, Any]]
    total: Annotated[int | None, Field(exclude_if=lambda total: total is None)] = None
    nextCursor: Annotated[str | None, Field(description="For the next page; null at the end.")]
    hint: Hint = None


class GetResult(BaseModel):
    """One thing in full."""

    model_config = _CONFIG

    item: dict[str, Any]
    inCatalogue: Annotated[
        bool | None,
        Field(
            description="Of a track with an ISRC: whether the label's catalogue has it.",
            exclude_if=lambda there: there is None,
        ),
    ] = None
    hint: Hint = None


class BrowseResult(BaseModel):
    """The library at a glance, or one section of it."""

    model_config = _CONFIG

    stats: Annotated[dict[str, Any] | None, Field(exclude_if=lambda stats: stats is None)] = None
    filters: Annotated[
        dict[str, Any] | None,
        Field(description="What lists can be filtered by.", exclude_if=lambda filters: filters is None),
    ] = None
    sections: list[dict[str, Any]]
    hint: Hint = None


@with_config(ANSWER)
class Session(TypedDict):
    """The playback session."""

    revision: int
    state: State
    track: Row | None
    positionMs: int
    durationMs: int | None
    repeat: Repeat
    shuffle: bool
    volume: int
    device: Device | None
    next: Annotated[list[Row], Field(description="What comes after the track.")]
    queuePosition: Annotated[int | None, Field(description="Of the track in the queue, from 0.")]
    queueTotal: int
    allowedActions: list[Action]


class SessionResult(BaseModel):
    """The session as it is now."""

    model_config = _CONFIG

    session: Session
    hint: Hint = None


class PlayResult(BaseModel):
    """What was put into the queue; or, if the words may mean several things, what to choose from."""

    model_config = _CONFIG

    done: bool
    what: Annotated[Row | None, Field(description="What was taken.", exclude_if=lambda row: row is None)] = None
    added: int = 0
    skipped: Annotated[int, Field(description="Tracks whose files are missing.")] = 0
    candidates: list[Row] = []
    session: Annotated[Session | None, Field(exclude_if=lambda session: session is None)] = None
    hint: Hint = None


class EditPlaylistResult(BaseModel):
    """The playlist as it is now, and what was done."""

    model_config = _CONFIG

    playlist: dict[str, Any]
    changes: dict[str, Any]


class SaveResult(BaseModel):
    """What was done with how many."""

    model_config = _CONFIG

    changed: int
    unchanged: Annotated[int, Field(description="That were as wanted already.")]


class MetadataResult(BaseModel):
    """Each field with where its value comes from, and what is proposed."""

    model_config = _CONFIG

    metadata: dict[str, Any]
    proposals: Annotated[list[dict[str, Any]] | None, Field(exclude_if=lambda proposals: proposals is None)] = None
    notes: Annotated[list[str] | None, Field(exclude_if=lambda notes: not notes)] = None


class ScanResult(BaseModel):
    """The running or the last scan, and the library's folders."""

    model_config = _CONFIG

    scan: dict[str, Any] | None
    folders: list[dict[str, Any]]
    hint: Hint = None


class RebuildResult(BaseModel):
    """Whether the databases are new, and what became of what was in them."""

    model_config = _CONFIG

    done: bool
    report: list[str]
    hint: Hint = None


class SearchesCleared(BaseModel):
    """How many are gone."""

    model_config = _CONFIG

    cleared: int


@with_config(ANSWER)
class ShareRow(TypedDict):
    """Something that is shared."""

    id: str
    itemId: str
    name: str
    note: NotRequired[str]
    url: NotRequired[Annotated[str, Field(description="The link to pass on; one with a key is shown once.")]]
    path: NotRequired[Annotated[str, Field(description="Of the link, while it is not known where the hub is served.")]]
    expiresAt: NotRequired[str]
    listeners: NotRequired[int]
    missing: NotRequired[bool]


class ShareResult(BaseModel):
    """What was shared or unshared, or what is; or, if the words may mean several things, what to choose from."""

    model_config = _CONFIG

    done: bool
    shares: list[ShareRow]
    candidates: Annotated[list[Row], Field(exclude_if=lambda rows: not rows)] = []
    hint: Hint = None
