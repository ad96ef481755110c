"""A folder of real audio files with pictures, and the hub that scans it."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from tests.hub.audio_files import EXTENSIONS, write_file
from tests.hub.library import rows


@dataclass
class Music:
    """Files in a folder; paths are relative to it."""

    folder: Path
    hub: LocalHub
    distinct: int = 0

    def write(self, path, format_="flac", **tags):
        """A file, with the extension of its format."""
        self.distinct += 1
        path = self.folder / path
        tags = {"title": path.name, "artist": "Someone", "album": path.parent.name, **tags}
        path = path.with_name(path.name + EXTENSIONS[format_])
        return write_file(path, format_, distinct=self.distinct, **tags)

    def put(self, path, data):
        """Any other file."""
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    async def scan(self):
        """Ids of the tracks, by their titles."""
        await self.hub.hub.scans.run([os.fsencode(self.folder)])
        return dict(self._rows("SELECT title, id FROM tracks"))

    def album(self, title):
        [(id_,)] = self._rows("SELECT id FROM albums WHERE title = ?", title)
        return id_

    def artist(self, name):
        [(id_,)] = self._rows("SELECT id FROM artists WHERE name = ?", name)
        return id_

    def _rows(self, sql, *parameters):
        return rows(self.hub.hub.user.folder, INDEX_LAYOUT, sql, *parameters)


@pytest.fixture
def music(tmp_path, hub):
    folder = tmp_path / "music"
    folder.mkdir()
    return Music(folder, hub)
