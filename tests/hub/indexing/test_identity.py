"""Which files make one album or artist, and which ids they keep when files are moved, tagged anew, or lost."""

from dataclasses import replace

import pytest

from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.indexing.writer import IndexWriter
from backends.local.hub.user_schema import USER_LAYOUT
from tests.hub.library import NOW, SONGS, Song, index, put, rows, track_id

_ALBUM = [Song(title, "Queen", "Jazz", tags={"track": number}) for number, title in enumerate(["One", "Two"], start=1)]


def _retagged(songs, **tags):
    return [replace(song, tags={**song.tags, **tags}) for song in songs]


def _save(data_dir, id_, kind):
    with index(data_dir) as (connection, user, _):
        user.execute("INSERT INTO saved (id, kind, name, saved_at) VALUES (?, ?, 'Jazz', ?)", (id_, kind, NOW))
        IndexWriter(connection).set_saved({id_: NOW})


def _albums(data_dir):
    return rows(data_dir, INDEX_LAYOUT, "SELECT id, title, saved_at FROM albums WHERE tracks > 0 ORDER BY title")


def test_albums_of_one_name_by_two_artists_stay_apart(library):
    assert library.album("Greatest Hits", "Queen") != library.album("Greatest Hits", "ABBA")


def test_an_album_in_two_folders_is_one_of_two_discs(library):
    sql = "SELECT tracks, discs FROM albums WHERE id = ?"
    assert rows(library.folder, INDEX_LAYOUT, sql, library.album("The Wall", "Pink Floyd")) == [(2, 2)]


def test_a_compilation_is_by_various_artists_and_each_track_by_its_own(library):
    sql = "SELECT tracks, compilation, year FROM albums WHERE id = ?"
    assert rows(library.folder, INDEX_LAYOUT, sql, library.album("Now Dance", "Various Artists")) == [(2, 1, 2003)]
    assert rows(library.folder, INDEX_LAYOUT, "SELECT tracks, albums FROM artists WHERE name = 'New Order'") == [(1, 0)]


def test_an_index_made_anew_gives_the_same_ids(library, tmp_path):
    groups = "SELECT id, identity FROM albums UNION SELECT id, identity FROM artists ORDER BY 1"
    again = put(tmp_path / "again", SONGS[::-1])
    assert rows(library.folder, INDEX_LAYOUT, groups) == rows(again.folder, INDEX_LAYOUT, groups)


def test_a_saved_album_is_saved_in_an_index_made_anew(data_dir):
    album = put(data_dir, _ALBUM).album("Jazz", "Queen")
    _save(data_dir, album, "album")
    for path in data_dir.glob(f"{INDEX_LAYOUT.name}*"):
        path.unlink()
    put(data_dir, _ALBUM)
    assert _albums(data_dir) == [(album, "Jazz", NOW)]


def test_an_album_tagged_anew_as_a_whole_keeps_its_id_and_stays_saved(data_dir):
    album = put(data_dir, _ALBUM).album("Jazz", "Queen")
    _save(data_dir, album, "album")
    put(data_dir, _retagged(_ALBUM, album="Jazz (Remastered)", releaseId="1b4e28ba-2fa1-11d2-883f-0016d3cca427"))
    assert _albums(data_dir) == [(album, "Jazz (Remastered)", NOW)]


def test_an_album_tagged_anew_folder_by_folder_keeps_its_id(data_dir):
    album = put(data_dir, _ALBUM).album("Jazz", "Queen")
    for song in _retagged(_ALBUM, album="Jazz II"):
        put(data_dir, [song])
    assert _albums(data_dir) == [(album, "Jazz II", None)]


def test_an_album_that_falls_apart_hands_its_id_to_neither(data_dir):
    album = put(data_dir, _ALBUM).album("Jazz", "Queen")
    put(data_dir, [*_retagged(_ALBUM[:1], album="A"), *_retagged(_ALBUM[1:], album="B")])
    assert album not in {id_ for id_, *_ in _albums(data_dir)}


def test_a_track_that_joins_an_older_album_leaves_that_its_id(data_dir):
    album = put(data_dir, _ALBUM).album("Jazz", "Queen")
    stray = Song("Three", "Queen", "Jass")
    put(data_dir, [stray])
    put(data_dir, _retagged([stray], album="Jazz"))
    assert _albums(data_dir) == [(album, "Jazz", None)]


def test_a_saved_album_stays_saved_when_it_joins_an_older_one(data_dir):
    put(data_dir, _ALBUM)
    stray = Song("Three", "Queen", "Jass")
    _save(data_dir, put(data_dir, [stray]).album("Jass", "Queen"), "album")
    put(data_dir, _retagged([stray], album="Jazz"))
    [(_, title, saved_at)] = _albums(data_dir)
    assert (title, saved_at) == ("Jazz", NOW)


def test_the_id_goes_with_the_files_that_are_there_and_not_with_the_missing(data_dir):
    here, gone = _ALBUM[0], replace(_ALBUM[1], missing=True)
    album = put(data_dir, [here, gone]).album("Jazz", "Queen")
    put(data_dir, _retagged([here], album="Jazz II"))
    assert _albums(data_dir) == [(album, "Jazz II", None)]
    put(data_dir, [replace(gone, missing=False)])
    [(other, title, _), _] = _albums(data_dir)
    assert (other != album, title) == (True, "Jazz")


def test_an_artist_whose_tracks_are_all_tagged_anew_keeps_the_id(data_dir):
    artist = put(data_dir, _ALBUM).artist("Queen")
    put(data_dir, _retagged(_ALBUM, artist="The Queen"))
    assert rows(data_dir, INDEX_LAYOUT, "SELECT id, name FROM artists") == [(artist, "The Queen")]


def test_a_better_spelling_in_the_tags_is_shown_everywhere(data_dir):
    album = [Song(title, "Bjork", "Homogenic", tags={"genres": ["electronic"]}) for title in ("Joga", "Hunter")]
    artist = put(data_dir, album).artist("Bjork")
    put(data_dir, _retagged(album, artist="Björk", album="Homogénic", genres=["Electronic"]))
    assert rows(data_dir, INDEX_LAYOUT, "SELECT id, name FROM artists") == [(artist, "Björk")]
    assert rows(data_dir, INDEX_LAYOUT, "SELECT title, artist FROM albums") == [("Homogénic", "Björk")]
    assert rows(data_dir, INDEX_LAYOUT, "SELECT name, tracks FROM genres") == [("Electronic", 2)]


def test_two_files_that_swap_their_names_keep_their_ids(data_dir):
    one, two = (replace(song, folder="Here", name=f"{song.title}.flac") for song in _ALBUM)
    put(data_dir, [one, two])
    put(data_dir, [replace(one, name=two.name), replace(two, name=one.name)])
    placed = rows(data_dir, INDEX_LAYOUT, "SELECT id, name, missing_since FROM tracks ORDER BY name")
    assert placed == [(track_id("Two"), b"One.flac", None), (track_id("One"), b"Two.flac", None)]


def test_a_track_whose_place_another_file_takes_is_missing(data_dir):
    one, two = (replace(song, folder="Here", name=f"{song.title}.flac") for song in _ALBUM)
    put(data_dir, [one, two])
    put(data_dir, [replace(two, name=one.name)])
    missing = rows(data_dir, INDEX_LAYOUT, "SELECT id, missing_since FROM tracks WHERE missing_since IS NOT NULL")
    assert missing == [(track_id("One"), NOW)]
    assert rows(data_dir, INDEX_LAYOUT, "SELECT tracks FROM albums") == [(1,)]


def test_a_track_that_was_missing_keeps_the_moment_when_it_came_into_the_library(data_dir):
    song = _ALBUM[0]
    put(data_dir, [replace(song, missing=True)])
    before = rows(data_dir, INDEX_LAYOUT, "SELECT added_at FROM tracks")
    put(data_dir, [replace(song, added_days_ago=0)])
    assert rows(data_dir, INDEX_LAYOUT, "SELECT added_at FROM tracks WHERE missing_since IS NULL") == before


_HOSTILE = ("'; DROP TABLE tracks; --", "<script>alert(1)</script>", "%s {0} \\ \"'", "\U0001d54f" * 3000)


@pytest.mark.parametrize("text", _HOSTILE)
def test_hostile_tags_are_kept_as_inert_text(data_dir, text):
    put(data_dir, [Song(text, text, text, key="hostile", folder="Here", tags={"genres": [text]})])
    [row] = rows(data_dir, INDEX_LAYOUT, "SELECT t.title, t.artist, a.title, g.name FROM tracks t, albums a, genres g")
    assert row == (text,) * 4


def test_what_people_made_of_a_track_is_shown_with_it_from_the_start(data_dir):
    put(data_dir, [Song("One", "Queen", "Jazz", plays=4, saved=True, overrides={"title": "Uno"})])
    sql = "SELECT title, overridden, play_count, saved_at IS NOT NULL FROM tracks"
    assert rows(data_dir, INDEX_LAYOUT, sql) == [("Uno", 1, 4, 1)]
    assert rows(data_dir, USER_LAYOUT, "SELECT count(*) FROM changes") == [(0,)]
