"""Which addresses a key is sent to: https anywhere, http on this machine, and nothing that is unclear."""

import pytest

from backends.loopback import is_loopback
from backends.remote.address import check_address
from backends.remote.client import RemoteBackend
from contract.errors import InvalidRequest
from contract.musicengine import BASE_URL
from contract.musicengine.catalogue import LIST_TRACKS
from tests.remote.conftest import calling
from tests.remote.scripted import Reply, Script


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (BASE_URL, "https://musicengine.ai/"),
        ("https://example.com:8443/below/here", "https://example.com:8443/below/here/"),
        ("https://example.com/below//", "https://example.com/below/"),
        ("http://localhost:38472", "http://localhost:38472/"),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:1/x/"),
        ("http://127.9.9.9", "http://127.9.9.9/"),
        ("http://[::1]:38472", "http://[::1]:38472/"),
        ("HTTPS://Example.com", "https://Example.com/"),
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_accepted_with_their_path(address, kept):
    assert check_address(address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://[::]",
        "http://localhost.example.com",
        "http://a.localhost",
        "http://127.0.0.1.example.com",
        "http://2130706433",
        "http://0x7f.1",
        "http://[fe80::1]",
    ],
)
def test_http_to_another_machine_is_refused_unless_asked_for(address):
    with pytest.raises(InvalidRequest) as caught:
        check_address(address)
    assert "MUSICENGINE_ALLOW_HTTP=1" in caught.value.next_step
    assert check_address(address, allow_http=True) == f"{address}/"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "example.com",
        "//example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "http://",
        "https:///path",
        "https://:443",
        "https://user:CANARY@example.com",
        "https://CANARY@example.com",
        "https://@example.com",
        "http://127.0.0.1\\@evil.example",
        "http://localhost:x@evil.example",
        "https://example.com?CANARY",
        "https://example.com/?",
        "https://example.com/#",
        "https://example.com:99999",
        "https://example.com:CANARY",
        "https://exa mple.com",
        "https://example.com\r\nX: y",
        "https://exämple.com",
        "https://[::1",
        "https://example.com\x00",
    ],
)
@pytest.mark.parametrize("allow_http", [False, True])
def test_whatever_is_unclear_is_refused_and_not_repeated(address, allow_http):
    with pytest.raises(InvalidRequest) as caught:
        check_address(address, allow_http=allow_http)
    error = caught.value
    assert error.field == "MUSICENGINE_BASE_URL"
    assert error.sentence.startswith("MUSICENGINE_BASE_URL must ")
    assert "CANARY" not in error.sentence + repr(vars(error))
    assert error.__cause__ is None


@pytest.mark.parametrize("address", ["", "nonsense", "ftp://example.com", "http://example.com", "https://a@b"])
def test_a_backend_refuses_such_an_address_before_it_opens_anything(address):
    with pytest.raises(InvalidRequest):
        RemoteBackend(address, "isrc_live_key")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.255.254", "::1"])
def test_loopback_is_told_by_its_form(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "localhost.", "0.0.0.0", "::", "::2", "localhost.example", "128.0.0.1", "a.localhost"]
)
def test_what_depends_on_a_resolver_is_not_loopback(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(("path", "asked"), [("", "/api/v1/tracks"), ("/below/", "/below/api/v1/tracks")])
async def test_a_path_of_the_address_stays_in_front(waits, path, asked):
    script = Script(Reply(LIST_TRACKS.example.response))
    async with calling(script, waits.policy(), path=path) as backend:
        await backend.call(LIST_TRACKS, LIST_TRACKS.request())
    assert script.asked[0].target.split("?")[0] == asked
