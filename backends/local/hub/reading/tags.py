"""A file's own texts made into `Tags`: numbers, dates, identifiers and loudness are read from them, or dropped."""

import re
from collections.abc import Sequence
from typing import Literal

from backends.local.hub.reading.dates import partial_date
from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.record import Tags
from backends.text import clean
from contract.isrc import normalise_isrc

__all__ = ["tags_of"]

_MOST_CHARACTERS = 1000
"""Of a text: longer than any title that is one. Longer texts are cut."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBERS = re.compile(r"\s*([0-9]{1,5})?\s*(?:/\s*([0-9]{1,5}))?")
_DECIMAL = re.compile(r"\s*([+-]?[0-9]{1,4}(?:[.,][0-9]{1,12})?)")
_BETWEEN_ISRCS = re.compile(r"[;,/]")
_NO = frozenset({"", "0", "false", "no"})

_MOST_DB = 100.0
_MOST_PEAK = 100.0

_R128_TO_REPLAYGAIN_DB = 5
"""Opus states loudness in 256ths of a dB against -23 LUFS (RFC 7845, section 5.2.1), ReplayGain 2 aims at -18."""

# By the name of a field, the member that it gives; where two give the same, the first that is there.
_TEXTS: dict[str, Literal["title", "album", "label"]] = {
    "TITLE": "title",
    "ALBUM": "album",
    "LABEL": "label",
    "ORGANIZATION": "label",
    "PUBLISHER": "label",
}
_IDS: dict[str, Literal["recordingId", "releaseTrackId", "releaseId", "releaseGroupId"]] = {
    "MUSICBRAINZTRACKID": "recordingId",  # Picard's name of it, from when recordings were called tracks
    "MUSICBRAINZRELEASETRACKID": "releaseTrackId",
    "MUSICBRAINZALBUMID": "releaseId",
    "MUSICBRAINZRELEASEGROUPID": "releaseGroupId",
}
_LISTS_OF_IDS: dict[str, Literal["artistIds", "albumArtistIds"]] = {
    "MUSICBRAINZARTISTID": "artistIds",
    "MUSICBRAINZALBUMARTISTID": "albumArtistIds",
}
_GAINS: dict[str, Literal["trackGain", "albumGain"]] = {
    "REPLAYGAINTRACKGAIN": "trackGain",
    "REPLAYGAINALBUMGAIN": "albumGain",
}
_R128_GAINS: dict[str, Literal["trackGain", "albumGain"]] = {
    "R128TRACKGAIN": "trackGain",
    "R128ALBUMGAIN": "albumGain",
}
_PEAKS: dict[str, Literal["trackPeak", "albumPeak"]] = {
    "REPLAYGAINTRACKPEAK": "trackPeak",
    "REPLAYGAINALBUMPEAK": "albumPeak",
}


def tags_of(fields: Fields) -> Tags:
    """Read what is wanted of a file's texts."""
    tags = Tags()
    _names(tags, fields)
    _numbers(tags, fields)
    _dates(tags, fields)
    _identifiers(tags, fields)
    _loudness(tags, fields)
    return tags


def _names(tags: Tags, fields: Fields) -> None:
    for name, member in _TEXTS.items():
        if member not in tags and (texts := _texts(fields, name)):
            tags[member] = texts[0]
    artist, artists = _credit(_texts(fields, "ARTIST"), _texts(fields, "ARTISTS"))
    if artist:
        tags["artist"] = artist
    if artists:
        tags["artists"] = artists
    artist, artists = _credit(_texts(fields, "ALBUMARTIST"), _texts(fields, "ALBUMARTISTS"))
    if artist:
        tags["albumArtist"] = artist
    if artists:
        tags["albumArtists"] = artists
    if genres := _genres(fields):
        tags["genres"] = genres
    if composers := _texts(fields, "COMPOSER"):
        tags["composers"] = composers
    if flag := fields.get("COMPILATION") or fields.get("ITUNESCOMPILATION"):
        tags["compilation"] = clean(flag[0][:_MOST_CHARACTERS]).lower() not in _NO


def _credit(credits_: list[str], names: list[str]) -> tuple[str, list[str]]:
    """What is to be shown, and the names in it if the file gives them: several credits are names, too."""
    if len(credits_) > 1 and not names:
        names = credits_
    return ", ".join(credits_ or names)[:_MOST_CHARACTERS], names


def _genres(fields: Fields) -> list[str]:
    """Several in one text are told apart at semicolons, which are in no genre's name."""
    values = fields.get("GENRE")
    if not values:
        return []
    parts = [clean(part) for value in values for part in value[:_MOST_CHARACTERS].split(";")]
    return list(dict.fromkeys(part for part in parts if part))


def _numbers(tags: Tags, fields: Fields) -> None:
    track, total = _numbered(fields, ("TRACKNUMBER", "TRACK"), ("TRACKTOTAL", "TOTALTRACKS"))
    if track:
        tags["track"] = track
    if total:
        tags["trackTotal"] = total
    disc, total = _numbered(fields, ("DISCNUMBER", "DISC"), ("DISCTOTAL", "TOTALDISCS"))
    if disc:
        tags["disc"] = disc
    if total:
        tags["discTotal"] = total


def _numbered(fields: Fields, names: Sequence[str], total_names: Sequence[str]) -> tuple[int, int]:
    """A number and of how many it is, each 0 if it is not there: of "3/12", or of two texts."""
    number, total = _pair(fields, names)
    return number, _pair(fields, total_names)[0] or total


def _pair(fields: Fields, names: Sequence[str]) -> tuple[int, int]:
    for name in names:
        if (values := fields.get(name)) and (match := _NUMBERS.match(values[0])):
            return int(match[1] or 0), int(match[2] or 0)
    return 0, 0


def _dates(tags: Tags, fields: Fields) -> None:
    if date := _date(fields, "DATE", "RELEASEDATE", "YEAR"):
        tags["releaseDate"] = date
    if date := _date(fields, "ORIGINALDATE", "ORIGINALRELEASEDATE", "ORIGINALYEAR"):
        tags["originalDate"] = date


def _date(fields: Fields, *names: str) -> str | None:
    for name in names:
        for value in fields.get(name, ()):
            if date := partial_date(value):
                return date
    return None


def _identifiers(tags: Tags, fields: Fields) -> None:
    if (values := fields.get("ISRC")) and (isrc := _isrc(values)):
        tags["isrc"] = isrc
    for name, member in _IDS.items():
        if (values := fields.get(name)) and (ids := _uuids(values)):
            tags[member] = ids[0]
    for name, member in _LISTS_OF_IDS.items():
        if (values := fields.get(name)) and (ids := _uuids(values)):
            tags[member] = ids


def _isrc(values: list[str]) -> str | None:
    for value in values:
        for part in _BETWEEN_ISRCS.split(value[:_MOST_CHARACTERS]):
            try:
                return normalise_isrc(part)
            except ValueError:
                continue
    return None


def _uuids(values: list[str]) -> list[str]:
    return list(dict.fromkeys(id_.lower() for value in values for id_ in _UUID.findall(value)))


def _loudness(tags: Tags, fields: Fields) -> None:
    for name, member in _R128_GAINS.items():
        if (value := _decimal(fields, name, 2**15)) is not None:
            tags[member] = round(value / 256 + _R128_TO_REPLAYGAIN_DB, 2)
    for name, member in _GAINS.items():
        if (value := _decimal(fields, name, _MOST_DB)) is not None:
            tags[member] = value
    for name, member in _PEAKS.items():
        if (value := _decimal(fields, name, _MOST_PEAK)) is not None and value >= 0:
            tags[member] = value


def _decimal(fields: Fields, name: str, most: float) -> float | None:
    values = fields.get(name)
    match = _DECIMAL.match(values[0]) if values else None
    if match is None:
        return None
    value = float(match[1].replace(",", "."))
    return value if abs(value) <= most else None


def _texts(fields: Fields, name: str) -> list[str]:
    """The values of a name, cleaned, each once."""
    values = fields.get(name)
    if not values:
        return []
    if len(values) == 1:
        text = _cleaned(values[0])
        return [text] if text else []
    return list(dict.fromkeys(text for value in values if (text := _cleaned(value))))


def _cleaned(value: str) -> str:
    if len(value) > _MOST_CHARACTERS:
        return clean(value[: 2 * _MOST_CHARACTERS])[:_MOST_CHARACTERS].rstrip()
    return clean(value)
