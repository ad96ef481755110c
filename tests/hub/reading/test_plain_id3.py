"""Tags of the ordinary form are read without mutagen, as mutagen reads them: every answer is compared with its own."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import APIC, ID3, TDRC, TIT2, TPE1, TXXX, TYER, UFID, ID3FileType

from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.id3 import read_id3
from backends.local.hub.reading.plain_id3 import plain_frames
from tests.hub.audio_files import COVER, fill_id3, write_file
from tests.hub.reading.test_formats import TAGS
from tests.hub.reading.test_id3 import frame, tag

V1 = struct.pack("3s30s30s30s4s28sBBB", b"TAG", b"Old", b"Old artist", b"Old album", b"1985", b"", 0, 7, 17)

WORDS = st.sampled_from(
    ["", "A", "1999", "2001-02", "2001-2-3T4", "0412", "17", "(17)Rock", "CR", "Rock\nPop", "Ø’", "\u0085é", "3/12"]  # noqa: RUF001
)
DESCRIPTIONS = st.sampled_from(["", "ARTISTS", "Album Artist", "date", "MusicBrainz Album Id", "replaygain_track_gain"])
TEXT_NAMES = st.sampled_from(
    b"TIT2 TPE1 TALB TPE2 TCMP TPOS TRCK TSRC TCOM TPUB TCON TDRC TDRL TDOR TYER TDAT TORY TIME TSSE".split()
)
MARKS = st.sampled_from([b"", b"\0", b"\0\0", b"\0\0\0", b"x"])


@st.composite
def contents(draw):
    """A name and what such a frame may hold, in order or not."""
    encoding = draw(st.integers(0, 4))
    codec = ("latin-1", "utf-16", "utf-16-be", "utf-8", "utf-8")[encoding]
    end = b"\0\0" if encoding in {1, 2} else b"\0"
    first = bytes([encoding])

    def coded(text):
        return text.encode(codec, "replace")

    kind = draw(st.sampled_from(["text"] * 5 + ["TXXX", "USLT", "APIC", "UFID", "other"]))
    words = end.join(coded(word) for word in draw(st.lists(WORDS, max_size=3))) + draw(MARKS)
    if kind == "text":
        return draw(TEXT_NAMES), first + words
    if kind == "TXXX":
        return b"TXXX", first + coded(draw(DESCRIPTIONS)) + end + words
    if kind == "USLT":
        return b"USLT", first + b"eng" + coded(draw(WORDS)) + end + words
    if kind == "APIC":
        mime = draw(st.sampled_from([b"image/png", b"PNG", b""]))
        return b"APIC", first + mime + b"\0\3" + coded(draw(WORDS)) + end + draw(st.sampled_from([b"", b"\0", COVER]))
    if kind == "UFID":
        return b"UFID", draw(st.sampled_from([b"http://musicbrainz.org\0", b"else\0", b""])) + draw(st.binary())
    return draw(st.sampled_from([b"PRIV", b"RVA2", b"TT2\0", b"XXXX", b"TIT2", b"\xff\xff\xff\xff"])), draw(st.binary())


def as_mutagen_reads(content):
    found = ID3FileType(io.BytesIO(content)).tags
    fields = Fields()
    return read_id3(found.values(), fields), fields, found.size


def as_plain(content):
    plain = plain_frames(io.BytesIO(content), len(content))
    if plain is None:
        return None
    fields = Fields()
    return read_id3(plain[0], fields), fields, plain[1]


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([3, 4]),
    st.lists(contents(), max_size=5),
    st.sampled_from([b"", bytes(5), bytes(10), bytes(500)]),
    st.sampled_from([b"", V1, V1[:-2]]),
)
def test_a_tag_is_read_as_mutagen_reads_it(version, frames, padding, old):
    content = tag(*(frame(*each, version=version) for each in frames), padding, version=version) + bytes(200) + old
    plain = as_plain(content)
    assert plain is None or plain == as_mutagen_reads(content)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_tag_is_read_as_mutagen_reads_it_if_it_reads_it(data):
    good = tag(frame(b"TIT2", b"\3Title"), frame(b"TXXX", b"\3ISRC\0x"), frame(b"TPE1", b"\3" + b"A" * 200), bytes(20))
    content = bytearray(good + bytes(200))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(3, len(good) - 1))] = data.draw(
            st.sampled_from([0, 1, 3, 4, 0x40, 0x7F, 0x80, 65])
        )
    plain = as_plain(bytes(content))
    assert plain is None or plain == as_mutagen_reads(bytes(content))


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("encoding", [0, 1, 3])
@pytest.mark.parametrize("old", [b"", V1])
def test_tags_as_they_mostly_are_need_no_mutagen(tmp_path, version, encoding, old):
    path = write_file(tmp_path / "file.mp3", "mp3")
    written = ID3()
    fill_id3(written, {**TAGS, "releaseDate": "2020-03-04", "originalDate": "1980"}, lyrics="Words", cover=COVER)
    for each in written.values():
        if hasattr(each, "encoding") and str(getattr(each, "text", "")).isascii():
            each.encoding = encoding
    if version == 3:
        written.update_to_v23()
    written.save(path, v2_version=version)
    content = path.read_bytes() + old
    plain = as_plain(content)
    assert plain is not None
    assert plain == as_mutagen_reads(content)
    assert plain[0]
    assert len(plain[1]) > 20


@pytest.mark.parametrize(
    "frames",
    [
        [TIT2(encoding=3, text="A" * 3000), TPE1(encoding=3, text="B"), TDRC(encoding=3, text="2001")],
        [TXXX(encoding=1, desc=f"Other {number}", text=["A", "B"]) for number in range(30)],
        [APIC(encoding=3, mime="image/jpeg", type=3, desc="Front", data=COVER * 5000), TYER(encoding=3, text="1999")],
        [UFID(owner="http://musicbrainz.org", data=b"1"), UFID(owner="else", data=b"2")],
    ],
)
def test_long_and_many_frames_need_no_mutagen(tmp_path, frames):
    path = tmp_path / "tag"
    written = ID3()
    for each in frames:
        written.add(each)
    written.save(path, v2_version=3 if "TYER" in written else 4)
    content = path.read_bytes() + bytes(200)
    assert as_plain(content) == as_mutagen_reads(content)
