"""The file itself: whether it is text at all, and in which encoding."""

import codecs
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from contract.errors import InvalidRequest

__all__ = ["ends_within_a_line", "reading", "text_encoding", "truncated"]

_BLOCK = 1 << 20

_OTHER_KINDS = (
    (b"PK\x03\x04", "The file is an Excel workbook or a zip archive.", "Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "The file is an old Excel workbook.", "Open it and save the sheet as CSV."),
    (b"%PDF", "The file is a PDF.", "Download the CSV of the same report."),
    (b"\x1f\x8b", "The file is compressed.", "Unpack it first."),
)


@contextmanager
def reading() -> Generator[None, None, None]:
    """Raise the system's errors about the file as one clear sentence each."""
    try:
        yield
    except FileNotFoundError:
        raise _refused("There is no such file.", "Check its name and folder.") from None
    except IsADirectoryError:
        raise _refused("It is a folder.", "Name the files in it.") from None
    except OSError:
        raise _refused("The file can't be read.", "Check its permissions and the disk it is on.") from None


def text_encoding(path: Path) -> str:
    """Return the encoding that decodes the whole file, which is read once in blocks.

    UTF-8 unless a mark says UTF-16; otherwise Windows-1252, which is how ISO-8859-1 is written in practice, or
    ISO-8859-1 itself where a byte means nothing in the former.

    Raises:
        InvalidRequest: It is no regular file, is empty, is not text, or ends inside a character.
    """
    with reading():
        if path.exists() and not path.is_file() and not path.is_dir():
            raise _refused("It is not a regular file.", "Save its content as a file first.")
        with path.open("rb") as file:
            head = file.read(4)
    if not head:
        raise _refused("The file is empty.", "Download it again.")
    for magic, message, next_step in _OTHER_KINDS:
        if head.startswith(magic):
            raise _refused(message, next_step)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "cp1252", "iso-8859-1")
    with reading():
        for encoding in candidates:
            if _decodes(path, encoding):
                return encoding
    raise _not_text()


def ends_within_a_line(path: Path) -> bool:
    """Whether the last line has no end, so that a cell may be cut without any trace."""
    with reading(), path.open("rb") as file:
        file.seek(-2, os.SEEK_END)  # a character of UTF-16; no file we take is shorter
        return not file.read().rstrip(b"\0").endswith((b"\n", b"\r"))


def truncated(line: int) -> InvalidRequest:
    """The error of a file that breaks off."""
    return _refused(
        f"The file seems truncated: line {line:,} ends too early.", "Download it again; nothing of it was imported."
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError:
                return False
            if "\0" in text:
                raise _not_text()
            lines += text.count("\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise truncated(lines) from None
    return True


def _not_text() -> InvalidRequest:
    return _refused("The file is not text, whatever its name says.", "Export or save it as CSV.")


def _refused(message: str, next_step: str) -> InvalidRequest:
    return InvalidRequest(message, field="file", next_step=next_step)
