"""What names of files say."""

import pytest

from backends.local.hub.reading.names import folder_cover, is_audio, lyrics_names


@pytest.mark.parametrize(
    "name",
    [b"a.mp3", b"A.FLAC", b"x.ogg", b"x.oga", b"x.Opus", b"x.m4a", b"x.wav", b"x.aif", b"x.aiff", b"x.wv", b"\xff.mp3"],
)
def test_audio_is_known_by_its_extension_in_any_case_even_if_the_name_is_no_text(name):
    assert is_audio(name)


@pytest.mark.parametrize("name", [b"a.txt", b"mp3", b".mp3", b"a.mp3.part", b"._a.mp3", b"cover.jpg", b""])
def test_other_names_are_not_audio(name):
    assert not is_audio(name)


def test_the_picture_of_a_folder_is_taken_by_preference():
    names = [b"back.jpg", b"album.jpg", b"Folder.JPG", b"front.png", b"track.mp3"]
    assert folder_cover(names) == b"Folder.JPG"
    assert folder_cover([*names, b"cover.webp"]) == b"cover.webp"
    assert folder_cover([*names, b"cover.webp", b"COVER.png"]) == b"COVER.png"
    assert folder_cover([b"back.jpg", b"covers.jpg"]) is None


def test_lyrics_have_the_stem_of_their_audio():
    assert lyrics_names(b"/m/A song.v2.mp3")[0] == b"/m/A song.v2.lrc"
    assert b"/m/A song.v2.LRC" in lyrics_names(b"/m/A song.v2.mp3")
