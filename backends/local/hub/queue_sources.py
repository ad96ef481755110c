"""What is to be queued: the tracks behind ids, in their natural order, and which of them have their file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiosqlite

from backends.local.hub.context import Hub
from backends.local.hub.known_tracks import remember_tracks
from contract.errors import ContractError
from contract.hub.errors import AlbumNotFound, ArtistNotFound, LibraryTrackNotFound, PlaylistNotFound
from contract.hub.ids import Kind, kind_of
from contract.hub.playback_session import Context

__all__ = ["Source", "check_known", "remember_new", "source_of_context", "source_of_tracks"]


@dataclass(frozen=True)
class Source:
    """Tracks to queue.

    Attributes:
        track_ids: In their order; one may come several times.
        there: Those whose file is there.
        context: What they are, or None if they were picked one by one.
    """

    track_ids: Sequence[str]
    there: frozenset[str]
    context: Context | None = None


_KNOWN = """
    SELECT id, missing_since IS NULL FROM tracks WHERE id IN (SELECT value FROM json_each(:ids))
"""

_KNOWN_BEFORE = "SELECT track_id FROM known_tracks WHERE track_id IN (SELECT value FROM json_each(?))"

_NAMES: Mapping[Kind, str] = {
    Kind.TRACK: "SELECT title FROM tracks WHERE id = ?",
    Kind.ALBUM: "SELECT title FROM albums WHERE id = ?",
    Kind.ARTIST: "SELECT name FROM artists WHERE id = ?",
    Kind.PLAYLIST: "SELECT name FROM playlists WHERE id = ? AND deleted_at IS NULL",
}

# Missing tracks last: lists leave them out, so that places are counted without them.
_TRACKS: Mapping[Kind, str] = {
    Kind.TRACK: "SELECT id FROM tracks WHERE id = ?",
    Kind.ALBUM: """
        SELECT t.id FROM tracks t JOIN albums a ON a.key = t.album_key WHERE a.id = ?
        ORDER BY t.missing_since IS NOT NULL, t.disc, t.track, t.sort_title, t.id
    """,
    Kind.ARTIST: """
        SELECT t.id FROM tracks t LEFT JOIN albums a ON a.key = t.album_key
        WHERE t.key IN (SELECT track_key FROM track_artists WHERE artist_key = (SELECT key FROM artists WHERE id = ?))
        ORDER BY t.missing_since IS NOT NULL, coalesce(a.release_date, a.year, t.release_date, t.year, '9999'),
                 t.sort_album, t.album_key, t.disc, t.track, t.sort_title, t.id
    """,
    Kind.PLAYLIST: "SELECT track_id FROM playlist_entries WHERE playlist_id = ? ORDER BY position",
}

_NOT_FOUND: Mapping[Kind, type[ContractError]] = {
    Kind.TRACK: LibraryTrackNotFound,
    Kind.ALBUM: AlbumNotFound,
    Kind.ARTIST: ArtistNotFound,
    Kind.PLAYLIST: PlaylistNotFound,
}


async def source_of_tracks(hub: Hub, track_ids: Sequence[str]) -> Source:
    """Tracks that were picked one by one.

    Raises:
        LibraryTrackNotFound: Nobody knows one of them; the field says which.
    """
    known = await _known(hub, track_ids)
    await check_known(hub, {f"trackIds.{place}": id_ for place, id_ in enumerate(track_ids)})
    return Source(track_ids, frozenset(id_ for id_, there in known.items() if there))


async def source_of_context(hub: Hub, id_: str) -> Source:
    """All that an album, artist, playlist or track has.

    Raises:
        NotFound: There is none with that id, or the playlist was deleted.
    """
    kind = kind_of(id_)
    if kind is None or kind not in _NAMES:
        raise ValueError("the contract lets no other id through")
    database = hub.user if kind is Kind.PLAYLIST else hub.index
    names = list(await database.read(_NAMES[kind], (id_,)))
    if not names:
        raise _NOT_FOUND[kind](field="contextId")
    track_ids = [track_id for (track_id,) in await database.read(_TRACKS[kind], (id_,))]
    known = await _known(hub, track_ids)
    context: Context = {"kind": kind.value, "id": id_, "name": names[0][0]}  # pyright: ignore[reportAssignmentType]  # one of the four
    return Source(track_ids, frozenset(id_ for id_, there in known.items() if there), context)


async def check_known(hub: Hub, by_place: Mapping[str, str]) -> None:
    """See that each track is one that the library has or had.

    Raises:
        LibraryTrackNotFound: One is not; the field is its place.
    """
    ids = set(by_place.values())
    unknown = ids - (await _known(hub, list(ids))).keys()
    if unknown:
        # Tracks that a new index has not found again are still known, and missing.
        unknown -= {id_ for (id_,) in await hub.user.read(_KNOWN_BEFORE, (json.dumps(list(unknown)),))}
    for place, id_ in by_place.items():
        if id_ in unknown:
            raise LibraryTrackNotFound(field=place)


async def remember_new(hub: Hub, connection: aiosqlite.Connection, track_ids: Sequence[str]) -> None:
    """Keep the tracks that the queue mentions now; those of a playlist, say, are kept already."""
    ids = set(track_ids)
    rows = await connection.execute_fetchall(_KNOWN_BEFORE, (json.dumps(list(ids)),))
    ids -= {id_ for (id_,) in rows}
    if ids:
        await remember_tracks(hub, connection, ids)


async def _known(hub: Hub, track_ids: Sequence[str]) -> Mapping[str, bool]:
    """The tracks of the index among these, and whether the file of each is there."""
    rows = await hub.index.read(_KNOWN, {"ids": json.dumps(list(set(track_ids)))})
    return {id_: bool(there) for id_, there in rows}
