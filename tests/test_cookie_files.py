"""Cookie files: three forms, told by their content; every field preserved; errors that hold nothing of the file."""

import json
import os
from contextlib import aclosing

import pytest

from backends.local.cookie_files import MAX_FILE_BYTES, read_cookie_file
from backends.local.musicengine import LocalMusicEngine
from backends.local.profiles import open_profile
from backends.local.rotation import initialise_encryption
from contract.errors import InvalidRequest
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE, ImportBrowserProfile
from contract.validation import validate

NETSCAPE = (
    "# Netscape HTTP Cookie File\n"
    "# This is a generated file! Do not edit.\n"
    "\n"
    "#HttpOnly_.spotify.com\tTRUE\t/\tTRUE\t1804501234\tsp_dc\tsecret-1\n"
    "accounts.spotify.com\tFALSE\t/login\tFALSE\t0\tsp_t\tsecret=2; with spaces\n"
    "# .spotify.com\tTRUE\t/\tTRUE\t0\tcommented\tout\n"
    ".distrokid.com\ttrue\t/\tfalse\t1804501234.5\tempty\t\n"
)

FROM_NETSCAPE = [
    {
        "domain": ".spotify.com",
        "name": "sp_dc",
        "value": "secret-1",
        "path": "/",
        "expires": 1804501234,
        "httpOnly": True,
        "secure": True,
        "hostOnly": False,
    },
    {
        "domain": "accounts.spotify.com",
        "name": "sp_t",
        "value": "secret=2; with spaces",
        "path": "/login",
        "expires": -1,
        "httpOnly": False,
        "secure": False,
        "hostOnly": True,
    },
    {
        "domain": ".distrokid.com",
        "name": "empty",
        "value": "",
        "path": "/",
        "expires": 1804501234.5,
        "httpOnly": False,
        "secure": False,
        "hostOnly": False,
    },
]

EXTENSION = [
    {
        "domain": ".spotify.com",
        "expirationDate": 1804501234.567891,
        "hostOnly": False,
        "httpOnly": True,
        "name": "sp_dc",
        "path": "/",
        "sameSite": same_site,
        "secure": True,
        "session": same_site == "unspecified",
        "storeId": "0",
        "value": "secret",
        "id": 1,
    }
    for same_site in ("no_restriction", "lax", "strict", "unspecified")
]

PLAYWRIGHT = {
    "cookies": [
        {
            "name": "sp_dc",
            "value": "secret",
            "domain": ".spotify.com",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": True,
            "sameSite": "None",
            "partitionKey": "https://example.com",
            "_crHasCrossSiteAncestor": False,
        }
    ],
    "origins": [{"origin": "https://example.com", "localStorage": [{"name": "token", "value": "not a cookie"}]}],
}

FORMS = {
    "netscape": (NETSCAPE, FROM_NETSCAPE),
    "netscape with Windows line ends": (NETSCAPE.replace("\n", "\r\n"), FROM_NETSCAPE),
    "netscape without its header or last line end": (NETSCAPE.split("\n", 3)[3].rstrip("\n"), FROM_NETSCAPE),
    "extension": (json.dumps(EXTENSION, indent=4), EXTENSION),
    "playwright": (json.dumps(PLAYWRIGHT), PLAYWRIGHT["cookies"]),
    "the import's own body": (json.dumps({"name": "session", "cookies": EXTENSION}), EXTENSION),
    "with a byte order mark": ("\ufeff" + json.dumps(EXTENSION), EXTENSION),
    "with space in front": ("\n\n " + json.dumps(EXTENSION), EXTENSION),
}


@pytest.fixture
def write(tmp_path):
    """Writes a cookie file; its name says nothing about its form."""

    def write_file(content: str | bytes):
        path = tmp_path / "export.dat"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def refusal(path) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        read_cookie_file(path)
    assert caught.value.code == "invalid_request"
    return caught.value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_told_by_its_content(write, form):
    content, expected = FORMS[form]

    assert read_cookie_file(write(content)) == expected


@pytest.mark.parametrize("form", FORMS)
async def test_every_field_of_every_form_comes_back_from_a_stored_profile(write, data_dir, form):
    content, expected = FORMS[form]
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await initialise_encryption(backend.database)
        body = {"name": form, "cookies": read_cookie_file(write(content))}
        answer = await backend.call(IMPORT_BROWSER_PROFILE, validate(ImportBrowserProfile, body))
        assert await open_profile(backend.database, 1, answer.profile_id) == expected


def test_an_empty_value_whose_tab_an_editor_stripped_is_still_empty(write):
    [cookie] = read_cookie_file(write(".spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc"))

    assert (cookie["name"], cookie["value"]) == ("sp_dc", "")


@pytest.mark.parametrize("expires", ["0", "", "-1", "-62135596800"])
def test_a_cookie_without_an_end_ends_with_the_session(write, expires):
    [cookie] = read_cookie_file(write(f".spotify.com\tTRUE\t/\tTRUE\t{expires}\tsp_dc\tsecret"))

    assert cookie["expires"] == -1


@pytest.mark.parametrize(
    "line",
    [
        ".spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\tPLANTED\tPLANTED",
        ".spotify.com TRUE / TRUE 0 sp_dc PLANTED",
        ".spotify.com\tMAYBE\t/\tTRUE\t0\tsp_dc\tPLANTED",
        ".spotify.com\tTRUE\t/\tPLANTED\t0\tsp_dc\tPLANTED",
        ".spotify.com\tTRUE\t/\tTRUE\ttomorrow\tsp_dc\tPLANTED",
        ".spotify.com\tTRUE\t/\tTRUE\tnan\tsp_dc\tPLANTED",
        ".spotify.com\tTRUE\t/\tTRUE\t٣\tsp_dc\tPLANTED",
        ".spotify.com\tTRUE\t/\tTRUE\t" + "9" * 5000 + "\tsp_dc\tPLANTED",
        "#HttpOnly_PLANTED",
        "PLANTED",
    ],
)
def test_a_malformed_line_is_named_by_its_number_and_never_shown(write, line):
    error = refusal(write(f"\n{NETSCAPE}{line}\n"))

    assert f"Line {NETSCAPE.count(chr(10)) + 2} " in error.message
    assert "PLANTED" not in str(error.body())


@pytest.mark.parametrize(
    "content",
    [
        "PLANTED",
        "<!DOCTYPE html><p>PLANTED</p>",
        "sp_dc=PLANTED; sp_t=PLANTED",
        "date,streams\n2026-03-08,PLANTED\n",
        '{"cookies": {"sp_dc": "PLANTED"}}',
        '{"cookies": "PLANTED"}',
        '{"sp_dc": "PLANTED"}',
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_forms_that_are_taken(write, content):
    error = refusal(write(content))

    assert "none of the forms" in error.message
    assert all(form in (error.next_step or "") for form in ("Netscape", "extension", "Playwright"))
    assert "PLANTED" not in str(error.body())


@pytest.mark.parametrize(
    "content", ['[{"value": "PLANTED"', '\n\n{"a": PLANTED}', "[" * 100_000, "[" + "9" * 5000 + "]"]
)
def test_broken_json_is_refused_without_showing_it(write, content):
    error = refusal(write(content))

    assert "not valid JSON" in error.message
    assert "PLANTED" not in str(error.body())
    assert error.__context__ is None


def test_broken_json_is_named_by_its_line(write):
    assert "line 3" in refusal(write('\n\n{"a": PLANTED}')).message


@pytest.mark.parametrize("entry", ['"PLANTED"', "1", "null", "[]"])
def test_an_entry_that_is_not_a_cookie_is_named_by_its_number(write, entry):
    error = refusal(write(f'[{{"domain": "a", "name": "b", "value": "c"}}, {entry}]'))

    assert "Entry 2" in error.message
    assert "PLANTED" not in str(error.body())


@pytest.mark.parametrize("content", ["[]", '{"cookies": []}', "# Netscape HTTP Cookie File\n\n"])
def test_a_file_without_cookies_says_so(write, content):
    assert "holds no cookies" in refusal(write(content)).message


@pytest.mark.parametrize("content", [b"\xff\xfe[\x00", b"\x89PNG\r\n\x1a\n", b"[\0]", b"SQLite format 3\0", b"\xe9"])
def test_what_is_not_text_is_refused_without_holding_on_to_it(write, content):
    error = refusal(write(content))

    assert "not text" in error.message
    assert error.__context__ is None


def test_an_empty_file_is_in_none_of_the_forms(write):
    assert "none of the forms" in refusal(write("")).message


def test_a_file_that_is_missing_or_a_folder_or_has_an_impossible_name_says_so(tmp_path):
    missing = refusal(tmp_path / "missing")
    assert "no cookie file of that name" in missing.message
    assert missing.next_step == "Give the file's absolute path."
    assert "is a folder" in refusal(tmp_path).message
    assert "can't be read" in refusal(tmp_path / "a\0b").message
    assert "can't be read" in refusal(tmp_path / ("n" * 5000)).message


def test_a_file_at_the_bound_is_read_and_one_over_it_is_refused(write):
    start = json.dumps(EXTENSION)

    assert read_cookie_file(write(start + " " * (MAX_FILE_BYTES - len(start)))) == EXTENSION
    assert "8 MiB" in refusal(write(start + " " * (MAX_FILE_BYTES - len(start) + 1))).message


def test_reading_prints_nothing(write, capsys):
    read_cookie_file(write(NETSCAPE))

    assert capsys.readouterr() == ("", "")


def test_a_named_pipe_is_refused_at_once_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "cookies.txt")
    with pytest.raises(InvalidRequest, match="ordinary file"):
        read_cookie_file(tmp_path / "cookies.txt")
