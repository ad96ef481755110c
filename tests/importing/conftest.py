"""A data folder, a folder of files, and the `import` command as a person runs it."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from backends.local.musicengine import LocalMusicEngine
from contract.musicengine.analytics import GET_STREAMS, GetStreams
from contract.musicengine.catalogue import GET_TRACK, LIST_TRACKS, GetTrack, ListTracks
from contract.operation import Operation
from server.cli import run


@dataclass
class Result:
    """What a command left behind for its caller."""

    code: int
    out: str
    err: str

    def counts(self) -> dict[str, int]:
        """The line of counts of the only file."""
        [line] = [line for line in self.out.splitlines() if line.startswith("  read ")]
        words = line.split()
        return {name: int(number.replace(",", "")) for name, number in zip(words[::2], words[1::2], strict=True)}


@dataclass
class Label:
    """A label that keeps its files in one folder and its data in another."""

    files: Path
    data: Path
    read: Callable[[], Any]

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.files / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def run(self, *arguments: str | Path) -> Result:
        """The `import` command."""
        code = run(["import", *map(str, arguments)])
        captured = self.read()
        return Result(code, captured.out, captured.err)

    def take(self, name: str, content: str | bytes, *options: str, encoding: str = "utf-8") -> dict[str, int]:
        """Import a file that must succeed; return its counts."""
        result = self.run(self.write(name, content, encoding), *options)
        assert result.code == 0, result.err
        return result.counts()

    def catalogue(self, *tracks: tuple[str, str, str]) -> None:
        rows = "".join(f'{isrc},"{title}","{artist}"\n' for isrc, title, artist in tracks)
        self.take("own-catalogue.csv", f"isrc,title,artist\n{rows}")

    def ask(self, operation: Operation[Any, Any], request: BaseModel) -> Any:
        async def call() -> Any:
            engine = LocalMusicEngine(self.data)
            try:
                return await engine.call(operation, request)
            finally:
                await engine.aclose()

        return asyncio.run(call())

    def tracks(self) -> list[str]:
        return [track["isrc"] for track in self.ask(LIST_TRACKS, ListTracks()).data]

    def track(self, isrc: str) -> dict[str, Any]:
        return self.ask(GET_TRACK, GetTrack(isrc=isrc)).data

    def streams(self, isrc: str) -> list[tuple[str, int | None, int | None]]:
        """Date, Spotify, Apple; newest first."""
        history = self.ask(GET_STREAMS, GetStreams(isrc=isrc, days=365)).data["historical_data"]
        return [(row["date"], row["spotify_streams"], row["apple_streams"]) for row in history]

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.data / "musicengine.db")) as connection:
            return connection.execute(sql, parameters).fetchall()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables."""
        tables = self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return {name: self.rows(f'SELECT * FROM "{name}"') for (name,) in tables}


@pytest.fixture
def label(tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> Label:
    files = tmp_path / "files"
    files.mkdir()
    return Label(files, data_dir, capsys.readouterr)
