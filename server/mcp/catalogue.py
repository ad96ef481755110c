"""The catalogue's tools, carried out: near misses accepted, figures worked out, and what is left said."""

from typing import cast

from anyio import to_thread

from backends.backend import Backend
from backends.data_entry import how_data_enters
from backends.local.storage import expanded
from contract.errors import InvalidRequest, NotPublished, TrackNotFound
from contract.identifiers import normalise_isrc, spotify_track_id
from contract.musicengine.analytics import (
    GET_COVERAGE,
    GET_MOVERS,
    GET_STREAMS,
    LONGEST_HISTORY,
    NO_STREAMS,
    Coverage,
    GetCoverage,
    GetMovers,
    GetStreams,
)
from contract.musicengine.catalogue import (
    FIND_TRACKS,
    GET_OVERVIEW,
    GET_TRACK,
    LIST_TRACKS,
    FindTracks,
    GetOverview,
    GetTrack,
    ListTracks,
    OverviewStats,
    TrackSummary,
)
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE, ImportBrowserProfile
from contract.musicengine.tools import (
    GET_OVERVIEW_TOOL,
    GET_STREAMS_TOOL,
    GET_TRACK_TOOL,
    IMPORT_BROWSER_PROFILE_TOOL,
    LIST_TRACKS_TOOL,
    TOOLS,
    WHAT_MOVED_TOOL,
    GetStreamsArguments,
    GetTrackArguments,
    ImportedProfile,
    ImportProfileArguments,
    ListTracksArguments,
    MoversResult,
    OverviewResult,
    StreamsResult,
    TrackResult,
    TrackRow,
    TracksResult,
)
from contract.validation import validate
from server.mcp.caller import refuse_paths_of_others
from server.mcp.in_library import in_library
from server.mcp.stream_summary import StreamSummary, summarise
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_CONCISE_TRACK = (
    "isrc",
    "title",
    "artist",
    "album",
    "release_date",
    "label",
    "upc",
    "duration_ms",
    "copyright_c",
    "copyright_p",
)

_LONGEST_COMPARED = LONGEST_HISTORY // 2

_SEND_COOKIES = f"The user can send the cookies themselves: {IMPORT_BROWSER_PROFILE.route}."


@HANDLERS.handles(LIST_TRACKS_TOOL)
async def list_tracks(backend: Backend, arguments: ListTracksArguments) -> TracksResult:
    """A page of the catalogue, or of what the words find in it."""
    page = {"limit": arguments.limit, "offset": arguments.offset}
    if arguments.query and arguments.query.strip():
        found = await backend.call(FIND_TRACKS, FindTracks(query=arguments.query, **page))
    else:
        found = await backend.call(LIST_TRACKS, ListTracks(**page))
    total = found.pagination["total"]
    behind = max(0, total - arguments.offset - len(found.data))
    rows = found.data if arguments.detail == "full" else [_row(track) for track in found.data]
    return TracksResult.model_construct(
        tracks=cast("list[TrackRow]", rows),
        total=total,
        remaining=behind,
        next_offset=arguments.offset + len(found.data) if behind else None,
        in_library=await in_library(backend, (track["isrc"] for track in found.data)),
        hint=_list_hint(backend, arguments, total),
    )


@HANDLERS.handles(GET_TRACK_TOOL)
async def get_track(backend: Backend, arguments: GetTrackArguments) -> TrackResult:
    """One track's record."""
    isrc = await _isrc(backend, arguments.isrc)
    track = (await backend.call(GET_TRACK, GetTrack(isrc=isrc))).data
    there = await in_library(backend, (isrc,))
    if arguments.detail == "full":
        return TrackResult(track=dict(track), in_library=there)
    known = {name: track.get(name) for name in _CONCISE_TRACK}
    return TrackResult(track={name: value for name, value in known.items() if value is not None}, in_library=there)


@HANDLERS.handles(GET_STREAMS_TOOL)
async def get_streams(backend: Backend, arguments: GetStreamsArguments) -> StreamsResult:
    """A track's streams with what an agent would otherwise have to compute."""
    isrc = await _isrc(backend, arguments.isrc)
    track = (await backend.call(GET_TRACK, GetTrack(isrc=isrc))).data
    # Twice the days, for the period before; as far as the contract gives them.
    rows_wanted = min(LONGEST_HISTORY, 2 * arguments.days)
    history = (await backend.call(GET_STREAMS, GetStreams(isrc=isrc, days=rows_wanted))).data["historical_data"]
    summary = summarise(history, arguments.days, released=track["release_date"])
    return StreamsResult(
        isrc=track["isrc"],
        title=track["title"],
        artist=track["artist"],
        hint=_streams_hint(backend, arguments.days, summary),
        daily=summary.daily if arguments.detail == "full" else None,
        **summary.figures,
    )


@HANDLERS.handles(GET_OVERVIEW_TOOL)
async def get_overview(backend: Backend, arguments: GetOverview) -> OverviewResult:
    """The dashboard, with the day it shows and how far the data reach."""
    coverage = await _coverage(backend, arguments.date)
    date = arguments.date or (coverage.latest_day if coverage else None)
    overview = (await backend.call(GET_OVERVIEW, GetOverview(date=date))).data
    stats = overview["stats"]
    return OverviewResult(
        date=date,
        has_stream_data=stats["has_stream_data"],
        total_tracks=stats["total_inner_catalogue_tracks"],
        days_tracked=stats["days_tracked"],
        spotify_latest_day=coverage.spotify_latest_day if coverage else None,
        apple_latest_day=coverage.apple_latest_day if coverage else None,
        best_tracks=overview["best_tracks"],
        best_artists=overview["best_artists"],
        tracks_with_data=coverage.tracks_with_data if coverage else None,
        hint=_overview_hint(backend, stats, coverage),
    )


@HANDLERS.handles(WHAT_MOVED_TOOL)
async def what_moved(backend: Backend, arguments: GetMovers) -> MoversResult:
    """What rose and fell, with what of it can be played here."""
    moved = await backend.call(GET_MOVERS, arguments)
    isrcs = (track["isrc"] for track in (*moved.rising, *moved.falling))
    return MoversResult.model_construct(**dict(moved), in_library=await in_library(backend, isrcs))


@HANDLERS.handles(IMPORT_BROWSER_PROFILE_TOOL)
async def import_browser_profile(backend: Backend, arguments: ImportProfileArguments) -> ImportedProfile:
    """Cookies enter by file, so that no value passes through the model."""
    from backends.local.cookie_files import read_cookie_file  # noqa: PLC0415  (only this tool reads files)

    refuse_paths_of_others("cookie_file", instead=_SEND_COOKIES)
    cookies = await to_thread.run_sync(read_cookie_file, expanded(arguments.cookie_file))
    request = validate(ImportBrowserProfile, {"name": arguments.name, "cookies": cookies})
    imported = await backend.call(IMPORT_BROWSER_PROFILE, request)
    return ImportedProfile(
        profile_id=imported.profile_id, name=imported.name, cookies=len(cookies), message=imported.message
    )


async def _isrc(backend: Backend, text: str) -> str:
    """The ISRC that the text is or leads to.

    Raises:
        InvalidRequest: It is no ISRC, or a Spotify link of several tracks.
        TrackNotFound: It is a Spotify link that no track of the catalogue has.
    """
    if spotify_track_id(text) is None:
        try:
            return normalise_isrc(text)
        except ValueError as error:
            raise InvalidRequest(
                f"isrc {error}, or a Spotify track link.",
                field="isrc",
                next_step="To look a title or artist up, call catalogue_list_tracks with query.",
            ) from None
    found = await backend.call(FIND_TRACKS, FindTracks(query=text, limit=2))
    if not found.data:
        raise TrackNotFound("No track in this workspace has that Spotify link.", field="isrc")
    if len(found.data) > 1:
        raise InvalidRequest("isrc is a Spotify link that several tracks share; give the ISRC.", field="isrc")
    return found.data[0]["isrc"]


async def _coverage(backend: Backend, date: str | None) -> Coverage | None:
    """How far the data reach, or None where the service does not say."""
    try:
        return await backend.call(GET_COVERAGE, GetCoverage(date=date))
    except NotPublished:
        return None


def _row(track: TrackSummary) -> TrackRow:
    return {
        "isrc": track["isrc"],
        "title": track["title"],
        "artist": track["artist"],
        "release_date": track["release_date"],
    }


def _list_hint(backend: Backend, arguments: ListTracksArguments, total: int) -> str | None:
    if total == 0 and arguments.query:
        return "No track has all of these words: try one of them, or list the catalogue without query."
    if total == 0:
        return f"The catalogue is empty. {how_data_enters(backend)}"
    return f"The offset is past the end: there are {total} tracks." if arguments.offset >= total else None


def _streams_hint(backend: Backend, days: int, summary: StreamSummary) -> str | None:
    if summary.figures["end"] is None:
        return f"No streams are stored for this track. {how_data_enters(backend)}"
    # The contract bounds the rows, which are those of the period and of the one before it.
    too_long = days > _LONGEST_COMPARED and summary.figures["comparison"] is None
    return f"For a comparison ask for {_LONGEST_COMPARED} days or fewer." if too_long else None


def _overview_hint(backend: Backend, stats: OverviewStats, coverage: Coverage | None) -> str | None:
    if stats["days_tracked"] == 0:
        return f"{NO_STREAMS} {how_data_enters(backend)}"
    if not stats["has_stream_data"]:
        return "No streams are stored for this day; it is missing, not zero."
    if coverage is None or coverage.fuller_day is None:
        return None
    return (
        f"Only {coverage.tracks_with_data} track(s) have data for this day, so it is no picture of the label; "
        f"{coverage.fuller_day} has data of {coverage.fuller_day_tracks}: ask for that date."
    )
