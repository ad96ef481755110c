"""ID3 tags of the ordinary form, as most files have them, in a fraction of the time: mutagen's was most of a scan's.

Mutagen is the reference: a tag is read as mutagen reads it, or left to it, as is every one in which anything is out of
the ordinary. What nothing wants is not read at all, pictures least of all.
"""

import re
from typing import BinaryIO, NamedTuple

__all__ = ["PlainFrame", "plain_frames"]

_TEXTS = frozenset(b"TIT2 TPE1 TALB TPE2 TCMP TPOS TRCK TSRC TCOM TPUB TCON TXXX TDRC TDRL TDOR TYER TDAT TORY".split())
_OF_2_3 = frozenset({"TYER", "TDAT", "TORY"})
_LEFT_TO_MUTAGEN = frozenset({b"SYLT", b"RVA2", b"TIME"})
_IN_ID3V1 = frozenset({"TIT2", "TPE1", "TALB", "TDRC", "TRCK", "TCON"})
_ID3V1 = 131  # bytes at the end in which mutagen looks for such a tag
_CODECS = {0: "latin-1", 1: "utf-16", 3: "utf-8"}
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_DATE = re.compile(r"(?:[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)?")
_NO_GENRE_BY_NAME = re.compile(r"CR|RX|\(.*|\d+|.*\n.*", re.DOTALL)
_PICTURE_HEAD = 256
_PICTURE = re.compile(rb"(?:[\0\x03][^\0]*\0.[ -~]*\0|\x01[^\0]*\0.(?:\xff\xfe(?:[ -~]\0)*)?\0\0)\0*[^\0]", re.DOTALL)
"""The beginning of one that has data, and a description in ASCII letters, or none."""


class PlainFrame(NamedTuple):
    """What is read of a frame, under the names that mutagen gives it."""

    FrameID: str
    encoding: int = 0
    text: list[str] | str = ""
    desc: str = ""
    owner: str = ""
    data: bytes = b""

    @property
    def genres(self) -> list[str]:
        """As mutagen has them of texts that hold no numbers of genres."""
        return [text for text in self.text if text]


class _NotPlain(ValueError):
    """Like text that can't be decoded: mutagen is to read the tag."""


def plain_frames(file: BinaryIO, size: int) -> tuple[list[PlainFrame], int] | None:
    """The frames of the tag that a file begins with, and where it ends; None if mutagen is to read it."""
    file.seek(max(0, size - _ID3V1))
    tail = file.read(_ID3V1)
    file.seek(0)
    head = file.read(10)
    if head[:3] != b"ID3" or head[3:4] not in {b"\3", b"\4"} or head[5:6] != b"\0" or not head[6:].isascii():
        return None
    end = 10 + _safe(head[6:])
    if end > size:
        return None
    try:
        frames = _frames(file, end, head[3])
    except ValueError:
        return None
    if b"TAG" in tail and not frames.keys() >= _IN_ID3V1:
        return None  # an old tag at the end may say what is missing
    return list(frames.values()), end


def _frames(file: BinaryIO, end: int, version: int) -> dict[str, PlainFrame]:
    """By what may be in a tag once."""
    frames: dict[str, PlainFrame] = {}
    at = 10
    while at + 10 <= end and (header := file.read(10)) != bytes(10):
        name = header[:4]
        if header[8:] != b"\0\0" or not (name.isalnum() and name.isupper()) or name in _LEFT_TO_MUTAGEN:
            raise _NotPlain
        size = int.from_bytes(header[4:8], "big")
        if version == 4 and size > 0x7F:
            _require_no_frame(file, at + 10 + size, end)  # where one would be if the size were not coded
            file.seek(at + 10)
            size = _safe(header[4:8])
        at += 10 + size
        if at > end:
            raise _NotPlain
        if name in _TEXTS and size:
            key, frame = _text_frame(name.decode(), file.read(size))
        elif name in {b"UFID", b"USLT"} and size:
            key, frame = _other_frame(name.decode(), file.read(size))
        elif name == b"APIC" and size:
            key, frame = f"APIC:{at}", _picture(file.read(min(size, _PICTURE_HEAD)))
            file.seek(at)
        else:
            file.seek(at)
            continue
        if key in frames or (version == 4 and key in _OF_2_3):
            raise _NotPlain
        frames[key] = frame
    return _with_dates(frames)


def _text_frame(name: str, data: bytes) -> tuple[str, PlainFrame]:
    encoding, texts = data[0], _texts(data[0], data[1:])
    if name == "TXXX":
        return f"TXXX:{texts[0]}", PlainFrame(name, encoding, texts[1:], texts[0])
    if (name.startswith("TD") and not all(map(_DATE.fullmatch, texts))) or (
        name == "TCON" and any(map(_NO_GENRE_BY_NAME.fullmatch, texts))
    ):
        raise _NotPlain
    return name, PlainFrame(name, encoding, texts)


def _other_frame(name: str, data: bytes) -> tuple[str, PlainFrame]:
    if name == "UFID":
        owner, _, data = data.partition(b"\0")
        return f"UFID:{owner!r}", PlainFrame(name, owner=owner.decode("latin-1"), data=data)
    _, text, *_ = (*_texts(data[0], data[4:]), "")
    if not text or not data[1:4].isascii():
        raise _NotPlain
    return name, PlainFrame(name, data[0], text)


def _picture(head: bytes) -> PlainFrame:
    if not _PICTURE.match(head) or head[1:4] in {b"PNG", b"JPG"}:
        raise _NotPlain
    return PlainFrame("APIC", data=head)


def _texts(encoding: int, data: bytes) -> list[str]:
    """Those that zeros part, each of which has a mark of its own in UTF-16."""
    if encoding not in _CODECS or (encoding == 1 and not data.startswith(_BOMS)):
        raise _NotPlain
    texts = data.decode(_CODECS[encoding]).split("\0")
    if encoding == 1:
        if any(text and text[0] != "\ufeff" for text in texts[1:]):
            raise _NotPlain
        texts[1:] = (text[1:] for text in texts[1:])
    return texts


def _with_dates(frames: dict[str, PlainFrame]) -> dict[str, PlainFrame]:
    """Years and days of 2.3 are made into dates of 2.4, where there are none."""
    year, day, original = (_digits(frames.pop(name, None)) for name in ("TYER", "TDAT", "TORY"))
    if year and "TDRC" not in frames:
        frames["TDRC"] = PlainFrame("TDRC", text=[f"{year}-{day[2:]}-{day[:2]}" if day else year])
    if original and "TDOR" not in frames:
        frames["TDOR"] = PlainFrame("TDOR", text=[original])
    return frames


def _digits(frame: PlainFrame | None) -> str:
    if frame is None:
        return ""
    if frame.text[1:] not in ([], [""]) or not re.fullmatch("[0-9]{4}", frame.text[0]):
        raise _NotPlain
    return frame.text[0]


def _require_no_frame(file: BinaryIO, at: int, end: int) -> None:
    """Refuse a size that can be understood in two ways; players of old wrote it as a plain number."""
    file.seek(at)
    if at < end and (name := file.read(4)).isalnum() and name.isupper():
        raise _NotPlain


def _safe(coded: bytes) -> int:
    """A number of four times seven bits."""
    if len(coded) < 4 or not coded.isascii():
        raise _NotPlain
    return coded[0] << 21 | coded[1] << 14 | coded[2] << 7 | coded[3]
