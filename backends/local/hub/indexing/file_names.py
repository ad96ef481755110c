"""What a file's name says where its tags say nothing: a title, the number of its track, and of its disc."""

import re
from functools import lru_cache

from backends.text import clean

__all__ = ["Named", "disc_of_folder", "named"]

Named = tuple[str, int | None, int | None]
"""Title, track and disc."""

_FOLDERS_KEPT = 256
"""All the files of a folder ask for the same."""

_UNTITLED = "Untitled"

# A number leads a title off only where that is plain: "03 - Title", "3. Title", "03 Title", "1-03 Title" and
# "03_Title", but neither "99 Luftballons" nor "7-11" nor "1-800-273-8255".
_NUMBERED = re.compile(
    r"""
    (?: (?P<disc>[1-9]) [-.] (?P<track_of_disc>[0-9]{2})
      | (?P<track>[0-9]{1,3}) (?= \s+ [-\u2013\u2014] \s | \.\s | \) )
      | (?P<padded>0[0-9]|[0-9]{2}(?=[-_.]))
    )
    (?: \s* [-\u2013\u2014._)] \s* | \s+ )
    (?P<title> .* [^\W\d_] .* )
    """,
    re.VERBOSE,
)

_DISC_FOLDER = re.compile(r"(?:.*[ (\[_-])?(?:cd|disc|disk|disque)[ ._-]*([0-9]{1,2})(?![0-9]).*", re.IGNORECASE)


def named(file_name: bytes) -> Named:
    """What the name says, without its ending."""
    stem = clean(_text(file_name.rpartition(b".")[0] or file_name))
    match = _NUMBERED.fullmatch(stem)
    if match is None:
        return stem.replace("_", " ").strip() or _UNTITLED, None, None
    track = match["track_of_disc"] or match["track"] or match["padded"]
    return match["title"].replace("_", " ").strip(), int(track), int(match["disc"]) if match["disc"] else None


@lru_cache(_FOLDERS_KEPT)
def disc_of_folder(folder: bytes) -> int | None:
    """The disc's number if the folder is called like one: "CD1", "The Wall (Disc 2)"."""
    match = _DISC_FOLDER.fullmatch(_text(folder.rstrip(b"/").rpartition(b"/")[2]))
    return int(match[1]) if match else None


def _text(name: bytes) -> str:
    """A name that is not UTF-8 is most often from an older Windows, whose letters are those of Latin-1."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")
