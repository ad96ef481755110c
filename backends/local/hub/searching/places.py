"""Numbers of search rows: kind, then plays, then key, so that the most played of a kind are read first."""

from enum import IntEnum

__all__ = ["Group", "item_of", "key_of", "place_of", "places_of", "plays_of"]

_PLAYS_BITS = 20
_KEY_BITS = 32
_KIND_SHIFT = _PLAYS_BITS + _KEY_BITS
_MOST_PLAYS = (1 << _PLAYS_BITS) - 1


class Group(IntEnum):
    """What is found in the index; few before many, so that reading the few stops early."""

    ARTISTS = 0
    ALBUMS = 1
    TRACKS = 2


def place_of(group: Group, key: int, plays: int) -> int:
    """The row's number."""
    return group << _KIND_SHIFT | (_MOST_PLAYS - min(max(plays, 0), _MOST_PLAYS)) << _KEY_BITS | key


def item_of(group: Group, key: int) -> int:
    """What stays the same however often it is played."""
    return group << _KIND_SHIFT | key


def key_of(place: int) -> int:
    """Key of the artist, album or track."""
    return place & ((1 << _KEY_BITS) - 1)


def places_of(group: Group) -> tuple[int, int]:
    """The least and the greatest number of the group's rows."""
    return group << _KIND_SHIFT, (group + 1 << _KIND_SHIFT) - 1


def plays_of(place: int) -> int:
    """How often it was played, as far as the number goes."""
    return _MOST_PLAYS - (place >> _KEY_BITS & _MOST_PLAYS)
