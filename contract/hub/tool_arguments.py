"""What the hub's tools take: flat, and as few as do."""

import json
import re
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from contract.hub.fields import MetadataField
from contract.hub.ids import AlbumId, ArtistId, TrackId, kind_of
from contract.hub.shares import DEFAULT_DAYS, LONGEST_NOTE, MOST_DAYS

__all__ = [
    "BrowseArguments",
    "ClearSearchesArguments",
    "ControlArguments",
    "EditPlaylistArguments",
    "FixMetadataArguments",
    "GetArguments",
    "GetMetadataArguments",
    "ListArguments",
    "NowPlayingArguments",
    "PlayArguments",
    "RebuildArguments",
    "SaveArguments",
    "ScanArguments",
    "SearchArguments",
    "ShareArguments",
]

_CONFIG = ConfigDict(extra="forbid", defer_build=True)

_FOLDER = re.compile(r"fld_[0-9]+_[0-9]+")


def _tidy(value: Any) -> Any:
    """An id as it is meant, whatever case and spaces it came with; anything else as it came."""
    if isinstance(value, list):
        return [_tidy(item) for item in cast("list[Any]", value)]
    if isinstance(value, str) and kind_of(tidy := value.strip().lower()) is not None:
        return tidy
    return value


def _from_json(value: Any) -> Any:
    """A list or an object that came as text, which some models write."""
    if not (isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _of_one(value: Any) -> Any:
    """A list of one that came as that one."""
    return [value] if isinstance(value, str) and value.strip() else value


def _folder(value: str) -> str:
    if _FOLDER.fullmatch(value) is None:
        raise ValueError("must be the folder of an item of the section folders, such as fld_1_5")
    return value


_TIDY = BeforeValidator(_tidy)

_LIST = BeforeValidator(lambda value: _tidy(_of_one(_from_json(value))))

Kind = Literal["track", "album", "artist", "playlist"]
Ids = Annotated[list[str], Field(min_length=1, max_length=500), _LIST]


class SearchArguments(BaseModel):
    """What to look for."""

    model_config = _CONFIG

    query: Annotated[str, Field(min_length=1, max_length=300, description="Words, in any order; or an ISRC.")]
    kind: Kind | None = None
    limit: Annotated[int, Field(ge=1, le=50, description="Per kind.")] = 5


class ListArguments(BaseModel):
    """Which list, and what of it."""

    model_config = _CONFIG

    kind: Literal["tracks", "albums", "artists", "playlists", "saved", "plays", "searches"]
    sort: (
        Literal[
            "title",
            "name",
            "artist",
            "album",
            "year",
            "added",
            "duration",
            "played",
            "lastPlayed",
            "tracks",
            "albums",
            "updated",
        ]
        | None
    ) = None
    order: Literal["asc", "desc"] | None = None
    artist: Annotated[ArtistId | None, Field(description="Id."), _TIDY] = None
    album: Annotated[AlbumId | None, Field(description="Id."), _TIDY] = None
    genre: str | None = None
    yearFrom: int | None = None
    yearTo: int | None = None
    format: Literal["mp3", "flac", "vorbis", "opus", "aac", "alac", "wav", "aiff", "wavpack"] | None = None
    addedSince: Annotated[str | None, Field(description="YYYY-MM-DD.")] = None
    saved: bool | None = None
    missing: Literal["exclude", "only", "include"] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None


class GetArguments(BaseModel):
    """Which one."""

    model_config = _CONFIG

    id: Annotated[str, Field(description="Of a track, album, artist or playlist; or an ISRC."), _TIDY]
    limit: Annotated[int, Field(ge=1, le=200, description="Of a playlist's entries.")] = 50
    offset: Annotated[int, Field(ge=0, le=50_000)] = 0


class BrowseArguments(BaseModel):
    """All sections, or a page of one."""

    model_config = _CONFIG

    section: (
        Literal["recentlyAdded", "recentlyPlayed", "mostPlayed", "rediscover", "genres", "decades", "folders"] | None
    ) = None
    folder: Annotated[str, AfterValidator(_folder)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None


class EditPlaylistArguments(BaseModel):
    """What to do with which playlist."""

    model_config = _CONFIG

    action: Literal["create", "rename", "delete", "add", "remove", "move"]
    playlist: Annotated[str | None, Field(description="Id or name; not for create."), _TIDY] = None
    name: Annotated[str | None, Field(max_length=200, description="For create and rename.")] = None
    description: Annotated[str | None, Field(max_length=2000)] = None
    tracks: Annotated[Ids | None, Field(description="Track ids, for create and add.")] = None
    entries: Annotated[Ids | None, Field(description="Entry ids, for remove and move.")] = None
    position: Annotated[int | None, Field(ge=0, description="From 0; default the end.")] = None


class NowPlayingArguments(BaseModel):
    """How much of the queue to show."""

    model_config = _CONFIG

    upcoming: Annotated[int, Field(ge=0, le=99, description="Entries of the queue to show.")] = 10


class PlayArguments(BaseModel):
    """What to play, and when."""

    model_config = _CONFIG

    what: Annotated[
        str, Field(min_length=1, max_length=300, description="Words, id, ISRC or Spotify track link."), _TIDY
    ]
    kind: Annotated[Kind | None, Field(description="If the words may name several.")] = None
    when: Literal["now", "next", "last"] = "now"
    shuffle: bool | None = None


class ControlArguments(BaseModel):
    """A verb, and what it needs."""

    model_config = _CONFIG

    action: Literal[
        "play",
        "pause",
        "stop",
        "next",
        "previous",
        "back",
        "seek",
        "volume",
        "repeat",
        "shuffle",
        "remove",
        "move",
        "clear",
    ]
    seconds: Annotated[float | None, Field(ge=0, le=604_800, description="For seek.")] = None
    volume: Annotated[int | None, Field(ge=0, le=100)] = None
    repeat: Literal["off", "one", "all"] | None = None
    shuffle: bool | None = None
    entries: Annotated[
        Ids | None, Field(description="Queue entry ids, for remove and move; for play, where to go on.")
    ] = None
    position: Annotated[
        int | None, Field(ge=0, description="For move: place in the queue, from 0; see queuePosition.")
    ] = None


class SaveArguments(BaseModel):
    """What to save, or not any more."""

    model_config = _CONFIG

    ids: Annotated[Ids, Field(description="Of tracks, albums, artists, playlists.")]
    saved: bool = True


class ShareArguments(BaseModel):
    """What to share, or not any more."""

    model_config = _CONFIG

    action: Literal["share", "list", "unshare"] = "share"
    what: Annotated[
        str | None,
        Field(min_length=1, max_length=300, description="Words or id; for unshare also a share's id."),
        _TIDY,
    ] = None
    kind: Kind | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = DEFAULT_DAYS
    note: Annotated[str | None, Field(max_length=LONGEST_NOTE, description="For whom.")] = None


class GetMetadataArguments(BaseModel):
    """Which track."""

    model_config = _CONFIG

    track: Annotated[TrackId, Field(description="Id."), _TIDY]


class FixMetadataArguments(BaseModel):
    """One change of a track."""

    model_config = _CONFIG

    track: Annotated[TrackId, Field(description="Id."), _TIDY]
    set: Annotated[
        dict[str, Any] | None,
        Field(description=f"Field to value; null empties it. Fields: {', '.join(MetadataField)}."),
        BeforeValidator(_from_json),
    ] = None
    reset: Annotated[list[str] | None, Field(description="Fields to take from the file again."), _LIST] = None
    apply: Annotated[Ids | None, Field(description="Proposal ids.")] = None
    undo: Annotated[bool, Field(description="Undo the last change.")] = False


class ScanArguments(BaseModel):
    """What to do, and with which folders."""

    model_config = _CONFIG

    action: Literal["start", "status", "cancel", "forget"] = "start"
    folders: Annotated[
        list[str] | None, Field(max_length=20, description="Paths to add, or to forget; default all known."), _LIST
    ] = None


class RebuildArguments(BaseModel):
    """Nothing to say."""

    model_config = _CONFIG


class ClearSearchesArguments(BaseModel):
    """What to forget."""

    model_config = _CONFIG

    query: Annotated[str | None, Field(max_length=200, description="Only this one.")] = None
