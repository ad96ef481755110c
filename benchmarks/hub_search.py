"""Search over 100,000 tracks: as people type, mistyped words and one-letter words included.

The floor is FTS5 alone: the same words, looked up in the same table in the same turn, for the numbers of ten rows. It
does without ranking, groups, other spellings, similar words, and rows to show.

    python -m benchmarks.hub_search 1000000
"""

import asyncio
import math
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing, closing
from pathlib import Path

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.searching.folding import folded
from benchmarks.hub_library import artist, cached, title
from benchmarks.lines import Line, at_most, compared, noted, table
from contract.hub.search import SEARCH_LIBRARY, SearchLibrary

__all__ = ["measure"]

_TRACKS, _FEWER = 100_000, 20_000
_ROUNDS = 3
_OF_EACH = 40

_MEDIAN_MS, _SLOWEST_MS = 5, 20

_BARE = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid LIMIT 10"

_COMMON = (
    "amber",
    "velvet",
    "the",
    "love",
    "intro",
    "home",
    "feat",
    "greatest hits",
    "river",
    "mañana",
    "the river",
    "of",
)
_OTHER_SCRIPTS = (
    "東京",
    "夢",
    "桜 星空",
    "風",
    "서울",
    "звезда",
    "zvezda",
    "ночь поезд",
    "nebo",
    "海",
    "故事 时间",
    "노래",
)

Timings = dict[str, list[tuple[float, float]]]
"""Milliseconds of ours and of the floor for each query, by class."""


def measure(*, quick: bool) -> list[Line]:
    """Every query three times, each time in a hub that has not seen it yet."""
    return _measured(_FEWER if quick else _TRACKS)


def _measured(tracks: int) -> list[Line]:
    folder = cached(tracks)
    queries = {kind: list(dict.fromkeys(of_kind)) for kind, of_kind in _queries(tracks)}
    rounds = [asyncio.run(_round(folder, queries)) for _ in range(_ROUNDS)]
    timings: Timings = {
        kind: [
            (statistics.median(ours), statistics.median(floor))
            for ours, floor in (
                zip(*turns, strict=True) for turns in zip(*(each[kind] for each in rounds), strict=True)
            )
        ]
        for kind in queries
    }
    return _lines(tracks, timings)


def _lines(tracks: int, timings: Timings) -> list[Line]:
    size = f"{tracks:,} tracks"
    every = [pair for of_kind in timings.values() for pair in of_kind]
    ours, floor = zip(*every, strict=True)
    return [
        at_most(f"search, {size}, {len(ours)} queries: p50", statistics.median(ours), _MEDIAN_MS, "ms"),
        at_most(f"search, {size}, {len(ours)} queries: p99", _percentile(ours, 99), _SLOWEST_MS, "ms"),
        compared(f"search, {size}", ours, floor, "FTS5 MATCH LIMIT 10", unit="ms"),
        *(
            noted(
                f"  {kind} ({len(pairs)}): p50, slowest {max(mine for mine, _ in pairs):.1f}",
                statistics.median(mine for mine, _ in pairs),
                "ms",
            )
            for kind, pairs in timings.items()
        ),
    ]


async def _round(folder: Path, queries: dict[str, list[str]]) -> Timings:
    timings: Timings = {}
    async with aclosing(LocalHub(folder)) as hub:
        await hub.call(
            SEARCH_LIBRARY, SearchLibrary(q="Warmng up", remember=False)
        )  # mistyped: it reads the vocabulary
        with closing(sqlite3.connect(folder / INDEX_LAYOUT.name)) as bare:
            bare.execute("PRAGMA cache_size = -32768")  # as ours
            for kind, of_kind in queries.items():
                timings[kind] = [(await _ours(hub, query), _floor(bare, query)) for query in of_kind]
    return timings


async def _ours(hub: LocalHub, query: str) -> float:
    request = SearchLibrary(q=query, remember=False)
    started = time.perf_counter()
    await hub.call(SEARCH_LIBRARY, request)
    return (time.perf_counter() - started) * 1000


def _floor(bare: sqlite3.Connection, query: str) -> float:
    words = " ".join(f'"{word}"' for word in folded(query).words)
    started = time.perf_counter()
    bare.execute(_BARE, (words,)).fetchall()
    return (time.perf_counter() - started) * 1000


def _queries(tracks: int) -> Iterator[tuple[str, Sequence[str]]]:
    chance = random.Random(5)
    numbers = [chance.randrange(1, tracks + 1) for _ in range(_OF_EACH)]
    titles = [title(number) for number in numbers]
    artists = [artist((number - 1) // 120) for number in numbers]
    yield "titles", titles
    yield "artists", artists
    yield "title and artist", [f"{a} {b}" for a, b in zip(titles, artists, strict=True)]
    yield "a word of each", [f"{b.split()[-1]} {a.split()[0]}" for a, b in zip(titles, artists, strict=True)]
    yield "while typing", [text[: chance.randrange(2, len(text))] for text in (*titles, *artists) if len(text) > 2]
    yield "one or two letters", [*"abcdefghijklmnoprstuvwyz", "am", "ve", "lo", "ri", "sa"]
    yield "common words", _COMMON
    yield "other scripts", _OTHER_SCRIPTS
    yield "mistyped", [_mistyped(text, chance) for text in (*titles, *artists) if len(text) > 4 and text.isascii()]
    yield "nothing to find", ["xqzvkw", "supercalifragilistic", "qqqq wwww", "zzzz amber", "QZHN89999999"]
    yield "ISRC", [f"QZHN8{2_000_000 + number}" for number in numbers[:10]]


def _mistyped(text: str, chance: random.Random) -> str:
    """One letter of its longest word is missing, doubled, another one, or has changed places with the next."""
    word = max(text.split(), key=len)
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    changed = chance.choice(
        [before + after, before + letter * 2 + after, f"{before}x{after}", before + after[:1] + letter + after[1:]]
    )
    return text.replace(word, changed, 1)


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


if __name__ == "__main__":
    print(table(_measured(int(sys.argv[1]) if len(sys.argv) > 1 else _TRACKS)))
