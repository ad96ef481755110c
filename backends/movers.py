"""Rank the tracks of two periods by their change; one rule for every backend."""

from collections.abc import Container, Sequence
from typing import NamedTuple

from backends.comparison import is_fair
from backends.days import day_text
from contract.musicengine.analytics import NO_STREAMS, GetMovers, Movement, Movers, NotCompared, Period

__all__ = ["ComparedTrack", "no_movers", "nothing_there", "rank_movers"]


class ComparedTrack(NamedTuple):
    """A track in the two periods, over the days that could be paired."""

    isrc: str
    title: str
    artist: str
    streams: int
    previous: int
    days_compared: int
    days_released: float
    """Days of the period on which the track was out: a release of yesterday can't have more."""

    @property
    def change(self) -> int:
        """Streams more than before, or fewer."""
        return self.streams - self.previous

    @property
    def is_comparable(self) -> bool:
        """Whether enough days could be paired for the comparison not to mislead."""
        return is_fair(self.days_compared, self.days_released)


def rank_movers(
    request: GetMovers, end: int, tracks: Sequence[ComparedTrack], with_data: Container[int], hint: str | None
) -> Movers:
    """The answer for the period that ends on that day.

    Args:
        request: What was asked for.
        end: Number of the period's last day.
        tracks: Those with as many streams as the threshold in both periods together, the most streamed first.
        with_data: Numbers of the days on which any track has data.
        hint: What to say besides.
    """
    start = end - request.days + 1
    compared = [
        track for track in tracks if track.is_comparable and max(track.streams, track.previous) >= request.min_streams
    ]
    left_out = [track for track in tracks if not track.is_comparable]
    by_change = sorted(compared, key=lambda track: (-abs(track.change), track.isrc))
    rising = [track for track in by_change if track.change > 0]
    falling = [track for track in by_change if track.change < 0]
    return Movers(
        period=_period(start, end, with_data),
        previous_period=_period(start - request.days, start - 1, with_data),
        min_streams=request.min_streams,
        compared=len(compared),
        rising=[_movement(track) for track in rising[: request.limit]],
        falling=[_movement(track) for track in falling[: request.limit]],
        not_compared_total=len(left_out),
        not_compared=[_not_compared(track) for track in left_out[: request.limit]],
        hint=hint,
    )


def no_movers(request: GetMovers, hint: str) -> Movers:
    """The answer where no day has data, so that there are no periods."""
    return Movers(
        period=None,
        previous_period=None,
        min_streams=request.min_streams,
        compared=0,
        rising=[],
        falling=[],
        not_compared_total=0,
        not_compared=[],
        hint=hint,
    )


def nothing_there(latest: str | None, how_data_enters: str) -> str:
    """What to say if no track has streams in the periods."""
    if latest is None:
        return f"{NO_STREAMS} {how_data_enters}"
    return f"No track reaches the threshold in these periods. The latest day with data is {latest}."


def _period(start: int, end: int, with_data: Container[int]) -> Period:
    missing = [day_text(day) for day in range(start, end + 1) if day not in with_data]
    return {"start": day_text(start), "end": day_text(end), "missing_days": missing}


def _movement(track: ComparedTrack) -> Movement:
    return {
        "isrc": track.isrc,
        "title": track.title,
        "artist": track.artist,
        "streams": track.streams,
        "previous": track.previous,
        "change": track.change,
        "change_percent": round(100 * track.change / track.previous, 1) if track.previous else None,
        "days_compared": track.days_compared,
    }


def _not_compared(track: ComparedTrack) -> NotCompared:
    return {
        "isrc": track.isrc,
        "title": track.title,
        "artist": track.artist,
        "days_compared": track.days_compared,
    }
