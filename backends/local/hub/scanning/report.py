"""What a scan has found so far, and how it is stored."""

import json
from dataclasses import dataclass, field
from typing import Any

from backends.local.hub.scanning.paths import shown
from contract.hub.scan import MOST_REPORTED, ScanCounts, ScannedPath

__all__ = ["Report"]


@dataclass(slots=True)
class Report:
    """The counts of a scan, and the files and folders that it could not look into.

    Attributes:
        to_read: Files that are new or changed; None until the walk is done.
        left_out: Folders of the library that are not there or empty.
    """

    seen: int = 0
    to_read: int | None = None
    read: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    returned: int = 0
    unreadable: int = 0
    left_out: int = 0
    unreadable_files: list[ScannedPath] = field(default_factory=list[ScannedPath])
    notices: list[ScannedPath] = field(default_factory=list[ScannedPath])

    @property
    def touched(self) -> int:
        """Tracks of the index that are not as they were."""
        return self.new + self.changed + self.moved + self.missing + self.returned

    def refuse(self, path: bytes, reason: str) -> None:
        """A file can't be read."""
        self.unreadable += 1
        if len(self.unreadable_files) < MOST_REPORTED:
            self.unreadable_files.append({"path": shown(path), "reason": reason})

    def notice(self, path: bytes, reason: str) -> None:
        """A folder could not be looked into."""
        if len(self.notices) < MOST_REPORTED:
            self.notices.append({"path": shown(path), "reason": reason})

    def counts(self) -> ScanCounts:
        """By what became of the files."""
        return {
            "new": self.new,
            "changed": self.changed,
            "moved": self.moved,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "returned": self.returned,
            "unreadable": self.unreadable,
        }

    def as_json(self) -> str:
        """The members that a report shares with the contract's Scan."""
        members: dict[str, Any] = {
            "filesSeen": self.seen,
            "filesToRead": self.to_read,
            "filesRead": self.read,
            "counts": self.counts(),
            "unreadable": self.unreadable_files,
            "notices": self.notices,
        }
        return json.dumps(members, ensure_ascii=False)
