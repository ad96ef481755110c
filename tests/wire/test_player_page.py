"""The player's files as the server sends them."""

import re
from pathlib import Path

import pytest

import server.http.hub.player_page as player_page
from server.http.hub.player_page import player_policy
from tests.serving import served

ASSETS = Path(player_page.__file__).with_name("player")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with served(tmp_path_factory.mktemp("hub")) as service:
        yield service


def test_the_page_is_at_the_root_for_whoever_reaches_the_hub_and_nothing_of_it_is_unsafe(service):
    for base in (service.url, service.far_url):
        answer = service.get(f"{base}/")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.headers["content-security-policy"] == player_policy()
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in player_policy()
    assert "default-src 'none'" in player_policy()


def test_the_page_holds_no_script_or_style_of_its_own_and_names_no_other_server(service):
    texts = {path.name: path.read_text(encoding="utf-8") for path in ASSETS.iterdir()}
    page = texts["player.html"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", page)
    elsewhere = {name: re.findall(r"https?://(?!www\.w3\.org/2000/svg)\S+", text) for name, text in texts.items()}
    assert not any(elsewhere.values())


def test_each_file_that_the_page_needs_is_sent_as_it_is_and_only_once(service):
    wanted = ["player.html"]
    for name in wanted:
        path = "/" if name == "player.html" else f"/player/{name}"
        answer = service.get(path)
        assert answer.content == (ASSETS / name).read_bytes()
        tag = answer.headers["etag"]
        again = service.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        named = re.findall(r'(?:"/player/|from "\./)([\w.-]+)"', answer.text)
        wanted += [each for each in named if each not in wanted]
    assert set(wanted) == {path.name for path in ASSETS.iterdir()}


def test_all_modules_are_fetched_at_once_and_not_one_after_the_other(service):
    named = set(re.findall(r'"modulepreload" href="/player/([\w.-]+)"', service.get("/").text))
    assert named == {path.name for path in ASSETS.glob("*.js")} - {"main.js"}


@pytest.mark.parametrize(
    "path", ["/player/", "/player/player.html", "/player/..%2fplayer_page.py", "/player/%2e%2e/raw.py", "/player/x.js"]
)
def test_nothing_else_is_there(service, path):
    assert service.get(path).status_code == 404


def test_a_name_that_is_not_the_hubs_is_refused(service):
    answer = service.get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "misdirected_request")


def test_the_page_can_be_read_and_nothing_else(service):
    assert service.ask("HEAD", "/").content == b""
    assert service.post("/", json={}).status_code == 405
