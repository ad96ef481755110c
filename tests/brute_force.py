"""What daily streams say of a period, worked out day by day and service by service, as slowly as it gets."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.label import LATEST, SeededTrack

__all__ = ["Compared", "compare", "labels", "missing", "period"]


@dataclass(frozen=True)
class Compared:
    """A track's streams in a period and in the one before it, over the days and services with data in both."""

    streams: int
    previous: int
    days: int
    enough: bool

    @property
    def change(self) -> int:
        return self.streams - self.previous

    @property
    def percent(self) -> float | None:
        return round(100 * self.change / self.previous, 1) if self.previous else None


def period(end: dt.date, days: int) -> list[dt.date]:
    """So many days up to the end, oldest first."""
    return sorted(end - dt.timedelta(days=back) for back in range(days))


def compare(track: SeededTrack, end: dt.date, days: int) -> Compared:
    """Pair each day with the one as far into the period before; what lies before the release is zero."""
    figures = track.figures
    streams = previous = paired_days = 0
    for day in period(end, days):
        before = day - dt.timedelta(days=days)
        paired = False
        for service in (0, 1):
            now = figures[day][service] if day in figures else None
            then = figures[before][service] if before in figures else None
            if then is None and _unreleased(track, before):
                then = 0
            if now is not None and then is not None:
                streams += now
                previous += then
                paired = True
        paired_days += paired
    released_days = sum(not _unreleased(track, day) for day in period(end, days))
    return Compared(streams, previous, paired_days, enough=paired_days * 2 >= max(1, released_days))


def missing(track: SeededTrack, end: dt.date, days: int) -> set[dt.date]:
    """Days of the period without a row, since the release."""
    return {day for day in period(end, days) if day not in track.figures and not _unreleased(track, day)}


def _unreleased(track: SeededTrack, day: dt.date) -> bool:
    return track.release_date is not None and day < dt.date.fromisoformat(track.release_date)


_RELEASE = st.integers(-2, 30).map(lambda back: (LATEST - dt.timedelta(days=back)).isoformat())
_COUNT = st.one_of(st.none(), st.integers(0, 9), st.integers(0, 10**12))
_BOTH = st.tuples(_COUNT, _COUNT).filter(lambda both: both != (None, None))
_FIGURES = st.dictionaries(st.integers(0, 19).map(lambda back: LATEST - dt.timedelta(days=back)), _BOTH, max_size=20)
_DENSE = st.lists(st.one_of(_BOTH, _BOTH, _BOTH, st.none()), max_size=20).map(
    lambda rows: {LATEST - dt.timedelta(days=back): both for back, both in enumerate(rows) if both}
)


@st.composite
def labels(draw: st.DrawFn) -> list[SeededTrack]:
    """One to four tracks with figures here and there in the latest twenty days."""
    histories = draw(st.lists(st.one_of(_FIGURES, _DENSE), min_size=1, max_size=4))
    return [
        SeededTrack(
            isrc=f"DEAAA26{number:05d}",
            title=f"T{number}",
            artist="A",
            release_date=draw(st.one_of(st.none(), _RELEASE)),
            figures=figures,
        )
        for number, figures in enumerate(histories)
    ]
