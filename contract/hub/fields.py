"""What of a file's tags can be overridden, and which values each field takes: said once, for all that change it."""

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from contract.identifiers import Isrc

__all__ = [
    "LARGEST_NUMBER",
    "MOST_NAMES",
    "MetadataField",
    "MetadataText",
    "MetadataValues",
    "Names",
    "Number",
    "PartialDate",
]

LARGEST_NUMBER = 9999

MOST_NAMES = 50


class MetadataField(StrEnum):
    """A field of a track that can be overridden; `MetadataValues` has a member for each."""

    TITLE = "title"
    ARTIST = "artist"
    ARTISTS = "artists"
    ALBUM = "album"
    ALBUM_ARTIST = "albumArtist"
    GENRES = "genres"
    DISC = "disc"
    TRACK = "track"
    RELEASE_DATE = "releaseDate"
    ORIGINAL_DATE = "originalDate"
    ISRC = "isrc"
    COMPILATION = "compilation"


_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def _partial_date(value: str) -> str:
    match = _PARTIAL_DATE.fullmatch(value)
    if match is None:
        raise ValueError("must be a date as YYYY, YYYY-MM or YYYY-MM-DD, such as 1969 or 1969-09-26")
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        raise ValueError("must be a day, a month or a year of the calendar, such as 1969-09-26 or 1969") from None
    return value


PartialDate = Annotated[
    str,
    AfterValidator(_partial_date),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"}),
]
"""A date as precise as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""

MetadataText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Names = Annotated[list[MetadataText], Field(min_length=1, max_length=MOST_NAMES)]
Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]


class MetadataValues(BaseModel):
    """Values of a track's fields. One that is left out is not spoken of; null says that the field is to be empty."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    title: MetadataText | None = None
    artist: Annotated[MetadataText | None, Field(description="The credit as it is to be shown.")] = None
    artists: Annotated[Names | None, Field(description="The single names in the credit.")] = None
    album: MetadataText | None = None
    albumArtist: MetadataText | None = None
    genres: Names | None = None
    disc: Number | None = None
    track: Number | None = None
    releaseDate: PartialDate | None = None
    originalDate: PartialDate | None = None
    isrc: Isrc | None = None
    compilation: Annotated[bool | None, Field(description="Whether it is of an album by various artists.")] = None
