"""API keys: shown once, stored as a hash, tied to a workspace, rotated with an overlap, revoked for good."""

import datetime as dt
import hashlib
import re
from contextlib import closing
from sqlite3 import connect

import anyio
import pytest

from backends.local.database import Database
from backends.local.keys import (
    MAX_OVERLAP_SECONDS,
    Principal,
    authenticate,
    create_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from backends.local.storage import DATABASE_NAME
from backends.local.workspaces import create_workspace
from contract.errors import InvalidRequest, KeyExpired, KeyRevoked, NotFound, Unauthorized
from server.cli import run

DEFAULT = 1


@pytest.fixture
async def database(data_dir):
    database = Database(data_dir)
    yield database
    await database.aclose()


@pytest.fixture
def clock(monkeypatch):
    """Sets the time that keys are judged by."""

    def set_clock(moment: dt.datetime) -> None:
        monkeypatch.setattr(
            "backends.local.keys.now", lambda: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )

    return set_clock


NOON = dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC)


async def test_a_key_has_the_published_prefix_and_256_random_bits(database):
    keys = {(await create_key(database, DEFAULT, "agent"))[1] for _ in range(5)}

    assert len(keys) == 5
    assert all(re.fullmatch(r"isrc_live_[A-Za-z0-9_-]{43}", key) for key in keys)


async def test_a_key_opens_the_workspace_it_was_created_for(database):
    other = await create_workspace(database, "other")
    key, raw = await create_key(database, other.id, "agent")

    assert await authenticate(database, raw) == Principal(key.id, other.id, "other")


async def test_nothing_of_a_key_but_its_hash_and_its_last_four_characters_is_stored(database, data_dir):
    key, raw = await create_key(database, DEFAULT, "agent")
    await database.aclose()

    content = (data_dir / DATABASE_NAME).read_bytes()
    assert hashlib.sha256(raw.encode()).digest() in content
    assert raw.encode() not in content
    assert raw.removeprefix("isrc_live_")[:12].encode() not in content
    assert key.hint == raw[-4:]
    assert raw not in repr(key)


@pytest.mark.parametrize("raw", ["", "isrc_live_", "isrc_live_" + "A" * 43, "x" * 100_000, "isrc_live_é\udc80\0", "%"])
async def test_what_is_not_a_key_is_unauthorized_and_not_repeated(database, raw):
    await create_key(database, DEFAULT, "agent")

    with pytest.raises(Unauthorized) as caught:
        await authenticate(database, raw)
    assert caught.value.code == "unauthorized"
    assert "AAAA" not in str(caught.value.body())


async def test_a_key_with_one_character_changed_or_in_another_case_is_unauthorized(database):
    _, raw = await create_key(database, DEFAULT, "agent")

    for near_miss in (raw[:-1] + ("A" if raw[-1] != "A" else "B"), raw.swapcase(), raw + " ", raw[:-1]):
        with pytest.raises(Unauthorized):
            await authenticate(database, near_miss)


async def test_the_comparison_that_decides_is_constant_time(database, monkeypatch):
    _, raw = await create_key(database, DEFAULT, "agent")
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda *pair: bool(compared.append(pair)))

    with pytest.raises(Unauthorized):
        await authenticate(database, raw)
    assert compared == [(hashlib.sha256(raw.encode()).digest(),) * 2]


async def test_a_revoked_key_says_so_and_keeps_its_first_time(database, clock):
    key, raw = await create_key(database, DEFAULT, "agent")
    clock(NOON)
    await revoke_key(database, DEFAULT, key.id)
    clock(NOON + dt.timedelta(hours=1))

    assert (await revoke_key(database, DEFAULT, key.id)).revoked_at == "2026-03-08T12:00:00.000Z"
    with pytest.raises(KeyRevoked) as caught:
        await authenticate(database, raw)
    assert (caught.value.code, caught.value.status) == ("key_revoked", 401)


async def test_a_rotated_key_works_until_its_overlap_ends_and_not_a_moment_longer(database, clock):
    clock(NOON)
    old, old_raw = await create_key(database, DEFAULT, "agent")
    new, new_raw = await rotate_key(database, DEFAULT, old.id, 3600)

    clock(NOON + dt.timedelta(seconds=3599, milliseconds=999))
    assert (await authenticate(database, old_raw)).key_id == old.id
    assert (await authenticate(database, new_raw)).key_id == new.id

    clock(NOON + dt.timedelta(seconds=3600))
    with pytest.raises(KeyExpired) as caught:
        await authenticate(database, old_raw)
    assert (caught.value.code, caught.value.status) == ("key_expired", 401)
    assert (await authenticate(database, new_raw)).key_id == new.id


async def test_a_key_rotated_without_overlap_stops_at_once(database):
    old, old_raw = await create_key(database, DEFAULT, "agent")
    new, new_raw = await rotate_key(database, DEFAULT, old.id, 0)

    assert new.name == old.name
    assert old_raw != new_raw
    with pytest.raises(KeyExpired):
        await authenticate(database, old_raw)


async def test_a_rotated_key_can_be_revoked_before_its_overlap_ends(database):
    old, old_raw = await create_key(database, DEFAULT, "agent")
    await rotate_key(database, DEFAULT, old.id, 3600)
    await revoke_key(database, DEFAULT, old.id)

    with pytest.raises(KeyRevoked):
        await authenticate(database, old_raw)


async def test_a_key_that_was_rotated_or_revoked_is_not_rotated_again(database):
    rotated, _ = await create_key(database, DEFAULT, "rotated")
    await rotate_key(database, DEFAULT, rotated.id, 3600)
    revoked, _ = await create_key(database, DEFAULT, "revoked")
    await revoke_key(database, DEFAULT, revoked.id)
    before = await list_keys(database, DEFAULT)

    for key in (rotated, revoked):
        with pytest.raises(InvalidRequest):
            await rotate_key(database, DEFAULT, key.id, 0)
    assert await list_keys(database, DEFAULT) == before


@pytest.mark.parametrize("seconds", [-1, MAX_OVERLAP_SECONDS + 1])
async def test_an_overlap_out_of_bounds_changes_nothing(database, seconds):
    key, _ = await create_key(database, DEFAULT, "agent")

    with pytest.raises(InvalidRequest, match="overlap"):
        await rotate_key(database, DEFAULT, key.id, seconds)
    assert await list_keys(database, DEFAULT) == [key]


async def test_keys_of_another_workspace_are_neither_listed_nor_rotated_nor_revoked(database):
    other = await create_workspace(database, "other")
    key, raw = await create_key(database, DEFAULT, "agent")

    assert await list_keys(database, other.id) == []
    with pytest.raises(NotFound):
        await rotate_key(database, other.id, key.id, 0)
    with pytest.raises(NotFound):
        await revoke_key(database, other.id, key.id)
    assert (await authenticate(database, raw)).workspace_id == DEFAULT


async def test_the_last_use_is_written_at_most_once_a_minute(database, clock):
    key, raw = await create_key(database, DEFAULT, "agent")
    seen = []
    for seconds in (0, 1, 59, 60, 119):
        clock(NOON + dt.timedelta(seconds=seconds))
        await authenticate(database, raw)
        seen.append((await list_keys(database, DEFAULT))[0].last_used_at)

    assert seen == ["2026-03-08T12:00:00.000Z"] * 3 + ["2026-03-08T12:01:00.000Z"] * 2
    assert key.last_used_at is None


async def test_a_key_opens_its_workspace_while_another_process_writes_and_without_waiting_for_it(database, data_dir):
    _, raw = await create_key(database, DEFAULT, "agent")

    with closing(connect(data_dir / DATABASE_NAME, isolation_level=None)) as writer, anyio.fail_after(5):
        writer.execute("BEGIN IMMEDIATE")
        assert (await authenticate(database, raw)).workspace_id == DEFAULT
    assert (await list_keys(database, DEFAULT))[0].last_used_at is None

    await authenticate(database, raw)
    assert (await list_keys(database, DEFAULT))[0].last_used_at is not None


@pytest.mark.parametrize("name", ["", "   ", "n" * 101, "two\nlines", "\u202eevil"])
async def test_a_name_that_can_t_be_shown_is_refused(database, name):
    with pytest.raises(InvalidRequest, match="name"):
        await create_key(database, DEFAULT, name)
    assert await list_keys(database, DEFAULT) == []


def test_the_command_line_prints_the_key_alone_on_standard_output(capsys, data_dir):
    assert run(["keys", "create", "--name", "agent"]) == 0

    out, err = capsys.readouterr()
    assert re.fullmatch(r"isrc_live_[A-Za-z0-9_-]{43}\n", out)
    assert out.strip() not in err
    assert "can't be shown again" in err
    with closing(connect(data_dir / DATABASE_NAME)) as connection:
        [(stored,)] = connection.execute("SELECT hash FROM api_keys").fetchall()
    assert stored == hashlib.sha256(out.strip().encode()).digest()


def test_the_list_shows_how_each_key_stands_and_never_a_key(capsys):
    raw = []
    for arguments in (
        ["create", "--name", "active"],
        ["create", "--name", "rotated later"],
        ["rotate", "2", "--overlap", "7d"],
        ["create", "--name", "rotated now"],
        ["rotate", "4", "--overlap", "0"],
        ["create", "--name", "revoked"],
    ):
        assert run(["keys", *arguments]) == 0
        raw.append(capsys.readouterr().out.strip())
    assert run(["keys", "revoke", "6"]) == 0
    capsys.readouterr()

    assert run(["keys", "list"]) == 0
    out = capsys.readouterr().out
    states = [(line.split("\t")[1], line.split("\t")[5].split()[0]) for line in out.splitlines()]
    assert states == [
        ("active", "active"),
        ("rotated later", "expires"),
        ("rotated later", "active"),
        ("rotated now", "expired"),
        ("rotated now", "active"),
        ("revoked", "revoked"),
    ]
    assert [line.split("\t")[2] for line in out.splitlines()] == [f"...{key[-4:]}" for key in raw]
    assert not any(key in out for key in raw)
    assert out.count("never used") == 6


def test_the_command_line_works_on_the_named_workspace_alone(capsys):
    assert run(["workspaces", "create", "other"]) == 0
    assert run(["keys", "create", "--name", "agent", "--workspace", "other"]) == 0
    capsys.readouterr()

    assert run(["keys", "list"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["keys", "revoke", "1"]) == 1
    assert "no API key of that id in this workspace" in capsys.readouterr().err
    assert run(["keys", "list", "--workspace", "nobody's"]) == 1
    assert "no workspace of that name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("overlap", "seconds"), [("0", 0), ("90s", 90), ("30m", 1800), ("24h", 86400), ("30d", MAX_OVERLAP_SECONDS)]
)
def test_an_overlap_is_given_in_the_usual_forms(capsys, data_dir, overlap, seconds):
    run(["keys", "create", "--name", "agent"])

    assert run(["keys", "rotate", "1", "--overlap", overlap]) == 0
    with closing(connect(data_dir / DATABASE_NAME)) as connection:
        [(created, expires)] = connection.execute(
            "SELECT new.created_at, old.expires_at FROM api_keys old JOIN api_keys new ON new.id = old.replaced_by"
        ).fetchall()
    until = f"works until {expires[:19].replace('T', ' ')} UTC" if seconds else "has stopped working"
    assert f"replaces key 1, which {until}." in capsys.readouterr().err
    assert dt.datetime.fromisoformat(expires) - dt.datetime.fromisoformat(created) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("overlap", ["", "24", "-1h", "1w", "31d", "721h", "1.5h", "٣h", "99999999999999999999d"])
def test_an_overlap_in_another_form_is_a_usage_error_that_shows_the_forms(capsys, overlap):
    with pytest.raises(SystemExit) as caught:
        run(["keys", "rotate", "1", f"--overlap={overlap}"])

    assert caught.value.code == 2
    assert "must be" in capsys.readouterr().err


def test_a_key_given_where_its_id_belongs_is_not_repeated(capsys):
    with pytest.raises(SystemExit):
        run(["keys", "revoke", "isrc_live_pasted-by-mistake"])

    assert "pasted-by-mistake" not in "".join(capsys.readouterr())
