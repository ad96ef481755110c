"""The feed of how scans go, over a real socket."""

import sqlite3
import time
from contextlib import closing, contextmanager

import pytest

from backends.local.checksums import prepare
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.scanning import record
from backends.local.hub.scanning.report import Report
from contract.hub.scan import START_SCAN
from tests.hub.audio_files import write_file
from tests.programs import environment_of, running
from tests.serving import served
from tests.wire.listening import LIBRARY, SCAN, listening

FILES = 30


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    for number in range(FILES):
        write_file(folder / f"{number}.mp3", "mp3", distinct=number + 1, title=f"Song {number}")
    return folder


@pytest.fixture
def service(data_dir):
    with served(data_dir) as service:
        yield service


@contextmanager
def standing_still(folder):
    """During the block no scan gets on, once one is under way: the index's write lock is held."""
    with closing(sqlite3.connect(folder / INDEX_LAYOUT.name, timeout=20, isolation_level=None)) as index:
        deadline = time.monotonic() + 20
        while not index.execute("SELECT 1 FROM scans WHERE state = 'running'").fetchone():
            assert time.monotonic() < deadline
        index.execute("BEGIN IMMEDIATE")
        yield
        index.execute("ROLLBACK")


def state(event):
    return event.data["scan"]["state"]


def until_it_has_ended(events):
    told = [events.next()]
    while state(told[-1]) == "running":
        told.append(events.next())
    return told


def test_the_scan_of_another_process_is_told_from_its_beginning_to_its_end(service, music):
    with listening(service.url, SCAN) as events:
        assert events.next().data == {"scan": None}
        with running(service.folder, "scan", str(music), environment=environment_of()) as program:
            with standing_still(service.folder):
                event = events.next()
                assert (event.kind, event.id, state(event)) == ("progress", None, "running")
                with listening(service.url, SCAN) as late:
                    assert state(late.next()) == "running", "whoever comes later is told at once, too"
            [*_, last] = until_it_has_ended(events)
            program.process.wait(20)
    assert state(last) == "completed"
    assert last.data["scan"]["counts"]["new"] == last.data["scan"]["filesRead"] == FILES
    with listening(service.url, SCAN) as events:
        assert events.next().data == last.data


def test_a_scan_whose_process_is_killed_has_ended(service, music):
    with listening(service.url, SCAN) as events:
        events.next()
        with running(service.folder, "scan", str(music), environment=environment_of()) as program:
            with standing_still(service.folder):
                assert state(events.next()) == "running"
                program.kill()
            assert state(until_it_has_ended(events)[-1]) == "interrupted"


def test_its_own_scans_are_told_and_so_are_the_next(service, music):
    with listening(service.url, SCAN) as events:
        events.next()
        for _ in range(2):
            begun = service.post(START_SCAN.path, json={"folders": [str(music)]}).json()["scan"]["startedAt"]
            scan = events.next().data["scan"]
            while (scan["startedAt"], scan["state"]) != (begun, "completed"):
                scan = events.next().data["scan"]


def test_the_feed_of_changes_tells_that_one_has_begun_and_that_it_has_ended(service, music):
    service.get(START_SCAN.path)
    with (
        listening(service.url, LIBRARY, kinds="scan,library") as events,
        running(service.folder, "scan", str(music), environment=environment_of()) as program,
    ):
        with standing_still(service.folder):
            assert events.next().kind == "scan"
        assert events.until("scan")[0].kind == "library"
        program.process.wait(20)


def test_no_more_is_told_than_anybody_can_watch(service, music):
    with listening(service.url, SCAN) as events, closing(sqlite3.connect(service.folder / INDEX_LAYOUT.name)) as index:
        events.next()
        started = time.monotonic()
        prepare(index).isolation_level = None
        scan_id = record.begin(index, 1)
        for seen in range(200):
            record.update(index, scan_id, Report(seen=seen))
        told = 1
        while events.next().data["scan"]["filesSeen"] < seen:
            told += 1
        assert told <= 2 + 4 * (time.monotonic() - started)
