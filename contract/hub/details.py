"""One track, one album and one artist of the library, with all that is known of them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import AlbumNotFound, ArtistNotFound, LibraryTrackNotFound
from contract.hub.ids import AlbumId, ArtistId, TrackId
from contract.hub.library import EXAMPLE_ALBUM, EXAMPLE_ARTIST
from contract.hub.summaries import EXAMPLE_TRACK, AlbumSummary, ArtistSummary, TrackSummary
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "GET_ALBUM",
    "GET_ARTIST",
    "GET_LIBRARY_TRACK",
    "MOST_ALBUMS",
    "MOST_TRACKS",
    "OPERATIONS",
    "TOP_TRACKS",
    "Album",
    "AlbumDetails",
    "Artist",
    "ArtistDetails",
    "AudioFacts",
    "Credit",
    "Disc",
    "GetAlbum",
    "GetArtist",
    "GetLibraryTrack",
    "LibraryTrack",
    "LibraryTrackDetails",
    "Lyrics",
    "MusicBrainz",
    "ReplayGain",
]

MOST_TRACKS = 500
MOST_ALBUMS = 100
TOP_TRACKS = 10


class GetLibraryTrack(BaseModel):
    """Which track."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId


class GetAlbum(BaseModel):
    """Which album."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: AlbumId


class GetArtist(BaseModel):
    """Which artist."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: ArtistId


@with_config(ANSWER)
class Credit(TypedDict):
    """Who is named, and as what."""

    id: ArtistId
    name: str
    role: Literal["artist", "albumArtist"]


@with_config(ANSWER)
class MusicBrainz(TypedDict):
    """Ids of MusicBrainz (UUIDs), as the file's tags give them."""

    recordingId: str | None
    releaseTrackId: str | None
    releaseId: str | None
    releaseGroupId: str | None
    artistIds: list[str]
    albumArtistIds: list[str]


@with_config(ANSWER)
class ReplayGain(TypedDict):
    """How much louder or softer to play, as the file's tags say."""

    trackGain: Annotated[float | None, Field(description="dB.")]
    trackPeak: Annotated[float | None, Field(description="Linear; 1 is full scale.")]
    albumGain: Annotated[float | None, Field(description="dB.")]
    albumPeak: Annotated[float | None, Field(description="Linear; 1 is full scale.")]


@with_config(ANSWER)
class Lyrics(TypedDict):
    """Of the file's tags, or of the .lrc file beside it."""

    text: str
    synced: Annotated[bool, Field(description="Whether its lines begin with times: [01:23.45].")]


@with_config(ANSWER)
class AudioFacts(TypedDict):
    """The file and what is in it."""

    path: Annotated[str, Field(description="As it can be shown; bytes that are no text are replaced.")]
    size: Annotated[int, Field(description="Bytes.")]
    modifiedAt: Timestamp
    bitrate: Annotated[int | None, Field(description="Bits per second.")]
    sampleRate: Annotated[int | None, Field(description="Hertz.")]
    channels: int | None
    bitDepth: int | None
    cover: Annotated[Literal["none", "embedded", "folder"], Field(description="Where the cover is.")]
    missingSince: Timestamp | None


class LibraryTrack(TrackSummary):
    """A track with all that is known of it."""

    artists: Annotated[list[Credit], Field(description="Each name by itself, in the order of the credit.")]
    genres: list[str]
    compilation: bool
    discTotal: int | None
    trackTotal: int | None
    releaseDate: Annotated[str | None, Field(description="YYYY, YYYY-MM or YYYY-MM-DD.")]
    originalDate: Annotated[str | None, Field(description="YYYY, YYYY-MM or YYYY-MM-DD.")]
    composers: list[str]
    label: str | None
    musicBrainz: MusicBrainz
    replayGain: ReplayGain
    lyrics: Lyrics | None
    file: AudioFacts
    overridden: Annotated[list[str], Field(description="Fields that show the user's value in place of the file's.")]


class LibraryTrackDetails(BaseModel):
    """One track."""

    model_config = ANSWER

    track: LibraryTrack


@with_config(ANSWER)
class Disc(TypedDict):
    """One disc of an album."""

    disc: Annotated[int | None, Field(description="null: its tracks do not say.")]
    tracks: Annotated[list[TrackSummary], Field(description="In their order.")]


class Album(AlbumSummary):
    """An album with its tracks."""

    releaseDate: Annotated[str | None, Field(description="YYYY, YYYY-MM or YYYY-MM-DD.")]
    genres: Annotated[list[str], Field(description="Of its tracks, the most frequent first.")]
    discs: Annotated[
        list[Disc],
        Field(description=f"At most {MOST_TRACKS} tracks; list_library_tracks gives those of a longer album."),
    ]


class AlbumDetails(BaseModel):
    """One album."""

    model_config = ANSWER

    album: Album


class Artist(ArtistSummary):
    """An artist with their albums."""

    albums: Annotated[list[AlbumSummary], Field(description=f"As album artist, newest first; at most {MOST_ALBUMS}.")]
    appearsOn: Annotated[
        list[AlbumSummary], Field(description=f"Albums of others, newest first; at most {MOST_ALBUMS}.")
    ]
    topTracks: Annotated[list[TrackSummary], Field(description=f"The {TOP_TRACKS} most played.")]


class ArtistDetails(BaseModel):
    """One artist."""

    model_config = ANSWER

    artist: Artist


GET_LIBRARY_TRACK = Operation(
    name="get_library_track",
    route="GET /api/track/{id}",
    area=Area.LIBRARY,
    summary="Fetch a track of the library",
    description="Returns everything that is known of one track: credits, tags, lyrics, and facts of its file.",
    request=GetLibraryTrack,
    response=LibraryTrackDetails,
    response_description="The track.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(LibraryTrackNotFound,),
    example=Example(
        request={"id": "trk_0f3a9c2e5b7d1846"},
        response={
            "track": {
                **EXAMPLE_TRACK,
                "artists": [
                    {"id": "art_0f3a9c2e5b7d1846", "name": "Artist Name", "role": "artist"},
                    {"id": "art_0f3a9c2e5b7d1846", "name": "Artist Name", "role": "albumArtist"},
                ],
                "genres": ["Indie Pop"],
                "compilation": False,
                "discTotal": 1,
                "trackTotal": 11,
                "releaseDate": "2024-01-01",
                "originalDate": "2024-01-01",
                "composers": ["Composer Name"],
                "label": "My Label",
                "musicBrainz": {
                    "recordingId": "9af166df-2fe2-4ea4-bec6-a4ce775f3b30",
                    "releaseTrackId": None,
                    "releaseId": None,
                    "releaseGroupId": None,
                    "artistIds": [],
                    "albumArtistIds": [],
                },
                "replayGain": {"trackGain": -7.35, "trackPeak": 0.988, "albumGain": None, "albumPeak": None},
                "lyrics": {"text": "La la la", "synced": False},
                "file": {
                    "path": "/music/Artist Name/Release Name/03 Song Name.flac",
                    "size": 21504000,
                    "modifiedAt": "2026-03-01T12:00:00.000Z",
                    "bitrate": 920000,
                    "sampleRate": 44100,
                    "channels": 2,
                    "bitDepth": 16,
                    "cover": "embedded",
                    "missingSince": None,
                },
                "overridden": ["genres"],
            }
        },
    ),
)

GET_ALBUM = Operation(
    name="get_album",
    route="GET /api/album/{id}",
    area=Area.LIBRARY,
    summary="Fetch an album of the library",
    description="Returns one album with those of its tracks whose files are there, disc by disc.",
    request=GetAlbum,
    response=AlbumDetails,
    response_description="The album and its tracks.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(AlbumNotFound,),
    example=Example(
        request={"id": "alb_0f3a9c2e5b7d1846"},
        response={
            "album": {
                **EXAMPLE_ALBUM,
                "releaseDate": "2024-01-01",
                "genres": ["Indie Pop"],
                "discs": [{"disc": 1, "tracks": [EXAMPLE_TRACK]}],
            }
        },
    ),
)

GET_ARTIST = Operation(
    name="get_artist",
    route="GET /api/artist/{id}",
    area=Area.LIBRARY,
    summary="Fetch an artist of the library",
    description="Returns one artist with their albums, the albums of others that they appear on, and their top tracks.",
    request=GetArtist,
    response=ArtistDetails,
    response_description="The artist, their albums and top tracks.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(ArtistNotFound,),
    example=Example(
        request={"id": "art_0f3a9c2e5b7d1846"},
        response={
            "artist": {
                **EXAMPLE_ARTIST,
                "albums": [EXAMPLE_ALBUM],
                "appearsOn": [],
                "topTracks": [EXAMPLE_TRACK],
            }
        },
    ),
)

OPERATIONS = (GET_LIBRARY_TRACK, GET_ALBUM, GET_ARTIST)
