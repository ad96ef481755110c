"""The queue as a value: entries in the order in which they play and, under shuffle, the order that they came in.

An entry is a number that is never given again; the same track may stand in several.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["Queue"]


@dataclass
class Queue:
    """A queue.

    Attributes:
        entries: In the order in which they play.
        tracks: The track of each entry.
        original: All of them in the order that shuffle hides, or None while it is off.
        last_entry: The highest number that was ever given.
    """

    entries: list[int] = field(default_factory=list[int])
    tracks: dict[int, str] = field(default_factory=dict[int, str])
    original: list[int] | None = None
    last_entry: int = 0

    @property
    def shuffled(self) -> bool:
        """Whether shuffle is on."""
        return self.original is not None

    def copy(self) -> "Queue":
        """A queue of its own, with the same entries."""
        original = None if self.original is None else self.original.copy()
        return Queue(self.entries.copy(), self.tracks.copy(), original, self.last_entry)

    def index(self, entry: int) -> int:
        """The place of an entry that is there."""
        return self.entries.index(entry)

    def add_last(self, track_ids: Iterable[str]) -> list[int]:
        """Add at the end, of the original order too; return the new entries."""
        added = self._new(track_ids)
        self.entries += added
        if self.original is not None:
            self.original += added
        return added

    def add_after(self, entry: int | None, track_ids: Iterable[str]) -> list[int]:
        """Add behind the entry, in the original order too, or at the start; return the new entries."""
        added = self._new(track_ids)
        for order in self._orders():
            place = 0 if entry is None else order.index(entry) + 1
            order[place:place] = added
        return added

    def add_before(self, entry: int | None, track_id: str) -> int:
        """Add before the entry, in the original order too, or at the start; return the new entry."""
        [added] = self._new([track_id])
        for order in self._orders():
            order.insert(0 if entry is None else order.index(entry), added)
        return added

    def remove(self, entries: Collection[int]) -> None:
        """Take entries out."""
        gone = set(entries)
        for order in self._orders():
            order[:] = [entry for entry in order if entry not in gone]
        for entry in gone:
            self.tracks.pop(entry, None)

    def move(self, entries: Sequence[int], position: int) -> None:
        """Put entries, in this order, where the first of them then has that place; the original order stays."""
        moving = set(entries)
        rest = [entry for entry in self.entries if entry not in moving]
        self.entries = [*rest[:position], *entries, *rest[position:]]

    def rewrite(self, wanted: Iterable[int | str]) -> None:
        """Make it these entries, by number, and new ones, by track; under shuffle this is the order to play in."""
        before, tracks = self.last_entry, dict[int, str]()
        for each in wanted:
            if isinstance(each, int):
                tracks[each] = self.tracks[each]
            else:
                self.last_entry += 1
                tracks[self.last_entry] = each
        self.tracks, self.entries = tracks, list(tracks)
        if self.original is not None:
            # What was there keeps its order; what is new came in the order that it plays in.
            kept = [entry for entry in self.original if entry in tracks]
            self.original = [*kept, *(entry for entry in tracks if entry > before)]

    def shuffle(self, first: int | None) -> None:
        """Play in random order from here on, the entry first; the order of now can be restored."""
        if self.original is None:
            self.original = self.entries.copy()
        self.entries = _in_random_order(self.entries, first)

    def mix(self, added: Sequence[int], first: int | None) -> int:
        """Put entries that were just added in random order where they are, this one first; return the first."""
        mixed = _in_random_order(added, first)
        place = self.index(added[0])
        self.entries[place : place + len(mixed)] = mixed
        return mixed[0]

    def unshuffle(self) -> None:
        """Play in the original order again, in which what was added meanwhile has its place."""
        if self.original is not None:
            self.entries, self.original = self.original, None

    def after(self, entry: int, *, around: bool) -> Iterator[int]:
        """The entries that follow, round to the entry itself if the queue goes round and round."""
        place = self.index(entry)
        yield from self.entries[place + 1 :]
        if around:
            yield from self.entries[: place + 1]

    def before(self, entry: int, *, around: bool) -> Iterator[int]:
        """The entries that precede, the nearest first."""
        place = self.index(entry)
        yield from reversed(self.entries[:place])
        if around:
            yield from reversed(self.entries[place + 1 :])

    def _new(self, track_ids: Iterable[str]) -> list[int]:
        numbered = dict(enumerate(track_ids, self.last_entry + 1))
        self.tracks |= numbered
        self.last_entry += len(numbered)
        return list(numbered)

    def _orders(self) -> tuple[list[int], ...]:
        return (self.entries,) if self.original is None else (self.entries, self.original)


def _in_random_order(entries: Sequence[int], first: int | None) -> list[int]:
    # Sorting by random numbers takes a quarter of the time of `random.shuffle`.
    numbers = iter(memoryview(os.urandom(8 * len(entries))).cast("Q"))
    rest = sorted((entry for entry in entries if entry != first), key=lambda _: next(numbers))
    return rest if first is None else [first, *rest]
