"""A Python client that nobody here wrote: generated from our document without a warning, then used on the server."""

import asyncio
import datetime as dt
import importlib
import json
import re
import subprocess
import sys

import httpx
import pytest

from contract.hub.about import HUB
from contract.operation import EVENT_STREAM, JSON, Surface
from contract.systems import OPERATIONS
from tests.conformance.data import forget_writes, prepare
from tests.programs import environment_of, serving

PACKAGE = "generated_musicengine_client"

ISRC = "USXXX1234567"

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folders = asyncio.run(prepare(tmp_path_factory.mktemp("data")))
    with serving(folders.label) as (url, _):
        yield url, folders


@pytest.fixture(scope="module")
def generated(served, tmp_path_factory):
    """The folder with the package in it, and what its generator said."""
    url, _ = served
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(httpx.get(f"{url}/openapi.json", trust_env=False).text, encoding="utf-8")
    bytes_of = {kind: "application/octet-stream" for each in HUB.operations if each.is_raw for kind in each.media_types}
    config = {"post_hooks": [], "content_type_overrides": {**bytes_of, JSON: JSON}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json"),
        *("--config", "config.json", "--meta", "none", "--output-path", PACKAGE, "--fail-on-warning"),
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment_of(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    return folder, done


@pytest.fixture
def package(generated, monkeypatch):
    """Import a module of the generated package."""
    folder, _ = generated
    monkeypatch.syspath_prepend(str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}" if name else PACKAGE)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture
def client(package, served):
    url, folders = served
    forget_writes(folders.label)
    with package("client").AuthenticatedClient(
        base_url=url, token=folders.caller.raw, httpx_args={"trust_env": False}
    ) as client:
        yield client


def by_hand(served, path):
    url, folders = served
    headers = {"Authorization": f"Bearer {folders.caller.raw}"}
    answer = httpx.get(f"{url}{path}", headers=headers, trust_env=False)
    return json.loads(answer.text, object_hook=as_the_client_writes_it)


def as_the_client_writes_it(members):
    """It reads moments as such, and writes +00:00 for Z."""
    return {
        name: dt.datetime.fromisoformat(value).isoformat() if MOMENT.fullmatch(str(value)) else value
        for name, value in members.items()
    }


def test_it_is_generated_without_a_warning(generated):
    _, done = generated
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "warning" not in said.lower()
    assert "error" not in said.lower()


def test_it_has_every_published_operation(generated):
    folder, _ = generated
    found = {path.stem for path in (folder / PACKAGE / "api").glob("*/*.py")} - {"__init__"}
    assert found == {operation.name for operation in OPERATIONS if Surface.REST in operation.surfaces}


def test_it_has_the_hubs_bodies_and_answers_as_models_and_reads_their_examples(package):
    models = package("models")
    for operation in HUB.operations:
        if not {JSON, EVENT_STREAM} & set(operation.media_types):
            continue  # bytes have no members
        answer = getattr(models, f"Hub{operation.response.__name__}").from_dict(operation.example.response)
        written = json.dumps(operation.example.response)
        assert json.loads(written, object_hook=as_the_client_writes_it) == answer.to_dict()
        if operation.body_fields:
            sent = {name: value for name, value in operation.example.request.items() if name in operation.body_fields}
            assert getattr(models, f"Hub{operation.request.__name__}").from_dict(sent).to_dict() == sent


def test_it_lists_tracks(package, client, served):
    page = package("api.catalogue.list_tracks").sync(client=client, limit=3, offset=1)
    assert [track.isrc for track in page.data] == [
        row["isrc"] for row in by_hand(served, "/api/v1/tracks")["data"][1:4]
    ]
    assert page.to_dict() == by_hand(served, "/api/v1/tracks?limit=3&offset=1")


def test_it_reads_a_track_its_streams_and_the_overview(package, client, served):
    track = package("api.catalogue.get_track").sync(ISRC, client=client)
    assert (track.data.title, track.data.album) == ("Song Name", "Release Name")
    assert track.to_dict() == by_hand(served, f"/api/v1/tracks/{ISRC}")
    streams = package("api.catalogue.get_streams").sync(ISRC, client=client, days=7)
    assert len(streams.data.historical_data) == 7
    assert streams.to_dict() == by_hand(served, f"/api/v1/analytics/spotify/{ISRC}?days=7")
    overview = package("api.catalogue.get_overview").sync(client=client)
    assert overview.to_dict() == by_hand(served, "/api/v1/catalogue/overview")


def test_it_imports_a_profile_once_however_often_it_repeats_that(package, client):
    models = package("models")
    cookie = models.Cookie(domain=".spotify.com", name="sp_dc", value="secret")
    cookie["httpOnly"] = True
    body = models.ImportBrowserProfile(name="Session", cookies=[cookie])
    operation = package("api.distribution.import_browser_profile")
    imported = [operation.sync(client=client, body=body, idempotency_key="client-1") for _ in range(2)]
    assert [answer.profile_id for answer in imported] == [1, 1]
    assert operation.sync(client=client, body=body).profile_id == 2


def test_an_error_is_a_model_too(package, client):
    refusal = package("api.catalogue.get_track").sync_detailed("ZZZZZ9999999", client=client)
    assert refusal.status_code == 404
    assert refusal.parsed.error.code == "track_not_found"
    assert refusal.parsed.error.field == "isrc"
