"""What is shown of a track: tags under overrides, and what stands in where both are silent."""

import pytest

from backends.local.hub.indexing.effective import UNKNOWN_ARTIST, effective
from backends.local.hub.indexing.names import sort_key

_HERE = b"/music/Folder"


def _shown(tags=None, overrides=None, name=b"file.mp3", folder=_HERE):
    return effective(tags or {}, overrides or {}, name, folder)


def test_tags_are_shown_as_they_are():
    shown = _shown({"title": "T.N.T.", "artist": "AC/DC", "album": "High Voltage", "track": 2, "isrc": "AUAP07600001"})
    assert (shown.title, shown.artist, shown.artists) == ("T.N.T.", "AC/DC", ("AC/DC",))
    assert (shown.album, shown.album_artist, shown.track, shown.isrc) == ("High Voltage", "AC/DC", 2, "AUAP07600001")


@pytest.mark.parametrize(
    ("name", "title", "track", "disc"),
    [
        (b"03 - Paper Boats.mp3", "Paper Boats", 3, None),
        (b"3. Paper Boats.flac", "Paper Boats", 3, None),
        (b"03 Paper Boats.mp3", "Paper Boats", 3, None),
        (b"03_paper_boats.mp3", "paper boats", 3, None),
        (b"12-Paper Boats.mp3", "Paper Boats", 12, None),
        (b"2-07 Paper Boats.mp3", "Paper Boats", 7, 2),
        (b"99 Luftballons.mp3", "99 Luftballons", None, None),
        (b"7-11.mp3", "7-11", None, None),
        (b"1-800-273-8255.mp3", "1-800-273-8255", None, None),
        (b"1979.mp3", "1979", None, None),
        (b"24K Magic.mp3", "24K Magic", None, None),
        (b"50 Ways to Leave.mp3", "50 Ways to Leave", None, None),
        ("05 - Überall Licht.ogg".encode(), "Überall Licht", 5, None),
        ("05 - Überall Licht.ogg".encode("latin-1"), "Überall Licht", 5, None),
        (b"Mr. Brightside", "Mr", None, None),  # no file without an ending is taken for audio
        (b".mp3", ".mp3", None, None),
        (b"\x01\x02.mp3", "Untitled", None, None),
    ],
)
def test_a_file_without_a_title_is_called_as_its_name_says(name, title, track, disc):
    shown = _shown(name=name)
    assert (shown.title, shown.track, shown.disc) == (title, track, disc)


def test_the_name_gives_the_number_that_the_tags_lack_and_no_other():
    assert _shown({"title": "Paper Boats"}, name=b"03 - Boats.mp3").track == 3
    assert _shown({"title": "Paper Boats", "track": 5}, name=b"03 - Boats.mp3").track == 5


@pytest.mark.parametrize(
    ("folder", "disc"),
    [(b"/m/The Wall/CD2", 2), (b"/m/The Wall (Disc 1)", 1), (b"/m/Disco 3000", None), (b"/m/Abcd1", None)],
)
def test_a_folder_called_like_a_disc_gives_the_disc(folder, disc):
    assert _shown({"title": "Hey You", "track": 1}, folder=folder).disc == disc


def test_a_file_without_an_artist_is_its_album_artists_or_nobodys():
    assert _shown({"albumArtist": "Queen"}).artist == "Queen"
    assert _shown().artist == UNKNOWN_ARTIST


def test_several_artists_are_joined_where_no_credit_is_given():
    assert _shown({"artists": ["A", "B"]}).artist == "A & B"
    assert _shown({"artists": ["A", "B", "C"]}).artist == "A, B & C"
    assert _shown({"artists": ["A", "B"], "artist": "A vs. B"}).artist == "A vs. B"


def test_one_artist_spelled_twice_is_one():
    assert _shown({"artists": ["Beyoncé", "Jay-Z", "BEYONCE"]}).artists == ("Beyoncé", "Jay-Z")


def test_a_credit_is_parted_at_feat_and_nowhere_else():
    assert _shown({"artist": "Rihanna feat. JAY-Z"}).artists == ("Rihanna", "JAY-Z")
    assert _shown({"artist": "Rihanna (ft. JAY-Z)"}).artists == ("Rihanna", "JAY-Z")
    assert _shown({"artist": "AC/DC"}).artists == ("AC/DC",)
    assert _shown({"artist": "Simon & Garfunkel"}).artists == ("Simon & Garfunkel",)
    assert _shown({"artist": "Little Feat"}).artists == ("Little Feat",)


@pytest.mark.parametrize(
    ("tags", "artist"),
    [
        ({"artist": "New Order", "albumArtist": "Friends"}, "Friends"),
        ({"artist": "New Order", "albumArtist": "Friends", "compilation": True}, "Friends"),
        ({"artist": "New Order", "compilation": True}, "Various Artists"),
        ({"artist": "Rihanna feat. JAY-Z"}, "Rihanna"),
        ({"artists": ["Queen", "David Bowie"]}, "Queen"),
        ({"albumArtists": ["Queen", "David Bowie"]}, "Queen & David Bowie"),
    ],
)
def test_the_album_artist_is_tagged_or_various_or_the_first_artist(tags, artist):
    assert _shown({"album": "Album", **tags}).album_artist == artist


def test_a_track_without_an_album_has_no_album_artist():
    shown = _shown({"albumArtist": "Queen"})
    assert (shown.album_artist, shown.album_identity, shown.sort_album) == (None, None, "")


def test_the_year_is_that_of_the_original_release():
    assert _shown({"releaseDate": "2009-09-09", "originalDate": "1969-09-26"}).year == 1969
    assert _shown({"releaseDate": "2009-09-09"}).year == 2009
    assert _shown().year is None


def test_numbers_beyond_any_disc_are_left_out():
    assert _shown({"title": "A", "track": 10**30, "disc": -1}).track is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The Beatles", "beatles"),
        ("The The", "the"),
        ("A Perfect Circle", "perfect circle"),
        ("Les Rita Mitsouko", "rita mitsouko"),
        ("L'Impératrice", "imperatrice"),
        ("Die Ärzte", "arzte"),
        ("Therapy?", "therapy?"),
        ("Anthrax", "anthrax"),
        ("…And Justice for All", "and justice for all"),
        ("The", "the"),
        ("!!!", "!!!"),
        ("Ørsted", "orsted"),
    ],
)
def test_names_sort_from_their_first_telling_letter(text, key):
    assert sort_key(text) == key


def test_an_override_is_shown_in_place_of_the_tag():
    shown = _shown({"title": "Wrong", "genres": ["Rock"], "track": 1}, {"title": "Right", "genres": ["Pop", "Soul"]})
    assert (shown.title, shown.genre, shown.track) == ("Right", "Pop, Soul", 1)


def test_a_field_that_is_overridden_by_nothing_is_empty():
    shown = _shown({"title": "A", "album": "B", "track": 1}, {"album": None, "track": None}, name=b"07 - A.mp3")
    assert (shown.album, shown.album_identity, shown.track) == (None, None, None)


def test_overriding_the_credit_or_the_names_in_it_changes_both():
    tags = {"artist": "A & B", "artists": ["A", "B"]}
    assert _shown(tags, {"artist": "C feat. D"}).artists == ("C", "D")
    assert _shown(tags, {"artists": ["C", "D"]}).artist == "C & D"
    assert _shown({"album": "X", "albumArtists": ["A", "B"]}, {"albumArtist": "C"}).album_artists == ("C",)


def test_albums_of_one_name_by_two_artists_are_two():
    queen, abba = ({"artist": artist, "album": "Greatest Hits"} for artist in ("Queen", "ABBA"))
    assert _shown(queen).album_identity != _shown(abba).album_identity


def test_an_album_is_one_however_its_names_are_spelled():
    one, other = {"artist": "Björk", "album": "Homogenic"}, {"artist": "BJORK", "album": "homogenic"}
    assert _shown(one).album_identity == _shown(other).album_identity


def test_editions_with_release_ids_differ_until_the_user_says_otherwise():
    first, second = ({"artist": "A", "album": "B", "releaseId": release} for release in ("1", "2"))
    assert _shown(first).album_identity != _shown(second).album_identity
    together = {"album": "B"}
    assert _shown(first, together).album_identity == _shown(second, together).album_identity
