"""Where the server may listen, and which Host and Origin headers follow from that."""

import pytest

from backends.loopback import is_loopback
from contract.errors import InvalidRequest
from server.http.binding import allowed_of

HERE = ("127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST", "::ffff:127.0.0.1")
BEYOND = ("0.0.0.0", "::", "", "192.168.1.5", "10.0.0.1", "fe80::1", "music.example", "localhost.evil.example", "127.1")


@pytest.mark.parametrize("host", HERE)
def test_this_machine_needs_no_names(host):
    assert is_loopback(host)
    allowed = allowed_of(host, 8000)
    assert {"127.0.0.1", "127.0.0.1:8000", "localhost", "localhost:8000", "[::1]", "[::1]:8000"} <= set(allowed.hosts)
    assert {"http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"} <= set(allowed.origins)


@pytest.mark.parametrize("host", BEYOND)
def test_an_address_that_others_can_reach_is_refused_without_names(host):
    assert not is_loopback(host)
    with pytest.raises(InvalidRequest) as caught:
        allowed_of(host, 8000)
    assert caught.value.field == "host"
    assert "--allow-host NAME" in caught.value.next_step


def test_with_names_these_are_taken_and_those_of_this_machine_and_no_others():
    allowed = allowed_of("0.0.0.0", 8000, ["Music.Example", "music.example:8443"])
    here = {form for name in ("127.0.0.1", "localhost", "[::1]") for form in (name, f"{name}:8000")}
    assert set(allowed.hosts) == {"music.example", "music.example:8000", "music.example:8443"} | here
    assert "https://music.example" in allowed.origins


def test_other_ports_of_this_machine_are_other_pages():
    assert "http://localhost" not in allowed_of("127.0.0.1", 8000).origins
    assert "http://localhost" in allowed_of("127.0.0.1", 80).origins


def test_pages_of_others_can_be_allowed():
    allowed = allowed_of("127.0.0.1", 8000, [], ["https://tool.example"])
    assert allowed.pages == ("https://tool.example",)
    assert "https://tool.example" not in allowed.origins


@pytest.mark.parametrize("name", ["*", "*.example", "music.example:*", "https://music.example", "a b", "", "x/y", "é"])
def test_a_name_must_be_one(name):
    with pytest.raises(InvalidRequest) as caught:
        allowed_of("127.0.0.1", 8000, [name])
    assert caught.value.field == "allow-host"


@pytest.mark.parametrize(
    "origin", ["*", "null", "tool.example", "https://tool.example/", "https://*", "ftp://tool.example"]
)
def test_an_origin_must_be_one(origin):
    with pytest.raises(InvalidRequest) as caught:
        allowed_of("127.0.0.1", 8000, [], [origin])
    assert caught.value.field == "allow-origin"
