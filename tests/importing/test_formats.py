"""Every format a label has, as it is downloaded, from the file to what an agent is told."""

import csv
from decimal import Decimal

import pytest

from tests.importing.downloads import (
    BELIEVE,
    CDBABY,
    CHART,
    DISTROKID_NEW,
    DISTROKID_OLD,
    ISRC,
    ORCHARD,
    STATEMENTS,
    TUNECORE,
)


@pytest.mark.parametrize("source", STATEMENTS)
def test_a_statement_becomes_revenue_of_its_month_and_never_streams(label, source):
    content, name, encoding = STATEMENTS[source]
    result = label.run(label.write("download.csv", content, encoding))
    assert result.code == 0
    assert f"download.csv: {name}" in result.out
    track = label.track(ISRC)
    assert (track["title"], track["artist"]) == ("Night Ferry", "Zoë")
    assert track["metadata"]["statements"] == [
        {
            "month": "2026-09",
            "source": source.removesuffix("-new"),
            "units": 1200,
            "earnings": "4.20001",
            "currency": "USD",
        }
    ]
    assert label.streams(ISRC) == []


def test_a_statement_adds_the_tracks_it_names_and_alters_none(label):
    label.catalogue((ISRC, "The Ferry at Night", "Zoë Own"))
    second = (
        TUNECORE + TUNECORE.splitlines()[1].replace(ISRC, "QZMEM2600002").replace("Night Ferry", "Low Water") + "\n"
    )
    result = label.run(label.write("tunecore.csv", second))
    assert "  tracks added 1\n" in result.out
    added = label.track("QZMEM2600002")
    assert (added["title"], added["album"], added["upc"], added["label"]) == (
        "Low Water",
        "Low Water",
        "199990000012",
        "Own",
    )
    assert label.track(ISRC)["title"] == "The Ferry at Night"


def test_album_sales_without_isrc_are_kept(label):
    assert label.take("old.tsv", DISTROKID_OLD)["new"] == 2
    assert label.rows("SELECT title, quantity, earnings FROM statement_rows WHERE isrc IS NULL") == [
        ("Ferry EP", 2, "11.38")
    ]


def test_a_month_of_sale_that_lies_in_the_future_is_rejected(label):
    result = label.run(label.write("old.tsv", DISTROKID_OLD.replace("2026-09\tSpotify", "2099-09\tSpotify")))
    assert (result.counts()["new"], result.counts()["rejected"]) == (1, 1)
    assert "  1 row: month of sale lies in the future\n" in result.out


@pytest.mark.parametrize(
    ("content", "flags", "note"),
    [
        (
            DISTROKID_OLD,
            (),
            "1 row names no track of the catalogue: kept, but shown in no answer until the catalogue has the track",
        ),
        (
            "song,listeners,streams,saves\nNight Ferry,1,2,3\nElse,1,2,3\nOther,1,2,3\n",
            ("--window", "28d"),
            "2 rows have a title of no track of the catalogue, or of several: kept, but shown in no answer until",
        ),
        (
            "date,listeners,streams,followers\n2026-11-20,1,2,3\n",
            ("--artist", "Nobody"),
            "1 row is of an artist without tracks in the catalogue: kept, but shown in no answer until there is one",
        ),
        (
            CHART,
            ("--chart", "regional-de-daily", "--date", "2026-11-19"),
            "1 row is of another label's track: kept, shown in no answer",
        ),
    ],
)
def test_rows_that_no_answer_shows_are_kept_and_counted(label, content, flags, note):
    label.take(
        "own.csv", f"isrc,title,artist,spotify url\n{ISRC},Night Ferry,Zoë,spotify:track:6rqhFgbbKwnb9MLmUQDhG6\n"
    )
    result = label.run(label.write("file.csv", content), *flags)
    assert result.code == 0
    assert result.counts()["rejected"] == 0
    assert f"\n  {note}" in result.out


def test_both_exports_of_distrokid_hold_the_same_sales(label):
    label.take("old.tsv", DISTROKID_OLD)
    assert label.take("new.csv", DISTROKID_NEW)["unchanged"] == 1


@pytest.mark.parametrize("written", ["2026-09-01", "2026-09", "September 2026", "Sep 2026", "09/01/2026", "9/30/2026"])
def test_tunecore_months_are_read_month_first(label, written):
    label.take("tunecore.csv", TUNECORE.replace("2026-09-01", written))
    assert label.track(ISRC)["metadata"]["statements"][0]["month"] == "2026-09"


@pytest.mark.parametrize("written", ["2026-09-01", "01/09/2026", "30/09/2026", "2026-09"])
def test_believe_months_are_read_day_first(label, written):
    label.take("believe.csv", BELIEVE.replace("01/09/2026", written))
    assert label.track(ISRC)["metadata"]["statements"][0]["month"] == "2026-09"


@pytest.mark.parametrize(
    ("content", "right", "wrong"),
    [
        (DISTROKID_OLD, "2026-09\tSpotify", "09/10/2026\tSpotify"),
        (ORCHARD, "2026M9", "09/10/2026"),
        (BELIEVE, "01/09/2026", "09/30/2026"),
        (CDBABY, "9/13/2026", "13/9/2026"),
    ],
)
def test_a_date_in_another_order_than_the_formats_is_rejected_not_turned_round(label, content, right, wrong):
    result = label.run(label.write("statement.csv", content.replace(right, wrong)))
    assert result.counts()["rejected"] == 1
    assert ISRC not in label.tracks()


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1.234,5", "1234.5"),
        ("0,000000012345678901234567890123", "0.000000012345678901234567890123"),
        ("-3,10", "-3.1"),
    ],
)
def test_decimal_commas_are_exact(label, written, stored):
    label.take("believe.csv", BELIEVE.replace("4,2000100", written))
    assert label.rows("SELECT earnings FROM statement_rows") == [(stored,)]


def test_a_statement_with_points_where_commas_are_usual_is_read_by_what_its_amounts_show(label):
    points = (
        BELIEVE.replace("4,2000100", "1.234").replace("0,0035", "0.0035").replace("5,25", "5.25").replace("0,8", "0.8")
    )
    label.take("believe.csv", points.replace(";1.200;", ";1200;"))
    assert label.rows("SELECT earnings FROM statement_rows") == [("1.234",)]


def test_a_statement_that_mixes_decimal_marks_is_refused(label):
    result = label.run(label.write("believe.csv", BELIEVE.replace("5,25", "5.25")))
    assert result.code == 1
    assert "decimal comma and some a decimal point" in result.err


def test_amounts_with_an_exponent_are_exact(label):
    label.take("tunecore.csv", TUNECORE.replace("1.0,4.2000100", "1.0,5.123E-05"))
    assert label.rows("SELECT earnings FROM statement_rows") == [("0.00005123",)]


def test_a_timeline_is_of_the_track_that_isrc_names(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    counts = label.take(
        "Night Ferry-timeline.csv",
        "date,streams\n2026-11-19,10\n2026-11-20,12\n",
        "--isrc",
        "qz-mem-26-00001",
        encoding="utf-8-sig",
    )
    assert counts == {"read": 2, "new": 2, "changed": 0, "unchanged": 0, "rejected": 0}
    assert label.streams(ISRC) == [("2026-11-20", 12, None), ("2026-11-19", 10, None)]


def test_a_timeline_is_of_the_one_track_that_has_the_title(label):
    label.catalogue((ISRC, "Café Noir", "Zoë"), ("QZMEM2600002", "Café", "Zoë"))
    label.take("timeline.csv", "date,streams\n2026-11-20,12\n", "--title", "CAFE NOIR")
    assert label.streams(ISRC) == [("2026-11-20", 12, None)]


def test_a_title_of_several_tracks_is_refused_and_the_artist_decides(label):
    label.catalogue((ISRC, "Intro", "Zoë"), ("QZMEM2600002", "Intro", "Ana"))
    file = label.write("timeline.csv", "date,streams\n2026-11-20,12\n")
    refused = label.run(file, "--title", "Intro")
    assert refused.code == 1
    assert "Several tracks of the catalogue have that title. Say which track it is with --isrc." in refused.err
    assert label.run(file, "--title", "Nothing").code == 1
    assert label.run(file, "--title", "Intro", "--artist", "ana").code == 0
    assert label.streams("QZMEM2600002") == [("2026-11-20", 12, None)]
    assert label.streams(ISRC) == []


def test_a_timeline_adds_its_track_only_if_it_is_told_title_and_artist(label):
    file = label.write("timeline.csv", "date,streams\n2026-11-20,12\n")
    refused = label.run(file, "--isrc", ISRC, "--title", "Night Ferry")
    assert refused.code == 1
    assert "add the track with --title and --artist" in refused.err
    added = label.run(file, "--isrc", ISRC, "--title", "Night Ferry", "--artist", "Zoë")
    assert "tracks added 1" in added.out
    assert label.track(ISRC)["title"] == "Night Ferry"
    assert label.run(file, "--isrc", ISRC, "--title", "Another").code == 1


def test_an_audience_is_of_the_artist_given(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    content = "date,listeners,streams,followers\n2026-11-19,80,100,7\n2026-11-20,90,120,8\n"
    file = label.write("audience-timeline.csv", content, "utf-8-sig")
    refused = label.run(file)
    assert refused.code == 1
    assert "does not say which artist it is of. Give --artist." in refused.err
    assert label.run(file, "--artist", "Zoë").code == 0
    assert label.track(ISRC)["metadata"]["spotify_audience"] == [
        {"date": "2026-11-20", "listeners": 90, "streams": 120, "followers": 8}
    ]
    assert label.streams(ISRC) == []


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("28d", "28d"),
        ("28 days", "28d"),
        ("Last 7 days", "7d"),
        ("4 weeks", "28d"),
        ("12 months", "12m"),
        ("1y", "12m"),
        ("All time", "all"),
    ],
)
def test_songs_are_over_the_window_given(label, given, stored):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    content = "song,listeners,streams,saves,release_date\nNIGHT FERRY,80,100,7,\n"
    label.take("songs.csv", content, "--window", given)
    assert label.track(ISRC)["metadata"]["spotify_windows"] == [
        {"window": stored, "listeners": 80, "streams": 100, "saves": 7}
    ]


def test_songs_without_a_window_are_refused(label):
    file = label.write("songs-28day.csv", "song,listeners,streams,saves,release_date\nNight Ferry,80,100,7,\n")
    result = label.run(file)
    assert (result.code, "Give --window." in result.err) == (1, True)
    assert label.run(file, "--window", "28").code == 1


def test_a_chart_is_of_the_day_and_the_name_given(label):
    label.take(
        "own.csv", f"isrc,title,artist,spotify url\n{ISRC},Night Ferry,Zoë,spotify:track:6rqhFgbbKwnb9MLmUQDhG6\n"
    )
    file = label.write("regional.csv", CHART)
    assert "Give --date." in label.run(file, "--chart", "regional-de-daily").err
    assert "Give --chart." in label.run(file, "--date", "2026-11-19").err
    result = label.run(file, "--chart", "regional-de-daily", "--date", "2026-11-19")
    assert result.counts()["new"] == 2
    assert label.track(ISRC)["metadata"]["spotify_charts"] == [
        {"chart": "regional-de-daily", "date": "2026-11-19", "rank": 1, "peak_rank": 1, "streams": 1234567}
    ]
    assert label.rows("SELECT previous_rank FROM chart_entries ORDER BY rank") == [(None,), (1,)]


def test_our_own_daily_streams_come_by_column_or_by_service(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    label.take("a.csv", f"Date;ISRC;Spotify Streams;Apple Music Streams\n2026-11-19;{ISRC};1.200;\n")
    label.take(
        "b.csv", f'service,streams,isrc,date\nApple Music,7,{ISRC},2026-11-20\nspotify,"1,300",{ISRC},2026-11-20\n'
    )
    assert label.streams(ISRC) == [("2026-11-20", 1300, 7), ("2026-11-19", 1200, None)]


def test_the_history_that_our_own_api_answers_can_be_imported(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    file = "date,spotify_streams,apple_streams\n2026-11-20,12.0,NaN\n2026-11-19,10.0,3.0\n2026-11-18,null,null\n"
    counts = label.take("history.csv", file, "--isrc", ISRC)
    assert (counts["new"], counts["unchanged"]) == (2, 1)
    assert label.streams(ISRC) == [("2026-11-20", 12, None), ("2026-11-19", 10, 3)]


def test_daily_streams_that_name_their_tracks_are_no_catalogue(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    label.take("s.csv", f"title,artist,isrc,date,spotify_streams\nAnother,Name,{ISRC},2026-11-20,5\n")
    assert label.streams(ISRC) == [("2026-11-20", 5, None)]
    assert label.track(ISRC)["title"] == "Night Ferry"


def test_streams_of_no_named_service_are_refused(label):
    result = label.run(label.write("streams.csv", f"isrc,date,streams\n{ISRC},2026-11-20,5\n"))
    assert result.code == 1
    assert "or streams with service" in result.err


def test_the_format_is_told_by_columns_never_by_the_name(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(label.write("distrokid.tsv", CHART), "--date", "2026-11-19", "--chart", "x")
    assert "distrokid.tsv: Spotify Charts" in result.out
    result = label.run(label.write("spotify-charts.xlsx", TUNECORE))
    assert "spotify-charts.xlsx: TuneCore statement" in result.out


def test_columns_may_stand_in_any_order_beside_unknown_ones(label):
    header, row = TUNECORE.splitlines()
    cells = [next(csv.reader([line])) for line in (header, row)]
    turned = "\n".join("\t".join(["x", *reversed(line)]) for line in cells) + "\n"
    label.take("turned.txt", turned)
    assert Decimal(label.track(ISRC)["metadata"]["statements"][0]["earnings"]) == Decimal("4.20001")
