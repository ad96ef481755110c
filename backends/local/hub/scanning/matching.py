"""Which files are which tracks, among those with the same audio."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

__all__ = ["Candidate", "match"]


@dataclass(slots=True)
class Candidate:
    """A file without a track, or a track without a file.

    Attributes:
        folder: The last part of the folder's path.
        inode: Or None if it is not known.
        tags: What people tell it by: title, artist and album; None without a title.
        slot: Artist, album, disc and track, whatever is there; None without a track number.
    """

    path: bytes
    folder: bytes
    name: bytes
    inode: int | None
    tags: tuple[str | None, ...] | None
    slot: Hashable = None


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a file and a track may have in common; None is nothing.

    Attributes:
        several: Whether it holds for several alike, too: they are so much the same that any order will do, and each
            keeps its place in a playlist. Other evidence must point at one file and one track.
        of_shared: Whether it is enough where other tracks have the same audio.
    """

    of: Callable[[Candidate], Hashable]
    several: bool = False
    of_shared: bool = True


_EVIDENCE = (
    _Evidence(lambda each: each.path, several=True),
    _Evidence(lambda each: each.tags and (each.tags, each.name, each.folder), several=True),
    _Evidence(lambda each: each.tags and (each.tags, each.name), several=True),
    _Evidence(lambda each: each.tags and (each.tags, each.folder), several=True),
    _Evidence(lambda each: each.tags, several=True),
    # The number of a deleted file is soon given to another one: alone, it says less than tags do.
    _Evidence(lambda each: each.slot and each.inode and (each.slot, each.inode)),
    _Evidence(lambda each: each.inode and (each.inode, each.name)),
    _Evidence(lambda each: each.inode, of_shared=False),
    _Evidence(lambda each: (each.name, each.folder)),
    _Evidence(lambda each: each.name, of_shared=False),
    _Evidence(lambda each: each.folder, of_shared=False),
)
"""The best first."""


def match(files: Sequence[Candidate], tracks: Sequence[Candidate], *, shared: bool) -> dict[int, int]:
    """Return the track of each file that has one, by their places in the two lists. It takes linear time.

    `shared` says that other tracks, which are where they were, have this audio too: then that a file has it as well
    is no reason to take it for a certain track, even if there is one alone.
    """
    found: dict[int, int] = {}
    files_left: list[int] = [*range(len(files))]
    tracks_left: list[int] = [*range(len(tracks))]
    for evidence in _EVIDENCE:
        if shared and not evidence.of_shared:
            continue
        if not files_left or not tracks_left:
            break
        tracks_by = _grouped(tracks, tracks_left, evidence.of)
        for key, of_files in _grouped(files, files_left, evidence.of).items():
            of_tracks: Sequence[int] = tracks_by.get(key, ())
            if evidence.several or len(of_files) == len(of_tracks) == 1:
                found.update(zip(of_files, of_tracks, strict=False))
        taken = set(found.values())
        files_left = [place for place in files_left if place not in found]
        tracks_left = [place for place in tracks_left if place not in taken]
    if len(files_left) == len(tracks_left) == 1 and not shared:
        found[files_left[0]] = tracks_left[0]
    return found


def _grouped(
    candidates: Sequence[Candidate], places: Sequence[int], of: Callable[[Candidate], Hashable]
) -> dict[Hashable, list[int]]:
    """The places by evidence, each group in the order of its paths."""
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        if (key := of(candidates[place])) is not None:
            groups[key].append(place)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda place: candidates[place].path)
    return groups
