"""Media: the audio files themselves, pictures of what is in the library, and tokens for who can send no header."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from contract.answer import ANSWER
from contract.hub.errors import MediaNotFound, RangeNotSatisfiable, TranscodingBusy, TranscodingUnavailable
from contract.hub.ids import AnyId, Kind, TrackId
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Surface, Trust

__all__ = [
    "AUDIO_TYPES",
    "COVER_SIZES",
    "COVER_TYPES",
    "GET_COVER",
    "OPERATIONS",
    "START_MEDIA_SESSION",
    "STREAM_TRACK",
    "GetCover",
    "MediaSession",
    "Picture",
    "Sound",
    "StartMediaSession",
    "StreamTrack",
    "TranscodedFormat",
]

COVER_SIZES = (64, 128, 256, 512, 1024)
"""Pixels of the longer side: any other size is answered with the next larger one of these, or with the largest."""

_LARGEST_SIZE = 4096

_LONGEST_TOKEN = 200

_LONGEST_SECONDS = 86_400

_LARGEST_BITRATE = 1000

TranscodedFormat = Literal["mp3", "opus", "aac", "wav"]

AUDIO_TYPES = (
    "audio/mpeg",
    "audio/flac",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/aiff",
    "audio/x-wavpack",
    "audio/aac",
)
"""In which tracks come: as their files are, or as they are transcoded."""

COVER_TYPES = ("image/webp", "image/jpeg")

_WHOLE = re.compile("[0-9]{1,9}")


def _written_whole(value: object) -> object:
    """In an address a number is digits, and nothing else that might pass for one."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


def _seconds(value: float) -> float:
    if 0 <= value <= _LONGEST_SECONDS:
        return value
    raise ValueError(f"must be a number from 0 to {_LONGEST_SECONDS}")


Token = Annotated[
    str | None,
    Field(
        max_length=_LONGEST_TOKEN, description="A media token, for elements that can't send an Authorization header."
    ),
]


class StartMediaSession(BaseModel):
    """Nothing to say."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class MediaSession(BaseModel):
    """A media token, and how to use it."""

    model_config = ANSWER

    mediaToken: Annotated[str, Field(description="Reads tracks and covers, and nothing else; treat it as short-lived.")]
    expiresAt: Timestamp
    trackUrl: Annotated[
        str, Field(description="RFC 6570 template of a track's address below the hub's own, the token in it.")
    ]
    coverUrl: Annotated[
        str, Field(description="The same of the address of a track's, album's, artist's or playlist's cover.")
    ]
    coverSizes: Annotated[list[int], Field(description="Pixels of the longer side that covers come in.")]
    transcodesTo: Annotated[
        list[TranscodedFormat], Field(description="What `format` of a track may be; empty where there is no ffmpeg.")
    ]


class StreamTrack(BaseModel):
    """Which track, and in what form."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId
    format: Annotated[
        TranscodedFormat | None, Field(description="What to transcode the track to; left out, its file as it is.")
    ] = None
    bitrate: Annotated[
        int | None,
        Field(ge=1, le=_LARGEST_BITRATE, description="With `format`: kbit/s, as near as the format allows."),
        BeforeValidator(_written_whole),
    ] = None
    start: Annotated[
        float | None,
        AfterValidator(_seconds),
        Field(
            description="With `format`: seconds to begin at, since nobody can know which bytes those will be.",
            json_schema_extra={"minimum": 0, "maximum": _LONGEST_SECONDS},
        ),
    ] = None
    token: Token = None

    @field_validator("bitrate", "start")
    @classmethod
    def _of_a_format(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and info.data.get("format") is None:
            raise ValueError("must come with format: a file is sent as it is")
        return value


class Sound(BaseModel):
    """The bytes of a track."""

    model_config = ANSWER


class GetCover(BaseModel):
    """Whose picture, and how large."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: Annotated[AnyId, Field(description="Of a track, an album, an artist or a playlist.")]
    size: Annotated[
        int,
        Field(
            ge=1,
            le=_LARGEST_SIZE,
            description=f"Pixels of the longer side, rounded up to {', '.join(map(str, COVER_SIZES[:-1]))} or "
            f"{COVER_SIZES[-1]}, the largest. A smaller picture is not made larger.",
        ),
        BeforeValidator(_written_whole),
    ] = 512
    token: Token = None


class Picture(BaseModel):
    """The bytes of a picture."""

    model_config = ANSWER


START_MEDIA_SESSION = Operation(
    name="start_media_session",
    route="POST /api/media/session",
    area=Area.MEDIA,
    summary="Get a media token",
    description=(
        "Returns a token for about an hour that reads any track and cover of the library, and templates of the "
        "addresses to use it in. It dies with the device that asked for it."
    ),
    request=StartMediaSession,
    response=MediaSession,
    response_description="The token and where to use it.",
    effect=Effect.CREATE,
    access=Access.HUB,
    surfaces=frozenset({Surface.REST}),
    notes=(
        "A media token stands in addresses, which others may come to see: it reads media, and nothing else.",
        "Only its SHA-256 is stored.",
    ),
    example=Example(
        request={},
        response={
            "mediaToken": "mhub_media_…",
            "expiresAt": "2026-03-08T11:30:00.000Z",
            "trackUrl": "/api/media/tracks/{id}?token=mhub_media_…",
            "coverUrl": "/api/media/covers/{id}?size={size}&token=mhub_media_…",
            "coverSizes": list(COVER_SIZES),
            "transcodesTo": ["mp3", "opus", "aac", "wav"],
        },
    ),
)

STREAM_TRACK = Operation(
    name="stream_track",
    route="GET /api/media/tracks/{id}",
    area=Area.MEDIA,
    summary="Stream a track",
    description=(
        "Returns the bytes of the track's file, or those that one Range names (RFC 9110), with an ETag that changes "
        "when the file does. With `format` it is transcoded while it is sent, where the hub has an ffmpeg: then there "
        "are no ranges, and `start` says where to begin. HEAD is answered as well."
    ),
    request=StreamTrack,
    response=Sound,
    response_description="The track.",
    other_statuses={206: "The part of it that Range names.", 304: "The caller has it already."},
    effect=Effect.READ,
    access=Access.HUB,
    trust=Trust.MEDIA,
    media_types=AUDIO_TYPES,
    surfaces=frozenset({Surface.REST}),
    notes=("Files are named by ids alone, and one is sent only while it lies in the library's folders.",),
    errors=(MediaNotFound, RangeNotSatisfiable, TranscodingBusy, TranscodingUnavailable),
    in_reference=False,
    example=Example(request={"id": Kind.TRACK.example}, response={}),
)

GET_COVER = Operation(
    name="get_cover",
    route="GET /api/media/covers/{id}",
    area=Area.MEDIA,
    summary="Fetch a cover",
    description=(
        "Returns the picture of a track or album; of an artist, that of the album that is played most; of a playlist, "
        "that of the first entry that has one. It is WebP if Accept names it, else JPEG. HEAD is answered as well."
    ),
    request=GetCover,
    response=Picture,
    response_description="The picture.",
    other_statuses={304: "The caller has it already."},
    effect=Effect.READ,
    access=Access.HUB,
    trust=Trust.MEDIA,
    media_types=COVER_TYPES,
    surfaces=frozenset({Surface.REST}),
    errors=(MediaNotFound,),
    in_reference=False,
    example=Example(request={"id": Kind.ALBUM.example, "size": 256}, response={}),
)

OPERATIONS = (START_MEDIA_SESSION, STREAM_TRACK, GET_COVER)
