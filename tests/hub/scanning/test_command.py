"""`musicengine-mcp scan` as a person runs it."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest

from contract.hub.scan import MOST_REPORTED
from server.cli import run
from tests.hub.audio_files import EXTENSIONS, tone, write_file
from tests.programs import environment_of, running

FORMATS = sorted(EXTENSIONS)


@pytest.fixture
def scan(capsys):
    """Run the command; its exit code, and what it printed."""

    def scan(*arguments):
        code = run(["scan", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return scan


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


def test_one_good_file_of_each_format_and_bad_ones_of_each_kind(scan, folder):
    for number, format_ in enumerate(FORMATS, start=1):
        write_file(folder / f"Good/{number} {format_}{EXTENSIONS[format_]}", format_, title=format_)
    bad = folder / "Bad"
    bad.mkdir()
    (bad / "empty.mp3").touch()
    (bad / "noise.flac").write_bytes(bytes(range(256)) * 40)
    (bad / "text.ogg").write_text("not music at all\n" * 50)
    (bad / "cut.flac").write_bytes(tone("flac").read_bytes()[:60])
    code, out, err = scan(folder)
    assert (code, err) == (0, "")
    first, heading, *bad_ones = out.splitlines()
    assert first == "  files 13  new 9  changed 0  moved 0  unchanged 0  missing 0  returned 0  unreadable 4"
    assert heading == "  can't be read:"
    named = dict(line.strip().split(": ", 1) for line in bad_ones)
    assert sorted(named) == [str(bad / name) for name in ("cut.flac", "empty.mp3", "noise.flac", "text.ogg")]
    assert all(reason.endswith(".") for reason in named.values())
    again = scan()
    assert again == (0, out.replace("new 9", "new 0").replace("unchanged 0", "unchanged 9"), "")


def test_all_unreadable_files_are_printed_one_by_one_up_to_what_a_report_holds(scan, folder):
    for number in range(MOST_REPORTED + 3):
        (folder / f"{number:04d}.mp3").touch()
    _, out, _ = scan(folder)
    lines = out.splitlines()
    assert len([line for line in lines if line.endswith(": The file is empty.")]) == MOST_REPORTED
    assert lines[-1] == "    and 3 more"


def test_a_file_that_was_put_right_is_read_again(scan, folder):
    (folder / "a.flac").touch()
    scan(folder)
    write_file(folder / "a.flac", "flac")
    _, out, _ = scan()
    assert "new 1 " in out
    assert "unreadable 0" in out


def test_a_file_that_is_broken_later_is_missing_until_it_is_put_right(scan, folder):
    good = write_file(folder / "a.flac", "flac").read_bytes()
    write_file(folder / "b.flac", "flac", distinct=2)
    scan(folder)
    (folder / "a.flac").write_bytes(good[:50])
    _, out, _ = scan()
    assert "missing 1  returned 0  unreadable 1" in out
    _, out, _ = scan()
    assert "missing 0  returned 0  unreadable 1" in out
    (folder / "a.flac").write_bytes(good)
    _, out, _ = scan()
    assert "missing 0  returned 1  unreadable 0" in out


def test_a_folder_that_is_not_mounted_is_an_error_and_changes_nothing(scan, folder):
    write_file(folder / "a.flac", "flac")
    scan(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    code, out, _ = scan()
    assert code == 1
    assert "missing 0" in out
    assert f"    {folder}: The folder is empty, as if nothing were mounted there." in out
    folder.rmdir()
    code, out, _ = scan()
    assert code == 1
    assert f"    {folder}: The folder is not there, or can't be read." in out


def test_folders_are_listed_and_forgotten(scan, folder):
    assert scan("--list") == (0, "", "")
    code, _, err = scan()
    assert (code, err) == (1, "error: The library has no folders yet. Name the folders that your music is in.\n")
    write_file(folder / "a.flac", "flac")
    scan(folder)
    assert scan("--list") == (0, f"{folder}: 1 track\n", "")
    code, out, _ = scan("--forget", folder)
    assert (code, out.splitlines()[0]) == (0, f"{folder}: no longer part of the library; 1 track marked missing.")
    assert scan("--list") == (0, "", "")
    assert scan("--forget", folder)[0] == 1


def test_a_folder_that_is_not_there_is_an_error_that_does_not_repeat_it(scan, tmp_path):
    code, out, err = scan(tmp_path / "typo")
    assert (code, out) == (1, "")
    assert err == "error: There is no folder at one of these paths. Check the path. Nothing was changed.\n"


def test_a_folder_whose_name_is_no_text_can_be_scanned_shown_and_forgotten(scan, tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    write_file(folder / "a.flac", "flac")
    assert scan(folder)[0] == 0
    assert scan("--list") == (0, f"{tmp_path}/caf\N{REPLACEMENT CHARACTER}: 1 track\n", "")
    assert scan("--forget", folder)[0] == 0


def test_ctrl_c_keeps_what_was_found(folder, tmp_path):
    for number in range(1500):
        write_file(folder / f"{number // 10}/{number:04d}.ogg", "vorbis", distinct=number + 1)
    data = tmp_path / "data"
    with running(data, "scan", str(folder), environment=environment_of()) as program:
        while not _tracks(data):
            assert program.process.poll() is None
        program.process.send_signal(signal.SIGINT)
        code = program.process.wait(30)
    assert code == 130
    assert "interrupted; what was found so far is kept" in program.said
    kept = _tracks(data)
    assert 0 < kept < 1500
    with running(data, "scan", environment=environment_of()) as program:
        program.process.wait(60)
    assert f"new {1500 - kept:,} " in "\n".join(program.output.read)
    assert _tracks(data) == 1500


def _tracks(data):
    try:
        with closing(sqlite3.connect(f"file:{data}/hub-index.db?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM tracks").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
