"""Several files and their flags in one command, and the files that come with the product."""

from pathlib import Path

import pytest

from contract.identifiers import normalise_upc
from contract.musicengine.analytics import GET_COVERAGE, GET_MOVERS, GetCoverage, GetMovers
from tests.importing.downloads import CHART, DISTROKID_OLD, ISRC

SAMPLES = Path(__file__).resolve().parents[2] / "server" / "demo" / "samples"
TIMELINE = "date,streams\n2026-11-20,12\n"
AUDIENCE = "date,listeners,streams,followers\n2026-11-20,90,120,8\n"


def test_several_files_are_imported_in_order_each_on_its_own(label):
    catalogue = label.write("catalogue.csv", f"isrc,title,artist\n{ISRC},Night Ferry,Zoë\n")
    bad = label.write("bad.csv", "nothing,known\n")
    streams = label.write("streams.csv", f"isrc,date,spotify_streams\n{ISRC},2026-11-20,5\n")
    result = label.run(catalogue, bad, streams)
    assert result.code == 1
    assert result.out.splitlines() == [
        "catalogue.csv: Catalogue",
        "  read 1  new 1  changed 0  unchanged 0  rejected 0",
        "  tracks added 1",
        "streams.csv: Daily streams",
        "  read 1  new 1  changed 0  unchanged 0  rejected 0",
    ]
    assert result.err.startswith("error: bad.csv: The first line does not name the columns")
    assert label.streams(ISRC) == [("2026-11-20", 5, None)]


def test_a_catalogue_is_imported_before_what_needs_it_and_a_statement_before_streams(label):
    streams = label.write("a.csv", f"isrc,date,spotify_streams\n{ISRC},2026-11-20,5\nQZMEM2600002,2026-11-20,5\n")
    statement = label.write("b.tsv", DISTROKID_OLD)
    catalogue = label.write("c.csv", "isrc,title,artist\nQZMEM2600002,Low Water,Zoë\n")
    result = label.run(streams, statement, catalogue)
    assert result.code == 0
    assert [line for line in result.out.splitlines() if line[0] != " "] == [
        "c.csv: Catalogue",
        "b.tsv: DistroKid statement",
        "a.csv: Daily streams",
    ]
    assert label.streams(ISRC) == [("2026-11-20", 5, None)]


def test_rejects_that_a_pattern_matches_are_skipped_and_alone_they_are_imported(label):
    content = f"isrc,title,artist\n{ISRC},Night Ferry,Zoë\nX,A,B\n"
    file = label.write("c.csv", content)
    label.run(file)
    again = label.run(file, label.files / "c.csv.rejects.csv")
    assert again.code == 0
    assert again.out.count("Catalogue") == 1
    assert again.err.startswith("note: c.csv.rejects.csv: skipped")
    assert not (label.files / "c.csv.rejects.csv.rejects.csv").exists()
    assert label.run(label.files / "c.csv.rejects.csv").counts()["rejected"] == 1


def test_a_flag_that_one_file_needs_is_nothing_to_the_others(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(
        label.write("statement.tsv", DISTROKID_OLD), label.write("timeline.csv", TIMELINE), "--isrc", ISRC
    )
    assert result.code == 0
    assert label.streams(ISRC) == [("2026-11-20", 12, None)]


@pytest.mark.parametrize(
    ("content", "flags", "useless"),
    [
        (DISTROKID_OLD, ("--isrc", ISRC), "--isrc"),
        (TIMELINE, ("--isrc", ISRC, "--window", "28d"), "--window"),
        (AUDIENCE, ("--artist", "Zoë", "--chart", "x"), "--chart"),
        (CHART, ("--chart", "x", "--date", "2026-11-19", "--title", "x"), "--title"),
    ],
)
def test_a_flag_that_no_file_needs_is_refused_before_anything_is_imported(label, content, flags, useless):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    before = label.everything()
    result = label.run(label.write("file.csv", content), *flags)
    assert result.code == 1
    assert result.err.startswith(f"error: {useless} means nothing to this file. Leave it out")
    assert label.everything() == before


def test_a_flag_that_is_true_of_one_file_only_is_refused_for_two(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(label.write("a.csv", TIMELINE), label.write("b.csv", TIMELINE), "--isrc", ISRC)
    assert result.code == 1
    assert "--isrc can be true of one file only, and 2 of these would use it." in result.err
    assert label.streams(ISRC) == []


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--isrc", "nonsense"), "--isrc must be an ISRC"),
        (("--date", "11/20/2026"), "--date must be a date as YYYY-MM-DD"),
        (("--date", "2099-09-01"), "--date lies in the future"),
        (("--date", "1926-09-01"), "--date must be a day of this century"),
        (("--window", "soon"), "--window must be the time that the totals are over"),
        (("--artist", " "), "--artist must be 1 to 200 readable characters"),
    ],
)
def test_a_flag_that_is_not_as_it_must_be_is_named(label, flags, message):
    result = label.run(label.write("timeline.csv", TIMELINE), *flags)
    assert result.code == 1
    assert result.err.startswith(f"error: {message}")


def test_without_a_terminal_nothing_is_asked(label):
    result = label.run(label.write("timeline.csv", TIMELINE))
    assert result.code == 1
    assert result.err == (
        "error: timeline.csv: It is a file of 'Spotify for Artists, song timeline', which does not say which track "
        "it is of. Give --isrc or --title.\n"
    )


def test_an_unknown_workspace_is_an_error(label):
    result = label.run(label.write("s.csv", TIMELINE), "--isrc", ISRC, "--workspace", "nobody's")
    assert (result.code, "There is no workspace of that name." in result.err) == (1, True)


def test_the_samples_make_a_label_that_agrees_with_itself(label):
    assert label.run(SAMPLES / "catalogue.csv", SAMPLES / "streams.csv").code == 0
    timeline = label.run(SAMPLES / "song-timeline.csv", "--isrc", "QZMEM2600003").counts()
    statement = label.run(SAMPLES / "distrokid.csv")
    assert (timeline["read"], timeline["changed"], timeline["rejected"]) == (28, 5, 0)
    assert (statement.counts()["new"], statement.counts()["rejected"]) == (60, 0)
    assert "tracks added" not in statement.out

    coverage = label.ask(GET_COVERAGE, GetCoverage())
    assert (coverage.first_day, coverage.latest_day, coverage.days_tracked) == ("2026-09-22", "2026-11-20", 60)
    movers = label.ask(GET_MOVERS, GetMovers())
    assert movers.rising[0]["isrc"] == "QZMEM2600003"
    assert movers.falling[0]["isrc"] == "QZMEM2600010"
    assert len(label.streams("QZMEM2600005")) == 57
    assert label.streams("QZMEM2600004")[0][2] is None
    assert label.track("QZMEM2600001")["artist"] == "Lune Marélie"
    assert {month["month"] for month in label.track("QZMEM2600001")["metadata"]["statements"]} == {
        "2026-07",
        "2026-08",
        "2026-09",
    }
    for isrc in label.tracks():
        assert normalise_upc(label.track(isrc)["upc"])
    assert all(file.stat().st_size < 60_000 for file in SAMPLES.iterdir())
