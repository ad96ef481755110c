"""What the label's catalogue says of a track, by its ISRC."""

from rapidfuzz import fuzz

from backends.local.hub.context import Hub
from backends.local.hub.enriching.claims import Claim, claim
from backends.local.hub.track_fields import TrackFields
from backends.text import fold
from contract.errors import ContractError, NotFound
from contract.hub.fields import MetadataField
from contract.identifiers import normalise_isrc
from contract.musicengine.catalogue import GET_TRACK, GetTrack, Track
from contract.validation import validate

__all__ = ["SOURCE", "claims_of_catalogue"]

SOURCE = "catalogue"

_SURE, _DOUBTFUL = 0.95, 0.5

_SAME_TITLE = 60
"""Of 100: below it the file's ISRC may be another track's."""

_SAME_LENGTH_MS = 10_000

_FIELDS = (
    (MetadataField.TITLE, "title", "title"),
    (MetadataField.ARTIST, "artist", "artist"),
    (MetadataField.ALBUM, "album", "album"),
    (MetadataField.RELEASE_DATE, "release_date", "release date"),
)


async def claims_of_catalogue(hub: Hub, track: TrackFields) -> tuple[list[Claim], list[str]]:
    """Its claims, and notes about what kept it from answering."""
    isrc = _isrc(track.shown.isrc)
    if hub.catalogue is None or isrc is None:
        return [], []
    try:
        found = (await hub.catalogue.call(GET_TRACK, validate(GetTrack, {"isrc": isrc}))).data
    except NotFound:
        return [], []
    except ContractError:
        return [], ["The label's catalogue could not be read."]
    return _claims(found, track), []


def _claims(found: Track, track: TrackFields) -> list[Claim]:
    sure = _is_likely_the_same(found, track)
    claims: list[Claim] = []
    for field, member, name in _FIELDS:
        doubt = "" if sure else ", though it may be another recording: title or length differ"
        claims += claim(
            field,
            found.get(member),
            source=SOURCE,
            confidence=_SURE if sure else _DOUBTFUL,
            reason=f"The label's catalogue has this ISRC with this {name}{doubt}.",
        )
    return claims


def _is_likely_the_same(found: Track, track: TrackFields) -> bool:
    length = found["duration_ms"]
    if length is not None and track.duration_ms and abs(length - track.duration_ms) > _SAME_LENGTH_MS:
        return False
    titled = track.tags.get("title")
    return titled is None or fuzz.token_set_ratio(fold(titled), fold(found["title"])) >= _SAME_TITLE


def _isrc(text: str | None) -> str | None:
    try:
        return text and normalise_isrc(text)
    except ValueError:
        return None
