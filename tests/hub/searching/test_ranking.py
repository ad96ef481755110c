"""The order of hits: exact before begun before similar, title before album before artist, more played first."""

import pytest

from tests.hub.library import put
from tests.hub.searching.songs import song


async def test_exact_titles_come_before_beginnings_and_those_before_similar_words(hub, data_dir, found):
    put(
        data_dir,
        [song("Lov", plays=5), song("Lovely Day", plays=9), song("Love", plays=1), song("Love Me Do", plays=7)],
    )
    assert await found(hub, "love") == ["Love — Somebody", "Love Me Do — Somebody", "Lovely Day — Somebody"]


async def test_a_word_in_the_title_counts_more_than_one_in_the_album_and_that_more_than_one_of_the_artist(
    hub, data_dir, found
):
    put(
        data_dir,
        [
            song("One", artist="Hunter", plays=30),
            song("Two", album="The Hunter", plays=20),
            song("Hunters Moon", plays=1),
            song("A Hunter", plays=10),
        ],
    )
    assert await found(hub, "hunter") == [
        "A Hunter — Somebody",
        "Two — Somebody",
        "One — Hunter",
        "Hunters Moon — Somebody",
    ]


async def test_of_equal_titles_the_most_played_comes_first(songs, found):
    assert (await found(songs, "hurt"))[:2] == ["Hurt — Johnny Cash", "Hurt — Nine Inch Nails"]
    assert (await found(songs, "one"))[:3] == ["One — U2", "One — Metallica", "One — Mary J. Blige"]


async def test_a_song_comes_before_its_live_version_however_often_that_was_played(songs, found):
    assert (await found(songs, "come as you are"))[:2] == [
        "Come as You Are — Nirvana",
        "Come as You Are (Live) — Nirvana",
    ]
    assert (await found(songs, "hello"))[:2] == ["Hello — Adele", "Hello — Lionel Richie"]


async def test_equal_hits_come_in_one_order(hub, data_dir, found):
    put(data_dir, [song("Same", artist=f"Artist {number}") for number in range(30)])
    first = await found(hub, "same", limit=50)
    assert len(first) == 30
    assert first == await found(hub, "Same ", limit=50)


async def test_the_title_that_is_a_part_of_the_query_comes_before_other_songs_of_its_album(hub, data_dir, found):
    album = [
        song(title, "Michael Jackson", "Bad", plays=50)
        for title in ("Smooth Criminal", "Dirty Diana", "Man in the Mirror")
    ]
    put(data_dir, [*album, song("Bad", "Michael Jackson", "Bad")])
    assert (await found(hub, "michael jackson bad"))[0] == "Bad — Michael Jackson"
    assert (await found(hub, "bad michael jackson"))[0] == "Bad — Michael Jackson"


async def test_the_best_stands_first_among_more_hits_than_are_read(hub, data_dir, found, search):
    """All of them hold both words, and nearly all were played more than the one that is meant."""
    crowd = [song(f"Love {number}", "The Band", "Big Love", plays=200 - number) for number in range(120)]
    put(data_dir, [*crowd, song("Love", "The Band", "Big Love"), song("Band Love", "Nobody", "Small")])
    assert (await found(hub, "love"))[0] == "Love — The Band"
    assert (await found(hub, "the band love"))[:2] == ["Band Love — Nobody", "Love — The Band"]
    answer = await search(hub, "love", limit=5)
    assert (len(answer["tracks"]["items"]), answer["tracks"]["more"]) == (5, True)


async def test_the_most_played_of_a_crowd_comes_first(hub, data_dir, found):
    put(data_dir, [song(f"Blue {number}", plays=number) for number in range(200)])
    assert await found(hub, "blue", limit=3) == ["Blue 199 — Somebody", "Blue 198 — Somebody", "Blue 197 — Somebody"]
    assert await found(hub, "blu", limit=2) == ["Blue 199 — Somebody", "Blue 198 — Somebody"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("queen", "artists"),
        ("black sabbath", "artists"),
        ("thriller", "tracks"),
        ("ænima", "albums"),
        ("fitness", "playlists"),
    ],
)
async def test_the_best_of_all_kinds_is_of_the_kind_that_people_mean(songs, search, query, kind):
    assert (await search(songs, query))["best"]["kind"] == kind


async def test_one_kind_alone_can_be_asked_for(songs, search):
    answer = await search(songs, "thriller", kind="albums")
    assert [len(answer[kind]["items"]) for kind in ("tracks", "albums", "artists", "playlists")] == [0, 1, 0, 0]
    assert answer["best"]["kind"] == "albums"


async def test_a_title_is_found_among_more_albums_of_its_name_than_are_read(hub, data_dir, found):
    crowd = [song(f"Number {number}", "The Band", "Winter", plays=200 - number) for number in range(120)]
    put(data_dir, [*crowd, song("Cold Winter Night")])
    assert (await found(hub, "winter"))[0] == "Cold Winter Night — Somebody"


async def test_a_title_that_begins_with_the_words_is_found_among_more_that_hold_them_than_are_read(
    hub, data_dir, found
):
    crowd = [song(f"Cold Winter {number}", plays=200 - number) for number in range(120)]
    put(data_dir, [*crowd, song("The Winter Song")])
    assert (await found(hub, "winter"))[0] == "The Winter Song — Somebody"
    assert (await found(hub, "wint"))[0] == "The Winter Song — Somebody"
