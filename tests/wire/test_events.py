"""The feed of what changes, over a real socket."""

import itertools
import sqlite3
import statistics
import time
from contextlib import ExitStack, closing, contextmanager

import httpx
import pytest

from backends.local.checksums import prepare
from backends.local.hub.changes import ChangeKind
from backends.local.hub.live import streams
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.events import EVENT_KINDS
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK
from server.http.hub import sse
from tests.hub.library import put, track_id
from tests.hub.playback.players import songs
from tests.serving import served
from tests.wire.listening import LIBRARY, SCAN, Event, another, listening

PLAYLISTS = "/api/playlists"

NOTE = "INSERT INTO changes (at, kind, id) VALUES (1, ?, ?)"

NAMES = (f"Mix {number}" for number in itertools.count())


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    put(folder, songs(3))
    with served(folder) as service:
        yield service


def created(service):
    answer = service.post(PLAYLISTS, json={"name": next(NAMES)})
    assert answer.status_code == 201, answer.text
    return answer.json()["playlist"]["id"]


@contextmanager
def hub_of(service):
    """Its database, in a transaction."""
    with closing(sqlite3.connect(service.folder / USER_LAYOUT.name, timeout=20)) as connection, connection:
        yield prepare(connection)


def execute(service, sql, *parameters):
    with hub_of(service) as hub:
        hub.execute(sql, parameters)


def note(service, kind, id_=None):
    execute(service, NOTE, kind, id_)


def test_it_begins_at_once_and_nothing_on_the_way_keeps_it(service):
    with listening(service.url) as events:
        headers = events.response.headers
        assert headers["content-type"] == "text/event-stream"
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert events.comments == ["welcome"]
        assert events.retry == 2000
        assert events.id, "from where to go on if nothing comes before the connection is lost"


def test_each_change_is_told_with_its_kind_and_id(service):
    with listening(service.url) as events:
        id_ = created(service)
        event = events.next()
        assert event == Event(events.id, "playlist", {"kind": "playlist", "id": id_, "session": None})
        service.ask("DELETE", f"{PLAYLISTS}/{id_}")
        assert events.next().data["id"] == id_


def test_an_event_of_the_session_says_what_a_player_needs_at_once(service):
    queued = service.post(ADD_TO_QUEUE.path, json={"trackIds": [track_id("Song 0")], "when": "last"}).json()
    with listening(service.url, kinds="session") as events:
        playing = service.post(CONTROL_PLAYBACK.path, json={"action": "play"}).json()
        session = events.next().data["session"]
        assert session == {
            "revision": playing["revision"],
            "state": "playing",
            "entryId": queued["queue"][0]["entryId"],
            "positionMs": 0,
            "positionAt": playing["positionAt"],
            "rate": 1.0,
            "volume": playing["volume"],
            "deviceId": None,
        }
        service.post(CONTROL_PLAYBACK.path, json={"action": "setDevice", "deviceId": "tab", "deviceName": "A tab"})
        assert events.next().data["session"]["deviceId"] == "tab"


def test_what_another_process_does_arrives_within_300_ms(service):
    took = []
    with another(service.folder) as do, listening(service.url, kinds="session") as events:
        do("volume 1")
        events.next()
        for volume in range(2, 18):
            committed = int(do(f"volume {volume}"))
            assert events.next().data["session"]["volume"] == volume
            took.append(max(0.0, time.time_ns() - committed) / 1e6)
    took.sort()
    assert statistics.median(took) <= 150
    assert took[int(0.9 * len(took))] <= 300, "now and then another program has the processor"


def test_only_the_kinds_that_were_asked_for_are_told(service):
    with listening(service.url, kinds="saved,session") as events:
        created(service)
        service.post(CONTROL_PLAYBACK.path, json={"action": "setVolume", "volume": 33})
        assert events.next().data["session"]["volume"] == 33


@pytest.mark.parametrize("query", ["kinds=", "kinds=resync", "kinds=session,,saved", "kinds=session&kinds=saved"])
def test_kinds_that_are_none_are_refused_with_those_there_are(service, query):
    answer = service.get(f"{LIBRARY}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "kinds"


@pytest.mark.parametrize("by_header", [True, False])
def test_whoever_comes_back_is_told_what_it_missed_each_once_and_then_what_comes(service, by_header):
    with listening(service.url) as events:
        first = created(service)
        known = events.next().id
    second = created(service)
    for _ in range(2):
        service.ask("PATCH", f"{PLAYLISTS}/{first}", json={"name": next(NAMES)})
    came_back = {"headers": {"Last-Event-ID": known}} if by_header else {"lastEventId": known}
    with listening(service.url, **came_back) as events:
        assert [event.data["id"] for event in events.some(2)] == [second, first]
        third = created(service)
        assert events.next().data["id"] == third


def test_one_that_came_before_any_event_can_come_back(service):
    with listening(service.url) as events:
        known = events.id
    id_ = created(service)
    with listening(service.url, headers={"Last-Event-ID": known}) as events:
        assert events.next().data["id"] == id_


@pytest.mark.parametrize(
    "known", ["0", "-1", "17", "x" * 5000, "00000000-1", "00000000-", "é", "1-1; DROP TABLE changes", "9" * 4000]
)
def test_with_an_id_that_is_none_of_this_feed_anything_may_have_changed(service, known):
    with listening(service.url, headers={"Last-Event-ID": known.encode()}) as events:
        assert events.next() == Event(events.id, "resync", {"kind": "resync", "id": None, "session": None})
        id_ = created(service)
        assert events.next().data["id"] == id_


def test_so_it_is_with_a_number_that_the_feed_has_not_come_to(service):
    with listening(service.url) as events:
        feed, _, number = events.id.partition("-")
    with listening(service.url, headers={"Last-Event-ID": f"{feed}-{int(number) + 1}"}) as events:
        assert events.next().kind == "resync"


def test_so_it_is_where_the_feed_no_longer_reaches_back(service):
    with listening(service.url) as events:
        known = events.id
    for _ in range(3):
        note(service, "roots")
    execute(service, "DELETE FROM changes WHERE seq <= ?", int(known.split("-")[1]) + 1)
    with listening(service.url, headers={"Last-Event-ID": known}) as events:
        assert events.next().kind == "resync"


def test_so_it_is_where_too_much_was_missed(service):
    with listening(service.url) as events:
        known = events.id
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)"
    execute(service, f"INSERT INTO changes (at, kind, id) {numbers} SELECT 1, 'playlist', 'pls_' || i FROM n")
    with listening(service.url, headers={"Last-Event-ID": known}) as events:
        assert events.next().kind == "resync"


def test_a_database_that_has_taken_the_place_of_another_is_noticed(service):
    with listening(service.url, kinds="playlist") as events:
        with hub_of(service) as hub:
            hub.execute("UPDATE feed SET name = 'abcd' || name")
            hub.execute(NOTE, ("playlist", "pls_whose_number_comes_next"))
        assert events.next().kind == "resync"
        id_ = created(service)
        assert events.next().data["id"] == id_
        assert events.id.startswith("abcd")


def test_kinds_that_are_no_listeners_business_are_not_told(service):
    told = set(EVENT_KINDS) - {"resync"}
    private = set(ChangeKind) - told
    assert private <= {"devices", "shares"}
    assert told <= set(ChangeKind)
    with listening(service.url) as events:
        for kind in private:
            note(service, kind, "secret")
        note(service, "library")
        assert events.next().kind == "library"


def test_a_sign_of_life_comes_now_and_then_and_says_how_far_the_feed_is(service, monkeypatch):
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.2)
    with listening(service.url, kinds="saved") as events:
        begun = events.id
        created(service)
        while len(events.comments) < 4:
            events.block()
        assert events.id != begun, "else it would be told of the same again and again when it comes back"


@pytest.mark.parametrize("path", [LIBRARY, SCAN])
def test_head_says_what_there_is_and_ends(service, path):
    answer = service.ask("HEAD", path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")


def test_beyond_the_most_streams_another_is_told_to_come_back(service, monkeypatch):
    monkeypatch.setattr(streams, "MOST_STREAMS", 3)
    with ExitStack() as stack:
        for path in (LIBRARY, SCAN, LIBRARY):
            stack.enter_context(listening(service.url, path))
        for path in (LIBRARY, SCAN):
            refused = service.get(path)
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_streams")
            assert int(refused.headers["retry-after"]) > 0
    with ExitStack() as stack:  # as soon as the server has noticed that they have left
        deadline = time.monotonic() + 10
        while service.ask("HEAD", LIBRARY).status_code == 200 and time.monotonic() < deadline:
            try:
                stack.enter_context(listening(service.url))
            except AssertionError:
                continue
            break
        assert time.monotonic() < deadline


def test_a_page_of_another_site_and_a_stranger_are_refused(service):
    assert service.get(LIBRARY, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 401
    assert service.get(SCAN, headers={"Sec-Fetch-Site": "cross-site"}).status_code in {401, 403}
    assert httpx.post(f"{service.url}{LIBRARY}", trust_env=False).status_code == 405
