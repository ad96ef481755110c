"""Figures that are no daily streams: audience, windows, charts and statements, shown beside a track's record."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from backends.days import day_text
from backends.local.scope import Scope
from backends.text import fold
from contract.identifiers import spotify_track_id
from contract.musicengine.catalogue import Track

__all__ = ["other_figures"]

_MONTHS_SHOWN = 12

_STATEMENTS = """
    SELECT month, source, currency, quantity, earnings FROM statement_rows
    WHERE workspace_id = :workspace AND isrc = :isrc
"""
# A title is no identifier: windows are shown only where one track of the workspace has the title.
_WINDOWS = """
    SELECT window, listeners, streams, saves FROM song_windows
    WHERE workspace_id = :workspace AND title_key = :title_key AND release_date IN ('', coalesce(:release_date, ''))
      AND (SELECT count(*) FROM tracks WHERE workspace_id = :workspace AND title = :title) = 1
    ORDER BY window
"""
_CHARTS = """
    SELECT chart, day, rank, peak_rank, streams FROM chart_entries
    WHERE workspace_id = :workspace AND spotify_id = :spotify_id
    GROUP BY chart HAVING day = max(day) ORDER BY chart
"""
_AUDIENCE = """
    SELECT day, listeners, streams, followers FROM artist_audience
    WHERE workspace_id = :workspace AND artist = :artist ORDER BY day DESC LIMIT 1
"""


async def other_figures(scope: Scope, track: Track) -> dict[str, Any]:
    """Return what statements, charts and Spotify for Artists say of a track; nothing where they say nothing."""
    spotify_url = track["spotify_track_url"]
    parameters = {
        "workspace": scope.workspace_id,
        "isrc": track["isrc"],
        "title": track["title"],
        "title_key": fold(track["title"]),
        "release_date": track["release_date"],
        "spotify_id": spotify_track_id(spotify_url) if spotify_url else None,
        "artist": track["artist"],
    }
    read = scope.database.read
    months = _months(list(await read(_STATEMENTS, parameters)))
    shown = sorted({statement["month"] for statement in months})[-_MONTHS_SHOWN:]
    figures = {
        "statements_total": _totals(months),
        "statements": [statement for statement in months if statement["month"] in shown],
        "spotify_windows": [
            {"window": window, "listeners": listeners, "streams": streams, "saves": saves}
            for window, listeners, streams, saves in await read(_WINDOWS, parameters)
        ],
        "spotify_charts": [
            {"chart": chart, "date": day_text(day), "rank": rank, "peak_rank": peak, "streams": streams}
            for chart, day, rank, peak, streams in await read(_CHARTS, parameters)
        ],
        "spotify_audience": [
            {"date": day_text(day), "listeners": listeners, "streams": streams, "followers": followers}
            for day, listeners, streams, followers in await read(_AUDIENCE, parameters)
        ],
    }
    return {name: figure for name, figure in figures.items() if figure}


def _months(rows: list[tuple[str, str, str, int, str]]) -> list[dict[str, Any]]:
    """Sum exact decimals in Python: SQLite would sum them as floating point."""
    units: dict[tuple[str, str, str], int] = defaultdict(int)
    earnings: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for month, source, currency, quantity, amount in rows:
        units[month, source, currency] += quantity
        earnings[month, source, currency] += Decimal(amount)
    return [
        {"month": key[0], "source": key[1], "units": units[key], "earnings": str(earnings[key]), "currency": key[2]}
        for key in sorted(units, reverse=True)
    ]


def _totals(months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that was ever reported, by source and currency: the months shown are the latest only."""
    kinds = sorted({(statement["source"], statement["currency"]) for statement in months})
    totals: list[dict[str, Any]] = []
    for source, currency in kinds:
        of_kind = [each for each in months if (each["source"], each["currency"]) == (source, currency)]
        totals.append(
            {
                "source": source,
                "since": min(each["month"] for each in of_kind),
                "units": sum(each["units"] for each in of_kind),
                "earnings": str(sum(Decimal(each["earnings"]) for each in of_kind)),
                "currency": currency,
            }
        )
    return totals
