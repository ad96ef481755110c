"""What became of the rows of a damaged database, in numbers and in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Rebuilt", "TableFate", "in_words"]

_NAMES = {
    "roots": "folders of the library",
    "known_tracks": "tracks that are remembered",
    "playlists": "playlists",
    "playlist_entries": "entries of playlists",
    "saved": "saved items",
    "overrides": "corrections of metadata",
    "override_changes": "steps of corrections that can be undone",
    "enrichment_cache": "answers of services that are kept",
    "playback_session": "playback session",
    "playback_queue": "queue",
    "playback_trail": "tracks of the way back",
    "plays": "plays",
    "track_plays": "counts of plays",
    "searches": "searches that are remembered",
    "pairing_code": "pairing code",
    "devices": "paired devices",
    "device_tokens": "tokens of devices",
    "media_sessions": "media sessions",
    "shares": "shares",
    "share_sessions": "sessions of shares",
    "hub_address": "address of the hub",
}
"""What people call the tables' rows."""


@dataclass
class TableFate:
    """What became of a table's rows.

    Attributes:
        kept: Read from the damaged file as they were written.
        restored: Taken from the backup, in place of rows that could not be read.
        lost: Neither; they are in the archived file, as far as they are anywhere.
        at_least: Whether more may be lost, of which nothing is known.
        unsure: Of those that were kept, rows whose checksums are lost.
    """

    table: str
    kept: int = 0
    restored: int = 0
    lost: int = 0
    at_least: bool = False
    unsure: int = 0

    @property
    def name(self) -> str:
        """What people call its rows."""
        return _NAMES.get(self.table, self.table)


@dataclass
class Rebuilt:
    """What a rebuild did.

    Attributes:
        rebuilt: Names of the databases that are new.
        archive: The folder with the files that were there before, within the data folder; None if nothing was moved.
        archived: The files' names.
        backup: Name of the backup that rows were taken from, or None.
        backup_taken_at: Its moment, in milliseconds since 1970.
        tables: What became of rows, where `hub.db` is new.
    """

    rebuilt: Sequence[str] = ()
    archive: str | None = None
    archived: Sequence[str] = ()
    backup: str | None = None
    backup_taken_at: int | None = None
    tables: list[TableFate] = field(default_factory=list[TableFate])

    @property
    def kept(self) -> int:
        """Rows of all tables."""
        return sum(table.kept for table in self.tables)

    @property
    def restored(self) -> int:
        """Rows of all tables."""
        return sum(table.restored for table in self.tables)

    @property
    def lost(self) -> int:
        """Rows of all tables."""
        return sum(table.lost for table in self.tables)


def in_words(rebuilt: Rebuilt) -> list[str]:
    """The report as sentences."""
    if not rebuilt.rebuilt:
        return ["Nothing is wrong with the databases. Nothing was changed."]
    sentences = [f"{' and '.join(rebuilt.rebuilt)} made anew; the files that were there are in {rebuilt.archive}."]
    if not rebuilt.tables:
        return [*sentences, "hub.db was left as it is: what people made is all there."]
    if rebuilt.restored:
        sentences.append(f"What could not be read was taken from the backup {rebuilt.backup}, where that has it.")
    elif rebuilt.backup is None and any(table.lost or table.at_least for table in rebuilt.tables):
        sentences.append("There was no sound backup to take the rest from.")
    whole = [table for table in rebuilt.tables if not (table.restored or table.lost or table.at_least)]
    kept = sum(table.kept for table in whole)
    sentences += [_of_table(table) for table in rebuilt.tables if table not in whole]
    sentences.append(
        f"{'Everything else' if len(whole) < len(rebuilt.tables) else 'Everything'} was kept: {kept:,} rows."
    )
    unsure = sum(table.unsure for table in rebuilt.tables)
    if unsure:
        sentences.append(f"The checksums of {unsure:,} of the rows that were kept are lost; they look right.")
    return sentences


def _of_table(table: TableFate) -> str:
    lost = f"{'at least ' if table.at_least else ''}{table.lost:,} lost"
    return f"{table.name[0].upper()}{table.name[1:]}: {table.kept:,} kept, {table.restored:,} restored, {lost}."
