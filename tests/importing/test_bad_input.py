"""Files that are not what they seem: one clear message, an exit code, and nothing half-written."""

import datetime as dt
import gzip
import io
import zipfile

import pytest

ISRC = "QZMEM2600001"
ROWS = "".join(f"{ISRC},2026-11-{day:02d},{day}\n" for day in range(1, 21))
BAD_FIGURES = [("2026-11-31", "5"), ("2099-01-01", "5"), ("1926-11-20", "5"), ("2026-11-20", "-5"), ("2026-11-20", "x")]
STREAMS = f"isrc,date,spotify_streams\n{ROWS}"


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


BAD = {
    "empty": (b"", "The file is empty."),
    "only a mark": (b"\xef\xbb\xbf", "does not name the columns of any format"),
    "excel": (_zip(), "save the sheet as CSV"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save the sheet as CSV"),
    "pdf": (b"%PDF-1.7\n", "Download the CSV of the same report."),
    "compressed": (gzip.compress(STREAMS.encode()), "Unpack it first."),
    "binary": (STREAMS.encode() + b"\x00\x01\x02", "The file is not text, whatever its name says."),
    "another kind": (b"id,colour\n1,red\n", "does not name the columns of any format this command takes. It takes: "),
    "json": (b'{"data": []}', "does not name the columns of any format"),
    "cut in a row": (STREAMS.encode()[:-12], "The file seems truncated: line 21 ends too early. Download it again"),
    "cut in a quote": (
        STREAMS.encode() + f'{ISRC},2026-11-21,"12'.encode(),
        "The file seems truncated: line 22 ends too early. Download it again",
    ),
    "cut in a character": (b"isrc,title,artist\nQZMEM2600001,A,Zo\xc3", "The file seems truncated: line 2"),
    "quote never closed": (
        f'isrc,title,artist\nQZMEM2600002,"Open,B\n{"QZMEM2600003,C,D" * 20000}'.encode(),
        "a quote is opened and never closed",
    ),
    "second header": (
        f"{STREAMS}date,listeners,streams,followers\n2026-11-20,1,2,3\n".encode(),
        "Line 22 is the header of another table. Split the file into two there",
    ),
    "second header, other delimiter": (
        f"{STREAMS}isrc;title;artist\n{ISRC};A;B\n".encode(),
        "Line 22 is the header of another table.",
    ),
    "second header, other columns": (
        f"{STREAMS}isrc,date,apple_streams\n{ISRC},2026-11-20,3\n".encode(),
        "Line 22 is the header of another table.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_whole_in_one_sentence(label, kind):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    before = label.everything()
    content, message = BAD[kind]
    result = label.run(label.write("bad.csv", content))
    assert result.code == 1
    assert result.out == ""
    [line] = result.err.splitlines()
    assert line.startswith("error: bad.csv: ")
    assert message in line
    assert label.everything() == before
    assert [file.name for file in label.files.iterdir() if "bad" in file.name] == ["bad.csv"]


def test_a_missing_file_and_a_folder_are_named(label):
    result = label.run(label.files / "none.csv", label.files)
    assert result.code == 1
    assert "error: none.csv: There is no such file." in result.err
    assert "error: files: It is a folder." in result.err


def test_messages_never_repeat_a_cell(label):
    secret = "IGNORE-ALL-PREVIOUS"
    result = label.run(
        label.write("a.csv", f"isrc,title,artist,{secret}\n{secret},B,C,D\n"),
        label.write("b.csv", f"{secret},x\n1,2\n"),
        label.write("c.csv", f'isrc,title,artist\n{ISRC},"{secret}'),
    )
    assert result.code == 1
    assert secret not in result.out + result.err


def test_a_repeated_header_is_passed_over(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    counts = label.take("joined.csv", STREAMS + STREAMS)
    assert (counts["read"], counts["rejected"]) == (40, 0)


def test_blank_lines_are_no_rows(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    counts = label.take("s.csv", "sep=,\r\n\r\n" + STREAMS.replace("\n", "\r\n\r\n") + ",,\r\n")
    assert (counts["read"], counts["new"]) == (20, 20)


@pytest.mark.parametrize("rows", ["", "\n", ",,\n", "isrc,date,spotify_streams\n"])
def test_a_header_alone_is_a_failure(label, rows):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(label.write("s.csv", f"isrc,date,spotify_streams\n{rows}"))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error: s.csv: There are no rows below the header.")


@pytest.mark.parametrize(
    ("header", "lacks"),
    [
        ("Title,Artist,Album", "'Catalogue' without a column for isrc."),
        ("isrc;date;units", "'Daily streams' without a column for spotify_streams or apple_streams, or streams with"),
        ("date,listeners,streams", "'Spotify for Artists, audience' without a column for followers."),
    ],
)
def test_a_file_that_is_nearly_of_a_format_is_told_what_it_lacks(label, header, lacks):
    result = label.run(label.write("s.csv", f"{header}\na,b,c\n"))
    assert result.code == 1
    assert f"It looks like a file of {lacks}" in result.err


def test_a_file_of_no_format_is_told_the_names_of_all(label):
    result = label.run(label.write("s.csv", "id,colour\n1,red\n"))
    assert "It takes: Daily streams; " in result.err
    assert len(result.err) < 450


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_last_line_without_its_end_is_said(label, encoding):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    whole = label.run(label.write("s.csv", STREAMS, encoding))
    cut = label.run(label.write("s.csv", STREAMS.removesuffix("\n"), encoding))
    assert (whole.code, cut.code) == (0, 0)
    assert "line end" not in whole.out
    assert "  the last line has no line end: if the download broke off, its last figure may be cut\n" in cut.out


def test_tomorrow_is_not_yet_the_future(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    days = [dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days) for days in (1, 3)]
    counts = label.take("s.csv", "isrc,date,spotify_streams\n" + "".join(f"{ISRC},{day},5\n" for day in days))
    assert (counts["new"], counts["rejected"]) == (1, 1)


def test_reasons_are_shown_grouped_and_the_most_frequent_first(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    rows = ["QZMEM2699999,2026-11-20,5"] * 3 + [f"{ISRC},{day},{count}" for day, count in BAD_FIGURES]
    result = label.run(label.write("s.csv", STREAMS + "\n".join(rows) + "\n"))
    lines = result.out.splitlines()
    assert lines[2] == (
        "  3 rows: isrc is not in the catalogue: import the catalogue first, or a distributor's statement, which adds "
        "its tracks"
    )
    assert [line.split(":")[0] for line in lines[2:7]] == ["  3 rows", *["  1 row"] * 4]
    assert lines[7] == "  and 1 more reason"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "iso-8859-1"])
def test_text_is_read_in_its_encoding(label, encoding):
    content = f"isrc,title,artist\n{ISRC},Zoë à l'été,Ängström\n"
    data = content.encode(encoding)
    label.take("c.csv", b"\xfe\xff" + data if encoding == "utf-16-be" else data)
    assert label.track(ISRC)["title"] == "Zoë à l'été"


def test_an_encoding_that_shows_only_at_the_end_of_a_large_file_is_found(label):
    filler = "".join(f"QZMEM27{number:05d},Title {number},Artist\n" for number in range(60_000))
    label.take("c.csv", f"isrc,title,artist\n{filler}{ISRC},Été,Zoë\n", encoding="iso-8859-1")
    assert label.track(ISRC)["title"] == "Été"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_will_do(label, delimiter):
    label.take("c.csv", f"isrc,title,artist\n{ISRC},A,B\n".replace(",", delimiter))
    assert label.tracks() == [ISRC]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("QZMEM2699999,2026-11-20,5", "isrc is not in the catalogue: import the catalogue first"),
        ("nonsense,2026-11-20,5", "isrc must be an ISRC"),
        (f"{ISRC},11/20/2026,5", "date must be a date as YYYY-MM-DD: day and month can't be told apart here"),
        (f"{ISRC},2026-11-31,5", "date is no day of the calendar"),
        (f"{ISRC},2026-13-01,5", "date is no day of the calendar"),
        (f"{ISRC},2099-09-01,5", "date lies in the future"),
        (f"{ISRC},1926-11-20,5", "date must be a day of this century"),
        (f"{ISRC},2026-11-20,-5", "streams must not be negative"),
        (f"{ISRC},2026-11-20,1.234", "streams must be a whole number"),
        (f"{ISRC},2026-11-20,1_000", "streams must be a whole number"),
        (f"{ISRC},2026-11-20,٣", "streams must be a whole number"),
        (f"{ISRC},2026-11-20,9999999999999999999", "streams must be a whole number"),
        (f"{ISRC},2026-11-20,5,6", "the row has more columns than the header"),
        (f"{ISRC},2026-11-20", "the row has fewer columns than the header"),
    ],
)
def test_a_bad_row_is_set_aside_with_line_and_reason(label, row, reason):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(label.write("s.csv", f"{STREAMS}{row}\n{ISRC},2026-10-01,7\n"))
    assert result.code == 0
    assert (result.counts()["new"], result.counts()["rejected"]) == (21, 1)
    assert "s.csv.rejects.csv" in result.out
    header, rejected = (label.files / "s.csv.rejects.csv").read_text("utf-8").splitlines()
    assert header == "line,reason,isrc,date,spotify_streams"
    assert rejected.startswith((f"22,{reason}", f'22,"{reason}'))
    assert rejected.endswith(row)


def test_a_reject_is_counted_by_the_line_it_begins_on(label):
    label.take("c.csv", f'isrc,title,artist\n\n{ISRC},"A\nB",C\n', "--dry-run")
    result = label.run(label.write("c.csv", f'isrc,title,artist\n\n{ISRC},"A\nB",C\n\nX,"D\nE",F\nY,G,H\n'))
    assert result.counts()["rejected"] == 2
    lines = (label.files / "c.csv.rejects.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines if "must be an ISRC" in line] == ["6", "8"]


def test_many_rejects_among_many_rows_are_all_kept(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    bad = {number for number in range(10_000) if number % 97 == 0}
    rows = [
        f"{'QZMEM2699999' if number in bad else ISRC},2026-10-{1 + number % 30:02d},{number}"
        for number in range(10_000)
    ]
    result = label.run(label.write("s.csv", "isrc,date,spotify_streams\n" + "\n".join(rows) + "\n"))
    assert result.counts()["rejected"] == len(bad)
    lines = (label.files / "s.csv.rejects.csv").read_text().splitlines()[1:]
    assert {int(line.split(",")[0]) - 2 for line in lines} == bad


def test_no_rejects_leave_no_file_and_an_older_one_alone(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    label.take("s.csv", STREAMS)
    rejects = label.files / "s.csv.rejects.csv"
    assert not rejects.exists()
    rejects.write_text("somebody's corrections")
    label.take("s.csv", STREAMS)
    assert rejects.read_text() == "somebody's corrections"


def test_only_rejected_rows_are_a_failure(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(label.write("s.csv", STREAMS.replace(ISRC, "QZMEM2699999")))
    assert (result.code, result.counts()["rejected"]) == (1, 20)


def test_a_dry_run_shows_the_first_reasons_and_writes_no_file(label):
    label.catalogue((ISRC, "Night Ferry", "Zoë"))
    result = label.run(label.write("s.csv", f"{STREAMS}X,2026-11-20,5\n"), "--dry-run")
    assert "line 22: isrc must be an ISRC" in result.out
    assert not (label.files / "s.csv.rejects.csv").exists()
