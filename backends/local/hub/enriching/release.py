"""What other files of the same release say: where most of them agree, the one that differs is likely wrong."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from rapidfuzz import fuzz

from backends.local.hub.context import Hub
from backends.local.hub.enriching.claims import Claim, claim
from backends.local.hub.track_fields import TrackFields
from backends.text import fold
from contract.hub.fields import MetadataField

__all__ = ["SOURCE", "claims_of_release"]

SOURCE = "release"

_FEWEST = 2
"""Files that agree: one alone may be the one that is wrong."""

_SAME_ALBUM = 85
"""Of 100: an album whose title differs less is misspelt rather than another."""

# By album wherever the files lie, and by folder whatever the album: a file with a misspelt album is in one of its own.
_OTHERS = """
    SELECT o.album, o.album_artist, o.release_date, o.original_date, o.compilation, o.album_key = t.album_key, (
        SELECT json_group_array(name) FROM (
            SELECT g.name FROM track_genres x JOIN genres g ON g.key = x.genre_key
            WHERE x.track_key = o.key ORDER BY x.position
        )
    )
    FROM tracks t JOIN tracks o ON {same} AND o.key <> t.key
    WHERE t.id = ? AND o.album IS NOT NULL AND o.missing_since IS NULL LIMIT 500
"""

_OF_ALBUM, _OF_FOLDER = (
    _OTHERS.format(same=same) for same in ("o.album_key = t.album_key", "o.folder_key = t.folder_key")
)


@dataclass(frozen=True)
class _Other:
    """Another file, as it is shown."""

    album: str
    album_artist: str | None
    release_date: str | None
    original_date: str | None
    compilation: bool
    genres: tuple[str, ...]


_Value = Callable[[_Other], Any]

_FIELDS: tuple[tuple[MetadataField, _Value], ...] = (
    (MetadataField.ALBUM, lambda other: other.album),
    (MetadataField.ALBUM_ARTIST, lambda other: other.album_artist),
    (MetadataField.RELEASE_DATE, lambda other: other.release_date),
    (MetadataField.ORIGINAL_DATE, lambda other: other.original_date),
    (MetadataField.GENRES, lambda other: other.genres),
    (MetadataField.COMPILATION, lambda other: other.compilation or None),
)


async def claims_of_release(hub: Hub, track: TrackFields) -> list[Claim]:
    """What most of the other files have, each field by itself."""
    others = await _others(hub, track)
    claims: list[Claim] = []
    for field, value in _FIELDS:
        claims += _agreed(field, [value(other) for other in others])
    return claims


async def _others(hub: Hub, track: TrackFields) -> list[_Other]:
    found = [*await hub.index.read(_OF_ALBUM, (track.id,))]
    beside = [row for row in await hub.index.read(_OF_FOLDER, (track.id,)) if not row[5]]
    album = track.shown.album
    if album is None:
        # Without an album it is of its folder's, if that is the folder of one.
        alike = beside if _most([row[0] for row in beside]) else []
    else:
        alike = [row for row in beside if _is_misspelt(album, row[0])]
    return list(map(_other, [*found, *alike]))


def _other(row: tuple[Any, ...]) -> _Other:
    album, album_artist, release_date, original_date, compilation, _, genres = row
    return _Other(album, album_artist, release_date, original_date, bool(compilation), tuple(json.loads(genres)))


def _is_misspelt(album: str, other: str) -> bool:
    return fuzz.ratio(fold(album), fold(other)) >= _SAME_ALBUM


def _agreed(field: MetadataField, values: Sequence[Any]) -> list[Claim]:
    most = _most(values)
    if most is None:
        return []
    value, count = most
    return claim(
        field,
        list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value,
        source=SOURCE,
        # The more files agree, and the fewer differ, the better; never quite certain.
        confidence=count / len(values) * count / (count + 1),
        reason=f"{count} of {len(values)} other files of the release have it so.",
    )


def _most(values: Sequence[Any]) -> tuple[Any, int] | None:
    """The value that more than half of all have, and how many: at least two must."""
    for value, count in Counter(values).most_common(1):
        if count >= _FEWEST and count * 2 > len(values):
            return value, count
    return None
