"""What is made on the way: small covers, and tracks in another format."""

from io import BytesIO

import pytest
from mutagen.aac import AAC
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

from contract.hub.media import COVER_SIZES
from tests.hub.media.pictures import RED, colour
from tests.wire.media_server import error, slowly, transcoders, wait_for

FORMATS = ("mp3", "opus", "aac", "wav")


def test_a_cover_is_webp_for_those_who_say_that_they_take_it(media):
    path = f"{media.cover('a.flac')}?size=100"
    got = {
        accept: media.service.get(path, headers={"Accept": accept}).headers["content-type"]
        for accept in ("image/webp,*/*", "image/avif, image/WebP;q=0.8", "*/*", "image/*", "image/webp;q=0, */*")
    }
    assert list(got.values()) == ["image/webp"] * 2 + ["image/jpeg"] * 3
    answer = media.service.get(path)
    assert colour(answer.content) == RED
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["cache-control"].startswith("private")
    again = media.service.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    other = media.service.get(path, headers={"If-None-Match": answer.headers["etag"], "Accept": "image/webp"})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "size",
    [
        "0",
        "-1",
        "1.5",
        "256.0",
        "1e3",
        "4097",
        "9" * 30,
        "9" * 5000,
        "",
        "%20",
        "0x10",
        "NaN",
        "%EF%BC%91",
        "true",
        "1_0",
    ],
    ids=lambda size: size[:12],
)
def test_a_size_that_is_no_small_whole_number_is_refused(media, size):
    answer = media.service.get(f"{media.cover('a.flac')}?size={size}")
    assert error(answer) == (400, "invalid_request", "size")
    assert "from 1 to 4096" in answer.json()["error"]["message"]


def test_without_a_cover_the_player_draws_its_own(media):
    assert error(media.service.get(media.cover("long.wav"))) == (404, "media_not_found", "id")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_track_is_converted_while_it_is_sent(media, format_):
    answer = media.service.get(f"{media.track('b.mp3')}?format={format_}&bitrate=64", headers={"Range": "bytes=5-9"})
    assert answer.status_code == 200
    assert answer.headers["accept-ranges"] == "none"
    assert answer.headers["cache-control"] == "no-store"
    assert "content-length" not in answer.headers
    types = {"mp3": "audio/mpeg", "opus": "audio/ogg", "aac": "audio/aac", "wav": "audio/wav"}
    assert answer.headers["content-type"] == types[format_]
    parser = {"mp3": MP3, "opus": OggOpus, "aac": AAC, "wav": WAVE}[format_]
    assert parser(BytesIO(answer.content)).info.length > 0
    assert b"b.mp3" not in answer.content  # its tags are for those who ask for them


def test_it_begins_where_it_is_asked_to_and_as_coarse(media):
    path = f"{media.track('long.wav')}?format=mp3"
    rates = {asked: _rate(media, f"{path}&start=115&bitrate={asked}") for asked in (1, 64, 1000)}
    assert rates == {1: 32, 64: 64, 1000: 320}  # kbit/s, within what MP3 has
    assert len(media.service.get(f"{media.track('long.wav')}?format=wav&start=119").content) < 1.2 * 44_100 * 4


def _rate(media, path):
    answer = media.service.get(path)
    return MP3(BytesIO(answer.content)).info.bitrate // 1000


def test_head_of_a_converted_track_converts_nothing(media):
    answer = media.service.ask("HEAD", f"{media.track('long.wav')}?format=opus")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "audio/ogg", b"")
    assert not transcoders()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("format=flac", "format"),
        ("format=mp3;rm", "format"),
        ("bitrate=128", "bitrate"),
        ("start=5", "start"),
        ("format=mp3&bitrate=0", "bitrate"),
        ("format=mp3&bitrate=128k", "bitrate"),
        ("format=mp3&bitrate=1e2", "bitrate"),
        ("format=mp3&start=-1", "start"),
        ("format=mp3&start=nan", "start"),
        ("format=mp3&start=1e9", "start"),
        ("format=mp3&start=00:10", "start"),
        ("format=mp3&path=/etc/passwd", None),
    ],
)
def test_what_can_not_be_converted_to_is_refused(media, query, field):
    assert error(media.service.get(f"{media.track('a.flac')}?{query}")) == (400, "invalid_request", field)


def test_a_start_behind_the_end_is_told(media):
    answer = media.service.get(f"{media.track('a.flac')}?format=mp3&start=5000")
    assert error(answer) == (400, "invalid_request", "start")


def test_who_leaves_leaves_no_ffmpeg_behind(media):
    with slowly(media, f"{media.track('long.wav')}?format=wav"):
        assert len(transcoders()) == 1
    wait_for(lambda: not transcoders())


def test_a_playlist_in_a_tracks_place_is_not_followed_by_ffmpeg(media):
    file = media.folder / "swapped.mp3"
    lists = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{media.folder / 'a.flac'}\n#EXT-X-ENDLIST\n"
    for content in (lists, f"ffconcat version 1.0\nfile {media.folder / 'a.flac'}\n"):
        file.write_text(content)
        for format_ in FORMATS:
            answer = media.service.get(f"{media.track('swapped.mp3')}?format={format_}")
            assert error(answer)[:2] == (404, "media_not_found")


def test_without_ffmpeg_it_is_said_what_to_install(media, monkeypatch):
    monkeypatch.setenv("PATH", "")
    answer = media.service.get(f"{media.track('a.flac')}?format=mp3")
    assert error(answer) == (501, "transcoding_unavailable", "format")
    assert "install ffmpeg" in answer.json()["error"]["next_step"]
    assert media.service.post("/api/media/session").json()["transcodesTo"] == []
    assert media.service.get(media.track("a.flac")).status_code == 200


def test_a_session_says_what_there_is(media):
    session = media.service.post("/api/media/session", json={}).json()
    assert session["transcodesTo"] == list(FORMATS)
    assert session["coverSizes"] == list(COVER_SIZES)
    path = session["trackUrl"].replace("{id}", media.ids["a.flac"])
    assert media.proxied(path).content == media.content("a.flac")
    path = session["coverUrl"].replace("{id}", media.ids["a.flac"]).replace("{size}", "64")
    assert media.proxied(path).status_code == 200
