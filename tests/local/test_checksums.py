"""Checksums of rows: the same for ever, for every table, and kept by whatever statement changes a row."""

import sqlite3
from contextlib import closing

import pytest

from backends.local.checksums import checked_tables, keep_checksums, prepare, row_checksum
from backends.local.layout import Layout
from backends.local.migrations import migrate

LAYOUT = Layout(
    name="any.db",
    application_id=1,
    migrations=(
        (
            "CREATE TABLE numbered (id INTEGER PRIMARY KEY, text TEXT, more BLOB, part REAL) STRICT",
            "CREATE TABLE named (name TEXT PRIMARY KEY, value INTEGER) STRICT, WITHOUT ROWID",
            'CREATE TABLE loose ("order" TEXT PRIMARY KEY, "a ""b""" INTEGER) STRICT',
        ),
    ),
    checksums=True,
)


@pytest.fixture
def connection(tmp_path):
    migrate(tmp_path / "any.db", LAYOUT)
    with closing(prepare(sqlite3.connect(tmp_path / "any.db", isolation_level=None))) as connection:
        yield connection


def said(connection):
    return [finding for (finding,) in connection.execute("PRAGMA integrity_check")]


@pytest.mark.parametrize(
    ("values", "checksum"),
    [
        ((), 932418520),
        ((None,), 4130956255),
        ((1, -1, 2**31, -(2**63)), 2246210761),
        ((b"", b"text", "Jóga".encode() * 100), 2634465381),
        ((0.0, 1.5, -1e300), 318352015),
        ((1, b"Title", None, 0.5), 3541232612),
    ],
)
def test_a_checksum_is_the_same_for_ever(values, checksum):
    """Databases hold these: were one to change, every row would seem to be damaged."""
    assert row_checksum(*values) == checksum


def test_values_that_look_alike_have_checksums_of_their_own():
    alike = [(1,), (1.0,), (b"1",), (None,), (0,), (b"",), (1, None), (None, 1), (b"ab", b"c"), (b"a", b"bc")]
    assert len({row_checksum(*values) for values in alike}) == len(alike)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO numbered VALUES (1, 'a', x'00ff', 1)",
        "INSERT INTO numbered VALUES (1, 'a', NULL, -0.0)",
        "INSERT INTO numbered VALUES (1, 'a' || char(0) || 'b', zeroblob(100000), 1e300)",
        "INSERT OR REPLACE INTO numbered VALUES (7, 'b', NULL, NULL)",
        "UPDATE numbered SET id = id + 10, text = text || 'x', part = 2",
        "DELETE FROM numbered",
        "INSERT INTO named VALUES ('b', 1) ON CONFLICT DO UPDATE SET value = value + 1",
        "INSERT INTO named VALUES ('a', 1) ON CONFLICT DO UPDATE SET value = value + 1",
        'UPDATE loose SET "order" = upper("order"), "a ""b""" = NULL',
        "VACUUM",
    ],
)
def test_checksums_follow_whatever_is_written(connection, statement):
    connection.execute("INSERT INTO numbered VALUES (7, 'seven', x'07', 7.0), (8, NULL, NULL, 0.1)")
    connection.execute("INSERT INTO named VALUES ('a', 1), ('c', NULL)")
    connection.execute("INSERT INTO loose VALUES ('a', 1), ('c', NULL)")
    connection.execute(statement)
    assert said(connection) == ["ok"]


def test_rows_that_are_not_what_was_written_are_told_apart_and_lost_ones_are_known(tmp_path, connection):
    connection.execute("INSERT INTO named VALUES ('first', 1), ('second', 2), ('third', 3)")
    connection.close()
    path = tmp_path / "any.db"
    content = path.read_bytes()
    where = content.index(b"second\x02")
    path.write_bytes(content[:where] + b"sec\xffnd\x02" + content[where + 7 :])
    with closing(prepare(sqlite3.connect(path))) as damaged:
        [named] = [table for table in checked_tables(damaged, LAYOUT) if table.name == "named"]
        damaged.text_factory = bytes
        rows = dict(damaged.execute(f"SELECT name, {named.is_intact('n')} FROM named AS n NOT INDEXED"))
        assert rows == {b"first": 1, b"sec\xffnd": 0, b"third": 1}
        assert set(damaged.execute(named.known_keys)) - {(name,) for name in rows} == {(b"second",)}


def test_a_connection_that_does_not_know_the_checksum_writes_nothing(tmp_path, connection):
    with closing(sqlite3.connect(tmp_path / "any.db")) as stranger:
        with pytest.raises(sqlite3.OperationalError, match="row_checksum"):
            stranger.execute("INSERT INTO named VALUES ('a', 1)")
        assert stranger.execute("SELECT count(*) FROM named").fetchone() == (0,)


def test_a_table_that_gets_another_column_gets_another_checksum(connection):
    connection.execute("INSERT INTO named VALUES ('a', 1)")
    connection.execute("ALTER TABLE named ADD COLUMN more TEXT")
    keep_checksums(connection, LAYOUT)
    assert said(connection) == ["ok"]
    [table] = [table for table in checked_tables(connection, LAYOUT) if table.name == "named"]
    assert '"more"' in table.sql
    assert connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'named_checksums'").fetchone() == (table.sql,)
