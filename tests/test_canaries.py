"""No cookie value reaches a log, an error, a result, the database, its WAL, a backup or any other file."""

import asyncio
import base64
import json
import logging
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from backends.local.backups import back_up
from backends.local.keyring import KEY_FILE, new_keyring, write_keyring
from backends.local.musicengine import LocalMusicEngine
from backends.local.presence import IN_USE
from backends.local.profiles import delete_profile, list_profiles, open_profile
from backends.local.rotation import initialise_encryption, rotate_encryption
from backends.local.storage import DATABASE_NAME
from contract.errors import DecryptionFailed, EncryptionNotConfigured, InvalidRequest
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE, Cookie, ImportBrowserProfile
from contract.validation import validate
from server.cli import run
from tests.canaries import Search, shown

ROOT = Path(__file__).resolve().parent.parent

LOUD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from server.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def search():
    return Search()


def cookie(search):
    """An acceptable cookie whose value and other fields are secrets."""
    return {
        "domain": ".spotify.com",
        "name": "sp_dc",
        "value": search.plant(),
        "storeId": search.plant(),
        "partitionKey": {"topLevelSite": search.plant()},
    }


def bad_cookies(search):
    """Cookies that are refused, each for another reason, with secrets wherever they may stand."""
    yield {**cookie(search), "value": search.plant() * 200}
    yield {**cookie(search), "value": [search.plant()]}
    yield {**cookie(search), "value": {"secret": search.plant()}}
    yield {**cookie(search), "value": search.plant() + "\n"}
    yield {**cookie(search), "value": search.plant() + "\ud800"}
    yield {**cookie(search), "storeId": search.plant() + "\ud800"}
    yield {**cookie(search), "storeId": search.plant() + "\r\n"}
    yield {**cookie(search), "storeId": search.plant() * 100}
    yield {**cookie(search), "storeId": search.plant().encode()}
    yield {**cookie(search), search.plant() * 100: 1}
    yield {**cookie(search), search.plant() + "\0": 1}
    yield {**cookie(search), "domain": None}
    yield search.plant()
    yield [search.plant()]


def netscape(search):
    return f"# Netscape HTTP Cookie File\n.spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\t{search.plant()}\n"


def test_the_search_finds_what_is_there(search, tmp_path):
    canary = search.plant()
    folder = tmp_path / "found"
    folder.mkdir()
    (folder / "scratch.txt").write_text(f"a line, then {canary}, then the rest", encoding="utf-8")
    with closing(sqlite3.connect(folder / "clear.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (v)")
        connection.execute("INSERT INTO t VALUES (?)", (json.dumps({"value": canary}),))
        connection.commit()
        search.add_folder("folder", folder, tmp_path / "copy")
    with pytest.raises(InvalidRequest) as caught:
        suppress(canary)
    search.add("an error's suppressed context", caught.value)
    search.add("a log record", logging.LogRecord("n", 10, "p", 1, "executing %s", ((canary,),), None))

    found = {place for place, _ in search.leaks()}
    assert found == {
        "folder: scratch.txt",
        "folder: clear.db-wal",
        "an error's suppressed context",
        "a log record",
    }
    assert set(search.places) - found == {"folder: names", "folder: clear.db", "folder: clear.db-shm"}


def suppress(text):
    try:
        int(text)
    except ValueError:
        raise InvalidRequest from None


WRITTEN = {
    "raw": str.encode,
    "JSON": lambda text: json.dumps(text).encode(),
    "repr": lambda text: repr(text).encode(),
    "percent-encoded": lambda text: quote(text).encode(),
    "cut short": lambda text: text[:30].encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "UTF-16": lambda text: text.encode("utf-16-le"),
}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("before", ["", "a", "bc"])
def test_the_search_knows_a_canary_in_its_other_forms(search, form, before):
    content = WRITTEN[form](f"{before}{search.plant()} and more")
    search.add("place", content)

    assert search.leaks()
    search.canaries = []
    search.plant()
    assert search.leaks() == []


@pytest.fixture
async def backend(data_dir):
    backend = LocalMusicEngine(data_dir)
    yield backend
    await backend.aclose()


async def test_no_canary_gets_out_of_the_backend(search, backend, data_dir, tmp_path, caplog, monkeypatch):
    asyncio.get_running_loop().set_debug(True)
    asyncio.get_running_loop().slow_callback_duration = 0
    caplog.set_level(logging.DEBUG)
    database = backend.database
    planted = cookie(search)
    request = validate(ImportBrowserProfile, {"name": "session", "cookies": [planted]})

    with pytest.raises(EncryptionNotConfigured) as caught:
        await backend.call(IMPORT_BROWSER_PROFILE, request)
    search.add("errors of the import", caught.value)
    await initialise_encryption(database)
    answer = await backend.call(IMPORT_BROWSER_PROFILE, request)
    second = await backend.call(IMPORT_BROWSER_PROFILE, request)
    assert await open_profile(database, 1, answer.profile_id) == [planted]
    search.add("models", shown(request))
    search.add("models", shown(request.cookies[0]))
    search.add("answers", shown(answer))
    search.add("answers", answer.model_dump_json())
    search.add("answers", await list_profiles(database, 1))

    for refused in bad_cookies(search):
        body = {"name": "session", "cookies": [planted, refused]}
        with pytest.raises(InvalidRequest) as invalid:
            validate(ImportBrowserProfile, body)
        search.add("errors of validation", invalid.value)
        for model, data in ((ImportBrowserProfile, body), (Cookie, refused)):
            with pytest.raises(ValueError) as raw:
                model.model_validate(data)
            search.add("errors of the models themselves", raw.value)

    search.add("a rotation's answer", await rotate_encryption(database))
    search.add_folder("while it is open", data_dir, tmp_path / "open")
    [(ciphertext,)] = await database.read("SELECT ciphertext FROM browser_profiles WHERE id = ?", (second.profile_id,))
    assert ciphertext in search.places[f"while it is open: {DATABASE_NAME}-wal"]

    await provoke_errors(search, backend, request, second.profile_id, monkeypatch)
    with closing(sqlite3.connect(database.path)) as connection:
        back_up(connection, tmp_path / "backup.db", DATABASE_NAME, "asked", 0)
    await delete_profile(database, 1, second.profile_id)
    await backend.aclose()
    search.add_folder("after it was closed", data_dir, tmp_path / "closed")
    search.add("the backup", (tmp_path / "backup.db").read_bytes())
    for record in caplog.records:
        search.add("log records", record)

    report(search)
    assert search.leaks() == []
    assert any(record.name == "aiosqlite" and "INSERT" in record.getMessage() for record in caplog.records)
    assert any(record.name == "asyncio" for record in caplog.records)
    assert {place for place in search.places if f"/{IN_USE}/" not in f"/{place.replace(': ', '/')}"} == {
        "errors of the import",
        "models",
        "answers",
        "errors of validation",
        "errors of the models themselves",
        "a rotation's answer",
        "while it is open: names",
        f"while it is open: {DATABASE_NAME}",
        f"while it is open: {DATABASE_NAME}-wal",
        f"while it is open: {DATABASE_NAME}-shm",
        f"while it is open: {KEY_FILE}",
        "errors of decryption and storage",
        "after it was closed: names",
        f"after it was closed: {DATABASE_NAME}",
        f"after it was closed: {KEY_FILE}",
        "the backup",
        "log records",
    }


async def provoke_errors(search, backend, request, profile_id, monkeypatch):
    """Damage a profile, lose its key, and have the database fail in the middle of an import."""
    database = backend.database
    place = "errors of decryption and storage"
    key_file = (database.folder / KEY_FILE).read_bytes()

    write_keyring(database.folder, new_keyring())
    with pytest.raises(EncryptionNotConfigured) as lost:
        await open_profile(database, 1, profile_id)
    search.add(place, lost.value)
    (database.folder / KEY_FILE).write_bytes(key_file)

    async with database.transaction() as connection:
        await connection.execute("UPDATE browser_profiles SET version = 9 WHERE id = ?", (profile_id,))
    with pytest.raises(DecryptionFailed) as damaged:
        await open_profile(database, 1, profile_id)
    search.add(place, damaged.value)

    async with database.transaction() as connection:
        await connection.execute(
            "CREATE TRIGGER failing BEFORE UPDATE ON browser_profiles BEGIN SELECT raise(ABORT, 'failing'); END"
        )
    with pytest.raises(sqlite3.Error) as failed:
        await backend.call(IMPORT_BROWSER_PROFILE, request)
    search.add(place, failed.value)
    async with database.transaction() as connection:
        await connection.execute("DROP TRIGGER failing")

    def fail(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("backends.local.encryption.encrypt", fail)
        with pytest.raises(MemoryError) as unexpected:
            await backend.call(IMPORT_BROWSER_PROFILE, request)
    search.add(place, unexpected.value)


def test_no_canary_gets_out_of_the_command_line(search, data_dir, tmp_path, capsys):
    cookies = tmp_path / "cookies"
    cookies.mkdir()
    good = {
        "netscape.txt": netscape(search),
        "extension.json": json.dumps([cookie(search), {**cookie(search), "name": "other"}]),
        "playwright.json": json.dumps({"cookies": [cookie(search)], "origins": [search.plant()]}),
    }
    bad = {f"bad{number}.json": encoded(bad) for number, bad in enumerate(bad_cookies(search))} | {
        "seven.txt": netscape(search).rstrip("\n") + f"\t{search.plant()}\n",
        "broken.json": json.dumps([cookie(search)])[:-1],
        "latin.txt": netscape(search).encode("latin-1"),
        "other.html": f"<p>{search.plant()}</p>",
        "header.txt": f"sp_dc={search.plant()}",
    }
    for name, content in (good | bad).items():
        (cookies / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    codes = {name: command(search, "profiles", "import", str(cookies / name), "--name", name) for name in good}
    assert set(codes.values()) == {1}
    assert command(search, "secrets", "init") == 0
    for name in good:
        assert command(search, "profiles", "import", str(cookies / name), "--name", name) == 0
    assert command(search, "profiles", "import", str(cookies / "seven.txt"), "--name", "seven") == 1
    assert command(search, "profiles", "list") == 0
    assert command(search, "secrets", "rotate") == 0
    assert command(search, "profiles", "delete", "1") == 0
    for name in bad:
        assert run(["profiles", "import", str(cookies / name), "--name", name]) == 1
        search.add("the command line in this process", capsys.readouterr())
    search.add_folder("the data folder", data_dir, tmp_path / "copy")

    report(search)
    assert search.leaks() == []
    assert b"DEBUG:aiosqlite:executing" in search.places["standard error of profiles import"]
    assert set(search.places) == {
        *(
            f"standard {stream} of {command}"
            for stream in ("output", "error")
            for command in (
                "profiles import",
                "profiles list",
                "profiles delete",
                "secrets init",
                "secrets rotate",
            )
        ),
        "the command line in this process",
        "the data folder: names",
        f"the data folder: {DATABASE_NAME}",
        f"the data folder: {KEY_FILE}",
    }


def test_no_canary_gets_out_of_a_process_that_crashes(search, data_dir, tmp_path):
    file = tmp_path / "cookies.json"
    file.write_text(json.dumps([cookie(search)]))
    assert command(search, "secrets", "init") == 0
    crash = "import backends.local.encryption as e\ndef fail(*_):\n raise MemoryError\ne.encrypt = fail\n"
    result = loud(crash + LOUD, "profiles", "import", str(file), "--name", "session")
    search.add("a crash's traceback", result.stderr)

    report(search)
    assert result.returncode == 1
    assert b"MemoryError" in result.stderr
    assert search.leaks() == []


def encoded(bad):
    """The cookie in a file, as far as JSON can write it."""
    return json.dumps([bad], default=lambda content: content.decode() + "\n")


def command(search, *arguments):
    """Run the command line in a process of its own that logs everything; search what it prints."""
    result = loud(LOUD, *arguments)
    name = " ".join(arguments[:2])
    search.add(f"standard output of {name}", result.stdout)
    search.add(f"standard error of {name}", result.stderr)
    return result.returncode


def loud(code, *arguments):
    return subprocess.run(
        [sys.executable, "-X", "dev", "-c", code, *arguments],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONASYNCIODEBUG": "1"},
        timeout=60,
    )


def report(search):
    print(f"\n{len(search.canaries)} canaries, searched for in {len(search.places)} places:")
    for place, content in search.places.items():
        print(f"  {place} ({len(content)} bytes)")


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_no_canary_gets_out_of_the_tool_that_imports_a_cookie_file(search, backend, data_dir, tmp_path, mode):
    await initialise_encryption(backend.database)
    files = {"good.txt": netscape(search), "bad.txt": netscape(search).replace("sp_dc", "sp_dc" + search.plant() * 200)}
    files["broken.json"] = json.dumps([cookie(search), {**cookie(search), "value": [search.plant()]}])
    files["no-cookies.txt"] = search.plant()
    process = StdioServerParameters(
        command=sys.executable,
        args=["-c", LOUD, "--data-dir", str(data_dir)],
        env={"PYTHONPATH": str(ROOT)},
        cwd=str(ROOT),
    )
    with anyio.fail_after(60), (tmp_path / "stderr").open("w+", encoding="utf-8") as errors:
        async with Client(stdio_client(process, errlog=errors), mode=mode) as client:
            for name, text in files.items():
                (tmp_path / name).write_text(text, encoding="utf-8")
                arguments = {"name": "session", "cookie_file": str(tmp_path / name)}
                result = await client.call_tool("catalogue_import_browser_profile", arguments)
                assert result.is_error is (name != "good.txt")
                search.add("tool results", result.model_dump_json())
    search.add("standard error of the server", (tmp_path / "stderr").read_bytes())
    search.add_folder("the data folder", data_dir, tmp_path / "copy")

    report(search)
    assert search.leaks() == []
    assert {"tool results", "standard error of the server"} < set(search.places)
    assert len(await list_profiles(backend.database, 1)) == 1
