"""Files that are damaged, or made to do harm, by what is wrong with them."""

import struct
import zlib

from mutagen.flac import Picture

from tests.hub.audio_files import audio

MP3, FLAC, OGG, OPUS = audio("mp3"), audio("flac"), audio("vorbis"), audio("opus")
M4A, WAV, AIFF, WAVPACK = audio("aac"), audio("wav"), audio("aiff"), audio("wavpack")


def atom(name, content, size=None):
    return struct.pack(">I4s", size or len(content) + 8, name) + content


def nested(depth):
    content = b""
    for _ in range(depth):
        content = atom(b"moov", content)
    return content


def id3(content, version=4):
    return b"ID3" + bytes([version, 0, 0]) + bytes(len(content) >> s & 0x7F for s in (21, 14, 7, 0)) + content


def bomb():
    """Half a megabyte that inflates to 640 of them, in a frame that says so."""
    packer = zlib.compressobj(6)
    words = b"A" * (1 << 20)
    packed = packer.compress(b"\0") + b"".join(packer.compress(words) for _ in range(640)) + packer.flush()
    assert len(packed) < 1 << 20
    size = bytes(len(packed) >> s & 0x7F for s in (21, 14, 7, 0))
    return id3(b"TIT2" + size + b"\0\x09" + b"\0\0\0\0" + packed) + MP3


def flac_block(kind, content, size=None):
    return bytes([kind]) + (len(content) if size is None else size).to_bytes(3, "big") + content


def endless_picture():
    picture = Picture()
    picture.data = b"x"
    content = picture.write()
    return FLAC[:42] + flac_block(6, content[:-5] + b"\xff\xff\xff\xff" + b"x") + FLAC[42:]


UNREADABLE = {
    "empty.mp3": b"",
    "one_byte.mp3": b"\xff",
    "zeros.mp3": bytes(3_000_000),
    "zeros.flac": bytes(5000),
    "text.mp3": b"These are words, and no audio at all.\n" * 5000,
    "text.flac": b"#!/bin/sh\necho no audio\n",
    "page.ogg": b"<!doctype html><title>Not found</title>",
    "picture.mp3": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 40,
    "archive.wav": b"PK\x03\x04" + bytes(500),
    "ff.mp3": b"\xff" * 500_000,
    "sync.mp3": b"\xff\xfb" * 250_000,
    "tags_alone.mp3": id3(b"TIT2\0\0\0\x06\0\0\0Title"),
    "header_alone.flac": FLAC[:4],
    "cut_in_header.flac": FLAC[:30],
    "no_audio.flac": FLAC[:4] + b"\x80" + FLAC[5:42],
    "cut_in_header.ogg": OGG[:40],
    "cut_in_comments.ogg": OGG[:80],
    "other_codec.ogg": OGG[:28] + b"\x01video!" + OGG[35:],
    "cut_in_header.opus": OPUS[:40],
    "cut_in_header.m4a": M4A[:200],
    "no_index.m4a": atom(b"ftyp", b"M4A \0\0\0\0") + atom(b"mdat", bytes(5000)),
    "no_media.m4a": M4A[: M4A.index(b"mdat") - 4],
    "huge_atom.m4a": atom(b"ftyp", b"M4A \0\0\0\0") + atom(b"moov", bytes(900), 0xFFFFFFF0),
    "huge_long_atom.m4a": struct.pack(">I4sQ", 1, b"moov", 1 << 62) + bytes(900),
    "nested.m4a": atom(b"ftyp", b"M4A \0\0\0\0") + nested(5000),
    "many_atoms.m4a": atom(b"ftyp", b"M4A \0\0\0\0") + atom(b"moov", atom(b"abcd", b"") * 400_000),
    "cut_in_header.wav": WAV[:30],
    "no_audio.wav": WAV[:36],
    "no_rate.wav": WAV[:24] + bytes(4) + WAV[28:],
    "cut_in_header.aiff": AIFF[:30],
    "no_rate.aiff": AIFF[:28] + bytes(10) + AIFF[38:],
    "many_chunks.wav": b"RIFF\xff\xff\xff\x7fWAVE" + b"abcd\0\0\0\0" * 500_000,
    "cut_in_header.wv": WAVPACK[:20],
    "cut_in_audio.mp3": MP3[:3000],
    "cut_in_audio.flac": FLAC[:3000],
    "cut_in_audio.ogg": OGG[:-40],
    "cut_in_audio.opus": OPUS[:-40],
    "cut_in_audio.m4a": M4A[:-2000],
    "cut_in_audio.wav": WAV[:3000],
    "cut_in_audio.aiff": AIFF[:3000],
    "cut_in_audio.wv": WAVPACK[:3000],
    "protected.m4a": M4A.replace(b"mp4a", b"drms"),
    "bomb.mp3": bomb(),
    "many_frames.mp3": id3(b"TIT2\0\0\0\x02\0\0\0A" * 150_000) + MP3,
    "many_comments.flac": FLAC[:42] + flac_block(4, struct.pack("<II", 0, 0xFFFFFFFF) + bytes(4_000_000)) + FLAC[42:],
    "endless_comment.flac": FLAC[:42] + flac_block(4, struct.pack("<III", 0, 1, 0xFFFFFFFF) + b"TITLE=x") + FLAC[42:],
    "endless_vendor.flac": FLAC[:42] + flac_block(4, struct.pack("<I", 0xFFFFFFFF) + bytes(8)) + FLAC[42:],
    "endless_picture.flac": endless_picture(),
    "endless_key.wv": WAVPACK + b"k" * 2_000_000 + struct.pack("<8s4I8x", b"APETAGEX", 2000, 2_000_032, 1, 0),
    "many_items.wv": WAVPACK
    + struct.pack("<2I", 0, 0) * 100_000
    + struct.pack("<8s4I8x", b"APETAGEX", 2000, 800_032, 0xFFFFFFFF, 0),
    "endless_tag.wv": WAVPACK + struct.pack("<8s4I8x", b"APETAGEX", 2000, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
}
"""What can't be read: a reason is given."""

READABLE = {
    "nearly_whole.mp3": MP3[:-200],
    "nearly_whole.flac": FLAC[:-200],
    "nearly_whole.m4a": M4A[:-100],
    "nearly_whole.wav": WAV[:-1000],
    "nearly_whole.aiff": AIFF[:-1000],
    "nearly_whole.wv": WAVPACK[:-100],
    "junk_before.mp3": b"junk" * 100 + MP3,
    "frame_longer_than_tag.mp3": id3(b"TIT2\x0f\x7f\x7f\x7f\0\0\0A") + MP3,
    "endless_audio.wav": WAV[:40] + b"\xff\xff\xff\xff" + WAV[44:],
    "junk_behind.wav": WAV + b"LIST\xff\xff\xff\xffINFO" + b"INAM\xff\xff\xff\xff" + b"x" * 500,
    "nested_id3.wav": WAV + b"id3 \xff\xff\xff\x7f" + id3(b"TIT2\x0f\x7f\x7f\x7f\0\0\0A"),
    "lyrics_before_the_file.mp3": MP3 + b"999999LYRICS200",
}
"""What can be read in spite of all."""
