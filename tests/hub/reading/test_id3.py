"""ID3 in its versions and with its oddities, before MPEG audio."""

import struct
import zlib

import pytest
from mutagen.apev2 import APEv2
from mutagen.id3 import (
    ID3,
    RVA2,
    SYLT,
    TALB,
    TCON,
    TDAT,
    TDRC,
    TIT2,
    TORY,
    TPE1,
    TXXX,
    TYER,
    UFID,
    USLT,
    ID3TimeStamp,
)

from backends.local.hub.reading.reader import read_audio
from tests.hub.audio_files import COVER, tone, write_file


@pytest.fixture
def path(tmp_path):
    return write_file(tmp_path / "file.mp3", "mp3")


def save(path, *frames, **options):
    tag = ID3()
    for frame in frames:
        tag.add(frame)
    tag.save(path, **options)


def tag(*frames, version=4, flags=0):
    content = b"".join(frames)
    size = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, flags]) + size + content


def frame(name, content, flags=0, version=4):
    if version == 2:
        return name + len(content).to_bytes(3, "big") + content
    size = len(content)
    coded = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) if version == 4 else size.to_bytes(4, "big")
    return name + coded + struct.pack(">H", flags) + content


def tags_behind(path, *tags):
    path.write_bytes(b"".join(tags) + tone("mp3").read_bytes())
    return read_audio(bytes(path)).tags


@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
def test_text_is_read_in_each_encoding(path, encoding):
    save(path, TIT2(encoding=encoding, text="Café"), TXXX(encoding=encoding, desc="ISRC", text="USRC17607839"))
    assert read_audio(bytes(path)).tags == {"title": "Café", "isrc": "USRC17607839"}


@pytest.mark.parametrize("encoding", [1, 3])
def test_several_values_in_one_frame_are_told_apart(path, encoding):
    save(
        path, TPE1(encoding=encoding, text=["AC/DC", "林檎"]), TXXX(encoding=encoding, desc="artists", text=["A", "Б"])
    )
    assert read_audio(bytes(path)).tags == {"artist": "AC/DC, 林檎", "artists": ["A", "Б"]}


def test_a_slash_in_a_tag_of_2_3_parts_nothing(path):
    save(path, TPE1(encoding=1, text=["AC/DC"]), v2_version=3)
    assert read_audio(bytes(path)).tags == {"artist": "AC/DC"}


def test_windows_letters_in_a_frame_that_calls_itself_latin_are_read(path):
    assert tags_behind(path, tag(frame(b"TIT2", b"\x00It\x92s \x80\xfc"))) == {"title": "It’s €ü"}  # noqa: RUF001


def test_a_tag_of_2_2_is_read(path):
    frames = [
        frame(b"TT2", b"\0Title", version=2),
        frame(b"TP1", b"\0Artist", version=2),
        frame(b"TRK", b"\x003/12", version=2),
        frame(b"TCO", b"\0(17)", version=2),
        frame(b"TYE", b"\x001999", version=2),
        frame(b"ULT", b"\0eng\0Words", version=2),
        frame(b"PIC", b"\0PNG\x03\0" + COVER, version=2),
    ]
    assert tags_behind(path, tag(*frames, version=2)) == {
        "title": "Title",
        "artist": "Artist",
        "track": 3,
        "trackTotal": 12,
        "genres": ["Rock"],
        "releaseDate": "1999",
    }
    audio = read_audio(bytes(path))
    assert (audio.lyrics, audio.has_cover) == ("Words", True)


def test_dates_of_2_3_are_joined_from_year_and_day(path):
    frames = TYER(encoding=0, text="1999"), TDAT(encoding=0, text="0412"), TORY(encoding=0, text="1980")
    save(path, *frames, v2_version=3)
    assert read_audio(bytes(path)).tags == {"releaseDate": "1999-12-04", "originalDate": "1980"}


def test_a_date_of_2_4_goes_before_a_year_of_2_3(path):
    assert (
        tags_behind(path, tag(frame(b"TYER", b"\x001990"), frame(b"TDRC", b"\x002001-05")))["releaseDate"] == "2001-05"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rock", ["Rock"]),
        ("17", ["Rock"]),
        ("(17)", ["Rock"]),
        ("(17)Rock", ["Rock"]),
        ("(4)Eurodisco", ["Disco", "Eurodisco"]),
        ("(31)(39)", ["Trance", "Noise"]),
        ("(RX)(CR)", ["Remix", "Cover"]),
        ("((Brackets)", ["(Brackets)"]),
        ("Rock (UK)", ["Rock (UK)"]),
        ("80s", ["80s"]),
    ],
)
def test_genres_by_number_get_their_names(path, text, names):
    save(path, TCON(encoding=3, text=text))
    assert read_audio(bytes(path)).tags["genres"] == names


@pytest.mark.parametrize("number", ["255", "(250)", "(999)"])
def test_genres_by_numbers_without_a_name_are_none(path, number):
    assert tags_behind(path, tag(frame(b"TCON", b"\0" + number.encode()))) == {}


def test_the_recording_has_its_id_in_a_frame_of_its_own(path):
    id_ = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
    save(path, UFID(owner="http://musicbrainz.org", data=id_.encode()), UFID(owner="http://else", data=b"x"))
    assert read_audio(bytes(path)).tags == {"recordingId": id_}


def test_relative_volume_adjustment_is_loudness(path):
    save(path, RVA2(desc="track", channel=1, gain=-6.5, peak=0.5), RVA2(desc="album", channel=1, gain=2, peak=0))
    assert read_audio(bytes(path)).tags == {"trackGain": -6.5, "trackPeak": 0.5, "albumGain": 2.0, "albumPeak": 0.0}


def test_lyrics_with_times_become_lines_of_lrc(path):
    words = [("One", 1000), ("two", 61_520)]
    save(path, SYLT(encoding=1, lang="eng", format=2, type=1, desc="", text=words), USLT(encoding=3, text="Plain"))
    audio = read_audio(bytes(path))
    assert (audio.lyrics, audio.synced) == ("[00:01.00]One\n[01:01.52]two", True)


def test_syllables_with_times_are_joined_to_lines(path):
    words = [("Hel", 1000), ("lo", 1200), ("\nyou", 2000), (" all", 2300)]
    save(path, SYLT(encoding=3, lang="eng", format=2, type=1, desc="d", text=words))
    assert read_audio(bytes(path)).lyrics == "[00:01.00]Hello\n[00:02.00]you all"


def test_what_is_missing_is_taken_from_the_old_tag_at_the_end(path):
    old = struct.pack("3s30s30s30s4s28sBBB", b"TAG", b"Old title", b"Old artist", b"Old album", b"1985", b"", 0, 7, 17)
    path.write_bytes(tone("mp3").read_bytes() + old)
    all_of_it = {
        "title": "Old title",
        "artist": "Old artist",
        "album": "Old album",
        "releaseDate": "1985",
        "track": 7,
        "genres": ["Rock"],
    }
    audio = read_audio(bytes(path))
    assert audio.tags == all_of_it
    assert audio.fingerprint == read_audio(bytes(tone("mp3"))).fingerprint
    save(path, TIT2(encoding=3, text="New title, which is longer"), v1=1)
    assert read_audio(bytes(path)).tags["title"] == "New title, which is longer"


def test_an_ape_tag_behind_mpeg_audio_is_read_where_id3_says_nothing(path):
    ape = APEv2()
    ape["Title"], ape["REPLAYGAIN_TRACK_GAIN"] = "APE title", "-3.00 dB"
    ape.save(path)
    save(path, TIT2(encoding=3, text="ID3 title"), v1=2)
    audio = read_audio(bytes(path))
    assert audio.tags == {"title": "ID3 title", "trackGain": -3.0}
    save(path, TIT2(encoding=3, text="ID3 title"), v1=0)
    assert read_audio(bytes(path)).tags == {"title": "ID3 title", "trackGain": -3.0}
    assert audio.fingerprint == read_audio(bytes(tone("mp3"))).fingerprint


def test_of_several_tags_one_behind_the_other_the_first_is_read_and_none_is_audio(path):
    first, second = tag(frame(b"TIT2", b"\x03One")), tag(frame(b"TIT2", b"\x03Two"), frame(b"TALB", b"\x03Album"))
    assert tags_behind(path, first, second) == {"title": "One"}
    assert read_audio(bytes(path)).fingerprint == read_audio(bytes(tone("mp3"))).fingerprint


def test_a_tag_longer_than_the_file_is_reported(path):
    path.write_bytes(b"ID3\4\0\0\0\x7f\x7f\x7f" + tone("mp3").read_bytes())
    assert "tag" in read_audio(bytes(path)).reason


def test_sizes_that_itunes_wrote_in_eight_bits_are_understood(path):
    long = b"\x03" + b"L" * 299
    wrong = b"TIT2" + len(long).to_bytes(4, "big") + b"\0\0" + long
    assert tags_behind(path, tag(wrong, frame(b"TALB", b"\x03Album"))) == {"title": "L" * 299, "album": "Album"}
    assert tags_behind(path, tag(frame(b"TIT2", long), frame(b"TALB", b"\x03Album"))) == {
        "title": "L" * 299,
        "album": "Album",
    }


@pytest.mark.parametrize("version", [3, 4])
def test_compressed_frames_are_read(path, version):
    content = b"\x03Packed"
    flags = 0x0080 if version == 3 else 0x0009
    packed = frame(b"TIT2", len(content).to_bytes(4, "big") + zlib.compress(content), flags, version)
    assert tags_behind(path, tag(packed, version=version)) == {"title": "Packed"}


def test_encrypted_frames_are_passed_over(path):
    assert tags_behind(path, tag(frame(b"TIT2", b"\x00secret", 0x0004), frame(b"TALB", b"\0Album"))) == {
        "album": "Album"
    }


def test_tags_made_safe_for_decoders_are_made_unsafe_again(path):
    text = "ÿþÿ\0ÿ".encode("utf-16")
    safe = b"\x01" + text.replace(b"\xff", b"\xff\0")
    assert tags_behind(path, tag(frame(b"TIT2", safe, 0x0002))) == {"title": "ÿþÿ"}
    whole = frame(b"TIT2", b"\x01" + text, version=3).replace(b"\xff", b"\xff\0")
    assert tags_behind(path, tag(whole, version=3, flags=0x80)) == {"title": "ÿþÿ"}


def test_an_extended_header_is_skipped(path):
    title = frame(b"TIT2", b"\0Title", version=3)
    assert tags_behind(path, tag(b"\0\0\0\x06" + bytes(6), title, version=3, flags=0x40)) == {"title": "Title"}
    assert tags_behind(path, tag(title, version=3, flags=0x40)) == {"title": "Title"}
    title = frame(b"TIT2", b"\0Title")
    assert tags_behind(path, tag(b"\0\0\0\x06\x01\0", title, flags=0x40)) == {"title": "Title"}


def test_padding_ends_the_frames(path):
    assert tags_behind(path, tag(frame(b"TIT2", b"\0Title"), bytes(500))) == {"title": "Title"}


def test_tags_as_mutagen_writes_them_are_read_in_both_versions(path):
    for version in (3, 4):
        save(
            path,
            TIT2(encoding=1, text="T"),
            TALB(encoding=1, text="A"),
            TDRC(encoding=3, text="2001"),
            v2_version=version,
        )
        assert read_audio(bytes(path)).tags == {"title": "T", "album": "A", "releaseDate": "2001"}


def test_a_year_is_a_time_of_id3(path):
    save(path, TDRC(encoding=3, text=[ID3TimeStamp("2001-02-03T04:05:06")]))
    assert read_audio(bytes(path)).tags == {"releaseDate": "2001-02-03"}
