"""Opening what is shared: what strangers with a link learn of it, and the session in which they hear it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import ShareNotFound, ShareSessionNotFound
from contract.hub.ids import AnyId, Kind, TrackId
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Surface, Trust

__all__ = [
    "KEEP_SHARE_SESSION",
    "MOST_SHARED_TRACKS",
    "OPEN_ALBUM_SHARE",
    "OPEN_ARTIST_SHARE",
    "OPEN_PLAYLIST_SHARE",
    "OPEN_TRACK_SHARE",
    "SHARE_SESSION_OPERATIONS",
    "KeepShareSession",
    "OpenShare",
    "OpenedShare",
    "ShareKept",
    "ShareKind",
    "SharedItem",
    "SharedTrack",
]

_REQUEST = ConfigDict(extra="forbid", defer_build=True)

MOST_SHARED_TRACKS = 500
"""That a share shows, and so plays."""

ShareKind = Literal["playlist", "artist", "album", "track"]


class OpenShare(BaseModel):
    """Which thing, and the key of its link."""

    model_config = _REQUEST

    # Of any form: what is none is not told apart from what is not shared.
    id: Annotated[str, Field(description="Of the playlist, artist, album or track, as the link has it.")]
    key: Annotated[str | None, Field(description="As the link has it; a link without one needs none.")] = None


@with_config(ANSWER)
class SharedTrack(TypedDict):
    """A track of what is shared."""

    id: TrackId
    title: str
    artist: str
    durationMs: int
    url: Annotated[str, Field(description="Of its sound, for whoever bears the `mediaToken`.")]
    coverUrl: Annotated[str | None, Field(description="Of its picture, for whoever bears the `mediaToken`.")]


@with_config(ANSWER)
class SharedItem(TypedDict):
    """What is shared, and nothing besides."""

    kind: ShareKind
    id: AnyId
    title: Annotated[str, Field(description="Of an artist or a playlist, the name.")]
    artist: Annotated[str | None, Field(description="Of an album or a track.")]
    coverUrl: Annotated[str | None, Field(description="Of its picture, for whoever bears the `mediaToken`.")]
    trackCount: int
    durationMs: Annotated[int, Field(description="Of the tracks that are shown.")]
    tracks: Annotated[
        list[SharedTrack], Field(description=f"The first {MOST_SHARED_TRACKS} of those whose files are there.")
    ]


class OpenedShare(BaseModel):
    """What is shared, and what its sound and pictures can be had with."""

    model_config = ANSWER

    item: SharedItem
    shareSessionId: Annotated[str, Field(description="To keep the session with.")]
    mediaToken: Annotated[str, Field(description="Reads the sound and the pictures of this share, and nothing else.")]
    expiresAt: Annotated[Timestamp, Field(description="Of both, unless the session is kept.")]
    heartbeatSeconds: Annotated[int, Field(description="How often to keep the session.")]


class KeepShareSession(BaseModel):
    """Which session."""

    model_config = _REQUEST

    shareSessionId: Annotated[str, Field(description="Of the bootstrap.")]


class ShareKept(BaseModel):
    """Until when."""

    model_config = ANSWER

    expiresAt: Annotated[Timestamp, Field(description="Of the session and its media token, unless it is kept again.")]
    heartbeatSeconds: int


def _open(kind: ShareKind, title: str, artist: str | None) -> Operation[OpenShare, OpenedShare]:
    """The bootstrap of one kind of thing."""
    id_, track = Kind(kind).example, Kind.TRACK.example
    article = "an" if kind[0] == "a" else "a"
    return Operation(
        name=f"open_{kind}_share",
        route=f"GET /api/share/{kind}/{{id}}/bootstrap",
        area=Area.SHARES,
        summary=f"Open a shared {kind}",
        description=(
            f"Begins a session of a share page: returns what may be known of {article} {kind} that is shared, and a "
            "short-lived token for its sound and pictures. Whatever is not shared, or no longer, is not found."
        ),
        request=OpenShare,
        response=OpenedShare,
        response_description="What is shared, a session, and a media token.",
        effect=Effect.READ,
        access=Access.HUB,
        trust=Trust.ANYBODY,
        surfaces=frozenset({Surface.REST}),
        errors=(ShareNotFound,),
        example=Example(
            request={"id": id_},
            response={
                "item": {
                    "kind": kind,
                    "id": id_,
                    "title": title,
                    "artist": artist,
                    "coverUrl": f"/api/media/covers/{id_}",
                    "trackCount": 1,
                    "durationMs": 187000,
                    "tracks": [
                        {
                            "id": track,
                            "title": "Song Name",
                            "artist": "Artist Name",
                            "durationMs": 187000,
                            "url": f"/api/media/tracks/{track}",
                            "coverUrl": f"/api/media/covers/{track}",
                        }
                    ],
                },
                "shareSessionId": "mhub_share_…",
                "mediaToken": "mhub_media_…",
                "expiresAt": "2026-03-08T09:45:00.000Z",
                "heartbeatSeconds": 60,
            },
        ),
    )


OPEN_PLAYLIST_SHARE = _open("playlist", "Sunday Morning", None)
OPEN_ARTIST_SHARE = _open("artist", "Artist Name", None)
OPEN_ALBUM_SHARE = _open("album", "Release Name", "Artist Name")
OPEN_TRACK_SHARE = _open("track", "Song Name", "Artist Name")

KEEP_SHARE_SESSION = Operation(
    name="keep_share_session",
    route="POST /api/share/session/heartbeat",
    area=Area.SHARES,
    summary="Keep a share session",
    description=(
        "Says that a share page is still open: its session and its media token live on. After half a day, or when the "
        "share has ended, there is no such session any more."
    ),
    request=KeepShareSession,
    response=ShareKept,
    response_description="Until when the session lives.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    trust=Trust.ANYBODY,
    surfaces=frozenset({Surface.REST}),
    errors=(ShareSessionNotFound,),
    example=Example(
        request={"shareSessionId": "mhub_share_…"},
        response={"expiresAt": "2026-03-08T09:46:00.000Z", "heartbeatSeconds": 60},
    ),
)

SHARE_SESSION_OPERATIONS = (
    OPEN_PLAYLIST_SHARE,
    OPEN_ARTIST_SHARE,
    OPEN_ALBUM_SHARE,
    OPEN_TRACK_SHARE,
    KEEP_SHARE_SESSION,
)
