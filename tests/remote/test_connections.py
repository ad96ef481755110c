"""What the environment says of proxies and certificates is honoured, and each way to miss a service is told apart."""

import datetime as dt
import logging
import socket
import ssl
from contextlib import aclosing, asynccontextmanager

import anyio
import httpx
import pytest
import trustme

from backends.remote.client import RemoteBackend
from contract.errors import ContractError, InvalidRequest, ServiceUnreachable
from contract.musicengine.catalogue import LIST_TRACKS
from tests.canaries import Search
from tests.remote.conftest import KEY, calling
from tests.remote.proxy import ForwardProxy
from tests.remote.scripted import Reply, Script, listening

TRACKS = Reply(LIST_TRACKS.example.response)
HOST = "service.test"

SECRET = "CANARY-of-the-proxy"


async def read(backend):
    with anyio.fail_after(10):
        return await backend.call(LIST_TRACKS, LIST_TRACKS.request())


async def refusal(backend):
    with pytest.raises(ContractError) as caught:
        await read(backend)
    return caught.value


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, monkeypatch, tmp_path):
    """The authority, in SSL_CERT_FILE."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def certified(authority, host="127.0.0.1", **options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, **options).configure_cert(context)
    return context


@asynccontextmanager
async def through_a_proxy(monkeypatch, script, policy, *, tls=None, refuses_with=None):
    """A backend that calls the service by a name which only the proxy knows."""
    scheme = "https" if tls else "http"
    async with listening(script.serve, ssl=tls) as port:
        proxy = ForwardProxy(port, refuses_with)
        async with listening(proxy.serve) as proxy_port:
            monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://user:{SECRET}@127.0.0.1:{proxy_port}")
            address = f"{scheme}://{HOST}/below"
            async with aclosing(RemoteBackend(address, KEY, allow_http=True, policy=policy)) as backend:
                yield backend, proxy


async def test_an_authority_of_ones_own_is_trusted_where_the_environment_names_it(authority, trusted, waits):
    script = Script(TRACKS)
    async with calling(script, waits.policy(), ssl=certified(authority), scheme="https") as backend:
        await read(backend)
        await read(backend)
    assert script.connections == 1
    assert script.asked[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_nothing_is_sent(authority, waits):
    script = Script(TRACKS)
    async with calling(script, waits.policy(), ssl=certified(authority), scheme="https") as backend:
        error = await refusal(backend)
    assert isinstance(error, ServiceUnreachable)
    assert "not trusted" in error.message
    assert "SSL_CERT_FILE" in error.next_step
    assert (script.asked, waits) == ([], [])


async def test_a_certificate_of_another_host_is_told_apart(authority, trusted, waits):
    tls = certified(authority, "elsewhere.test")
    async with calling(Script(TRACKS), waits.policy(), ssl=tls, scheme="https") as backend:
        assert "for another host" in (await refusal(backend)).message
    assert waits == []


async def test_a_certificate_that_has_expired_is_told_apart(authority, trusted, waits):
    expired = certified(
        authority, not_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), not_before=dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
    )
    async with calling(Script(TRACKS), waits.policy(), ssl=expired, scheme="https") as backend:
        error = await refusal(backend)
    assert "not valid at this time" in error.message
    assert "clock" in error.next_step


async def test_https_where_http_is_spoken_is_told_apart(waits):
    async def speak_http(reader, writer):
        await reader.read(100)
        writer.write(Reply(status=400).to_bytes())
        await writer.drain()
        writer.close()

    async with (
        listening(speak_http) as port,
        aclosing(RemoteBackend(f"https://127.0.0.1:{port}", KEY, policy=waits.policy())) as backend,
    ):
        assert "does not speak TLS" in (await refusal(backend)).message


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END"])
async def test_a_certificate_file_that_is_none_is_named_by_its_variable(monkeypatch, tmp_path, content):
    path = tmp_path / "CANARY.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(InvalidRequest) as caught:
        RemoteBackend("https://example.com", KEY)
    assert caught.value.field == "SSL_CERT_FILE"
    assert "SSL_CERT_FILE" in caught.value.message
    assert "CANARY" not in caught.value.sentence
    assert caught.value.__context__ is None


async def test_a_certificate_folder_that_is_none_is_named_by_its_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "missing"))
    with pytest.raises(InvalidRequest, match="SSL_CERT_DIR"):
        RemoteBackend("https://example.com", KEY)


async def test_https_goes_through_a_tunnel_that_never_sees_the_key(authority, trusted, monkeypatch, waits):
    script = Script(TRACKS)
    tls = certified(authority, HOST)
    async with through_a_proxy(monkeypatch, script, waits.policy(), tls=tls) as (backend, proxy):
        await read(backend)
        await read(backend)
    [tunnel] = proxy.asked
    assert (tunnel.method, tunnel.target) == ("CONNECT", f"{HOST}:443")
    assert "proxy-authorization" in tunnel.headers
    assert KEY not in repr(tunnel)
    assert [asked.target.split("?")[0] for asked in script.asked] == ["/below/api/v1/tracks"] * 2
    assert script.connections == 1


async def test_http_goes_to_the_proxy_with_the_whole_address(monkeypatch, waits):
    script = Script(TRACKS)
    async with through_a_proxy(monkeypatch, script, waits.policy()) as (backend, proxy):
        await read(backend)
    assert proxy.asked[0].target.startswith(f"http://{HOST}/below/api/v1/tracks?")
    assert len(script.asked) == 1


async def test_a_service_on_this_machine_is_asked_without_the_proxy(monkeypatch, waits):
    script = Script(TRACKS)
    async with (
        through_a_proxy(monkeypatch, script, waits.policy()) as (_, proxy),
        calling(Script(TRACKS), waits.policy()) as backend,
    ):
        await read(backend)
    assert proxy.asked == []


async def test_no_proxy_names_hosts_that_are_asked_without_it(monkeypatch, waits):
    monkeypatch.setenv("NO_PROXY", HOST)
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    async with through_a_proxy(monkeypatch, Script(TRACKS), waits.policy()) as (backend, proxy):
        assert "name was not found" in (await refusal(backend)).message
    assert proxy.asked == []


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_a_tunnel_is_told_apart(authority, trusted, monkeypatch, waits, status):
    tls = certified(authority, HOST)
    async with through_a_proxy(monkeypatch, Script(TRACKS), waits.policy(), tls=tls, refuses_with=status) as (
        backend,
        _,
    ):
        error = await refusal(backend)
    assert isinstance(error, ServiceUnreachable)
    assert "proxy refused" in error.message
    assert "HTTPS_PROXY" in error.next_step
    assert waits == []


async def test_a_proxy_that_wants_a_password_for_http_is_told_apart(monkeypatch, waits):
    async with through_a_proxy(monkeypatch, Script(TRACKS), waits.policy(), refuses_with=407) as (backend, _):
        assert "proxy refused" in (await refusal(backend)).message


@pytest.mark.parametrize(
    "address", [f"nonsense://user:{SECRET}@127.0.0.1:1", f"http://127.0.0.1:{SECRET}", f"socks5://{SECRET}"]
)
async def test_a_proxy_that_can_not_be_used_is_named_by_its_variable_and_not_shown(monkeypatch, address):
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(InvalidRequest) as caught:
        RemoteBackend("https://example.com", KEY)
    assert "HTTPS_PROXY" in caught.value.sentence
    assert SECRET not in caught.value.sentence
    assert caught.value.__context__ is None


async def test_nobody_listening_is_a_refused_connection(waits):
    async with calling(Script(TRACKS), waits.policy()) as backend:
        pass
    address = str(backend.http.base_url)
    async with aclosing(RemoteBackend(address, KEY, policy=waits.policy())) as backend:
        error = await refusal(backend)
    assert isinstance(error, ServiceUnreachable)
    assert "refused" in error.message
    assert "Check that the service runs" in error.next_step
    assert waits == [0.5, 1, 2]


def no_such_name(*_, **__):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def no_name_server(*_, **__):
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


@pytest.mark.parametrize(("resolver", "tries"), [(no_such_name, 1), (no_name_server, 4)])
async def test_a_host_that_is_not_found_is_told_apart(monkeypatch, waits, resolver, tries):
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    async with aclosing(RemoteBackend(f"https://{HOST}", KEY, policy=waits.policy())) as backend:
        error = await refusal(backend)
    assert "name was not found" in error.message
    assert "MUSICENGINE_BASE_URL" in error.next_step
    assert len(waits) == tries - 1


class Failing(httpx.AsyncBaseTransport):
    """What no loopback socket can be made to do."""

    def __init__(self, error):
        self.error = error

    async def handle_async_request(self, request):
        raise self.error


def every_address_refused():
    """As of a host with several addresses."""
    error = httpx.ConnectError("")
    error.__cause__ = ExceptionGroup("", [OSError(), ConnectionRefusedError()])
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (every_address_refused(), "refused"),
        (httpx.ConnectTimeout(""), "could not be connected to in time"),
        (httpx.PoolTimeout(""), "could not be connected to in time"),
        (httpx.ConnectError(""), "could not be connected to"),
        (httpx.ReadTimeout(""), "did not answer in time"),
        (httpx.WriteTimeout(""), "did not answer in time"),
        (httpx.ReadError(""), "broke off"),
        (httpx.UnsupportedProtocol(""), "could not be reached"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_every_failure_of_the_client_is_a_service_that_can_not_be_reached(waits, error, told):
    backend = RemoteBackend("https://example.com", KEY, policy=waits.policy(), transport=Failing(error))
    async with aclosing(backend):
        refused = await refusal(backend)
    assert isinstance(refused, ServiceUnreachable)
    assert told in refused.message
    assert refused.next_step


async def test_neither_key_nor_password_is_logged_on_any_way_to_a_service(
    authority, trusted, monkeypatch, waits, caplog
):
    caplog.set_level(logging.DEBUG)
    search = Search()
    search.canaries += [KEY, SECRET]
    for tls in (None, certified(authority, HOST)):
        async with through_a_proxy(monkeypatch, Script(TRACKS), waits.policy(), tls=tls) as (backend, _):
            await read(backend)
        async with through_a_proxy(monkeypatch, Script(TRACKS), waits.policy(), tls=tls, refuses_with=407) as (
            backend,
            _,
        ):
            search.add("refusal", await refusal(backend))
        search.add("repr", backend)
    for number, record in enumerate(caplog.records):
        search.add(f"log {number}", record)
    assert {"httpx", "httpcore"} <= {record.name.partition(".")[0] for record in caplog.records}
    assert search.leaks() == []
