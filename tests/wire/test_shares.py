"""Shares over a real socket: what a stranger with a link gets, and all that they do not."""

import asyncio
import json
import re
import select
import socket
from contextlib import aclosing, closing

import httpx
import pytest
from starlette.applications import Starlette

from backends.local.hub.hub import LocalHub
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.operations import OPERATIONS
from contract.operation import Trust
from server.http.binding import allowed_of
from server.http.hub.share_page import share_page_policy
from server.http.hub.share_routes import share_routes
from server.http.hub.wire import Wire
from server.http.listeners import Listener, Reach, WithListener
from tests.hub.library import rows
from tests.wire.shared_hub import HOSTILE, LARGE, PUBLIC, serve_shared

UNKNOWN = {
    "playlist": "pls_0000000000000000",
    "artist": "art_0000000000000000",
    "album": "alb_0000000000000000",
    "track": "trk_0000000000000000",
}
SHARED_WORDS = ("Sunday", "Harbour", "Lighthouse", "Tide")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with serve_shared(tmp_path_factory.mktemp("shared"), large=True) as hub:
        yield hub


@pytest.fixture(scope="module")
def playlist(hub):
    return hub.playlist("Summer", "Sunday Morning", "Öland", "丸ノ内")


def media(hub, url, opened, **headers):
    return hub.stranger.get(url, params={"token": opened["mediaToken"]}, headers=headers)


def test_a_stranger_with_the_link_reads_what_is_shared_and_hears_it(hub, playlist):
    share = hub.share(playlist, note="For Anna", days=7)
    assert share["url"] == f"{PUBLIC}{share['path']}"
    assert share["reach"] == "anywhere"
    opened = hub.open(share)
    assert [track["title"] for track in opened["item"]["tracks"]] == ["Sunday Morning", "Öland", "丸ノ内"]
    for track in opened["item"]["tracks"]:
        sound = media(hub, track["url"], opened)
        assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/wav")
        assert sound.content[:4] == b"RIFF"
        assert media(hub, track["coverUrl"], opened).headers["content-type"] == "image/jpeg"
    part = media(hub, opened["item"]["tracks"][0]["url"], opened, Range="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert media(hub, opened["item"]["coverUrl"], opened).status_code == 200
    assert "Anna" not in json.dumps(opened)


def test_the_token_of_one_share_opens_neither_the_media_of_another_nor_anything_else(hub, playlist):
    opened, other = hub.open(hub.share(hub.tracks["Öland"])), hub.open(hub.share(hub.album("Sunday Morning")))
    for track in other["item"]["tracks"]:
        assert media(hub, track["url"], opened).status_code == 404
        assert media(hub, track["coverUrl"], opened).status_code == 404
    for id_ in (hub.album("Öland"), hub.artist("Öland"), playlist):
        assert media(hub, f"/api/media/covers/{id_}", opened).status_code == 404
    answers = set()
    for operation in OPERATIONS:
        if operation.trust not in {Trust.PAIRED, Trust.LOCAL}:
            continue
        path = re.sub(r"\{\w+\}", hub.tracks["Öland"], operation.path)
        for form in ({"params": {"token": opened["mediaToken"]}}, _bearing(opened), _bearing(opened, "shareSessionId")):
            answer = hub.stranger.request(operation.method, path, **form)
            answers.add(answer.status_code)
            assert not [word for word in SHARED_WORDS if word in answer.text]
    assert answers <= {401, 403}


def test_a_share_is_found_by_its_own_link_alone_and_everything_else_is_the_same_404(hub, playlist):
    share = hub.share(playlist)
    wrong = [f"/share/{kind}/{id_}" for kind, id_ in UNKNOWN.items()]
    wrong += [
        f"/share/playlist/{playlist}",
        f"/share/playlist/{playlist}?key=mhub_link_wrong",
        f"/share/playlist/{playlist}?key=",
        share["path"].replace("playlist/", "album/"),
        f"/share/track/{hub.tracks['Sunday Morning']}",
        "/share/track/nonsense",
        "/share/track/%00",
        "/share/track/%F0%9F%8E%B5",
        f"/share/track/{'x' * 3000}",
    ]
    bodies, pages = set(), set()
    for path in wrong:
        page, _, query = path.partition("?")
        answer = hub.stranger.get(f"/api{page}/bootstrap?{query}")
        assert answer.status_code == 404
        bodies.add(answer.content)
        shown = hub.stranger.get(path)
        assert shown.status_code == 404
        pages.add(shown.content)
        assert hub.stranger.get(f"{page}/cover.jpg?{query}").status_code == 404
    assert len(bodies) == 1
    assert json.loads(bodies.pop())["error"]["code"] == "share_not_found"
    pages |= {hub.stranger.get(path).content for path in ("/share/", "/share/genre/x", "/share/a/b/c/d")}
    assert len(pages) == 1
    assert b"no longer shared" in pages.pop()


def test_a_heartbeat_keeps_the_session_and_what_is_unshared_has_none(hub, playlist):
    share = hub.share(playlist)
    opened = hub.open(share)
    body = {"shareSessionId": opened["shareSessionId"]}
    kept = hub.stranger.post("/api/share/session/heartbeat", json=body)
    assert (kept.status_code, set(kept.json())) == (200, {"expiresAt", "heartbeatSeconds"})
    hub.unshare(share)
    gone = hub.stranger.post("/api/share/session/heartbeat", json=body)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "share_session_not_found")
    assert media(hub, opened["item"]["tracks"][0]["url"], opened).status_code == 401
    assert hub.bootstrap(share).status_code == 404
    assert hub.stranger.get(share["path"]).status_code == 404


def test_pages_of_other_sites_neither_keep_sessions_nor_use_tokens(hub, playlist):
    opened = hub.open(hub.share(playlist))
    body = {"shareSessionId": opened["shareSessionId"]}
    foreign = {"Origin": "https://evil.example"}
    assert hub.stranger.post("/api/share/session/heartbeat", json=body, headers=foreign).status_code == 403
    assert media(hub, opened["item"]["tracks"][0]["url"], opened, **foreign).status_code == 403
    assert hub.stranger.get("/share/track/x", headers={"Host": "evil.example"}).status_code == 421


def test_strangers_can_neither_share_nor_see_what_is_shared_nor_unshare(hub, playlist):
    share = hub.share(playlist)
    assert hub.stranger.post("/api/shares", json={"id": playlist}).status_code == 401
    assert hub.stranger.get("/api/shares").status_code == 401
    assert hub.stranger.delete(f"/api/shares/{share['id']}").status_code == 401
    assert hub.bootstrap(share).status_code == 200


@pytest.mark.parametrize("how", ["unshared", "taken out", "expired"])
def test_what_is_being_sent_ends_as_soon_as_it_is_shared_no_longer(hub, how):
    """A reader that does not read: most of the file has not left the server yet."""
    list_ = hub.playlist(f"Long {how}", "Large")
    share = hub.share(list_)
    opened = hub.open(share)
    [entry] = hub.own.get(f"/api/playlists/{list_}").json()["entries"]
    if how == "expired":  # which commits nothing when it happens
        asyncio.run(_expire(hub, share, in_ms=1500))
    with closing(_slow_reader(hub, opened, opened["item"]["tracks"][0]["url"])) as reader:
        assert reader.recv(1000).startswith(b"HTTP/1.1 200 OK")
        if how == "unshared":
            hub.unshare(share)
        elif how == "taken out":
            taken = hub.own.request("DELETE", f"/api/playlists/{list_}/tracks", json={"entryIds": [entry["id"]]})
            assert taken.status_code == 200, taken.text
        dropped = select.poll()
        dropped.register(reader, 0)  # tells of a reset, and of nothing else
        assert dropped.poll(4000 if how == "expired" else 2000)
        assert _rest(reader) < LARGE / 2


def test_who_reads_another_share_goes_on_reading(hub):
    first, second = hub.share(hub.tracks["Large"]), hub.share(hub.tracks["Large"])
    opened = hub.open(second)
    with closing(_slow_reader(hub, opened, opened["item"]["tracks"][0]["url"])) as reader:
        reader.recv(1000)
        hub.unshare(first)
        assert _rest(reader) > LARGE * 0.99


def test_the_page_shows_hostile_titles_as_text(hub):
    title = next(title for title in hub.tracks if title.startswith("<script>"))
    assert title == HOSTILE.replace("\u202e", "")
    for id_ in (hub.tracks[title], hub.album(title), hub.artist(title), hub.playlist(HOSTILE[:200], title)):
        page = hub.stranger.get(hub.share(id_, note=HOSTILE)["path"]).text
        assert len(re.findall("<script", page)) == 1
        assert not re.findall(r"<(?:img[^>]*onerror|svg[^>]*onload|b)\b", page)
        assert "\u202e" not in page
        assert "&lt;script&gt;" in page or "&lt;b&gt;" in page or "&lt;svg" in page


def test_the_page_is_sent_under_a_policy_and_asks_for_nothing_elsewhere(hub, playlist):
    answer = hub.stranger.get(hub.share(playlist)["path"])
    policy = answer.headers["content-security-policy"]
    assert policy == share_page_policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for name, value in {
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
        "cache-control": "private, no-store",
    }.items():
        assert answer.headers[name] == value
    head = answer.text.partition("<style>")[0]
    assert set(re.findall(r"https?://[^/\"]+", head)) <= {PUBLIC, "http://www.w3.org"}


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("playlist", "music.playlist"), ("artist", "profile"), ("album", "music.album"), ("track", "music.song")],
)
def test_programs_that_show_links_find_a_title_a_type_and_a_picture(hub, playlist, kind, type_):
    id_ = {
        "playlist": playlist,
        "artist": hub.artist("Sunday Morning"),
        "album": hub.album("Sunday Morning"),
        "track": hub.tracks["Sunday Morning"],
    }[kind]
    share = hub.share(id_)
    page = hub.stranger.get(share["path"], headers={"User-Agent": "WhatsApp/2"}).text
    told = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):\w+)" content="([^"]*)"', page))
    assert told["og:type"] == type_
    assert told["og:title"] == told["twitter:title"] == share["name"]
    assert told["og:url"] == share["url"]
    assert told["og:image"] == told["twitter:image"] == share["url"].replace("?", "/cover.jpg?")
    picture = hub.stranger.get(told["og:image"].removeprefix(PUBLIC))
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content[:2] == b"\xff\xd8"
    assert "public" not in picture.headers["cache-control"]
    assert rows(hub.folder, USER_LAYOUT, "SELECT count(*) FROM share_sessions WHERE share_id = ?", share["id"]) == [
        (0,)
    ]
    hub.unshare(share)
    assert hub.stranger.get(told["og:image"].removeprefix(PUBLIC)).status_code == 404


def test_no_address_on_the_page_comes_from_the_host_header(hub, playlist):
    share = hub.share(playlist)
    page = hub.own.get(share["path"])
    assert f'content="{share["url"]}"' in page.text
    assert "127.0.0.1" not in page.text


def test_a_hub_that_is_asked_by_its_own_machine_plays_by_the_link_as_well(hub, playlist):
    share = hub.share(playlist, keyed=False)
    opened = hub.own.get(f"/api/share/playlist/{playlist}/bootstrap").json()
    assert opened["item"]["title"] == "Summer"
    assert hub.own.get(opened["item"]["tracks"][0]["url"], params={"token": opened["mediaToken"]}).status_code == 200
    hub.unshare(share)


async def test_while_the_databases_are_damaged_the_page_asks_for_patience(data_dir):
    reach = Reach({38472: Listener(allowed_of("127.0.0.1", 38472))})
    async with aclosing(LocalHub(data_dir)) as damaged:
        damaged.hub.condition.status = "faulted"
        app = WithListener(Starlette(routes=share_routes(Wire(damaged, reach))), reach)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:38472") as client:
            answer = await client.get(f"/share/track/{UNKNOWN['track']}")
    assert answer.status_code == 503
    assert "Try again in a while" in answer.text
    assert answer.headers["content-security-policy"] == share_page_policy()


def _bearing(opened, name="mediaToken"):
    return {"headers": {"Authorization": f"Bearer {opened[name]}"}}


def _slow_reader(hub, opened, url):
    port = httpx.URL(hub.stranger.base_url).port
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    reader.settimeout(20)
    reader.connect(("127.0.0.1", port))
    head = f"GET {url}?token={opened['mediaToken']} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    reader.sendall(head.encode())
    return reader


def _rest(reader):
    """How many bytes come until the end."""
    received = 0
    try:
        while part := reader.recv(1 << 16):
            received += len(part)
    except ConnectionResetError:
        pass
    return received


async def _expire(hub, share, *, in_ms):
    """Let it end so soon."""
    async with aclosing(LocalHub(hub.folder)) as other, other.hub.user.transaction() as connection:
        end = other.hub.clock() + in_ms
        await connection.execute("UPDATE shares SET expires_at = ? WHERE id = ?", (end, share["id"]))
