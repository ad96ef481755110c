"""Every format gives the same tags in the same form, and says what its audio is like."""

import subprocess
import sys

import pytest
from mutagen.flac import FLAC
from mutagen.ogg import OggPage

from backends.local.hub.reading.reader import read_audio, read_batch
from backends.local.hub.reading.record import FORMATS, AudioFile, Unreadable
from tests.hub.audio_files import COVER, EXTENSIONS, remove_tags, tone, write_file, write_tags

ID = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
OTHER_ID = "8da127cc-c432-418f-b356-ef36210d82ac"

TAGS = {
    "title": "Für Élise (林檎 mix)",
    "artist": "AC/DC feat. Ø & Мумий Тролль",
    "artists": ["AC/DC", "Ø", "Мумий Тролль"],
    "album": "Back / Black",
    "albumArtist": "AC/DC & Friends",
    "albumArtists": ["AC/DC", "Friends"],
    "compilation": True,
    "genres": ["Rock/Pop", "Hip-Hop"],
    "disc": 1,
    "discTotal": 2,
    "track": 3,
    "trackTotal": 12,
    "releaseDate": "2020-03-04",
    "originalDate": "1980-07",
    "isrc": "USRC17607839",
    "composers": ["A. Composer", "B. Composer"],
    "label": "Label & Sons",
    "recordingId": ID,
    "releaseTrackId": OTHER_ID,
    "releaseId": ID,
    "releaseGroupId": OTHER_ID,
    "artistIds": [ID, OTHER_ID],
    "albumArtistIds": [OTHER_ID, ID],
    "trackGain": -6.5,
    "trackPeak": 0.988,
    "albumGain": 1.25,
    "albumPeak": 1.02,
}

every_format = pytest.mark.parametrize("format_", FORMATS)


def read(path):
    result = read_audio(bytes(path))
    assert isinstance(result, AudioFile), result
    return result


def file_of(tmp_path, format_, **tags):
    return write_file(tmp_path / f"file{EXTENSIONS[format_]}", format_, **tags)


@every_format
@pytest.mark.parametrize("member", sorted(TAGS.keys() - {"artists", "albumArtists"}))
def test_each_tag_is_read_by_itself(tmp_path, format_, member):
    assert read(file_of(tmp_path, format_, **{member: TAGS[member]})).tags == {member: TAGS[member]}


@every_format
def test_all_tags_are_read_together(tmp_path, format_):
    assert read(file_of(tmp_path, format_, **TAGS)).tags == TAGS


@every_format
def test_a_file_without_tags_has_none(format_):
    audio = read(tone(format_))
    assert (audio.tags, audio.lyrics, audio.has_cover) == ({}, None, False)


@every_format
def test_several_artists_are_named_one_by_one_and_shown_together(tmp_path, format_):
    tags = read(file_of(tmp_path, format_, artist=["AC/DC", "B"], albumArtist=["C", "D"])).tags
    assert tags == {
        "artist": "AC/DC, B",
        "artists": ["AC/DC", "B"],
        "albumArtist": "C, D",
        "albumArtists": ["C", "D"],
    }


@every_format
def test_names_without_a_credit_are_the_credit(tmp_path, format_):
    assert read(file_of(tmp_path, format_, artists=["A", "B/C"])).tags == {"artist": "A, B/C", "artists": ["A", "B/C"]}


@every_format
def test_what_the_audio_is_like_is_told(format_):
    audio = read(tone(format_))
    assert audio.format == format_
    assert 1000 <= audio.duration_ms <= 1070
    assert audio.sample_rate == {"mp3": 24000, "opus": 48000, "wav": 8000, "aiff": 8000}.get(format_, 16000)
    assert audio.bit_depth == (16 if format_ in {"flac", "alac", "wav", "aiff", "wavpack"} else None)
    assert audio.channels == (2 if format_ == "aac" else 1)  # mutagen takes the AAC's possible stereo for granted
    assert 8_000 < audio.bitrate < 260_000


@every_format
def test_a_picture_is_noted(tmp_path, format_):
    assert read(file_of(tmp_path, format_, title="T", cover=COVER)).has_cover
    assert not read(file_of(tmp_path, format_, title="T")).has_cover


@every_format
def test_a_picture_of_megabytes_is_passed_over(tmp_path, format_):
    audio = read(file_of(tmp_path, format_, title="T", cover=COVER * 50_000))
    assert (audio.tags, audio.has_cover) == ({"title": "T"}, True)
    assert audio.duration_ms == read(tone(format_)).duration_ms


@every_format
def test_tags_taken_away_are_gone(tmp_path, format_):
    path = file_of(tmp_path, format_, cover=COVER, **TAGS)
    remove_tags(path, format_)
    assert read(path) == read(tone(format_))


@every_format
def test_text_is_cleaned_and_cut(tmp_path, format_):
    hidden = "A\u202eB\u200bC\tD  E"
    tags = read(file_of(tmp_path, format_, title=hidden, album="long " * 2000, genres=["<b>'; DROP TABLE x"])).tags
    assert tags["title"] == "ABC D E"
    assert tags["album"].startswith("long long")
    assert 900 < len(tags["album"]) <= 1000
    assert tags["genres"] == ["<b>'", "DROP TABLE x"]


@every_format
def test_the_content_says_what_a_file_is_and_not_its_name(tmp_path, format_):
    for extension in (".mp3", ".flac", ".ogg", ".m4a", ".wav"):
        path = tmp_path / f"misnamed{extension}"
        write_file(path, format_)
        write_tags(path, format_, title="T")
        assert (read(path).format, read(path).tags) == (format_, {"title": "T"})


@pytest.mark.parametrize(
    ("format_", "texts"),
    [
        ("wav", b"LIST\x1c\0\0\0INFOINAM\x02\0\0\0T\0IART\x06\0\0\0Caf\xe9\0\0"),
        ("aiff", b"NAME\0\0\0\x02T\0AUTH\0\0\0\x04Caf\xe9"),
    ],
)
def test_texts_in_chunks_of_their_own_are_read_where_id3_says_nothing(tmp_path, format_, texts):
    path = file_of(tmp_path, format_)
    data = path.read_bytes() + texts
    order = "little" if format_ == "wav" else "big"
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, order) + data[8:])
    assert read(path).tags == {"title": "T", "artist": "Café"}
    write_tags(path, format_, title="In ID3")
    assert read(path).tags == {"title": "In ID3", "artist": "Café"}


def test_flac_in_ogg_is_flac(tmp_path):
    flac = FLAC(tone("flac"))
    comments = b"\x84" + (len(data := b"\0\0\0\0\1\0\0\0\7\0\0\0TITLE=T")).to_bytes(3, "big") + data
    content = tone("flac").read_bytes()
    pages = [OggPage(), OggPage(), OggPage()]
    pages[0].packets, pages[0].first = [b"\x7fFLAC\1\0\0\1" + content[:42]], True
    pages[1].packets = [comments]
    pages[2].packets, pages[2].last = [content[-2000:]], True
    for number, page in enumerate(pages):
        page.sequence, page.position = number, flac.info.total_samples if page.last else 0
    path = tmp_path / "file.oga"
    path.write_bytes(b"".join(page.write() for page in pages))
    audio = read(path)
    assert (audio.format, audio.bit_depth, audio.sample_rate, audio.tags) == ("flac", 16, 16000, {"title": "T"})
    assert audio.duration_ms == read(tone("flac")).duration_ms


def test_a_batch_answers_for_each_file_in_its_place(tmp_path):
    good = file_of(tmp_path, "flac", title="T")
    results = read_batch([bytes(good), bytes(tmp_path / "none.mp3"), bytes(good)])
    assert [type(result) for result in results] == [AudioFile, Unreadable, AudioFile]


def test_a_name_that_is_no_text_is_read(tmp_path):
    path = bytes(tmp_path) + b"/\xff\xfe.mp3"
    with open(path, "wb") as file:  # noqa: PTH123  (pathlib has no such names)
        file.write(tone("mp3").read_bytes())
    assert read_audio(path) == read(tone("mp3"))


def test_reading_needs_no_heavy_import():
    heavy = "{'pydantic', 'aiosqlite', 'mcp', 'httpx', 'sqlite3', 'asyncio', 'contract.operation'}"
    code = f"import sys, backends.local.hub.reading.reader; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
