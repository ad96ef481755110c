"""The tool that reads a cookie file by its path: over HTTP only for a caller on this machine, as over stdio."""

import asyncio
from contextlib import aclosing

import pytest

from backends.local.database import Database
from backends.local.keyring import new_keyring, write_keyring
from backends.local.storage import prepare_folder
from tests.http.mcp_client import ERAS, era_headers, request, send
from tests.serving import new_key, served

CANARY = "CANARY-cookie-7f3a"
COOKIES = f"# Netscape HTTP Cookie File\n.spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\t{CANARY}\n"


@pytest.fixture
async def key(data_dir) -> str:
    prepare_folder(data_dir)
    write_keyring(data_dir, new_keyring())
    return await new_key(data_dir)


@pytest.fixture
def service(key, data_dir):
    with served(data_dir, key, allow_hosts=["music.example"]) as running:
        yield running


@pytest.fixture
def cookie_file(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text(COOKIES)
    return path


def call(service, path, *, era="2025-11-25", **headers):
    arguments = {"name": "Session", "cookie_file": str(path)}
    message = request("tools/call", {"name": "catalogue_import_browser_profile", "arguments": arguments}, era=era)
    return send(service, message, **era_headers(message, era), **headers).json()["result"]


def stored(data_dir) -> int:
    async def count():
        async with aclosing(Database(data_dir)) as database:
            [[number]] = await database.read("SELECT count(*) FROM browser_profiles")
            return number

    return asyncio.run(count())


@pytest.mark.parametrize("era", ERAS)
def test_a_caller_on_this_machine_may_name_a_file_of_its_own(service, data_dir, cookie_file, era):
    result = call(service, cookie_file, era=era)
    assert not result["isError"], result
    assert result["structuredContent"]["cookies"] == 1
    assert stored(data_dir) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"Forwarded": "for=192.0.2.1"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"X_Forwarded_Proto": "https"},
        {"X_Forwarded_Host": "localhost"},
        {"X_Real_IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"CF_Connecting_IP": "192.0.2.1"},
        {"CF_Ray": "1"},
        {"Host": "music.example"},
    ],
)
@pytest.mark.parametrize("era", ERAS)
def test_for_anybody_else_no_file_is_read(service, data_dir, cookie_file, era, header):
    for path in (cookie_file, cookie_file.parent / "not-there.txt"):
        result = call(service, path, era=era, **header)
        text = result["content"][0]["text"]
        # The same words for a file that is there: whether it is there is nobody's business either.
        assert result["isError"]
        assert text == (
            "forbidden: cookie_file would be read on the server's disk, which is not the caller's. "
            "The user can send the cookies themselves: POST /api/v1/browser-profiles/import."
        )
    assert stored(data_dir) == 0


def test_other_tools_are_there_for_callers_behind_a_proxy(service):
    message = request("tools/call", {"name": "catalogue_list_tracks"})
    result = send(service, message, X_Forwarded_For="192.0.2.1", Host="music.example").json()["result"]
    assert not result["isError"]
