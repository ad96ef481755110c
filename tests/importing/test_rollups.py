"""After any imports in any order, the rollups are what the rows sum to."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backends.local.database import Database
from backends.local.importing import merge, table, top_tracks
from backends.local.importing.importer import import_file
from backends.local.importing.options import Options

DAYS = [f"2026-11-{day:02d}" for day in range(1, 5)]
TRACKS = 12

_SUMS = {
    "workspace_days": (
        "SELECT workspace_id, day, spotify, apple, spotify_tracks, apple_tracks FROM workspace_days ORDER BY 1, 2",
        """SELECT t.workspace_id, d.day, coalesce(sum(d.spotify), 0), coalesce(sum(d.apple), 0),
                  count(d.spotify), count(d.apple)
           FROM daily_streams d JOIN tracks t ON t.id = d.track_id GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
    "artist_days": (
        "SELECT workspace_id, day, artist, streams FROM artist_days ORDER BY 1, 2, 3",
        """SELECT t.workspace_id, d.day, t.artist, sum(coalesce(d.spotify, 0) + coalesce(d.apple, 0)) AS streams
           FROM daily_streams d JOIN tracks t ON t.id = d.track_id GROUP BY 1, 2, 3 HAVING streams > 0
           ORDER BY 1, 2, 3""",
    ),
    "top_tracks": (
        "SELECT workspace_id, day, streams, track_id FROM top_tracks ORDER BY 1, 2, 3 DESC, 4",
        """SELECT workspace_id, day, streams, track_id FROM (
               SELECT t.workspace_id, d.day, coalesce(d.spotify, 0) + coalesce(d.apple, 0) AS streams, t.id AS track_id,
                      row_number() OVER (
                          PARTITION BY t.workspace_id, d.day
                          ORDER BY coalesce(d.spotify, 0) + coalesce(d.apple, 0) DESC, t.id
                      ) AS place
               FROM daily_streams d JOIN tracks t ON t.id = d.track_id
           ) WHERE place <= {length} ORDER BY 1, 2, 3 DESC, 4""",
    ),
    "workspaces": (
        "SELECT id, tracks, days_tracked FROM workspaces ORDER BY 1",
        """SELECT id, (SELECT count(*) FROM tracks WHERE workspace_id = w.id),
                  (SELECT count(*) FROM workspace_days WHERE workspace_id = w.id) FROM workspaces w ORDER BY 1""",
    ),
}


def check_sums(database: Path, length: int) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for name, (stored, summed) in _SUMS.items():
            assert (
                connection.execute(stored).fetchall() == connection.execute(summed.format(length=length)).fetchall()
            ), name


# Few values, so that tracks tie, and high ones, so that a list's last falls below its bound.
figure = st.one_of(st.none(), st.integers(0, 4), st.sampled_from([50, 60]))
streams = st.tuples(st.just("streams"), st.integers(0, TRACKS - 1), st.sampled_from(DAYS), figure, figure)
artist = st.tuples(st.just("artist"), st.integers(0, TRACKS - 1), st.sampled_from(["A", "B", "Ç"]))
imports = st.lists(
    st.one_of(st.lists(streams, min_size=1, max_size=40), st.lists(artist, min_size=1, max_size=3)),
    min_size=1,
    max_size=5,
)


def _isrc(track: int) -> str:
    return f"QZMEM26{track:05d}"


def _content(rows: list[tuple]) -> str:
    if rows[0][0] == "artist":
        return "isrc,title,artist\n" + "".join(f"{_isrc(track)},T,{name}\n" for _, track, name in rows)
    lines = (
        f"{_isrc(track)},{day},{'' if spotify is None else spotify},{'' if apple is None else apple}\n"
        for _, track, day, spotify, apple in rows
    )
    return "isrc,date,spotify_streams,apple_streams\n" + "".join(lines)


# The best of an overlong list fall to nothing within one file, and those it was cut by must come back.
FALL = [("streams", track, DAYS[0], 10 + track, None) for track in range(7)]
FALL += [("streams", track, DAYS[0], 1, None) for track in (6, 5, 4, 3)]


@given(imports)
@example([FALL])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rollups_equal_the_rows_they_sum_after_any_imports(monkeypatch, files):
    # Short lists, small chunks and early flushes meet with few rows what real ones meet with millions.
    with monkeypatch.context() as small:
        small.setattr(top_tracks, "LENGTH", 3)
        small.setattr(top_tracks, "_CUT_ABOVE", 5)
        small.setattr(top_tracks, "_MOST_OPEN_DAYS", 2)
        small.setattr(top_tracks, "_FROM_DAILY_ROWS", top_tracks._FROM_DAILY_ROWS.replace("LIMIT 50", "LIMIT 3"))
        small.setattr(merge, "_ROWS_IN_CHUNK", 7)
        small.setattr(table, "_ROWS_IN_BLOCK", 7)
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_import_all(Path(folder), files))


async def _import_all(folder: Path, files: list[list[tuple]]) -> None:
    database = Database(folder)
    source = folder / "file.csv"
    try:
        catalogue = [("artist", track, "ABÇ"[track % 3]) for track in range(TRACKS)]
        for rows in [catalogue, *files]:
            source.write_text(_content(rows))
            outcome = await import_file(database, 1, source, Options())
            counts = outcome.counts
            assert counts.read == len(rows) == counts.new + counts.changed + counts.unchanged
            check_sums(database.path, length=3)
            before = list(await database.read("SELECT * FROM daily_streams"))
            again = (await import_file(database, 1, source, Options())).counts
            assert list(await database.read("SELECT * FROM daily_streams")) == before
            check_sums(database.path, length=3)
            # Rows that contradict each other and lie chunks apart are changes each time, there and back.
            if len({row[1:3] for row in rows}) == len(rows):
                assert (again.read, again.unchanged) == (len(rows), len(rows))
    finally:
        await database.aclose()


def test_the_fifty_best_of_a_day_stay_right_while_figures_rise_and_fall(label):
    label.catalogue(*((_isrc(track), f"T{track}", f"A{track % 7}") for track in range(300)))

    def take(figures: dict[int, int]) -> None:
        rows = "".join(f"{_isrc(track)},2026-11-20,{streams}\n" for track, streams in figures.items())
        label.take("s.csv", f"isrc,date,spotify_streams\n{rows}")
        check_sums(label.data / "musicengine.db", length=50)

    take({track: 1000 + track * 37 % 300 for track in range(300)})
    take(dict.fromkeys(range(0, 300, 2), 5))
    take({track: 9000 + track for track in range(40)})
    take(dict.fromkeys(range(0, 300, 3), 0))
    take(dict.fromkeys(range(300), 7))


def test_a_day_is_counted_once_however_often_it_comes(label):
    label.catalogue((_isrc(1), "T", "A"))
    for _ in range(2):
        label.take("s.csv", f"isrc,date,spotify_streams\n{_isrc(1)},2026-11-20,5\n{_isrc(1)},2026-11-21,6\n")
    assert label.rows("SELECT tracks, days_tracked FROM workspaces") == [(1, 2)]
