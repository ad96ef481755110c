"""What statements, charts and Spotify for Artists say of a track stands under its metadata, apart from its streams."""

import pytest

from backends.days import day_number
from contract.musicengine.catalogue import GET_TRACK
from tests.checked import call
from tests.label import LABEL

SONG = LABEL[0]


@pytest.fixture
def metadata(label):
    """The metadata of the label's first track, after some rows were stored."""

    async def look(table, *rows):
        async with label.database.transaction() as connection:
            marks = ", ".join("?" * len(rows[0]))
            await connection.executemany(f"INSERT INTO {table} VALUES (1, {marks})", rows)
        return (await call(label, GET_TRACK, isrc=SONG.isrc))["data"]["metadata"]

    return look


def statement(
    number, *, month="2026-01", source="distrokid", quantity=1, earnings="0.1", currency="USD", isrc=SONG.isrc
):
    fingerprint = number.to_bytes(2, "big")
    sale = ("2026-02", month, "Spotify", "DE", isrc, None, "A", "T", "stream", quantity, earnings, currency)
    return (fingerprint, 1, source, *sale)


async def test_a_track_of_which_nothing_else_is_known_has_no_other_figures(label):
    assert (await call(label, GET_TRACK, isrc=SONG.isrc))["data"]["metadata"] == {}


async def test_statements_are_added_up_exactly_by_month_source_and_currency(metadata):
    found = await metadata(
        "statement_rows",
        *(statement(number) for number in range(3)),
        statement(10, quantity=5, earnings="0.00000000000000000001", currency="EUR"),
        statement(11, month="2025-12", source="believe", quantity=7, earnings="-2.50"),
        statement(12, isrc="DEABC2500001", quantity=1000),
    )
    assert found["statements_total"] == [
        {"source": "believe", "since": "2025-12", "units": 7, "earnings": "-2.50", "currency": "USD"},
        {"source": "distrokid", "since": "2026-01", "units": 5, "earnings": "1E-20", "currency": "EUR"},
        {"source": "distrokid", "since": "2026-01", "units": 3, "earnings": "0.3", "currency": "USD"},
    ]
    del found["statements_total"]
    assert found == {
        "statements": [
            {"month": "2026-01", "source": "distrokid", "units": 3, "earnings": "0.3", "currency": "USD"},
            {"month": "2026-01", "source": "distrokid", "units": 5, "earnings": "1E-20", "currency": "EUR"},
            {"month": "2025-12", "source": "believe", "units": 7, "earnings": "-2.50", "currency": "USD"},
        ]
    }


async def test_the_latest_twelve_months_of_statements_are_shown(metadata):
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
    rows = [statement(100 * repeat + number, month=month) for repeat in (1, 2) for number, month in enumerate(months)]
    found = await metadata("statement_rows", *rows)
    assert [row["month"] for row in found["statements"]] == months[:11:-1]
    [total] = found["statements_total"]
    assert (total["since"], total["units"]) == ("2024-01", 2 * 24)


async def test_twelve_months_or_fewer_are_all_shown(metadata):
    rows = [statement(month, month=f"2025-{month:02d}") for month in range(1, 13)]
    assert len((await metadata("statement_rows", *rows))["statements"]) == 12


def window(title_key, span, *, released=""):
    return (title_key, span, "Song Name", 5, 6, 7, released)


async def test_windows_are_found_by_title_whatever_its_case(metadata):
    found = await metadata(
        "song_windows", window("song name", "7d"), window("song name", "28d"), window("other", "28d")
    )
    assert found == {
        "spotify_windows": [
            {"window": "28d", "listeners": 5, "streams": 6, "saves": 7},
            {"window": "7d", "listeners": 5, "streams": 6, "saves": 7},
        ]
    }


async def test_a_window_of_another_release_of_the_title_is_not_shown(metadata):
    found = await metadata(
        "song_windows",
        window("song name", "28d", released=SONG.release_date),
        window("song name", "7d", released="1999-01-01"),
    )
    assert [each["window"] for each in found["spotify_windows"]] == ["28d"]


async def test_a_title_that_two_tracks_share_says_nothing_of_either(label, metadata):
    async with label.database.transaction() as connection:
        await connection.execute("UPDATE tracks SET title = 'Song Name' WHERE isrc = 'DEABC2500001'")
    assert await metadata("song_windows", window("song name", "28d")) == {}


def entry(chart, day, rank, *, spotify_id=SONG.spotify_id):
    return (spotify_id, chart, day_number(day), rank, "A", "T", None, rank - 1, None, 3, 1000 - rank)


@pytest.mark.parametrize("newest_first", [False, True])
async def test_each_chart_shows_its_latest_day(metadata, newest_first):
    rows = [
        entry("regional-de-daily", "2026-03-06", 9),
        entry("regional-de-daily", "2026-03-08", 5),
        entry("regional-de-daily", "2026-03-07", 7),
        entry("regional-at-daily", "2026-03-01", 3),
        entry("regional-de-daily", "2026-03-09", 1, spotify_id=SONG.spotify_id.swapcase()),
    ]
    found = await metadata("chart_entries", *(reversed(rows) if newest_first else rows))
    assert found == {
        "spotify_charts": [
            {"chart": "regional-at-daily", "date": "2026-03-01", "rank": 3, "peak_rank": 2, "streams": 997},
            {"chart": "regional-de-daily", "date": "2026-03-08", "rank": 5, "peak_rank": 4, "streams": 995},
        ]
    }


async def test_the_artists_audience_shows_its_latest_day(metadata):
    found = await metadata(
        "artist_audience",
        ("Artist Name", day_number("2026-03-07"), 1, 2, 3),
        ("Artist Name", day_number("2026-03-08"), 4, 5, None),
        ("Another", day_number("2026-03-09"), 7, 8, 9),
    )
    assert found == {"spotify_audience": [{"date": "2026-03-08", "listeners": 4, "streams": 5, "followers": None}]}
