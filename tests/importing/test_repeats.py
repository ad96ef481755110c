"""The same file again, a later file, and files of different kinds about the same track and day."""

import pytest

from server.cli import run
from tests.importing.downloads import CHART, DISTROKID_OLD, ISRC, STATEMENTS

STREAMS = f"isrc,date,spotify_streams,apple_streams\n{ISRC},2026-11-19,10,5\n{ISRC},2026-11-20,12,\n"

FILES = {
    "catalogue": (f"isrc,title,artist,genre\n{ISRC},Night Ferry,Zoë,Pop\n", ()),
    "streams": (STREAMS, ()),
    "timeline": ("date,streams\n2026-11-20,12\n", ("--isrc", ISRC)),
    "audience": ("date,listeners,streams,followers\n2026-11-20,90,120,8\n", ("--artist", "Zoë")),
    "songs": ("song,listeners,streams,saves,release_date\nNight Ferry,80,100,7,2025-03-14\n", ("--window", "28d")),
    "chart": (CHART, ("--date", "2026-11-19", "--chart", "regional-de-daily")),
    **{name: (content, ()) for name, (content, _, _) in STATEMENTS.items()},
}


@pytest.mark.parametrize("kind", FILES)
def test_the_same_file_twice_changes_nothing(label, kind):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    content, options = FILES[kind]
    file = label.write("file.csv", content)
    assert label.run(file, *options).code == 0
    before = label.everything()
    result = label.run(file, *options)
    assert result.code == 0
    counts = result.counts()
    assert counts == {"read": counts["read"], "new": 0, "changed": 0, "unchanged": counts["read"], "rejected": 0}
    assert counts["read"] > 0
    assert label.everything() == before


@pytest.mark.parametrize("kind", FILES)
def test_a_dry_run_counts_the_same_and_changes_nothing(label, kind):
    label.catalogue((ISRC, "Night Ferry by Night", "Zoë"))
    content, options = FILES[kind]
    file = label.write("file.csv", content)
    before = label.everything()
    dry = label.run(file, *options, "--dry-run")
    assert dry.code == 0
    assert "dry run: nothing was changed" in dry.out
    assert label.everything() == before
    assert label.run(file, *options).counts() == dry.counts()
    assert label.everything() != before


def test_a_later_file_corrects_earlier_days_and_leaves_the_others(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    label.take("one.csv", STREAMS)
    counts = label.take("two.csv", f"isrc,date,spotify_streams\n{ISRC},2026-11-20,13\n{ISRC},2026-11-21,14\n")
    assert (counts["new"], counts["changed"]) == (1, 1)
    assert label.streams(ISRC) == [("2026-11-21", 14, None), ("2026-11-20", 13, None), ("2026-11-19", 10, 5)]


def test_the_later_of_two_rows_of_a_day_counts_and_again_nothing_changes(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    file = label.write("s.csv", f"isrc,date,spotify_streams\n{ISRC},2026-11-20,13\n{ISRC},2026-11-20,14\n")
    assert label.run(file).counts()["new"] == 2
    assert label.run(file).counts()["unchanged"] == 2
    assert label.streams(ISRC) == [("2026-11-20", 14, None)]


def test_spotify_apple_and_statements_never_overwrite_one_another(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    label.take("apple.csv", f"isrc,date,apple_streams\n{ISRC},2026-09-13,5\n")
    label.take("timeline.csv", "date,streams\n2026-09-13,70\n", "--isrc", ISRC)
    for name, (content, _, _) in STATEMENTS.items():
        label.take(f"{name}.csv", content)
    label.take("audience.csv", "date,listeners,streams,followers\n2026-09-13,1,9999,1\n", "--artist", "Zoë")
    assert label.streams(ISRC) == [("2026-09-13", 70, 5)]
    label.take("apple-again.csv", f"isrc,date,spotify_streams,apple_streams\n{ISRC},2026-09-13,,6\n")
    assert label.streams(ISRC) == [("2026-09-13", 70, 6)]
    statements = label.track(ISRC)["metadata"]["statements"]
    assert {(month["source"], month["units"]) for month in statements} == {
        (source, 1200) for source in ("distrokid", "tunecore", "cdbaby", "believe", "orchard")
    }


def test_equal_lines_of_a_statement_both_count_in_any_order(label):
    header, sale, album = DISTROKID_OLD.splitlines()
    other = sale.replace("\t1200\t", "\t300\t")
    one = label.write("one.tsv", f"{header}\n{sale}\n{other}\n{sale}\n{album}\n")
    assert label.run(one).counts()["new"] == 4
    turned = label.write("two.tsv", f"{header}\n{album}\n{sale}\n{sale}\n{other}\n")
    assert label.run(turned).counts()["unchanged"] == 4
    assert label.track(ISRC)["metadata"]["statements"][0]["units"] == 2700


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("2026-10-15", "2026-11-15"),
        ("2026-09", "2026-08"),
        ("Spotify", "Deezer"),
        ("Zoë", "Ana"),
        ("Night Ferry", "Low Water"),
        (ISRC, "QZMEM2600002"),
        ("199990000012", "199990000029"),
        ("100", "50"),
        ("Song", "Video"),
        ("DE", "FR"),
    ],
)
def test_whatever_tells_two_lines_apart_tells_a_correction_of_one_from_the_other(label, written, otherwise):
    header, *_ = DISTROKID_OLD.splitlines()
    line = f"2026-10-15\t2026-09\tSpotify\tZoë\tNight Ferry\t{ISRC}\t199990000012\t%d\t100\tSong\tDE\t0\t1.5"
    other = (
        line.replace(f"\t{written}\t", f"\t{otherwise}\t")
        if written != "2026-10-15"
        else line.replace(written, otherwise)
    )
    label.take("one.tsv", "\n".join([header, line % 1, other % 2]) + "\n")
    counts = label.take("two.tsv", "\n".join([header, line % 3, other % 2]) + "\n")
    assert (counts["changed"], counts["unchanged"]) == (1, 1)


def test_a_corrected_statement_changes_quantity_and_earnings_only(label):
    label.take("one.tsv", DISTROKID_OLD)
    counts = label.take("two.tsv", DISTROKID_OLD.replace("\t1200\t", "\t1300\t").replace("4.2000100", "4.55"))
    assert (counts["changed"], counts["unchanged"], counts["new"]) == (1, 1, 0)
    assert label.track(ISRC)["metadata"]["statements"][0]["earnings"] == "4.55"


def test_workspaces_share_nothing(label):
    assert run(["workspaces", "create", "second"]) == 0
    label.read()
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    file = label.write("s.csv", STREAMS)
    result = label.run(file, "--workspace", "second")
    assert (result.code, result.counts()["rejected"]) == (1, 2)
    label.run(label.write("c.csv", FILES["catalogue"][0]), "--workspace", "second")
    assert label.run(file, "--workspace", "second").counts()["new"] == 2
    assert label.streams(ISRC) == []
