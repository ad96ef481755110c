"""The fields of one track, each with what its file says, what is shown, and where that came from."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from backends.local.hub.context import Hub
from backends.local.hub.indexing.effective import Shown, effective
from backends.local.hub.moments import timestamp
from backends.local.hub.override_changes import OVERRIDES, Override
from backends.local.hub.reading.record import Tags
from contract.hub.errors import LibraryTrackNotFound
from contract.hub.fields import MetadataField
from contract.hub.metadata import FieldMetadata, MetadataValue

__all__ = ["TrackFields"]

_TAGS = """
    SELECT g.tags, t.name, f.path, t.duration_ms
    FROM tracks t JOIN folders f ON f.key = t.folder_key JOIN track_tags g ON g.track_key = t.key WHERE t.id = ?
"""

_KNOWN = "SELECT duration_ms, title, artist, album, isrc FROM known_tracks WHERE track_id = ?"

_KNOWN_FIELDS = (MetadataField.TITLE, MetadataField.ARTIST, MetadataField.ALBUM, MetadataField.ISRC)

_COLUMNS = {
    MetadataField.ALBUM_ARTIST: "album_artist",
    MetadataField.RELEASE_DATE: "release_date",
    MetadataField.ORIGINAL_DATE: "original_date",
}
"""Of fields that a column calls otherwise."""


@dataclass(frozen=True)
class TrackFields:
    """One track's fields.

    Attributes:
        id: Of the track.
        tags: What the file says; empty if the index has lost it.
        overrides: By field.
        shown: The tags under the overrides.
    """

    id: str
    tags: Tags
    overrides: dict[str, Override]
    shown: Shown
    duration_ms: int

    @classmethod
    async def of(cls, hub: Hub, track_id: str) -> "TrackFields":
        """Of a track of the library, or of one that the index has lost and `hub.db` remembers.

        Raises:
            LibraryTrackNotFound: Nobody knows it.
        """
        overrides = Override.of_rows(list(await hub.user.read(OVERRIDES, (track_id,))))
        values = {field: override.value for field, override in overrides.items()}
        for text, name, folder, duration_ms in await hub.index.read(_TAGS, (track_id,)):
            tags = cast("Tags", json.loads(text))
            return cls(track_id, tags, overrides, effective(tags, values, name, folder), duration_ms)
        for duration_ms, *row in await hub.user.read(_KNOWN, (track_id,)):
            known: Any = {field.value: value for field, value in zip(_KNOWN_FIELDS, row, strict=True) if value}
            return cls(track_id, {}, overrides, effective(known, values, b"", b"/"), duration_ms)
        raise LibraryTrackNotFound

    def value(self, field: MetadataField) -> MetadataValue:
        """What is shown of the field."""
        value = getattr(self.shown, _COLUMNS.get(field, field.value))
        return list(cast("Sequence[str]", value)) if isinstance(value, tuple) else value

    def metadata(self, fields: Iterable[MetadataField] = MetadataField) -> list[FieldMetadata]:
        """The fields as answers show them, in the order of the enum."""
        wanted = set(fields)
        return [self._metadata(field) for field in MetadataField if field in wanted]

    def _metadata(self, field: MetadataField) -> FieldMetadata:
        override = self.overrides.get(field)
        in_file, shown = self.tags.get(field.value), self.value(field)
        return {
            "field": field.value,
            "file": cast("MetadataValue", in_file),
            "shown": shown,
            "source": override.source if override else self._own_source(in_file, shown),
            "confidence": override.confidence if override else None,
            "setAt": timestamp(override.set_at) if override else None,
        }

    def _own_source(self, in_file: object, shown: MetadataValue) -> str | None:
        if shown is None or shown == []:
            return None
        if isinstance(in_file, list) and isinstance(shown, list):
            return "file" if set(shown) <= set(cast("list[str]", in_file)) else "derived"
        return "file" if in_file == shown else "derived"
