"""Find what moved, of a service that publishes histories one track at a time."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from backends.backend import Backend
from backends.comparison import Rows, all_streams, compare, release_day
from backends.data_entry import how_data_enters
from backends.days import day_number, day_text
from backends.handlers import Handlers
from backends.movers import ComparedTrack, no_movers, nothing_there, rank_movers
from backends.remote.composed.reading import Catalogue, for_each, read_catalogue, read_histories, read_overview
from contract.errors import InvalidRequest, TrackNotFound
from contract.musicengine.analytics import GET_MOVERS, LONGEST_HISTORY, GetMovers, Movers
from contract.musicengine.catalogue import GET_TRACK, GetTrack, TrackSummary

__all__ = ["HANDLERS", "MOST_TRACKS"]

HANDLERS = Handlers[Backend]()

MOST_TRACKS = 110
"""Tracks whose histories are read: with all that has to be read besides, two answers fit into a minute's limit."""


@HANDLERS.handles(GET_MOVERS)
async def get_movers(backend: Backend, request: GetMovers) -> Movers:
    """Every track of a small catalogue; of a larger one the most streamed and the newest, which the answer says."""
    overview = await read_overview(backend, None)
    if overview["stats"]["days_tracked"] == 0:
        return _answer(request, [], {}, nothing_there(None, how_data_enters(backend)))
    catalogue = await read_catalogue(backend, MOST_TRACKS)
    tracks, note = catalogue.tracks, None
    if not catalogue.is_whole:
        days = await _last_days(backend, request, [best["isrc"] for best in overview["best_tracks"]])
        tracks = await _worth_a_look(backend, catalogue, days)
        note = _note(catalogue.total, len(tracks), days)
    histories = await read_histories(backend, [track["isrc"] for track in tracks], _rows_wanted(request))
    return _answer(request, tracks, histories, nothing_there(_latest(histories), how_data_enters(backend)), note)


async def _last_days(backend: Backend, request: GetMovers, best: Sequence[str]) -> list[str]:
    """The last day of the period and of the one before it; none if they can't be told."""
    # The best tracks have streams on the latest day, so that their latest row is of that day.
    end = request.end or _latest(await read_histories(backend, best, 1))
    return [] if end is None else [end, day_text(day_number(end) - request.days)]


async def _worth_a_look(backend: Backend, catalogue: Catalogue, days: Sequence[str]) -> list[TrackSummary]:
    """The best tracks of these days, then the newest tracks."""
    known = {track["isrc"]: track for track in catalogue.tracks}
    leaders = {best["isrc"]: None for day in days for best in (await read_overview(backend, day))["best_tracks"]}
    found: dict[str, TrackSummary | None] = {isrc: known.get(isrc) for isrc in leaders}

    async def read(isrc: str) -> None:
        try:
            found[isrc] = (await backend.call(GET_TRACK, GetTrack(isrc=isrc))).data
        except TrackNotFound:
            return

    # Their release dates count, and the overview does not hold them.
    await for_each([isrc for isrc, track in found.items() if track is None], read)
    chosen = {isrc: track for isrc, track in found.items() if track is not None} | known
    return list(chosen.values())[:MOST_TRACKS]


def _rows_wanted(request: GetMovers) -> int:
    """Rows of a track that reach over both periods, from its newest row back."""
    if request.end is None:
        return 2 * request.days
    # Somewhere on earth it is tomorrow already.
    tomorrow = day_number(dt.datetime.now(dt.UTC).date().isoformat()) + 1
    return max(1, min(LONGEST_HISTORY, tomorrow - _first_day(request, day_number(request.end)) + 1))


def _answer(
    request: GetMovers,
    tracks: Sequence[TrackSummary],
    histories: Mapping[str, Rows],
    nothing: str,
    note: str | None = None,
) -> Movers:
    latest = _latest(histories)
    if request.end is None and latest is None:
        return no_movers(request, nothing)
    end = day_number(request.end or latest or "")
    first = _first_day(request, end)
    if any(len(rows) >= LONGEST_HISTORY and min(rows) > first for rows in histories.values()):
        raise InvalidRequest(
            f"The service gives the latest {LONGEST_HISTORY} days of a track at most, and these periods lie before.",
            field="end",
            next_step="Ask for a later end, or for fewer days.",
        )
    heard = sorted(_heard(request, tracks, histories, end), key=lambda pair: (-pair[0], pair[1].isrc))
    compared = [track for _, track in heard]
    with_data = {day for rows in histories.values() for day in rows}
    hints = [None if compared else nothing, note]
    return rank_movers(request, end, compared, with_data, " ".join(filter(None, hints)) or None)


def _heard(
    request: GetMovers, tracks: Sequence[TrackSummary], histories: Mapping[str, Rows], end: int
) -> Iterator[tuple[int, ComparedTrack]]:
    """Tracks that reach the threshold in both periods together, and their streams there."""
    for track in tracks:
        rows = histories[track["isrc"]]
        inside = [all_streams(row) for day, row in rows.items() if _first_day(request, end) <= day <= end]
        if not inside or sum(inside) < request.min_streams:
            continue
        comparison = compare(rows, end - request.days + 1, request.days, release_day(track["release_date"]))
        yield (
            sum(inside),
            ComparedTrack(
                track["isrc"],
                track["title"],
                track["artist"],
                comparison.streams,
                comparison.previous,
                comparison.days_compared,
                comparison.days_released,
            ),
        )


def _first_day(request: GetMovers, end: int) -> int:
    """The first day of the period before."""
    return end - 2 * request.days + 1


def _latest(histories: Mapping[str, Rows]) -> str | None:
    latest = max((day for rows in histories.values() for day in rows), default=None)
    return None if latest is None else day_text(latest)


def _note(total: int, looked_at: int, days: Sequence[str]) -> str:
    best = f"the most streamed of {' and '.join(days)}, then " if days else ""
    return (
        f"The catalogue has {total:,} tracks, of which {looked_at} were looked at: {best}the newest. For another track "
        "call catalogue_get_streams."
    )
