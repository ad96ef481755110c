"""Bounds of time and memory hold while a batch is read, and not beyond it."""

import resource
import signal
import threading
from contextlib import closing

import pytest

from backends.local.hub.reading.limits import TooLong, limited_memory, limited_time
from backends.local.hub.reading.reader import read_batch
from backends.local.hub.reading.record import AudioFile, Unreadable
from backends.local.hub.scanning.reader_process import ReaderProcess
from backends.local.hub.scanning.worker import READER
from tests.hub.audio_files import tone
from tests.hub.reading.hostile import READABLE, UNREADABLE


def compute_for_ever():
    while True:
        try:
            sum(range(1000))
        except Exception:  # noqa: BLE001  (as parsers do)
            continue


def test_computing_for_ever_comes_to_an_end():
    with pytest.raises(TooLong), limited_time(0.05):
        compute_for_ever()


def test_nothing_is_left_of_a_bound_of_time():
    before = signal.getsignal(signal.SIGPROF)
    with limited_time(0.05):
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) is before


def test_a_thread_that_gets_no_signals_reads_without_a_bound_of_time():
    results = []
    thread = threading.Thread(target=lambda: results.extend(read_batch([bytes(tone("mp3"))])))
    thread.start()
    thread.join()
    assert isinstance(results[0], AudioFile)


def test_what_takes_too_much_memory_fails_and_the_bound_is_lifted_again():
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), limited_memory():
        bytearray(1 << 30)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert len(bytearray(1 << 30)) == 1 << 30


def test_a_file_given_up_leaves_the_others_of_its_batch_alone(tmp_path):
    slow = tmp_path / "slow.mp3"
    slow.write_bytes(UNREADABLE["many_frames.mp3"])
    fine = tmp_path / "fine.mp3"
    fine.write_bytes(READABLE["junk_before.mp3"])
    first, second, third = read_batch([bytes(slow), bytes(fine), bytes(slow)], seconds=0.3)
    assert first == third == Unreadable("Reading the file takes too long.")
    assert isinstance(second, AudioFile)


def test_the_processes_of_a_scan_read_within_the_bounds(tmp_path):
    (tmp_path / "bomb.mp3").write_bytes(UNREADABLE["bomb.mp3"])
    (tmp_path / "slow.mp3").write_bytes(UNREADABLE["many_frames.mp3"])
    with closing(ReaderProcess(READER)) as process:
        answers = process.ask([(bytes(tmp_path), [b"bomb.mp3", b"slow.mp3"])], 60)
    assert answers == [
        ("Reading the file takes too much memory.", True, False),
        ("Reading the file takes too long.", True, False),
    ]
