"""The queue as a value: whatever is done to it, both of its orders hold the same entries, and none is ever reused."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backends.local.hub.queue import Queue

TRACKS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4)


class AnyQueue(RuleBasedStateMachine):
    """Compared with the plainest thing that has an order: a list, in the order that shuffle hides."""

    @initialize()
    def begin(self):
        self.queue = Queue()
        self.plain: list[int] = []
        self.given: set[int] = set()

    def _some(self, data, **bounds):
        return data.draw(st.lists(st.sampled_from(self.plain), unique=True, min_size=1, **bounds))

    @rule(tracks=TRACKS)
    def add_last(self, tracks):
        added = self._new(self.queue.add_last(tracks))
        assert self.queue.entries[-len(added) :] == added
        assert [self.queue.tracks[entry] for entry in added] == tracks
        self.plain += added

    @precondition(lambda self: self.plain)
    @rule(data=st.data(), tracks=TRACKS)
    def add_after(self, data, tracks):
        entry = data.draw(st.sampled_from(self.plain))
        added = self._new(self.queue.add_after(entry, tracks))
        place = self.queue.index(entry) + 1
        assert self.queue.entries[place : place + len(added)] == added
        place = self.plain.index(entry) + 1
        self.plain[place:place] = added

    @precondition(lambda self: self.plain)
    @rule(data=st.data())
    def remove(self, data):
        gone = self._some(data)
        self.queue.remove(gone)
        self.plain = [entry for entry in self.plain if entry not in gone]

    @precondition(lambda self: self.plain)
    @rule(data=st.data())
    def move(self, data):
        moving = self._some(data)
        place = data.draw(st.integers(0, len(self.plain) - len(moving)))
        rest = [entry for entry in self.queue.entries if entry not in moving]
        self.queue.move(moving, place)
        assert self.queue.entries[place : place + len(moving)] == moving
        assert [entry for entry in self.queue.entries if entry not in moving] == rest
        if not self.queue.shuffled:
            self.plain = self.queue.entries.copy()

    @rule(data=st.data())
    def shuffle(self, data):
        first = data.draw(st.sampled_from([None, *self.plain]))
        self.queue.shuffle(first)
        assert first is None or self.queue.entries[0] == first

    @rule()
    def unshuffle(self):
        self.queue.unshuffle()
        assert self.queue.entries == self.plain

    @rule(data=st.data(), tracks=st.lists(st.sampled_from(["a", "b"]), max_size=2))
    def rewrite(self, data, tracks):
        kept = self._some(data) if self.plain else []
        before = set(self.queue.entries)
        self.queue.rewrite([*kept, *tracks])
        assert self.queue.entries[: len(kept)] == kept
        new = self._new([entry for entry in self.queue.entries if entry not in before])
        assert [self.queue.tracks[entry] for entry in new] == tracks
        if self.queue.shuffled:
            self.plain = [entry for entry in self.plain if entry in kept] + new
        else:
            self.plain = self.queue.entries.copy()

    @invariant()
    def both_orders_hold_the_same(self):
        assert sorted(self.queue.entries) == sorted(self.plain) == sorted(self.queue.tracks)
        assert self.queue.original is None or self.queue.original == self.plain
        assert self.queue.shuffled or self.queue.entries == self.plain

    def _new(self, added):
        assert not self.given & set(added), "an entry's number is given once"
        self.given |= set(added)
        return added


TestAnyQueue = AnyQueue.TestCase
TestAnyQueue.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


@given(st.integers(1, 30), st.data())
def test_what_follows_an_entry_is_every_other_one_once_and_then_itself(count, data):
    queue = Queue()
    entries = queue.add_last(["t"] * count)
    entry = data.draw(st.sampled_from(entries))
    assert list(queue.after(entry, around=False)) == entries[entries.index(entry) + 1 :]
    assert sorted(queue.after(entry, around=True)) == entries
    assert list(queue.after(entry, around=True))[-1] == entry
    assert sorted([entry, *queue.before(entry, around=True)]) == entries
