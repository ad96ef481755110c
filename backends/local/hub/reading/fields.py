"""Tags as a file has them: texts by name, under one set of names for all formats.

The names are those of Vorbis comments, without the spaces and underscores that formats put in differently:
`MusicBrainz Album Id` and `MUSICBRAINZ_ALBUMID` are both MUSICBRAINZALBUMID.
"""

from functools import lru_cache

__all__ = ["Fields", "add", "known_name"]

Fields = dict[str, list[str]]

_MOST_VALUES = 64
_MOST_CHARACTERS = 1 << 17  # of a value; what is kept is much less, but for lyrics

_KNOWN = frozenset(
    {
        *("TITLE", "ARTIST", "ARTISTS", "ALBUM", "ALBUMARTIST", "ALBUMARTISTS", "COMPILATION", "ITUNESCOMPILATION"),
        *("GENRE", "DISCNUMBER", "DISC", "DISCTOTAL", "TOTALDISCS", "TRACKNUMBER", "TRACK", "TRACKTOTAL"),
        *("TOTALTRACKS", "DATE", "RELEASEDATE", "YEAR", "ORIGINALDATE", "ORIGINALYEAR", "ORIGINALRELEASEDATE"),
        *("ISRC", "COMPOSER", "LABEL", "ORGANIZATION", "PUBLISHER", "MUSICBRAINZTRACKID"),
        *("MUSICBRAINZRELEASETRACKID", "MUSICBRAINZALBUMID", "MUSICBRAINZRELEASEGROUPID", "MUSICBRAINZARTISTID"),
        *("MUSICBRAINZALBUMARTISTID", "REPLAYGAINTRACKGAIN", "REPLAYGAINTRACKPEAK", "REPLAYGAINALBUMGAIN"),
        *("REPLAYGAINALBUMPEAK", "R128TRACKGAIN", "R128ALBUMGAIN", "LYRICS", "UNSYNCEDLYRICS", "SYNCEDLYRICS"),
    }
)


@lru_cache(512)
def known_name(name: str) -> str | None:
    """The name under which a format's own name is kept, or None if nothing reads it."""
    bare = name.upper().replace(" ", "").replace("_", "")
    return bare if bare in _KNOWN else None


def add(fields: Fields, name: str, value: str) -> None:
    """Add a value; whoever has very many, or a very long one, loses the end of it."""
    values = fields.setdefault(name, [])
    if len(values) < _MOST_VALUES:
        values.append(value[:_MOST_CHARACTERS])
