"""Browser profiles: bounded, preserved as they came, encrypted for one profile of one workspace."""

import json
import sqlite3
from contextlib import aclosing, closing

import pytest

from backends.local.database import Database
from backends.local.musicengine import LocalMusicEngine
from backends.local.profiles import delete_profile, list_profiles, open_profile
from backends.local.rotation import initialise_encryption
from backends.local.storage import DATABASE_NAME
from backends.local.workspaces import create_workspace
from contract.errors import DecryptionFailed, InvalidRequest, NotFound
from contract.musicengine.profiles import (
    IMPORT_BROWSER_PROFILE,
    MAX_ATTRIBUTE_BYTES,
    MAX_COOKIES,
    MAX_COOKIES_PER_DOMAIN,
    MAX_JAR_BYTES,
    MAX_NESTING,
    MAX_OTHER_FIELDS,
    MAX_PAIR_BYTES,
    Cookie,
    ImportBrowserProfile,
)
from contract.validation import validate
from server.cli import run

DEFAULT = 1
PLAIN = {"domain": ".spotify.com", "name": "sp_dc", "value": "secret"}

SWAP_WITH_THE_SECOND = """
    UPDATE browser_profiles AS one SET nonce = other.nonce, ciphertext = other.ciphertext
    FROM browser_profiles AS other WHERE one.id + other.id = 3
"""


@pytest.fixture
async def backend(data_dir):
    backend = LocalMusicEngine(data_dir)
    await initialise_encryption(backend.database)
    yield backend
    await backend.aclose()


@pytest.fixture
def database(backend) -> Database:
    return backend.database


def jar(*cookies, name="session"):
    return validate(ImportBrowserProfile, {"name": name, "cookies": list(cookies)})


def refusal(*cookies, name="session") -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        jar(*cookies, name=name)
    return caught.value


def nested(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


async def import_profile(backend, *cookies):
    return (await backend.call(IMPORT_BROWSER_PROFILE, jar(*(cookies or (PLAIN,))))).profile_id


async def test_an_import_answers_as_the_reference_shows(backend):
    answer = await backend.call(IMPORT_BROWSER_PROFILE, jar(PLAIN, name="  DistroKid primary session "))

    assert answer.model_dump() == {
        "success": True,
        "message": "Browser profile and securely encrypted session cookies successfully imported.",
        "profile_id": 1,
        "name": "DistroKid primary session",
    }


async def test_unknown_fields_of_every_json_type_come_back_as_they_were(backend, database):
    cookie = {
        **PLAIN,
        "storeId": "0",
        "expirationDate": 1804501234.567891,
        "sameSite": "no_restriction",
        "hostOnly": False,
        "session": None,
        "id": 2**64,
        "partitionKey": {"topLevelSite": "https://example.com", "hasCrossSiteAncestor": False},
        "tags": ["é", "🎵", 1, 1.0, [], {}],
        "model_dump": "names of methods are fine",
        "": "so is none",
    }
    profile = await import_profile(backend, cookie)

    [opened] = await open_profile(database, DEFAULT, profile)
    assert opened == cookie
    assert json.dumps(opened, sort_keys=True) == json.dumps(cookie, sort_keys=True)


async def test_profiles_are_listed_without_their_cookies(backend, database):
    first = await import_profile(backend)
    await import_profile(backend, PLAIN, {**PLAIN, "name": "other"})

    profiles = await list_profiles(database, DEFAULT)
    assert [(profile.id, profile.name, profile.cookie_count) for profile in profiles] == [
        (first, "session", 1),
        (2, "session", 2),
    ]


async def test_a_deleted_profile_is_gone_and_its_id_is_not_given_again(backend, database):
    profile = await import_profile(backend)
    await delete_profile(database, DEFAULT, profile)

    assert await list_profiles(database, DEFAULT) == []
    for gone in (open_profile, delete_profile):
        with pytest.raises(NotFound):
            await gone(database, DEFAULT, profile)
    assert await import_profile(backend) == profile + 1


async def test_the_data_key_goes_with_the_last_profile_and_not_before(backend, database):
    profiles = [await import_profile(backend), await import_profile(backend)]
    left = []
    for profile in profiles:
        await delete_profile(database, DEFAULT, profile)
        left.append(len(list(await database.read("SELECT * FROM data_keys"))))

    assert left == [1, 0]


async def test_the_bytes_of_a_deleted_profile_are_overwritten(backend, database, data_dir):
    profile = await import_profile(backend, {**PLAIN, "value": "v" * 2000})
    [(ciphertext,)] = await database.read("SELECT ciphertext FROM browser_profiles")
    await database.aclose()
    assert ciphertext[:500] in (data_dir / DATABASE_NAME).read_bytes()

    await delete_profile(database, DEFAULT, profile)
    await database.aclose()
    assert ciphertext[:500] not in (data_dir / DATABASE_NAME).read_bytes()


async def test_profiles_of_another_workspace_are_neither_listed_nor_opened_nor_deleted(backend, database):
    other = await create_workspace(database, "other")
    profile = await import_profile(backend)

    assert await list_profiles(database, other.id) == []
    for refused in (open_profile, delete_profile):
        with pytest.raises(NotFound):
            await refused(database, other.id, profile)
    assert await open_profile(database, DEFAULT, profile) == [PLAIN]


async def test_each_workspace_has_a_data_key_of_its_own_and_none_is_stored_in_clear(backend, database, data_dir):
    await create_workspace(database, "other")
    await import_profile(backend)
    async with aclosing(LocalMusicEngine(data_dir, "other")) as other:
        await import_profile(other)

    keys = list(await database.read("SELECT wrapped_key FROM data_keys"))
    assert len({key for (key,) in keys}) == 2
    assert {len(key) for (key,) in keys} == {40}  # 32 bytes, and the 8 of RFC 3394


async def test_the_same_cookies_are_never_encrypted_alike(backend, database):
    await import_profile(backend)
    await import_profile(backend)

    (first, second) = await database.read("SELECT nonce, ciphertext FROM browser_profiles")
    assert len(first[0]) == 12
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(
    "change",
    [
        SWAP_WITH_THE_SECOND,
        "UPDATE browser_profiles SET ciphertext = zeroblob(length(ciphertext))",
        "UPDATE browser_profiles SET ciphertext = substr(ciphertext, 1, length(ciphertext) - 1)",
        "UPDATE browser_profiles SET ciphertext = x''",
        "UPDATE browser_profiles SET nonce = randomblob(12)",
        "UPDATE browser_profiles SET nonce = x''",
        "UPDATE browser_profiles SET version = 2",
        "UPDATE data_keys SET wrapped_key = zeroblob(40)",
        "UPDATE data_keys SET wrapped_key = x'00'",
        "DELETE FROM data_keys",
    ],
)
async def test_what_was_changed_behind_our_back_fails_clearly_and_shows_nothing(backend, database, change):
    await import_profile(backend)
    await import_profile(backend, {**PLAIN, "value": "another"})
    async with database.transaction() as connection:
        await connection.execute(change)

    with pytest.raises(DecryptionFailed) as caught:
        await open_profile(database, DEFAULT, 1)
    assert (caught.value.code, caught.value.status) == ("decryption_failed", 500)
    assert caught.value.next_step


async def test_every_flipped_bit_of_a_ciphertext_is_noticed(backend, database):
    profile = await import_profile(backend)
    [(ciphertext,)] = await database.read("SELECT ciphertext FROM browser_profiles")
    for index in range(0, len(ciphertext), 7):
        changed = bytearray(ciphertext)
        changed[index] ^= 1
        async with database.transaction() as connection:
            await connection.execute("UPDATE browser_profiles SET ciphertext = ?", (bytes(changed),))
        with pytest.raises(DecryptionFailed):
            await open_profile(database, DEFAULT, profile)


@pytest.mark.parametrize("data_key_moves_too", [False, True])
async def test_a_profile_moved_to_another_workspace_does_not_open(backend, database, data_dir, data_key_moves_too):
    other = await create_workspace(database, "other")
    profile = await import_profile(backend)
    async with aclosing(LocalMusicEngine(data_dir, "other")) as theirs:
        await import_profile(theirs)
    async with database.transaction() as connection:
        await connection.execute("UPDATE browser_profiles SET workspace_id = ? WHERE id = ?", (other.id, profile))
        if data_key_moves_too:
            await connection.execute(
                "UPDATE data_keys SET wrapped_key = (SELECT wrapped_key FROM data_keys WHERE workspace_id = 1)"
            )

    with pytest.raises(DecryptionFailed):
        await open_profile(database, other.id, profile)


async def test_an_import_that_fails_leaves_no_row_behind(backend, database, monkeypatch):
    def fail(*_):
        raise DecryptionFailed

    with monkeypatch.context() as patch:
        patch.setattr("backends.local.encryption.encrypt", fail)
        with pytest.raises(DecryptionFailed):
            await import_profile(backend)
    assert await list_profiles(database, DEFAULT) == []
    assert list(await database.read("SELECT * FROM data_keys")) == []


def over(limit, unit="x"):
    """A text at the limit, and one over it."""
    return unit * limit, unit * (limit + 1)


BOUNDS = {
    "name and value": (
        [{**PLAIN, "value": "x" * (MAX_PAIR_BYTES - len("sp_dc"))}],
        [{**PLAIN, "value": "x" * (MAX_PAIR_BYTES - len("sp_dc") + 1)}],
    ),
    "name and value, in bytes": (
        [{**PLAIN, "name": "a", "value": "é" * 2047 + "x"}],
        [{**PLAIN, "name": "a", "value": "é" * 2048}],
    ),
    "name alone": ([{**PLAIN, "name": "x" * 4096, "value": ""}], [{**PLAIN, "name": "x" * 4097, "value": ""}]),
    "domain": tuple([{**PLAIN, "domain": text}] for text in over(MAX_ATTRIBUTE_BYTES)),
    "attribute": tuple([{**PLAIN, "path": text}] for text in over(MAX_ATTRIBUTE_BYTES)),
    "attribute, in bytes": ([{**PLAIN, "path": "é" * 512}], [{**PLAIN, "path": "é" * 512 + "x"}]),
    "attribute's name": tuple([{**PLAIN, text: 1}] for text in over(MAX_ATTRIBUTE_BYTES)),
    "object": tuple([{**PLAIN, "key": {"a": text}}] for text in over(MAX_ATTRIBUTE_BYTES - len('{"a":""}'))),
    "list": tuple([{**PLAIN, "key": [1] * count}] for count in (511, 512)),
    "levels": tuple([{**PLAIN, "key": nested(levels)}] for levels in (MAX_NESTING, MAX_NESTING + 1)),
    "other fields": tuple(
        [{**PLAIN, **{f"field{number}": number for number in range(count)}}]
        for count in (MAX_OTHER_FIELDS, MAX_OTHER_FIELDS + 1)
    ),
    "number": ([{**PLAIN, "id": 2**128}], [{**PLAIN, "id": 2**128 + 1}]),
    "cookies": tuple(
        [{**PLAIN, "domain": f"{number % 100}.example"} for number in range(count)]
        for count in (MAX_COOKIES, MAX_COOKIES + 1)
    ),
    "cookies of a domain": tuple(
        [{**PLAIN, "domain": (".a.example", "A.example")[number % 2]} for number in range(count)]
        for count in (MAX_COOKIES_PER_DOMAIN, MAX_COOKIES_PER_DOMAIN + 1)
    ),
    "at least one cookie": ([PLAIN], []),
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_jar_at_a_bound_is_accepted_and_one_over_it_is_refused(bound):
    at, over_it = BOUNDS[bound]

    assert [cookie.model_dump() for cookie in jar(*at).cookies] == at
    assert refusal(*over_it).field.startswith("cookies")


def test_a_jar_of_cookies_that_are_each_within_bounds_is_bounded_as_a_whole():
    one = {**PLAIN, **{f"field{number}": "x" * 1024 for number in range(MAX_OTHER_FIELDS)}}
    count = MAX_JAR_BYTES // len(json.dumps(one, separators=(",", ":")))
    many = [{**one, "domain": f"{number % 100:09}.co"} for number in range(count + 1)]

    assert len(jar(*many[:-1]).cookies) == count
    assert str(MAX_JAR_BYTES) in refusal(*many).message


def test_a_profile_s_name_is_bounded_and_readable():
    assert jar(PLAIN, name="n" * 200).name == "n" * 200
    for name in ("", " ", "n" * 201, "two\nlines", "\u202eevil", "\ud800"):
        assert refusal(PLAIN, name=name).field == "name"


@pytest.mark.parametrize("character", ["\n", "\r", "\0", "\t", "\x1b", "\x7f", "\ud800"])
@pytest.mark.parametrize("place", ["domain", "name", "value", "path", "nested", "key"])
def test_control_characters_and_broken_unicode_are_refused_in_every_text_of_a_cookie(character, place):
    text = f"a{character}b"
    fields = {"nested": {"key": {"a": [text]}}, "key": {text: 1}}
    error = refusal(PLAIN, {**PLAIN, **fields.get(place, {place: text})})

    assert error.field.startswith("cookies.1")
    assert character not in error.sentence
    assert "control characters" in error.message or "Unicode" in error.message


@pytest.mark.parametrize(
    "cookie",
    [
        {"domain": ".a", "name": "n"},
        {"domain": ".a", "value": "v"},
        {"name": "n", "value": "v"},
        {**PLAIN, "domain": ""},
        {**PLAIN, "name": ""},
        {**PLAIN, "value": None},
        {**PLAIN, "value": 7},
        {**PLAIN, "value": {"secret": "s"}},
        {**PLAIN, "expires": float("nan")},
        {**PLAIN, "expires": float("inf")},
        {**PLAIN, "id": 10**5000},
        {**PLAIN, "key": b"bytes"},
        {**PLAIN, "key": nested(5000)},
        "sp_dc=secret",
        None,
        ["secret"],
    ],
)
def test_what_is_not_a_cookie_is_refused_by_its_place_alone(cookie):
    error = refusal(PLAIN, cookie)

    assert error.field.startswith("cookies.1")
    assert "secret" not in error.sentence
    assert len(error.sentence) < 200


def test_however_a_model_is_printed_it_shows_no_value_and_no_other_field():
    request = jar({**PLAIN, "value": "planted", "storeId": "planted", "partitionKey": {"a": "planted"}})
    [cookie] = request.cookies

    for printed in (repr(request), str(request), f"{cookie!r} {cookie}", str(list(cookie.__repr_args__()))):
        assert "planted" not in printed
        assert "spotify.com" in printed
    assert isinstance(cookie, Cookie)
    assert "planted" not in "".join(map(str, cookie.__rich_repr__()))


def test_the_command_line_imports_lists_and_deletes(capsys, tmp_path, data_dir):
    file = tmp_path / "cookies.json"
    file.write_text(json.dumps([PLAIN]))
    assert run(["profiles", "import", str(file), "--name", "session"]) == 1
    assert "no encryption key is configured" in capsys.readouterr().err
    run(["secrets", "init"])
    capsys.readouterr()

    assert run(["profiles", "import", str(file), "--name", "session"]) == 0
    out, err = capsys.readouterr()
    assert "securely encrypted session cookies successfully imported" in out
    assert "delete it" in err
    assert run(["profiles", "list"]) == 0
    assert capsys.readouterr().out.startswith("1\tsession\t1 cookie(s)\timported 20")
    assert run(["profiles", "delete", "1"]) == 0
    assert run(["profiles", "delete", "1"]) == 1
    assert "no browser profile of that id" in capsys.readouterr().err
    with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as connection:
        assert connection.execute("SELECT * FROM browser_profiles").fetchall() == []


@pytest.mark.parametrize("file", ["missing.json", "."])
def test_the_command_line_says_what_is_wrong_with_a_file(capsys, tmp_path, file):
    assert run(["profiles", "import", str(tmp_path / file), "--name", "session"]) == 1
    assert "cookie file" in capsys.readouterr().err


def test_what_is_typed_where_an_id_belongs_is_not_repeated(capsys):
    for typed in ("0", "-1", "secret", "1" * 30):
        with pytest.raises(SystemExit):
            run(["profiles", "delete", "--", typed])
        assert "secret" not in capsys.readouterr().err
