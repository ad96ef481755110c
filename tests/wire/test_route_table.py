"""Every route of the hub × every kind of caller: who is let in, and how the others are turned away.

`pytest tests/wire/test_route_table.py --capture=no` prints the table.
"""

import time
from contextlib import aclosing, asynccontextmanager
from urllib.parse import urlencode

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.media.sessions import open_media_session
from contract.hub.devices import REVOKE_DEVICE, RevokeDevice
from contract.hub.operations import OPERATIONS
from contract.hub.pairing import ARM_PAIRING, PAIR_DEVICE, ArmPairing, PairDevice
from server.http.app import create_app
from server.http.binding import allowed_of
from server.http.listeners import Listener, Reach
from server.settings import Settings
from tests.wire.asgi import ask
from tests.wire.routes import ROUTES

API_TOKEN = "an-api-token-of-the-hub-with-44-characters-x"
LAN, MAIN, TUNNEL = "192.0.2.7", 38472, 38480
TWO_HOURS = 2 * 3600 * 1000

IN = "in"
REFUSALS = {
    "hub_unauthorized",
    "token_expired",
    "device_revoked",
    "local_only",
    "foreign_origin",
    "misdirected_request",
}
_401, _403 = "hub_unauthorized", "local_only"

STRANGER = {"anybody": IN, "media": _401, "paired": _401, "local": _403}
KNOWN = {"anybody": IN, "media": IN, "paired": IN, "local": _403}
LOCAL = dict.fromkeys(STRANGER, IN)
MISDIRECTED = dict.fromkeys(STRANGER, "misdirected_request")

PROXIES = (
    "Forwarded: for=192.0.2.7",
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-Host: localhost",
    "X-Real-IP: 127.0.0.1",
    "Via: 1.1 proxy",
    "CF-Connecting-IP: 127.0.0.1",
)


def callers(tokens):
    """Of each caller: its name, what it sends, and what is to come of it on routes of each trust."""
    lan, tunnel = {"peer": LAN}, {"port": TUNNEL}

    def bearer(token, *more):
        return {"headers": dict([("authorization", f"Bearer {token}"), *more])}

    def expelled(code):
        return {"anybody": IN, "media": code, "paired": code, "local": code}

    yield "loopback", {}, LOCAL
    yield "network, no token", lan, STRANGER
    yield "network, paired device", {**lan, **bearer(tokens["paired"])}, KNOWN
    yield "network, expired token", {**lan, **bearer(tokens["expired"])}, expelled("token_expired")
    yield "network, revoked device", {**lan, **bearer(tokens["revoked"])}, expelled("device_revoked")
    yield "network, made-up token", {**lan, **bearer("mhub_access_made-up")}, expelled(_401)
    yield "network, MUSIC_HUB_API_TOKEN", {**lan, **bearer(API_TOKEN)}, KNOWN
    yield "network, media token of a share", {**lan, "query": f"token={tokens['share']}"}, {**STRANGER, "media": IN}
    yield "network, media token as bearer", {**lan, **bearer(tokens["share"])}, expelled(_401)
    yield "network, access token in the address", {**lan, "query": f"token={tokens['paired']}"}, STRANGER
    for header in PROXIES:
        name, value = header.split(": ")
        yield f"loopback, {name}", {"headers": {name: value}}, STRANGER
    yield "loopback, Via, paired device", bearer(tokens["paired"], ("via", "1.1 proxy")), KNOWN
    yield "loopback, foreign Host", {"headers": {"host": f"evil.example:{MAIN}"}}, MISDIRECTED
    yield "paired device, foreign Host", {**lan, **bearer(tokens["paired"], ("host", "evil.example"))}, MISDIRECTED
    yield "loopback, foreign Origin", {"headers": {"origin": "http://evil.example"}}, "foreign"
    yield "loopback, Origin that may call MCP", {"headers": {"origin": "https://tool.example"}}, "foreign"
    yield "loopback, Origin null", {"headers": {"origin": "null"}}, "foreign"
    yield "loopback, another port's page", {"headers": {"origin": "http://localhost:3000"}}, "foreign"
    yield "loopback, Sec-Fetch-Site cross-site", {"headers": {"sec-fetch-site": "cross-site"}}, "foreign"
    yield "loopback, own Origin", {"headers": {"origin": f"http://127.0.0.1:{MAIN}"}}, LOCAL
    yield "tunnel's listener", tunnel, STRANGER
    yield "tunnel's listener, paired device", {**tunnel, **bearer(tokens["paired"])}, KNOWN
    yield "a listener of nobody's", {"port": 1}, MISDIRECTED


def expected(outcomes, trust, method):
    """What comes of a route. Another site's page is a stranger that changes nothing, whatever the route."""
    if outcomes != "foreign":
        return outcomes[trust]
    return STRANGER[trust] if method == "GET" else "foreign_origin"


@pytest.fixture
async def tokens(data_dir):
    """Of each kind one; those that have expired were given by a hub whose clock is behind."""
    now = int(time.time() * 1000)
    found = {}
    for name, clock in (("expired", now - TWO_HOURS), ("revoked", now), ("paired", now)):
        async with aclosing(LocalHub(data_dir, clock=lambda clock=clock: clock)) as hub:
            code = (await hub.call(ARM_PAIRING, ArmPairing())).pairingCode
            asked = PairDevice(pairingCode=code, deviceId=f"{name}-device", deviceName=name)
            found[name] = (await hub.call(PAIR_DEVICE, asked)).accessToken
            if name == "revoked":
                await hub.call(REVOKE_DEVICE, RevokeDevice(deviceId="revoked-device"))
            found["share"] = (await open_media_session(hub.hub, share_id="shr_0f3a9c2e5b7d1846", seconds=600)).token
    return found


@asynccontextmanager
async def running(data_dir):
    """The application, with a listener for this machine and its network, and one for a tunnel."""
    main = Listener(allowed_of("0.0.0.0", MAIN, ["hub.example"], ["https://tool.example"]))
    listeners = {MAIN: main, TUNNEL: Listener(allowed_of("127.0.0.1", TUNNEL), is_tunnel=True)}
    app = create_app(
        Settings(data_dir, "default", hub_token=API_TOKEN), Reach(listeners, (f"http://127.0.0.1:{MAIN}",))
    )
    async with app.router.lifespan_context(app):
        yield app


def test_each_route_of_the_contract_is_in_the_table_and_no_other():
    assert {operation.route: str(operation.trust) for operation in OPERATIONS} == ROUTES


async def test_each_route_lets_in_whom_it_is_for_and_nobody_else(data_dir, tokens):
    wrong, table = [], {}
    async with running(data_dir) as app:
        for name, request, outcomes in callers(tokens):
            for operation in OPERATIONS:
                answer = await ask(app, operation.method, path_of(operation), **merged(operation, request))
                outcome = answer.code if answer.code in REFUSALS and answer.field != "refreshToken" else IN
                table.setdefault(operation.route, []).append(f"{answer.status} {answer.code or ''}")
                if outcome != expected(outcomes, ROUTES[operation.route], operation.method):
                    wrong.append((name, operation.route, answer.status, answer.code))
    show(table, [name for name, _, _ in callers(tokens)])
    assert wrong == []


@pytest.mark.parametrize("path", ["/api/nothing", "/api/", "/api/tracks/", "/api/database", "/api/../etc/passwd"])
async def test_what_is_no_route_is_denied_to_strangers_and_unknown_to_the_others(data_dir, path):
    async with running(data_dir) as app:
        assert (await ask(app, "GET", path, peer=LAN)).code == "hub_unauthorized"
        assert (await ask(app, "DELETE", path, port=TUNNEL)).code == "hub_unauthorized"
        assert (await ask(app, "GET", path)).code == "not_found"


async def test_a_route_without_such_a_method_says_which_it_has_to_those_who_may_know(data_dir):
    async with running(data_dir) as app:
        assert (await ask(app, "POST", "/api/tracks")).code == "method_not_allowed"
        assert (await ask(app, "POST", "/api/tracks", peer=LAN)).code == "hub_unauthorized"


def path_of(operation):
    """The path of the operation's example."""
    return operation.path.format(**operation.example.request)


def merged(operation, request):
    """The example's query and body, and what the caller sends."""
    sent = dict(request)
    values = operation.example.request
    query = urlencode({name: values[name] for name in operation.query_parameters if name in values}, doseq=True)
    sent["query"] = "&".join(part for part in (query, sent.get("query")) if part)
    if operation.body_fields:
        sent["body"] = {name: values[name] for name in operation.body_fields if name in values}
    return sent


def show(table, names):
    """A row for each route; callers are numbered."""
    print()
    for number, name in enumerate(names, 1):
        print(f"{number:>3}  {name}")
    print()
    print(f"{'':52} {'trust':9}" + "".join(f"{number:>4}" for number in range(1, len(names) + 1)))
    for route, answers in table.items():
        print(f"{route:52} {ROUTES[route]:9}" + "".join(f"{answer[:3]:>4}" for answer in answers))
