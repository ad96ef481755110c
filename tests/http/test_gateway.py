"""A server that stands before a service: local keys let callers in, and the service's own key stays with the server."""

from contextlib import aclosing, closing

import pytest

from backends.local.database import Database
from backends.local.keys import revoke_key
from backends.local.limits import RateLimiter
from backends.local.workspaces import create_workspace, set_access
from contract.idempotency import HEADER
from contract.operation import Area, RateLimit
from server.settings import RemoteSettings
from tests.http.conftest import BODY, IMPORT, error_of
from tests.serving import new_key, served


@pytest.fixture
async def gateway(service, tmp_path):
    """Before the service with the label; its own data folder holds keys and nothing else."""
    folder = tmp_path / "gateway"
    remote = RemoteSettings(service.url, service.key)
    with served(folder, await new_key(folder), remote=remote) as gateway:
        yield gateway


@pytest.mark.parametrize(
    "path",
    ["/api/v1/tracks?limit=3", "/api/v1/tracks/USXXX1234567", "/api/v1/analytics/spotify/USXXX1234567?days=7",
     "/api/v1/catalogue/overview", "/api/v1/tracks/ZZZZZ0000000", "/api/v1/tracks?limit=0"],
)  # fmt: skip
def test_it_answers_as_the_service_does(service, gateway, path):
    direct, passed_on = service.get(path), gateway.get(path)
    assert passed_on.status_code == direct.status_code
    assert passed_on.json() == direct.json()


def test_a_write_goes_through_once_under_its_key(service, gateway):
    key = {HEADER: "once"}
    first, again = (gateway.post(IMPORT, json=BODY, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert service.post(IMPORT, json=BODY, headers=key).content == first.content


def test_neither_key_opens_the_other_server(service, gateway):
    assert gateway.get("/api/v1/tracks", key=service.key).status_code == 401
    assert service.get("/api/v1/tracks", key=gateway.key).status_code == 401


async def test_when_the_service_takes_its_key_no_longer_the_caller_is_not_blamed(service, gateway):
    async with aclosing(Database(service.folder)) as database:
        await revoke_key(database, 1, 1)
    answer = gateway.get("/api/v1/tracks")
    assert (answer.status_code, error_of(answer)["code"]) == (500, "internal_error")
    assert "key_revoked" in error_of(answer)["message"]


def test_a_limit_that_the_service_sets_reaches_the_caller_with_its_wait(service, gateway):
    with closing(RateLimiter(service.folder)) as limiter:
        while limiter.spend("key:1:read", RateLimit(300, 60)).allowed:
            pass
    answer = gateway.get("/api/v1/tracks")
    assert (answer.status_code, error_of(answer)["code"]) == (429, "rate_limited")
    assert 30 < int(answer.headers["retry-after"]) <= 60


async def test_keys_of_its_other_workspaces_do_not_reach_the_service(gateway):
    async with aclosing(Database(gateway.folder)) as database:
        other = await create_workspace(database, "other label")
    answer = gateway.get("/api/v1/tracks", key=await new_key(gateway.folder, other.name))
    assert (answer.status_code, error_of(answer)["code"]) == (403, "forbidden")


async def test_what_it_withholds_does_not_reach_the_service(gateway):
    async with aclosing(Database(gateway.folder)) as database:
        await set_access(database, "default", Area.DISTRIBUTION, withheld=True)
    assert gateway.post(IMPORT, json=BODY).status_code == 403
    assert gateway.get("/api/v1/tracks").status_code == 200


def test_what_the_service_learns_later_is_seen_at_once(service, gateway):
    assert gateway.post(IMPORT, json=BODY).json()["profile_id"] == 1
    assert gateway.get("/api/v1/tracks?limit=1").headers["x-ratelimit-remaining"] == "299"
    assert int(service.get("/api/v1/tracks").headers["x-ratelimit-remaining"]) == 298


def test_its_tools_say_that_data_enters_at_the_service(gateway):
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28"}
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}}
    answer = gateway.post("/mcp", json=asked, headers={**headers, "Mcp-Method": "server/discover"})
    assert "enters at the service" in answer.json()["result"]["instructions"]
