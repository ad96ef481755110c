"""Whatever is in a file, reading it returns, soon, without much memory, and repeats nothing of it in a reason."""

import json
import os
import random
import re
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.local.hub.reading.reader import read_audio
from backends.local.hub.reading.record import FORMATS, AudioFile, Unreadable
from tests.hub.audio_files import COVER, EXTENSIONS, audio, write_file
from tests.hub.reading.hostile import READABLE, UNREADABLE

_READ_EACH = """
import json, os, re, sys, time
from backends.local.hub.reading.reader import read_batch
folder = os.fsencode(sys.argv[1])
answers = {}
for name in sorted(os.listdir(folder)):
    began = time.process_time()
    [result] = read_batch([os.path.join(folder, name)], seconds=1)
    answers[os.fsdecode(name)] = type(result).__name__, getattr(result, "reason", ""), time.process_time() - began
# Not ru_maxrss, which counts what the process was before this program: a copy of the one that started it.
print(json.dumps([answers, int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) // 1024]))
"""


def test_every_bad_file_is_answered_soon_and_in_bounded_memory(tmp_path):
    for name, content in (UNREADABLE | READABLE).items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", _READ_EACH, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    answers, megabytes = json.loads(done.stdout)
    assert {name: answers[name][0] for name in UNREADABLE} == dict.fromkeys(UNREADABLE, "Unreadable")
    assert {name: answers[name][0] for name in READABLE} == dict.fromkeys(READABLE, "AudioFile")
    assert {name: seconds for name, (_, _, seconds) in answers.items() if seconds > 3} == {}
    assert megabytes < 500
    for name in UNREADABLE:
        assert re.fullmatch(r"[A-Z][^\n]{10,120}\.", answers[name][1]), name
    assert answers["bomb.mp3"][1] == "Reading the file takes too much memory."
    assert answers["many_frames.mp3"][1] == "Reading the file takes too long."


@pytest.mark.parametrize("name", ["no_media.m4a", "cut_in_header.flac", "other_codec.ogg", "no_audio.wav"])
def test_a_reason_says_what_kind_of_file_fails(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(UNREADABLE[name])
    assert re.search("MP4|FLAC|Ogg|WAV", read_audio(bytes(path)).reason)


def test_a_reason_repeats_nothing_of_the_file(tmp_path):
    for extension in {name.rpartition(".")[2] for name in UNREADABLE}:
        path = tmp_path / f"secret.{extension}"
        for start in (
            b"",
            b"fLaC",
            b"OggS",
            b"RIFF\xff\0\0\0WAVE",
            b"wvpk",
            b"ID3\x04\0\0\0\0\0\x40",
            b"\0\0\0\x10moov",
        ):
            path.write_bytes(start + b"SECRET-WORDS " * 100)
            result = read_audio(bytes(path))
            assert isinstance(result, Unreadable)
            assert "secret" not in result.reason.lower()


def test_a_file_that_is_gone_or_forbidden_or_none_says_so(tmp_path):
    assert read_audio(bytes(tmp_path / "gone.mp3")) == Unreadable("The file is gone.")
    (tmp_path / "folder.mp3").mkdir()
    assert isinstance(read_audio(bytes(tmp_path / "folder.mp3")), Unreadable)
    os.mkfifo(tmp_path / "pipe.mp3")
    assert read_audio(bytes(tmp_path / "pipe.mp3")) == Unreadable("This is not a file.")
    assert isinstance(read_audio(bytes(tmp_path / ("long" * 100))), Unreadable)
    assert isinstance(read_audio(b"a\0b.mp3"), Unreadable)


def test_a_file_that_may_not_be_opened_says_so(tmp_path):
    path = write_file(tmp_path / "file.flac", "flac")
    path.chmod(0)
    code = f"""
import os
from backends.local.hub.reading.reader import read_audio
if os.geteuid() == 0:  # to whom everything is allowed
    os.setgid(65534), os.setuid(65534)
print(read_audio({os.fsencode(path)!r}).reason)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "The file may not be opened: permission is denied."


def test_a_file_that_shrinks_while_it_is_read_is_answered(tmp_path):
    whole = audio("mp3") + bytes(200_000)
    path = tmp_path / "file.mp3"
    path.write_bytes(whole)
    done = threading.Event()

    def shrink_and_grow():
        while not done.is_set():
            path.write_bytes(whole[:100])
            path.write_bytes(whole)

    writer = threading.Thread(target=shrink_and_grow)
    writer.start()
    try:
        results = [read_audio(bytes(path)) for _ in range(300)]
    finally:
        done.set()
        writer.join()
    assert {type(result) for result in results} <= {AudioFile, Unreadable}


def _is_answered(path, content):
    path.write_bytes(content)
    result = read_audio(bytes(path))
    assert isinstance(result, AudioFile | Unreadable)
    if isinstance(result, AudioFile):
        assert len(result.fingerprint) == 16
        assert 0 <= result.duration_ms < 2**31
        json.dumps(result.tags).encode()  # and can be stored
    else:
        assert result.reason.endswith(".")


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """A file of each format with tags and a picture."""
    tags = {"title": "Title", "artists": ["A", "B"], "track": 3, "trackTotal": 9, "genres": ["(17)"], "trackGain": -3.5}
    folder = tmp_path_factory.mktemp("tagged")
    files = [write_file(folder / f"{f}{EXTENSIONS[f]}", f, lyrics="L", cover=COVER, **tags) for f in FORMATS]
    return [(path, path.read_bytes()) for path in files]


_SETTINGS = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_SETTINGS
@given(content=st.binary(max_size=2000), extension=st.sampled_from(sorted(EXTENSIONS.values())))
def test_random_bytes_are_answered(tmp_path, content, extension):
    _is_answered(tmp_path / f"file{extension}", content)


@_SETTINGS
@given(
    start=st.sampled_from([b"fLaC", b"OggS\0\x02", b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"wvpk", b"ID3\4\0\0"]),
    rest=st.binary(),
)
def test_random_bytes_behind_a_known_mark_are_answered(tmp_path, start, rest):
    _is_answered(tmp_path / "file.mp3", start + rest)


@_SETTINGS
@given(data=st.data())
def test_files_with_some_bytes_changed_are_answered(tmp_path, tagged, data):
    path, content = data.draw(st.sampled_from(tagged))
    changed = bytearray(content)
    places = st.integers(0, min(len(changed), 3000) - 1)
    for at, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=12)):
        changed[at] = byte
    _is_answered(tmp_path / path.name, changed)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_of_which_half_is_missing_is_reported(tmp_path, format_):
    path = tmp_path / f"file{EXTENSIONS[format_]}"
    content = audio(format_)
    path.write_bytes(content[: len(content) // 2])
    assert "is cut off" in read_audio(bytes(path)).reason


@pytest.mark.parametrize("index", range(len(FORMATS)), ids=FORMATS)
def test_a_file_cut_off_anywhere_is_answered(tmp_path, tagged, index):
    path, content = tagged[index]
    cuts = {*range(0, min(len(content), 600), 7), *random.Random(index).sample(range(len(content)), 60)}
    for cut in cuts:
        _is_answered(tmp_path / path.name, content[:cut])
