"""A catalogue: any CSV with an ISRC, a title and an artist in each row, whatever its columns are called.

A cell that says something replaces what is stored; an empty cell, or a column that isn't there, leaves it.
"""

import json
from dataclasses import dataclass
from typing import Any

from backends.local.importing.catalogue_cells import ALIASES, OUR_OWN, is_other_table, parser
from backends.local.importing.cells import parsed
from backends.local.importing.format import Format, Header, Job, RejectedRow
from backends.local.importing.outcome import number_of
from backends.local.importing.rollups import Rollups
from backends.local.importing.tracks import Tracks
from backends.text import clean

__all__ = ["FORMAT"]

_TRACKS_IN_CHUNK = 20_000


@dataclass
class _Waiting:
    """A track as it will be written, and as it is stored (no id: not yet)."""

    id: int | None
    stored: dict[str, Any]
    record: dict[str, Any]
    rows: int = 0


class _Catalogue:
    """Takes the rows. Each counts as what became of its track; one that two rows describe is written once."""

    def __init__(self, job: Job) -> None:
        self._counts = job.counts
        self._tracks = Tracks(job.connection, job.workspace_id)
        self._rollups = Rollups(job.connection, job.workspace_id)
        columns = {
            field: position for field, keys in ALIASES.items() if (position := job.header.find(*keys)) is not None
        }
        self._isrc = columns.pop("isrc")
        self._fields = [(field, at, parser(field, job.header.keys[at])) for field, at in columns.items()]
        known = {self._isrc, *columns.values()}
        self._others = [
            (clean(name), at)
            for at, name in enumerate(job.header.names)
            if at not in known and clean(name).lower() not in OUR_OWN
        ]
        self._waiting: dict[str, _Waiting] = {}
        self._notes = job.notes
        self._without_upc = 0

    def take(self, rows: list[list[str]]) -> None:
        [row] = rows
        isrc = parsed("isrc", parser("isrc", ""), row[self._isrc])
        given = {field: parsed(field, parse, cell) for field, at, parse in self._fields if (cell := row[at].strip())}
        track = self._waiting.get(isrc) or self._stored(isrc)
        for field in ("title", "artist"):
            if not (given.get(field) or track.record.get(field)):
                raise RejectedRow(f"{field} is empty, and the track is not in the catalogue yet")
        self._without_upc += given.get("upc") == ""
        track.record.update({field: value for field, value in given.items() if value != ""})
        self._add_metadata(track.record, row)
        track.rows += 1
        self._waiting[isrc] = track
        if len(self._waiting) >= _TRACKS_IN_CHUNK:
            self._write()

    def finish(self) -> None:
        self._write()
        self._rollups.flush()
        if self._without_upc:
            rows = number_of(self._without_upc, "row", "rows")
            self._notes.append(
                f"{rows}: upc is not 12 or 13 digits, or one of them is mistyped: left out, and all else was taken"
            )

    def _stored(self, isrc: str) -> _Waiting:
        found = self._tracks.record(isrc)
        if found is None:
            return _Waiting(None, {}, {})
        return _Waiting(found[0], found[1], dict(found[1]))

    def _add_metadata(self, record: dict[str, Any], row: list[str]) -> None:
        others = {name: text for name, at in self._others if (text := clean(row[at]))}
        if others:
            before = json.loads(record.get("metadata", "{}"))
            record["metadata"] = json.dumps({**before, **others}, ensure_ascii=False)

    def _write(self) -> None:
        for isrc, track in self._waiting.items():
            if track.id is None:
                self._tracks.add(isrc, track.record)
                self._counts.new += track.rows
                self._counts.tracks_added += 1
            elif track.record == track.stored:
                self._counts.unchanged += track.rows
            else:
                self._tracks.update(track.id, track.record)
                self._counts.changed += track.rows
                if track.record["artist"] != track.stored["artist"]:
                    self._rollups.move_track(track.id, track.stored["artist"], track.record["artist"])
                    self._rollups.flush_if_large()
        self._waiting.clear()


def _is_catalogue(header: Header) -> bool:
    keys = set(header.keys)
    named = all(not keys.isdisjoint(ALIASES[field]) for field in ("isrc", "title", "artist"))
    return named and not is_other_table(header.keys)


FORMAT = Format(
    name="Catalogue",
    columns={field: ALIASES[field] for field in ("isrc", "title", "artist")},
    matches=_is_catalogue,
    taker=_Catalogue,
    turn=0,
)
