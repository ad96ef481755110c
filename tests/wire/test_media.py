"""A track as its file is, over a real socket: whole, in ranges, and while the file changes."""

import os

import pytest

from tests.wire.media_server import error, is_open, read_to_end, slowly, wait_for


def test_a_track_is_sent_as_its_file_is(media):
    answer = media.service.get(media.track("a.flac"))
    assert answer.content == media.content("a.flac")
    expected = {
        "content-type": "audio/flac",
        "content-length": str(len(answer.content)),
        "accept-ranges": "bytes",
        "content-disposition": "inline",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
    }
    assert {name: answer.headers[name] for name in expected} == expected
    assert answer.headers["etag"].startswith('"')
    assert "music" not in str(answer.headers)


def test_a_large_file_comes_whole(media):
    assert media.service.get(media.track("long.wav")).content == media.content("long.wav")


@pytest.mark.parametrize("asked", ["bytes=0-0", "bytes=1-70000", "bytes=-1", "bytes=2000-", "bytes=5-9,20-30"])
def test_one_range_of_a_track_is_sent(media, asked):
    content = media.content("a.flac")
    answer = media.service.get(media.track("a.flac"), headers={"Range": asked})
    first, last = answer.headers["content-range"].removeprefix("bytes ").split("/")[0].split("-")
    assert answer.headers["content-range"].endswith(f"/{len(content)}")
    assert answer.status_code == 206
    assert answer.content == content[int(first) : int(last) + 1]
    assert len(answer.content) == int(answer.headers["content-length"])


def test_a_range_beyond_the_end_is_refused_with_the_length(media):
    size = len(media.content("a.flac"))
    answer = media.service.get(media.track("a.flac"), headers={"Range": f"bytes={size}-"})
    assert error(answer) == (416, "range_not_satisfiable", "Range")
    assert answer.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=9-1", "bytes=x", "rows=1-2", "\xff\xfe", "bytes=" + "0-," * 5000])
def test_a_range_that_makes_no_sense_is_ignored(media, asked):
    answer = media.service.get(media.track("a.flac"), headers={"Range": asked.encode("latin-1")})
    assert (answer.status_code, answer.content) == (200 if asked.count(",") < 5 else 206, media.content("a.flac"))


def test_what_the_caller_has_already_is_not_sent_again(media):
    path = media.track("a.flac")
    whole = media.service.get(path)
    for header, validator in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        answer = media.service.get(path, headers={header: whole.headers[validator]})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == whole.headers["etag"]


def test_a_download_goes_on_only_while_the_file_is_the_same(media):
    path, file = media.track("changing.wav"), media.folder / "changing.wav"
    before = media.service.get(path)
    etag = before.headers["etag"]
    assert media.service.get(path, headers={"Range": "bytes=5-9", "If-Range": etag}).content == before.content[5:10]
    there = file.stat()
    file.write_bytes(before.content[::-1])
    os.utime(file, ns=(there.st_atime_ns, there.st_mtime_ns + 1))  # as soon after as can be, and as long as before
    after = media.service.get(path, headers={"Range": "bytes=5-9", "If-Range": etag})
    assert (after.status_code, after.content) == (200, before.content[::-1])
    assert after.headers["etag"] != etag


@pytest.mark.parametrize("asked", ["", "bytes=5-9", "bytes=99999999999-"])
@pytest.mark.parametrize("kind", ["track", "cover"])
def test_head_says_what_get_says_without_the_body(media, kind, asked):
    path = getattr(media, kind)("a.flac")
    got, told = (
        media.service.ask(method, path, headers={"Range": asked} if asked else {}) for method in ("GET", "HEAD")
    )
    assert (told.status_code, told.content) == (got.status_code, b"")
    ignored = {"date", "x-request-id"}
    assert {n: v for n, v in told.headers.items() if n not in ignored} == {
        n: v for n, v in got.headers.items() if n not in ignored
    }


def test_a_file_that_becomes_shorter_while_it_is_sent_ends_the_connection_alone(media, caplog):
    file = media.folder / "shrinking.wav"
    file.write_bytes(media.content("long.wav"))
    size = file.stat().st_size
    with slowly(media, media.track("shrinking.wav")) as connection:
        os.truncate(file, size // 2)
        assert read_to_end(connection) <= size // 2
    assert media.service.get("/api/ping").status_code == 200
    assert "shorter" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_file_that_vanishes_while_it_is_sent_is_sent_to_its_end_and_is_gone_then(media):
    file = media.folder / "going.wav"
    file.write_bytes(media.content("long.wav"))
    size = file.stat().st_size
    with slowly(media, media.track("going.wav"), Connection="close") as connection:
        file.unlink()
        assert read_to_end(connection) > size - (1 << 12)
    answer = media.service.get(media.track("going.wav"))
    assert error(answer) == (404, "media_not_found", "id")
    assert "not there now" in answer.json()["error"]["message"]


def test_who_leaves_in_the_middle_leaves_nothing_open(media):
    file = media.folder / "endless.wav"
    os.truncate(file, 1 << 40)  # mostly holes: it would be read for half an hour
    with slowly(media, media.track("endless.wav")):
        assert is_open(file)
    wait_for(lambda: not is_open(file))


@pytest.mark.parametrize(
    "id_",
    ["..%2f..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "a.flac", "trk_0f3a9c2e5b7d184", "alb_0f3a9c2e5b7d1846",
     "trk_0f3a9c2e5b7d1846%00", "trk_0F3A9C2E5B7D1846", "%ff", "trk_0f3a9c2e5b7d1846%2f..%2fx"],
)  # fmt: skip
def test_nothing_is_named_but_by_an_id(media, id_):
    assert media.service.get(f"/api/media/tracks/{id_}").status_code in {400, 404}
