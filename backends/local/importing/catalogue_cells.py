"""The cells of a catalogue: what each column is called in practice, and what may stand in it."""

import re
from collections.abc import Callable
from typing import Any

from backends.local.importing.cells import LONGEST_TEXT
from backends.local.importing.dates import iso_day
from backends.text import clean
from contract.identifiers import normalise_isrc, normalise_upc, spotify_track_id

__all__ = ["ALIASES", "OUR_OWN", "is_other_table", "parser"]

ALIASES: dict[str, tuple[str, ...]] = {
    "isrc": ("isrc", "isrccode", "trackisrc", "recordingisrc", "isrcnumber", "codeisrc", "codigoisrc"),
    "title": (
        "tracktitle",
        "songtitle",
        "trackname",
        "songname",
        "song",
        "track",
        "recordingtitle",
        "title",
        "name",
        "titel",
        "titulo",
        "titre",
        "songtitel",
        "tracktitel",
        "cancion",
        "pista",
        "morceau",
    ),
    "artist": (
        "artist",
        "artistname",
        "artistnames",
        "artists",
        "trackartist",
        "trackartists",
        "primaryartist",
        "primaryartists",
        "mainartist",
        "displayartist",
        "performer",
        "albumartist",
        "releaseartist",
        "interpret",
        "kunstler",
        "artista",
        "artiste",
        "interprete",
    ),
    "album": (
        "album",
        "albumtitle",
        "albumname",
        "release",
        "releasetitle",
        "releasename",
        "product",
        "producttitle",
        "albumtitel",
        "titulodelalbum",
        "titredelalbum",
        "lanzamiento",
    ),
    "upc": (
        "upc",
        "ean",
        "barcode",
        "upccode",
        "upcean",
        "eanupc",
        "upceanbarcode",
        "upcbarcode",
        "gtin",
        "strichcode",
        "codigodebarras",
        "codebarres",
    ),
    "release_date": (
        "releasedate",
        "releasedon",
        "released",
        "originalreleasedate",
        "streetdate",
        "salesstartdate",
        "veroffentlichungsdatum",
        "erscheinungsdatum",
        "fechadelanzamiento",
        "fechadepublicacion",
        "datedesortie",
        "datedeparution",
    ),
    "duration_ms": (
        "durationms",
        "durationmilliseconds",
        "lengthms",
        "durations",
        "durationsec",
        "durationseconds",
        "lengthseconds",
        "seconds",
        "duration",
        "length",
        "tracklength",
        "trackduration",
        "time",
        "dauer",
        "lange",
        "duracion",
        "duree",
    ),
    "label": (
        "label",
        "labelname",
        "recordlabel",
        "imprint",
        "sello",
        "sellodiscografico",
        "plattenlabel",
        "maisondedisques",
    ),
    "cover_url": ("coverurl", "cover", "coverart", "coverarturl", "artworkurl", "artwork", "imageurl"),
    "spotify_track_url": (
        "spotifytrackurl",
        "spotifyurl",
        "spotifyuri",
        "spotifyurluri",
        "spotifylink",
        "spotifytrackuri",
        "spotifytrackid",
        "spotifyid",
        "spotifytrack",
        "spotify",
    ),
    "copyright_c": ("copyrightc", "cline", "clinetext", "copyright", "copyrightline", "ccopyright"),
    "copyright_p": ("copyrightp", "pline", "plinetext", "phonographiccopyright", "pcopyright", "phonogramcopyright"),
    "full_tracking": ("fulltracking", "tracking", "tracked"),
}
"""Keys of columns by field; of two that a file has, the first is meant."""

OUR_OWN = frozenset({"", "line", "reason", "track_id", "created_at", "metadata"})
"""Names of columns in our own exports and rejects, which say nothing that a file could change."""

# A table with one of these has rows by sale or by day; taken for a catalogue it would lose nearly all it says.
_OTHER_TABLES = frozenset(
    {
        "quantity",
        "units",
        "unitssold",
        "streams",
        "plays",
        "listeners",
        "earnings",
        "earningsusd",
        "revenue",
        "netrevenue",
        "grossrevenue",
        "netsales",
        "subtotal",
        "royalty",
        "royalties",
        "payable",
        "salemonth",
        "salesmonth",
        "salesdate",
        "salesperiod",
        "reportingmonth",
        "reportingdate",
        "statementperiod",
    }
)

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d)(?:[.,](\d{1,3}))?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,6})(?:[.,](\d{1,3})\d*)?", re.ASCII)
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}", re.ASCII)
_WEB = re.compile(r"https?://[^\s<>\"]+", re.ASCII)
_YES = frozenset({"1", "yes", "y", "true", "on"})
_NO = frozenset({"0", "no", "n", "false", "off"})
_LONGEST_MS = 24 * 60 * 60 * 1000


def is_other_table(keys: tuple[str, ...]) -> bool:
    """Whether the columns are of sales or streams, so that the file is no catalogue."""
    return not _OTHER_TABLES.isdisjoint(keys)


def _text(cell: str) -> str:
    text = clean(cell)
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT:,} characters")
    return text


def _milliseconds(cell: str) -> int:
    """Milliseconds, or a clock's mm:ss, h:mm:ss, with or without a fraction."""
    if match := _CLOCK.fullmatch(cell):
        hours, minutes, seconds, fraction = match.groups()
        total = 1000 * (3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)) + int((fraction or "").ljust(3, "0"))
    elif cell.isascii() and cell.isdigit() and len(cell) <= 9:
        total = int(cell)
    else:
        raise ValueError("must be milliseconds, or minutes and seconds as mm:ss")
    if total < 1000:
        raise ValueError("is under a second: seconds alone must be written as mm:ss")
    return _sensible(total)


def _from_seconds(cell: str) -> int:
    if ":" in cell:
        return _milliseconds(cell)
    match = _SECONDS.fullmatch(cell)
    if match is None:
        raise ValueError("must be seconds, or minutes and seconds as mm:ss")
    return _sensible(1000 * int(match[1]) + int((match[2] or "").ljust(3, "0")))


def _sensible(milliseconds: int) -> int:
    if milliseconds > _LONGEST_MS:
        raise ValueError("is longer than a day")
    return milliseconds


def _upc(cell: str) -> str:
    """The UPC, or nothing: a spoilt barcode must not cost the track, and with it all the track's streams."""
    try:
        return normalise_upc(cell)
    except ValueError:
        return ""


def _spotify_url(cell: str) -> str:
    track_id = cell if _SPOTIFY_ID.fullmatch(cell) else spotify_track_id(cell)
    if track_id is None:
        raise ValueError("must be the link or the URI of a Spotify track")
    return f"https://open.spotify.com/track/{track_id}"


def _web_address(cell: str) -> str:
    if not _WEB.fullmatch(cell) or len(cell) > LONGEST_TEXT:
        raise ValueError("must be a web address that begins with https:// or http://")
    return cell


def _yes_or_no(cell: str) -> int:
    if cell.lower() not in _YES | _NO:
        raise ValueError("must be yes or no")
    return int(cell.lower() in _YES)


def parser(field: str, key: str) -> Callable[[str], Any]:
    """What reads the cells of a field, in the column of that key; it raises ValueError with the reason."""
    return _from_seconds if key in _IN_SECONDS else _PARSERS.get(field, _text)


_IN_SECONDS = frozenset({"durations", "durationsec", "durationseconds", "lengthseconds", "seconds"})
_PARSERS: dict[str, Callable[[str], Any]] = {
    "isrc": normalise_isrc,
    "upc": _upc,
    "release_date": iso_day,
    "duration_ms": _milliseconds,
    "cover_url": _web_address,
    "spotify_track_url": _spotify_url,
    "full_tracking": _yes_or_no,
}
