"""How long MPEG audio plays that does not say so."""

import pytest
from mutagen.apev2 import APEv2

from backends.local.hub.reading.reader import read_audio
from tests.hub.audio_files import COVER, audio

KBITS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Of MPEG 2, layer 3, from index 1 on."""


def frame(index, padding=0):
    """A silent frame of MPEG 2, layer 3, at 24 kHz: 24 ms."""
    length = 72 * KBITS[index - 1] * 1000 // 24000 + padding
    return (b"\xff\xf3" + bytes([index << 4 | 1 << 2 | padding << 1, 0xC4])).ljust(length, b"\0")


def duration(path, content):
    path.write_bytes(content)
    return read_audio(bytes(path)).duration_ms


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.mp3"


def test_a_header_says_it(path):
    assert duration(path, audio("mp3")) == 1056


def test_frames_of_one_bit_rate_are_measured_by_their_size(path):
    assert duration(path, frame(8) * 500) == 12_000


@pytest.mark.parametrize("count", [100, 5000])
def test_frames_of_changing_bit_rates_are_counted(path, count):
    frames = [frame(index, index % 2) for index in range(1, 15)]
    content = b"".join(frame(1) for _ in range(20)) + b"".join(frames[i * i % 14] for i in range(count))
    assert duration(path, content) == (20 + count) * 24


def test_the_bit_rate_of_counted_frames_is_that_of_all_of_them(path):
    content = b"".join(frame(index) for index in range(1, 15)) * 40
    path.write_bytes(content)
    assert read_audio(bytes(path)).bitrate == pytest.approx(8 * len(content) / (14 * 40 * 0.024), abs=1)


def test_junk_between_frames_is_no_frame(path):
    some = b"".join(frame(index) for index in range(1, 15)) * 40
    assert duration(path, some + b"\xff\xe0junk\xff" * 10 + some) == 2 * 14 * 40 * 24


def test_tags_behind_the_audio_do_not_play(path):
    content = frame(8) * 500
    path.write_bytes(content)
    tag = APEv2()
    tag["Cover Art (Front)"] = b"cover.png\0" + COVER * 5000
    tag.save(path)
    audio = read_audio(bytes(path))
    assert (audio.duration_ms, audio.has_cover) == (12_000, True)


def test_a_file_of_very_few_frames_is_read(path):
    assert duration(path, frame(8) * 2) == 48


def test_a_change_between_two_places_that_agree_is_found(path):
    """The bit rate of the beginning and the end is not that of the middle."""
    assert duration(path, frame(8) * 300 + frame(14) * 400 + frame(8) * 300) == 24_000


def test_padding_does_not_make_another_bit_rate(path):
    content = b"".join(frame(8, number % 3 == 0) for number in range(600))
    assert duration(path, content) == round(8 * len(content) / 64)
