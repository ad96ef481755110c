"""Say whether a day is covered as well as those before it; one rule for every backend."""

from collections.abc import Mapping

__all__ = ["RECENT", "fuller_day"]

RECENT = 28
"""How many days before a day are looked at for a fuller one."""


def fuller_day(day: int, tracks_with_data: Mapping[int, int]) -> int | None:
    """The latest day with data of many more tracks than the day, or None if the day is as good as those before it.

    Args:
        day: Number of the day asked for.
        tracks_with_data: How many tracks have data on it and on the recent days before it, the latest first.
    """
    most = max(tracks_with_data.values(), default=0)
    # A day with data of less than half the tracks that others have is no picture of the label.
    if tracks_with_data.get(day, 0) * 2 >= most:
        return None
    return next(other for other, count in tracks_with_data.items() if count * 2 >= most)
