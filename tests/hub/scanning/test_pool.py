"""Processes that read: one that dies, hangs or fails costs no file but the one that made it."""

import os
import signal
from contextlib import closing

import pytest

from backends.local.hub.reading.record import AudioFile
from backends.local.hub.scanning.comparing import Found
from backends.local.hub.scanning.pool import Pool, Refused
from contract.errors import InternalError

STRANGE = "tests.hub.scanning.strange_readers:read"


@pytest.fixture
def files(tmp_path):
    """Found files of these names, which are there, in folders of ten."""

    def files(names):
        found = []
        for number, name in enumerate(names):
            folder = tmp_path / str(number // 10)
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(b"x")
            found.append(Found(os.fsencode(folder), 1, name.encode(), 1, 0, number, None, None, False))
        return found

    return files


def _outcomes(pool, files):
    """What became of each file, by its name."""
    with closing(pool):
        read = [each for results in pool.read(files) for each in results]
    assert sorted(found.path for found, _ in read) == sorted(found.path for found in files)
    return {
        found.name.decode(): "read" if isinstance(result, AudioFile) else (result.reason, result.by_content)
        for found, result in read
    }


def _good(number):
    return [f"good {each:03d}" for each in range(number)]


def test_each_file_is_read_once_in_several_processes(files):
    outcomes = _outcomes(Pool(reader=STRANGE, processes=3), files(_good(500)))
    assert outcomes == dict.fromkeys(_good(500), "read")


def test_no_process_is_started_for_nothing():
    with closing(Pool(reader=STRANGE)) as pool:
        pool.warm_up(0)
        assert list(pool.read([])) == []
        assert pool._processes == []


def test_a_file_that_kills_its_reader_is_named_and_takes_no_other_with_it(files):
    names = [*_good(60), "killer 1", "killer 2", *(f"{name}b" for name in _good(60))]
    outcomes = _outcomes(Pool(reader=STRANGE, processes=2), files(names))
    died = ("The process that read it died.", False)
    assert outcomes == {**dict.fromkeys(names, "read"), "killer 1": died, "killer 2": died}


def test_a_file_that_holds_its_reader_up_is_given_up(files):
    names = [*_good(20), "sleeper"]
    outcomes = _outcomes(Pool(reader=STRANGE, chunk_seconds=2, file_seconds=2), files(names))
    assert outcomes == {**dict.fromkeys(names, "read"), "sleeper": ("Reading it took too long.", False)}


def test_a_file_that_makes_the_reader_raise_is_named_alone(files):
    names = [*_good(20), "raiser", "bad"]
    outcomes = _outcomes(Pool(reader=STRANGE), files(names))
    expected = {"raiser": ("It can't be read.", True), "bad": ("It is bad.", True)}
    assert outcomes == {**dict.fromkeys(names, "read"), **expected}


def test_a_process_that_somebody_kills_costs_nothing(files):
    pool = Pool(reader=STRANGE, processes=2)
    found = files(_good(400))
    seen = 0
    with closing(pool):
        for results in pool.read(found):
            assert all(isinstance(result, AudioFile) for _, result in results)
            if not seen:
                for process in pool._processes:
                    os.kill(process._process.pid, signal.SIGKILL)
            seen += len(results)
    assert seen == 400


def test_a_file_that_is_gone_by_now_and_one_that_may_not_be_opened_are_not_what_they_hold(files, tmp_path):
    found = files(["bad 1", "bad 2"])
    (tmp_path / "0/bad 1").unlink()
    (tmp_path / "0/bad 2").unlink()
    (tmp_path / "0/bad 2").symlink_to("bad 2")
    with closing(Pool(reader=STRANGE)) as pool:
        [results] = pool.read(found)
    assert [(result.by_content, result.gone) for _, result in results if isinstance(result, Refused)] == [
        (False, True),
        (False, False),
    ]


def test_readers_that_never_live_end_the_scan_instead_of_condemning_every_file(files):
    with closing(Pool(reader="tests.hub.scanning.no_such_reader:read")) as pool, pytest.raises(InternalError):
        list(pool.read(files(_good(200))))


def test_closing_ends_the_processes_at_once(files):
    pool = Pool(reader=STRANGE, processes=2)
    reading = pool.read(files([*_good(40), *(f"sleeper {number}" for number in range(40))]))
    next(reading)
    processes = [process._process for process in pool._processes]
    pool.close()
    reading.close()
    assert all(process.poll() is not None for process in processes)
