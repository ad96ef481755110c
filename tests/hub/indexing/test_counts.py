"""The counts of albums, artists and genres hold after any sequence of scans, edits, absences and plays."""

import sqlite3

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.indexing.effective import effective
from backends.local.hub.indexing.entries import FileEntry, TrackFacts
from backends.local.hub.indexing.names import folded
from backends.local.hub.indexing.writer import IndexWriter
from backends.local.hub.new_ids import derived_id
from backends.local.hub.reading.record import AudioFile
from contract.hub.ids import Kind
from tests.hub.indexing.counts import counted, stored

_NAMES = st.sampled_from(["Queen", "QUEEN", "ABBA", "Björk", "Bjork", "Queen feat. ABBA", "Various Artists"])
_TAGS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["One", "Two", "The Three"]),
        "artist": _NAMES,
        "artists": st.lists(_NAMES, min_size=1, max_size=3),
        "album": st.sampled_from(["Hits", "hits", "Jazz"]),
        "albumArtist": _NAMES,
        "genres": st.lists(st.sampled_from(["Rock", "rock", "Pop"]), min_size=1, max_size=3),
        "compilation": st.booleans(),
        "disc": st.integers(0, 3),
        "track": st.integers(0, 3),
        "releaseDate": st.sampled_from(["1999", "2001-05"]),
        "originalDate": st.sampled_from(["1969", "1999-05-01"]),
        "releaseId": st.sampled_from(["a", "b"]),
    },
)
_OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | st.sampled_from(["Four"]),
        "artist": st.none() | _NAMES,
        "album": st.none() | st.sampled_from(["Hits", "Jazz", "News"]),
        "genres": st.none() | st.just(["Folk"]),
        "disc": st.none() | st.integers(1, 4),
    },
)
_FACTS = st.builds(
    TrackFacts,
    overrides=_OVERRIDES,
    play_count=st.integers(0, 3),
    last_played_at=st.none() | st.integers(0, 5),
    saved_at=st.none() | st.integers(0, 5),
)
_NUMBERS = st.integers(0, 11)
_SOME = st.lists(_NUMBERS, min_size=1, max_size=6, unique=True)
_FOLDERS = {1: b"/music/one", 2: b"/music/CD2"}


class Sequences(RuleBasedStateMachine):
    """Twelve files that come, change, go and come back; the model is what was last said of each."""

    @initialize()
    def open(self):
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")
        for statement in (statement for migration in INDEX_LAYOUT.migrations for statement in migration):
            self.connection.execute(statement)
        self.connection.executemany("INSERT INTO folders (key, root_id, path) VALUES (?, 1, ?)", _FOLDERS.items())
        self.writer = IndexWriter(self.connection)
        self.known = {}
        self.keys = {}

    def teardown(self):
        self.connection.close()

    @rule(numbers=_SOME, data=st.data())
    def scan(self, numbers, data):
        entries = [self._entry(number, data) for number in numbers]
        keys = self.writer.put(entries, at=1)
        for number, key, entry in zip(numbers, keys, entries, strict=True):
            assert self.keys.setdefault(number, key) == key
            self.known[number] = [entry, entry.facts.overrides]

    @rule(numbers=_SOME, at=st.integers(1, 9))
    def lose(self, numbers, at):
        self.writer.mark_missing([self.keys[number] for number in numbers if number in self.keys], at)

    @rule(numbers=_SOME)
    def find_again(self, numbers):
        self.writer.mark_present([self.keys[number] for number in numbers if number in self.keys])

    @rule(numbers=_SOME, overrides=_OVERRIDES)
    def override(self, numbers, overrides):
        self.writer.rewrite({_id(number): overrides for number in numbers})
        for number in numbers:
            if number in self.known:
                self.known[number][1] = overrides

    @rule(facts=st.dictionaries(_NUMBERS, _FACTS, max_size=5))
    def play(self, facts):
        self.writer.set_track_facts({_id(number): fact for number, fact in facts.items()})

    @rule(folder=st.sampled_from(list(_FOLDERS)), there=st.booleans())
    def picture(self, folder, there):
        self.writer.set_folder_image(folder, there=there)

    @invariant()
    def counts_are_what_the_tracks_give(self):
        assert stored(self.connection) == counted(self.connection)

    @invariant()
    def each_track_is_shown_as_its_tags_and_overrides_say(self):
        for number, (entry, overrides) in self.known.items():
            shown = effective(entry.audio.tags, overrides, entry.name, _FOLDERS[entry.folder_key])
            sql = "SELECT title, artist, album, genre, year, disc, track FROM tracks WHERE id = ?"
            row = self.connection.execute(sql, (_id(number),)).fetchone()
            assert row == (
                shown.title, shown.artist, shown.album, shown.genre, shown.year, shown.disc, shown.track,
            )  # fmt: skip
            assert self._artists(number, 0) == [folded(name) for name in shown.artists]
            assert self._artists(number, 1) == [folded(name) for name in shown.album_artists]

    def _entry(self, number, data):
        audio = AudioFile("mp3", bytes([number]) * 16, 1000 + number, None, None, None, None)
        audio.tags, audio.has_cover = data.draw(_TAGS), data.draw(st.booleans())
        return FileEntry(
            folder_key=data.draw(st.sampled_from(list(_FOLDERS))),
            name=b"%02d - File.mp3" % number,
            size=1,
            mtime_ns=1,
            inode=1,
            sidecar_stamp=None,
            audio=audio,
            track_id=_id(number),
            added_at=data.draw(st.integers(0, 3)),
            key=self.keys.get(number),
            folder_has_image=data.draw(st.booleans()),
            facts=data.draw(_FACTS),
        )

    def _artists(self, number, role):
        sql = """
            SELECT r.identity FROM track_artists x JOIN artists r ON r.key = x.artist_key
            JOIN tracks t ON t.key = x.track_key WHERE t.id = ? AND x.role = ? ORDER BY x.position
        """
        return [name for (name,) in self.connection.execute(sql, (_id(number), role))]


def _id(number):
    return derived_id(Kind.TRACK, bytes([number]))


Sequences.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_counts_hold_after_any_sequence = Sequences.TestCase
