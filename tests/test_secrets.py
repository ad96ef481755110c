"""The encryption key: where it comes from, what is refused, and a rotation that no crash can spoil."""

import base64
import json
import os
import sqlite3
import stat
from contextlib import aclosing, closing

import pytest

from backends.local.database import Database
from backends.local.keyring import KEY_FILE, load_keyring, new_keyring, write_keyring
from backends.local.musicengine import LocalMusicEngine
from backends.local.profiles import delete_profile, open_profile
from backends.local.rotation import initialise_encryption, rotate_encryption
from backends.local.storage import DATABASE_NAME
from contract.errors import DecryptionFailed, EncryptionNotConfigured, InvalidRequest, StorageError
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE, ImportBrowserProfile
from server.cli import run

DEFAULT = 1
VARIABLE = "MUSICENGINE_ENCRYPTION_KEY"
COOKIES = [{"domain": ".spotify.com", "name": "sp_dc", "value": "secret"}]

SOUND = base64.b64encode(bytes(range(32))).decode()


class PowerCut(BaseException):
    """Stands for the end of the process: nothing handles it."""


@pytest.fixture
async def database(data_dir):
    database = Database(data_dir)
    yield database
    await database.aclose()


async def import_profile(data_dir, workspace="default"):
    async with aclosing(LocalMusicEngine(data_dir, workspace)) as backend:
        request = ImportBrowserProfile.model_validate({"name": "session", "cookies": COOKIES})
        return (await backend.call(IMPORT_BROWSER_PROFILE, request)).profile_id


def rows(data_dir, sql):
    with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as connection:
        return connection.execute(sql).fetchall()


def key_text():
    return base64.b64encode(os.urandom(32)).decode()


def test_init_writes_a_key_file_for_its_owner_alone(capsys, data_dir):
    assert run(["secrets", "init"]) == 0

    file = data_dir / KEY_FILE
    document = json.loads(file.read_text())
    [(key_id, key)] = document["keys"].items()
    assert document["active"] == key_id
    assert len(base64.b64decode(key)) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key not in "".join(capsys.readouterr())
    assert {path.name for path in data_dir.iterdir()} == {KEY_FILE, DATABASE_NAME}


def test_init_leaves_a_key_file_that_is_there_as_it_is(capsys, data_dir):
    run(["secrets", "init"])
    before = (data_dir / KEY_FILE).read_bytes()

    assert run(["secrets", "init"]) == 1
    assert "already" in capsys.readouterr().err
    assert (data_dir / KEY_FILE).read_bytes() == before


def test_init_says_when_the_environment_has_the_key(capsys, data_dir, monkeypatch):
    monkeypatch.setenv(VARIABLE, key_text())

    assert run(["secrets", "init"]) == 1
    assert VARIABLE in capsys.readouterr().err
    assert not (data_dir / KEY_FILE).exists()


async def test_without_a_key_an_import_is_refused_and_nothing_is_written(data_dir):
    with pytest.raises(EncryptionNotConfigured) as caught:
        await import_profile(data_dir)

    assert (caught.value.code, caught.value.status) == ("encryption_not_configured", 403)
    assert "secrets init" in caught.value.sentence
    assert rows(data_dir, "SELECT * FROM browser_profiles") == []
    assert rows(data_dir, "SELECT * FROM data_keys") == []


def test_without_a_key_a_rotation_is_refused(capsys, data_dir):
    assert run(["secrets", "rotate"]) == 1
    assert "no encryption key is configured" in capsys.readouterr().err
    assert not (data_dir / KEY_FILE).exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610])
async def test_a_key_file_that_others_can_read_is_refused(database, data_dir, mode):
    await initialise_encryption(database)
    (data_dir / KEY_FILE).chmod(mode)

    with pytest.raises(EncryptionNotConfigured, match="read by other users") as caught:
        await import_profile(data_dir)
    assert "chmod 600" in caught.value.sentence
    assert rows(data_dir, "SELECT * FROM browser_profiles") == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"active": "a", "keys": {}}',
        b'{"active": "a", "keys": []}',
        b'{"active": ["a"], "keys": {"a": "c2hvcnQ="}}',
        b'{"active": "0123456789abcdef", "keys": {"0123456789abcdef": "' + base64.b64encode(bytes(32)) + b'"}}',
        b"[" * 60_000,
    ],
)
async def test_a_damaged_key_file_is_refused_and_left_as_it_is(database, data_dir, content):
    await initialise_encryption(database)
    (data_dir / KEY_FILE).write_bytes(content)

    with pytest.raises(EncryptionNotConfigured, match="damaged"):
        await import_profile(data_dir)
    with pytest.raises(EncryptionNotConfigured, match="damaged"):
        await rotate_encryption(database)
    with pytest.raises(InvalidRequest, match="already"):
        await initialise_encryption(database)
    assert (data_dir / KEY_FILE).read_bytes() == content


async def test_a_folder_in_the_place_of_the_key_file_is_refused(database, data_dir):
    await initialise_encryption(database)
    (data_dir / KEY_FILE).unlink()
    (data_dir / KEY_FILE).mkdir()

    with pytest.raises(EncryptionNotConfigured, match="can't be read"):
        await import_profile(data_dir)


@pytest.mark.parametrize("configured", ["short", "c2hvcnQ=", "é" * 44, ",", f"{SOUND},", f"{SOUND},wrong"])
async def test_a_malformed_key_in_the_environment_is_refused_and_not_repeated(data_dir, monkeypatch, configured):
    monkeypatch.setenv(VARIABLE, configured)

    with pytest.raises(EncryptionNotConfigured, match="must hold keys of 32 bytes") as caught:
        await import_profile(data_dir)
    assert not any(part in str(caught.value.body()) for part in configured.split(",") if part)


async def test_a_key_in_the_environment_comes_before_the_file_s(database, data_dir, monkeypatch):
    await initialise_encryption(database)
    monkeypatch.setenv(VARIABLE, f" {key_text()} ")
    profile = await import_profile(data_dir)
    assert await open_profile(database, DEFAULT, profile) == COOKIES

    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(EncryptionNotConfigured, match="not configured any more"):
        await open_profile(database, DEFAULT, profile)


def test_keys_may_be_written_in_either_alphabet_of_base64(monkeypatch, tmp_path):
    key = b"\xfb\xff" * 16
    monkeypatch.setenv(VARIABLE, base64.b64encode(key).decode())
    standard = load_keyring(tmp_path)
    monkeypatch.setenv(VARIABLE, base64.urlsafe_b64encode(key).decode().rstrip("="))

    assert load_keyring(tmp_path) == standard
    assert standard.keys[standard.active] == key


def test_the_repr_of_a_keyring_shows_no_key():
    keyring = new_keyring()

    assert repr(keyring.keys[keyring.active]) not in repr(keyring)


async def test_a_rotation_leaves_every_ciphertext_as_it_is_and_all_open_as_before(database, data_dir):
    first = await initialise_encryption(database)
    await database.aclose()
    run_in_order = [await import_profile(data_dir), await import_profile(data_dir)]
    before = rows(data_dir, "SELECT id, nonce, ciphertext FROM browser_profiles ORDER BY id")
    wrapped = rows(data_dir, "SELECT wrapped_key, encryption_key_id FROM data_keys")

    rotation = await rotate_encryption(database)

    assert rotation.data_keys == 1
    assert rotation.unused == (first,)
    assert rows(data_dir, "SELECT id, nonce, ciphertext FROM browser_profiles ORDER BY id") == before
    [(new_wrapped, key_id)] = rows(data_dir, "SELECT wrapped_key, encryption_key_id FROM data_keys")
    assert key_id == rotation.key_id != first
    assert new_wrapped != wrapped[0][0]
    assert set(json.loads((data_dir / KEY_FILE).read_text())["keys"]) == {rotation.key_id}
    assert stat.S_IMODE((data_dir / KEY_FILE).stat().st_mode) == 0o600
    for profile in run_in_order:
        assert await open_profile(database, DEFAULT, profile) == COOKIES


async def test_a_rotation_covers_all_workspaces(database, data_dir):
    await initialise_encryption(database)
    assert (await rotate_encryption(database)).data_keys == 0
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO workspaces (name, created_at) VALUES ('other', '')")
    profiles = {1: await import_profile(data_dir), 2: await import_profile(data_dir, "other")}

    assert (await rotate_encryption(database)).data_keys == 2
    for workspace, profile in profiles.items():
        assert await open_profile(database, workspace, profile) == COOKIES


@pytest.mark.parametrize(
    ("step", "keys_left"),
    [
        ("write_keyring", 1),  # before the file holds the new key
        ("_wrap_anew", 2),  # the file holds both; no data key is wrapped anew
        ("_drop_unused", 2),  # all are wrapped anew; the file still holds both
    ],
)
async def test_a_rotation_that_was_cut_off_loses_nothing_and_is_finished_by_the_next(
    database, data_dir, monkeypatch, step, keys_left
):
    await initialise_encryption(database)
    profile = await import_profile(data_dir)

    def cut(*_):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(f"backends.local.rotation.{step}", cut)
        with pytest.raises(PowerCut):
            await rotate_encryption(database)

    assert len(load_keyring(data_dir).keys) == keys_left
    assert await open_profile(database, DEFAULT, profile) == COOKIES
    another = await import_profile(data_dir)

    rotation = await rotate_encryption(database)
    assert set(load_keyring(data_dir).keys) == {rotation.key_id}
    for each in (profile, another):
        assert await open_profile(database, DEFAULT, each) == COOKIES


async def test_a_key_stays_in_the_file_for_as_long_as_a_data_key_needs_it(database, data_dir, monkeypatch):
    first = await initialise_encryption(database)
    profile = await import_profile(data_dir)

    with monkeypatch.context() as patch:
        patch.setattr("backends.local.rotation._wrap_anew", lambda *_: 0)
        rotation = await rotate_encryption(database)
    assert rotation.unused == ()
    assert set(load_keyring(data_dir).keys) == {first, rotation.key_id}
    assert await open_profile(database, DEFAULT, profile) == COOKIES


async def test_a_key_file_that_was_cut_off_while_written_is_not_used(database, data_dir):
    await initialise_encryption(database)
    profile = await import_profile(data_dir)
    (data_dir / f"{KEY_FILE}.new").write_bytes(b'{"active": "')

    assert await open_profile(database, DEFAULT, profile) == COOKIES
    await rotate_encryption(database)
    assert await open_profile(database, DEFAULT, profile) == COOKIES
    assert not (data_dir / f"{KEY_FILE}.new").exists()


async def test_the_key_file_stays_whole_when_the_disk_is_full(database, data_dir, monkeypatch):
    await initialise_encryption(database)
    profile = await import_profile(data_dir)
    before = (data_dir / KEY_FILE).read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StorageError, match="could not be written"):
            await rotate_encryption(database)
    assert (data_dir / KEY_FILE).read_bytes() == before
    assert await open_profile(database, DEFAULT, profile) == COOKIES


async def test_commits_of_a_rotation_are_on_disk_before_the_old_key_goes(database, data_dir, monkeypatch):
    await initialise_encryption(database)
    await import_profile(data_dir)
    levels = []

    def note(connection, folder):
        levels.append(connection.execute("PRAGMA synchronous").fetchone()[0])
        return ()

    monkeypatch.setattr("backends.local.rotation._drop_unused", note)
    await rotate_encryption(database)
    assert levels == [2]


async def test_the_wrong_key_opens_nothing_and_says_what_to_do(database, data_dir):
    await initialise_encryption(database)
    profile = await import_profile(data_dir)
    write_keyring(data_dir, new_keyring())
    wrong = (data_dir / KEY_FILE).read_bytes()

    with pytest.raises(EncryptionNotConfigured, match="not configured any more"):
        await open_profile(database, DEFAULT, profile)
    with pytest.raises(EncryptionNotConfigured, match="not configured any more"):
        await import_profile(data_dir)
    with pytest.raises(EncryptionNotConfigured, match="not configured any more"):
        await rotate_encryption(database)
    assert (data_dir / KEY_FILE).read_bytes() == wrong
    assert len(rows(data_dir, "SELECT * FROM browser_profiles")) == 1


async def test_a_workspace_whose_key_was_lost_starts_anew_once_its_profiles_are_deleted(database, data_dir):
    await initialise_encryption(database)
    lost = await import_profile(data_dir)
    write_keyring(data_dir, new_keyring())

    await delete_profile(database, DEFAULT, lost)
    profile = await import_profile(data_dir)
    assert profile != lost
    assert await open_profile(database, DEFAULT, profile) == COOKIES


async def test_a_key_that_claims_another_s_id_does_not_unwrap(database, data_dir):
    await initialise_encryption(database)
    profile = await import_profile(data_dir)
    write_keyring(data_dir, other := new_keyring())
    async with database.transaction() as connection:
        await connection.execute("UPDATE data_keys SET encryption_key_id = ?", (other.active,))

    with pytest.raises(DecryptionFailed):
        await open_profile(database, DEFAULT, profile)
    with pytest.raises(DecryptionFailed):
        await rotate_encryption(database)
    assert set(load_keyring(data_dir).keys) == {other.active}


def test_keys_of_the_environment_are_rotated_by_putting_a_new_one_first(capsys, data_dir, monkeypatch, tmp_path):
    file = tmp_path / "cookies.json"
    file.write_text(json.dumps(COOKIES))
    old, new = key_text(), key_text()
    monkeypatch.setenv(VARIABLE, old)
    assert run(["profiles", "import", str(file), "--name", "session"]) == 0
    assert run(["secrets", "rotate"]) == 0
    assert "put a new one in front of it" in capsys.readouterr().out

    monkeypatch.setenv(VARIABLE, f"{new},{old}")
    assert run(["secrets", "rotate"]) == 0
    out = capsys.readouterr().out
    assert "1 data key(s) wrapped anew" in out
    assert f"from {VARIABLE}" in out
    assert new not in out
    assert not (data_dir / KEY_FILE).exists()

    monkeypatch.setenv(VARIABLE, new)
    assert run(["profiles", "import", str(file), "--name", "again"]) == 0


def test_the_command_line_rotates_the_file_s_key(capsys, data_dir):
    run(["secrets", "init"])
    before = json.loads((data_dir / KEY_FILE).read_text())
    capsys.readouterr()

    assert run(["secrets", "rotate"]) == 0
    after = json.loads((data_dir / KEY_FILE).read_text())
    out = capsys.readouterr().out
    assert after["active"] in out
    assert after["active"] not in before["keys"]
    assert not any(key in out for key in after["keys"].values())
