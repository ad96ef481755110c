"""The index of words follows the library, whatever happens to it."""

import random
import sqlite3
from contextlib import closing

import pytest

from backends.local.checksums import PreparedConnection
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.searching.indexing import count_noted, index_noted, index_search
from contract.hub.search import SEARCH_LIBRARY
from tests.checked import call
from tests.hub.library import Song, put
from tests.hub.searching.songs import SONGS, song


@pytest.fixture
def index(data_dir):
    """Run statements in the index, and commit them."""

    def run(*statements):
        with closing(
            sqlite3.connect(data_dir / INDEX_LAYOUT.name, isolation_level=None, factory=PreparedConnection)
        ) as connection:
            return [connection.execute(*statement).fetchall() for statement in statements]

    return run


CHECK = ("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)",)
REBUILD = ("INSERT INTO search (search) VALUES ('rebuild')",)


async def test_a_retagged_track_is_found_by_its_new_words_and_not_by_its_old(hub, data_dir, found):
    put(data_dir, [Song("Before", "Them", key="one")])
    assert await found(hub, "before") == ["Before — Them"]
    put(data_dir, [Song("After", "Them", key="one")])
    assert await found(hub, "before") == []
    assert await found(hub, "after") == ["After — Them"]


async def test_a_missing_track_is_not_found_nor_its_album_and_artist_until_it_comes_back(hub, data_dir, search):
    gone = Song("Gone", "The Absent", "Away", missing=True)
    put(data_dir, [gone, Song("Here", "The Present", "Home")])
    for query in ("gone", "absent", "away"):
        assert (await search(hub, query))["best"] is None
    put(data_dir, [Song("Gone", "The Absent", "Away")])
    for query, kind in (("gone", "tracks"), ("absent", "artists"), ("away", "albums")):
        assert (await search(hub, query))["best"]["kind"] == kind


async def test_what_was_played_more_since_comes_first(hub, data_dir, found):
    put(data_dir, [song("Twin", "A", plays=1), song("Twin", "B")])
    assert await found(hub, "twin") == ["Twin — A", "Twin — B"]
    put(data_dir, [song("Twin", "B", plays=2)])
    assert await found(hub, "twin") == ["Twin — B", "Twin — A"]


async def test_a_mistyped_word_finds_what_came_after_the_last_search(hub, data_dir, found):
    put(data_dir, [song("Elsewhere")])
    assert await found(hub, "radiohaed") == []
    put(data_dir, [song("Creep", "Radiohead")])
    assert await found(hub, "radiohaed") == ["Creep — Radiohead"]


async def test_a_mistyped_word_finds_what_a_new_index_holds(hub, data_dir, found, index):
    put(data_dir, [song("Metallica"), song("Radiohead")])
    assert await found(hub, "metalica") == ["Metallica — Somebody"]
    index(("DELETE FROM search_words",), ("INSERT INTO search_words (word) VALUES ('nirvana'), ('radiohead')",))
    assert await found(hub, "metalica") == []
    assert await found(hub, "radiohaed") == ["Radiohead — Somebody"]


async def test_rows_that_are_noted_for_later_are_written_by_the_next_call(hub, data_dir, found, index):
    put(data_dir, [song("Later")])
    with closing(sqlite3.connect(data_dir / INDEX_LAYOUT.name, factory=PreparedConnection)) as connection:
        connection.execute("UPDATE tracks SET title = 'Sooner'")
        [(key,)] = connection.execute("SELECT key FROM tracks").fetchall()
        index_search(connection, tracks=[key], albums=[], artists=[], later=True)
        connection.commit()
        assert await found(hub, "sooner") == []
        index_search(connection, tracks=[], albums=[], artists=[])
        connection.commit()
    assert await found(hub, "sooner") == ["Sooner — Somebody"]
    index(CHECK)


async def test_rows_that_are_noted_for_later_are_written_so_many_at_a_time(hub, data_dir, found, index):
    put(data_dir, [song("Early"), song("Late")])
    with closing(sqlite3.connect(data_dir / INDEX_LAYOUT.name, factory=PreparedConnection)) as connection:
        connection.execute("UPDATE tracks SET title = 'Sooner'")
        keys = [key for (key,) in connection.execute("SELECT key FROM tracks ORDER BY key")]
        index_search(connection, tracks=keys, albums=[], artists=[], later=True)
        assert index_noted(connection, 1)
        connection.commit()
        assert count_noted(connection) == 1
        assert len(await found(hub, "sooner")) == 1
        assert index_noted(connection, 5)
        assert not index_noted(connection, 5)
        connection.commit()
    assert len(await found(hub, "sooner")) == 2
    index(CHECK)


@pytest.mark.parametrize("seed", range(5))
async def test_the_index_of_words_is_whole_after_any_edits_and_as_a_rebuild_makes_it(
    hub, data_dir, index, search, seed
):
    chance = random.Random(seed)
    for _ in range(8):
        edits = [
            Song(
                chance.choice(SONGS).title,
                chance.choice(SONGS).artist,
                chance.choice([*[entry.album for entry in SONGS], None]),
                key=str(chance.randrange(30)),
                plays=chance.choice([0, 0, 1, 5]),
                missing=chance.random() < 0.2,
            )
            for _ in range(chance.randrange(1, 12))
        ]
        put(data_dir, {edit.key: edit for edit in edits}.values())
        index(CHECK)
    queries = [chance.choice(SONGS).title for _ in range(20)]
    before = [await search(hub, query) for query in queries]
    index(REBUILD, CHECK)
    assert [await search(hub, query) for query in queries] == before
    [places, wrong] = index(
        ("SELECT count(*) FROM search_rows",),
        (
            """
            SELECT count(*) FROM tracks t
            WHERE (missing_since IS NULL) != EXISTS (SELECT 1 FROM search_rows r WHERE r.item = (2 << 52) + t.key)
            """,
        ),
    )
    assert places[0][0] > 0
    assert wrong == [(0,)]


async def test_damaged_words_are_told_from_whole_ones_and_mended_by_a_rebuild(hub, data_dir, index, found):
    put(data_dir, [song("Damage")])
    index(("DELETE FROM search_data WHERE id > 10",))
    with pytest.raises(sqlite3.DatabaseError):
        index(CHECK)
    index(REBUILD, CHECK)
    assert await found(hub, "damage") == ["Damage — Somebody"]


async def test_an_isrc_in_any_form_finds_its_track_first(songs):
    for query in ("GBUM71029604", "gbum71029604", "GB-UM7-10-29604", "ISRC GB UM7 10 29604", " gb-um7-1029604 "):
        answer = await call(songs, SEARCH_LIBRARY, q=query, remember=False)
        assert [item["title"] for item in answer["tracks"]["items"]] == ["Bohemian Rhapsody"]
