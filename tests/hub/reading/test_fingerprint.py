"""A fingerprint names the audio: it stays when tags change, and differs when the audio does."""

import shutil

import pytest
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3, TIT2
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from backends.local.hub.reading.reader import read_audio
from backends.local.hub.reading.record import FORMATS
from tests.hub.audio_files import COVER, EXTENSIONS, audio, remove_tags, tone, write_file, write_tags

every_format = pytest.mark.parametrize("format_", FORMATS)


def fingerprint(path):
    return read_audio(bytes(path)).fingerprint


def file_of(tmp_path, format_, **tags):
    return write_file(tmp_path / f"file{EXTENSIONS[format_]}", format_, **tags)


@every_format
def test_it_stays_through_all_that_taggers_do(tmp_path, format_):
    path = file_of(tmp_path, format_)
    before = fingerprint(path)
    assert len(before) == 16
    write_tags(path, format_, title="A title")
    assert fingerprint(path) == before
    write_tags(path, format_, title="Another title", artist="X" * 5000, lyrics="Words\n" * 2000)
    assert fingerprint(path) == before
    write_tags(path, format_, title="T", cover=COVER * 20_000)
    assert fingerprint(path) == before
    remove_tags(path, format_)
    assert fingerprint(path) == before


@every_format
def test_it_stays_through_a_move_and_a_copy(tmp_path, format_):
    path = file_of(tmp_path, format_, title="T")
    shutil.copyfile(path, tmp_path / "copy.mp3")
    assert fingerprint(tmp_path / "copy.mp3") == fingerprint(path)


@every_format
def test_other_audio_has_another(tmp_path, format_):
    assert len({fingerprint(file_of(tmp_path, format_, distinct=n, title="Same")) for n in range(20)}) == 20


def test_no_format_has_that_of_another():
    assert len({fingerprint(tone(format_)) for format_ in FORMATS}) == len(FORMATS)


def test_a_long_file_is_told_from_others_by_its_beginning_middle_and_end(tmp_path):
    head = bytearray(audio("wav")[:44])
    size = 30_000_000
    head[4:8] = (size + 36).to_bytes(4, "little")
    head[40:44] = size.to_bytes(4, "little")
    prints = set()
    for place in (None, 0, size // 2, size - 2):
        content = bytearray(size)
        if place is not None:
            content[place] = 1
        path = tmp_path / "long.wav"
        path.write_bytes(head + content)
        prints.add(fingerprint(path))
        write_tags(path, "wav", title="T", cover=COVER)
        prints.add(fingerprint(path))
    assert len(prints) == 4


def test_tags_around_mpeg_audio_are_no_part_of_it(tmp_path):
    path = file_of(tmp_path, "mp3")
    before = fingerprint(path)
    tag = ID3()
    tag.add(TIT2(encoding=3, text="T"))
    tag.save(path, v1=2)
    ape = APEv2()
    ape["Title"] = "T"
    ape.save(path)
    assert fingerprint(path) == before
    lyrics = b"LYRICSBEGININD0000200"
    path.write_bytes(path.read_bytes() + lyrics + b"%06d" % len(lyrics) + b"LYRICS200" + b"TAG" + bytes(125))
    assert fingerprint(path) == before


def test_the_sum_over_all_of_flac_is_enough(tmp_path):
    path = file_of(tmp_path, "flac")
    before = fingerprint(path)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert fingerprint(path) == before


def test_flac_without_a_sum_is_known_by_its_frames(tmp_path):
    data = bytearray(audio("flac"))
    data[26:42] = bytes(16)
    path = tmp_path / "file.flac"
    path.write_bytes(data)
    before = fingerprint(path)
    write_tags(path, "flac", title="T", cover=COVER)
    assert fingerprint(path) == before
    data[-100] ^= 1
    path.write_bytes(data)
    assert fingerprint(path) != before


def test_a_header_gain_of_opus_is_no_part_of_its_audio(tmp_path):
    path = file_of(tmp_path, "opus")
    before = fingerprint(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"OpusHead") + 16
    data[at : at + 2] = (-512).to_bytes(2, "little", signed=True)
    path.write_bytes(data)
    assert fingerprint(path) == before


@pytest.mark.parametrize(("format_", "class_"), [("vorbis", OggVorbis), ("opus", OggOpus)])
def test_pages_numbered_anew_have_the_same_audio(tmp_path, format_, class_):
    path = file_of(tmp_path, format_)
    before, size = fingerprint(path), path.stat().st_size
    file = class_(path)
    file["COMMENT"] = "x" * 300_000
    file.save()
    assert path.stat().st_size > size + 300_000
    assert fingerprint(path) == before
