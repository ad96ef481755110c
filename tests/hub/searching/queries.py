# ruff: noqa: RUF001  (letters that look like others are what it is about)
"""What people type, and what they expect first.

`python -m tests.hub.searching.queries` prints the table, with what is found.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backends.local.hub.hub import LocalHub
from contract.hub.playlists import CREATE_PLAYLIST
from contract.hub.search import SEARCH_LIBRARY
from tests.checked import call
from tests.hub.library import put
from tests.hub.searching.songs import SONGS

__all__ = ["PLAYLISTS", "QUERIES", "Expected", "best_of", "described"]

PLAYLISTS = ("Sunday Morning", "Fitneß 2024", "Canciones de Año Nuevo")


@dataclass(frozen=True)
class Expected:
    """A query and its first hit: a track as "title — artist", an album as "album: title — artist", and so on."""

    query: str
    first: str


def _expected(line: str) -> Expected:
    query, _, first = line.partition("=>")
    return Expected(query.strip(), first.strip())


_LINES = """
bohemian rhapsody           => Bohemian Rhapsody — Queen
bohem                       => Bohemian Rhapsody — Queen
bohemian queen              => Bohemian Rhapsody — Queen
nirvana lithium             => Lithium — Nirvana
lithium by nirvana          => Lithium — Nirvana
queen                       => artist: Queen
love of my life             => Love of My Life — Queen
hello                       => Hello — Adele
hello lionel                => Hello — Lionel Richie
come as you are             => Come as You Are — Nirvana
dont stop me now            => Don’t Stop Me Now — Queen
don't stop me now           => Don’t Stop Me Now — Queen
tnt                         => T.N.T. — AC/DC
acdc                        => artist: AC/DC
ac dc hells                 => Hells Bells — AC/DC
aha take on me              => Take on Me — a-ha
guns and roses              => artist: Guns N' Roses
guns n roses paradise       => Paradise City — Guns N' Roses
beyonce                     => artist: Beyoncé
beyonse                     => artist: Beyoncé
radiohaed                   => artist: Radiohead
metalica                    => artist: Metallica
nirvanna                    => artist: Nirvana
sigur ros agaetis           => album: Ágætis byrjun — Sigur Rós
motorhead                   => artist: Motörhead
motoerhead                  => artist: Motörhead
pink                        => artist: P!nk
kesha                       => artist: Ke$ha
blink182                    => artist: blink-182
rem                         => artist: R.E.M.
nwa                         => artist: N.W.A
2pac california             => California Love (feat. Dr. Dre) — 2Pac
abba gold                   => album: Gold — ABBA
the the                     => artist: The The
99 luftballons              => 99 Luftballons — Nena
grosse fische               => Große Fische — Haftbefehl
lona                        => artist: Łona i Webber
林檎                        => artist: 椎名林檎
kino                        => artist: Кино
gb-um7-10-29604             => Bohemian Rhapsody — Queen
"""

QUERIES = tuple(_expected(line) for line in _LINES.strip().splitlines())


def described(kind: str, item: dict[str, Any]) -> str:
    """A hit as the table names it."""
    if kind == "tracks":
        return f"{item['title']} — {item['artist']}"
    if kind == "albums":
        return f"album: {item['title']} — {item['artist']}"
    return f"{kind.removesuffix('s')}: {item['name']}"


def best_of(found: dict[str, Any]) -> str:
    """The best hit, described."""
    best = found["best"]
    if best is None:
        return "nothing"
    [item] = [item for item in found[best["kind"]]["items"] if item["id"] == best["id"]]
    return described(best["kind"], item)


async def _table() -> str:
    rows = ["| query | expected first | found first | ok |", "| --- | --- | --- | --- |"]
    with TemporaryDirectory() as folder:
        put(Path(folder), SONGS)
        async with aclosing(LocalHub(Path(folder))) as hub:
            for name in PLAYLISTS:
                await call(hub, CREATE_PLAYLIST, name=name)
            for expected in QUERIES:
                first = best_of(await call(hub, SEARCH_LIBRARY, q=expected.query))
                ok = "yes" if first == expected.first else "NO"
                rows.append(f"| {expected.query} | {expected.first} | {first} | {ok} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(asyncio.run(_table()))
