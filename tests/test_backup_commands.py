"""`musicengine-mcp backup`, `restore`, `doctor` and `rebuild`, from the command line; and a drill of all of them."""

import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import aclosing, closing

import pytest

from backends.local.database import Database
from backends.local.storage import DATABASE_NAME
from server.cli import run
from tests.hub.recovery.conftest import INDEX, USER, Folder, fill
from tests.label import LABEL, store


@pytest.fixture
def folder(data_dir, tmp_path):
    """A library of nothing but what people made, and a label."""
    assert run(["scan", "--list"]) == 0
    folder = Folder(data_dir)
    fill(folder, plays=300)
    folder.run(("UPDATE playback_session SET volume = 42",))
    return folder


@pytest.fixture
async def label(folder):
    async with aclosing(Database(folder.path)) as database:
        await store(database)
    with closing(sqlite3.connect(folder.path / DATABASE_NAME)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def names(folder):
    return sorted(path.name for path in (folder.path / "backups").glob("*.db"))


def tracks(folder):
    with closing(sqlite3.connect(folder.path / DATABASE_NAME)) as connection:
        return connection.execute("SELECT count(*) FROM tracks").fetchone()[0]


def test_backup_copies_both_databases_and_says_what_they_hold(capsys, label):
    capsys.readouterr()
    assert run(["backup"]) == 0
    said = capsys.readouterr().out
    assert "verified" in said
    hub, engine = names(label)
    assert (hub.startswith("hub-20"), engine.startswith("musicengine-20")) == (True, True)
    assert hub in said
    assert engine in said


def test_backup_to_a_file_leaves_one_that_is_there_alone(capsys, folder, tmp_path):
    target = tmp_path / "mine.db"
    assert run(["backup", "--to", str(target)]) == 0
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT volume FROM playback_session").fetchone() == (42,)
    before = target.read_bytes()
    assert run(["backup", "--to", str(target)]) == 1
    assert target.read_bytes() == before
    assert "already" in capsys.readouterr().err


def test_backup_refuses_a_damaged_database_and_keeps_what_there_was(capsys, folder):
    assert run(["backup"]) == 0
    before = names(folder)
    folder.overwrite(folder.place_of(b"Playlist 7"), b"Playlist X")
    assert run(["backup"]) == 1
    assert f"{USER}: not backed up." in capsys.readouterr().out
    assert names(folder) == before


def test_doctor_says_that_all_is_well(capsys, label):
    run(["backup"])
    capsys.readouterr()
    assert run(["doctor"]) == 0
    said = capsys.readouterr().out
    assert [f"{name}: healthy" in said for name in (USER, DATABASE_NAME)] == [True, True]
    assert said.count(", verified") == 2


@pytest.mark.parametrize(("name", "way_out"), [(USER, "rebuild"), (INDEX, "rebuild"), (DATABASE_NAME, "restore")])
def test_doctor_names_what_is_damaged_and_the_way_out(capsys, label, name, way_out):
    label.overwrite(0, size=100, database=name)
    capsys.readouterr()
    assert run(["doctor"]) == 1
    said = capsys.readouterr().out
    assert f"{name}: damaged" in said
    assert f"musicengine-mcp {way_out}" in said


def test_doctor_tells_programs_the_same(capsys, folder):
    run(["backup"])
    folder.overwrite(0)
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "faulted"
    assert [problem["database"] for problem in found["problems"]] == [USER]
    assert [backup["wrong"] for backup in found["backups"]] == [None]


def test_doctor_finds_a_damaged_backup(capsys, folder):
    run(["backup"])
    spoil(folder)
    capsys.readouterr()
    assert run(["doctor"]) == 1
    assert "It is damaged" in capsys.readouterr().out


def spoil(folder):
    [name] = names(folder)
    with (folder.path / "backups" / name).open("r+b") as file:
        file.seek(5000)
        file.write(b"?")
    return name


def test_restore_refuses_a_damaged_backup(capsys, folder):
    run(["backup"])
    name, before = spoil(folder), folder.user.read_bytes()
    assert run(["restore", name, "--yes"]) == 1
    assert "damaged" in capsys.readouterr().err
    assert folder.user.read_bytes() == before


def test_restore_asks_first(capsys, folder):
    run(["backup"])
    before = folder.user.read_bytes()
    assert run(["restore", *names(folder)]) == 1  # nobody is there to answer
    assert "--yes" in capsys.readouterr().err
    assert folder.user.read_bytes() == before


def test_restore_of_what_is_no_backup_says_how_to_find_one(capsys, folder, tmp_path):
    (tmp_path / "other.db").write_bytes(b"not a backup")
    assert run(["restore", str(tmp_path / "other.db"), "--yes"]) == 1
    assert "'musicengine-mcp restore' lists" in capsys.readouterr().err


def test_the_drill_back_up_damage_restore_compare(capsys, label):
    before = label.made()
    run(["backup"])
    hub, engine = names(label)
    label.run(("DELETE FROM plays",))
    for name in (USER, DATABASE_NAME):
        label.overwrite(0, size=4096, database=name)
    damaged, content = label.files(), label.index.read_bytes()
    assert run(["doctor"]) == 1
    assert run(["restore", hub, "--yes"]) == 0
    assert run(["restore", engine, "--yes"]) == 0
    capsys.readouterr()
    assert run(["doctor"]) == 0
    assert label.made() == before
    assert tracks(label) == len(LABEL)
    archived = {path.name for path in (label.path / "archive").rglob("*.db")}
    assert archived == {USER, DATABASE_NAME}
    index = hashlib.sha256(content).hexdigest()  # which goes on
    assert not damaged - label.files() - Counter([index])


def test_restore_takes_a_file_from_elsewhere(folder, tmp_path):
    run(["backup", "--to", str(tmp_path / "mine.db")])
    before = folder.made()
    folder.run(("DELETE FROM playlist_entries",))
    assert run(["restore", str(tmp_path / "mine.db"), "--yes"]) == 0
    assert folder.made() == before


def test_restore_lists_what_there_is(capsys, folder):
    run(["backup"])
    capsys.readouterr()
    assert run(["restore"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(names(folder)[0])
    assert line.endswith("verified")


def test_rebuild_says_what_was_kept_and_scans(capsys, folder):
    before = folder.made()
    folder.overwrite(0)
    capsys.readouterr()
    assert run(["rebuild"]) == 0
    said = capsys.readouterr()
    assert "hub.db made anew" in said.out
    assert "Everything was kept" in said.out
    assert "musicengine-mcp scan DIR" in said.err
    assert folder.made() == before
    assert run(["rebuild"]) == 0
    assert "Nothing is wrong" in capsys.readouterr().out


def test_no_command_shows_more_than_a_sentence_where_there_is_nothing(capsys, data_dir):
    assert [run([command]) for command in ("backup", "restore", "doctor", "rebuild")] == [0, 0, 0, 0]
    assert not list(data_dir.glob("*.db"))
