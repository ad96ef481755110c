"""Lyrics in tags and beside the file."""

from os import mkfifo

import pytest
from mutagen.flac import FLAC

from backends.local.hub.reading.reader import read_audio
from backends.local.hub.reading.record import FORMATS
from tests.hub.audio_files import EXTENSIONS, write_file

TIMED = "[00:01.00]Første\n[01:02.50]zweite"


@pytest.fixture
def path(tmp_path):
    return write_file(tmp_path / "A song.flac", "flac", lyrics="In the tags")


def lyrics(path):
    audio = read_audio(bytes(path))
    return audio.lyrics, audio.synced


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_has_lyrics_with_and_without_times(tmp_path, format_):
    path = tmp_path / f"file{EXTENSIONS[format_]}"
    assert lyrics(write_file(path, format_, lyrics="One\n\nTwo: ø")) == ("One\n\nTwo: ø", False)
    assert lyrics(write_file(path, format_, lyrics=TIMED)) == (TIMED, True)


def test_lyrics_beside_the_file_go_before_those_in_it(path):
    path.with_suffix(".lrc").write_text(TIMED, encoding="utf-8")
    assert lyrics(path) == (TIMED, True)


@pytest.mark.parametrize("extension", [".lrc", ".LRC", ".Lrc"])
def test_the_extension_may_be_of_any_case(path, extension):
    path.with_suffix(extension).write_text("Beside", encoding="utf-8")
    assert lyrics(path) == ("Beside", False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_lyrics_beside_the_file_are_read_in_the_encodings_that_exist(path, encoding):
    path.with_suffix(".lrc").write_bytes(TIMED.encode(encoding))
    assert lyrics(path) == (TIMED, True)


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\x00\x01\x02"])
def test_what_is_beside_and_says_nothing_is_ignored(path, content):
    path.with_suffix(".lrc").write_bytes(content)
    assert lyrics(path) == ("In the tags", False)


def test_a_folder_of_the_name_is_ignored(path):
    path.with_suffix(".lrc").mkdir()
    assert lyrics(path) == ("In the tags", False)


def test_lines_are_cleaned_and_stay_lines(path):
    path.with_suffix(".lrc").write_bytes("\r\nA\u202e \tB\r\rC\u200b\n\n".encode())
    assert lyrics(path) == ("A B\n\nC", False)


def test_very_long_lyrics_end_with_a_whole_line(path):
    path.with_suffix(".lrc").write_text("[00:01.00]word word\n" * 50_000, encoding="utf-8")
    text, synced = lyrics(path)
    assert synced
    assert 60_000 < len(text) <= 65_536
    assert text.endswith("]word word")


def test_lyrics_of_several_names_are_those_with_times(tmp_path):
    path = write_file(tmp_path / "file.flac", "flac", title="T")
    file = FLAC(path)
    file["UNSYNCEDLYRICS"], file["LYRICS"] = "Plain", TIMED
    file.save()
    assert lyrics(path) == (TIMED, True)


def test_a_pipe_that_is_called_like_lyrics_holds_nothing_up(tmp_path):
    path = write_file(tmp_path / "song.flac", "flac", title="Song")
    mkfifo(tmp_path / "song.lrc")
    assert read_audio(bytes(path)).lyrics is None
