"""Who may hear and see: ids alone open nothing, and a media token opens what it covers, for as long as it does."""

import pytest

from tests.wire.media_server import PROXIED, error, is_open, read_to_end, slowly, transcoders, wait_for


def test_an_id_alone_opens_nothing_to_strangers(media):
    for path in (media.track("a.flac"), media.cover("a.flac"), "/api/media/tracks/trk_" + "0" * 16):
        assert error(media.proxied(path))[0] == 401


def test_a_media_token_opens_tracks_and_covers_from_anywhere(media):
    token = media.token()
    assert media.proxied(f"{media.track('a.flac')}?token={token}").content == media.content("a.flac")
    assert media.proxied(f"{media.cover('a.flac')}?size=64&token={token}").status_code == 200


def test_a_media_token_opens_nothing_else_and_nothing_else_is_one(media):
    token, access = media.token(), media.pair("tv")
    assert media.proxied("/api/tracks", Authorization=f"Bearer {token}").status_code == 401
    assert media.proxied(f"/api/tracks?token={token}").status_code == 401
    assert media.proxied(media.track("a.flac"), Authorization=f"Bearer {token}").status_code == 401
    assert media.proxied(f"{media.track('a.flac')}?token={access}").status_code == 401
    assert media.proxied(media.track("a.flac"), Authorization=f"Bearer {access}").status_code == 200
    for guess in ("", "x", "mhub_media_" + "A" * 43, token[:-1], token + "A"):
        assert media.proxied(f"{media.track('a.flac')}?token={guess}").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/page"},
        {"Referer": "http://localhost:3000/"},
    ],
    ids=str,
)
def test_a_token_in_another_sites_page_is_worth_nothing(media, headers):
    token = media.token()
    for path in (media.track("a.flac"), media.cover("a.flac")):
        for sent in (headers, {**PROXIED, **headers}):
            assert error(media.service.get(f"{path}?token={token}", headers=sent))[:2] == (403, "foreign_origin")
        assert media.service.get(path, headers=headers).status_code == 401  # nor is it local


def test_a_shares_token_reads_that_share_alone_and_tells_of_nothing_else(media):
    media.share("b.mp3")
    opened = media.share("a.flac")
    token = opened["mediaToken"]
    assert media.proxied(f"{media.track('a.flac')}?token={token}").content == media.content("a.flac")
    assert media.proxied(f"{media.cover('a.flac')}?token={token}").status_code == 200
    nothing = [media.proxied(f"/api/media/{kind}/trk_{'0' * 16}?token={token}") for kind in ("tracks", "covers")]
    for kind, absent in zip((media.track, media.cover), nothing, strict=True):
        others = media.proxied(f"{kind('b.mp3')}?token={token}")  # shared, by another share
        assert error(others) == (404, "media_not_found", "id")
        assert others.json() == absent.json()
    media.service.ask("DELETE", f"/api/shares/{opened['share']}").raise_for_status()
    assert media.proxied(f"{media.track('a.flac')}?token={token}").status_code in {401, 404}


@pytest.mark.parametrize("by", ["token", "header"])
@pytest.mark.parametrize("query", ["", "format=wav"])
def test_a_device_that_is_revoked_hears_no_more_of_what_is_being_sent(media, by, query):
    name = f"phone-{by}-{query[-3:]}"
    access = media.pair(name)
    path = f"{media.track('long.wav')}?{query}"
    headers = dict(PROXIED)
    if by == "token":
        path += f"&token={media.token(access)}"
    else:
        headers["Authorization"] = f"Bearer {access}"
    with slowly(media, path, **headers) as connection:
        media.service.ask("DELETE", f"/api/auth/devices/{name}").raise_for_status()
        assert media.service.get(path, headers=headers).status_code == 401
        wait_for(lambda: not is_open(media.folder / "long.wav") and not transcoders())
        assert read_to_end(connection) < (media.folder / "long.wav").stat().st_size // 2


def test_what_was_begun_in_time_is_heard_to_its_end_but_not_what_is_shared(media):
    file, size = media.folder / "long.wav", (media.folder / "long.wav").stat().st_size
    opened = media.share("long.wav")
    tokens = media.token(media.pair("car")), opened["mediaToken"]
    paths = [f"{media.track('long.wav')}?token={token}" for token in tokens]
    with slowly(media, paths[0], **PROXIED, Connection="close") as own, slowly(media, paths[1], **PROXIED) as shared:
        assert is_open(file) == 2
        media.expire_tokens()
        wait_for(lambda: is_open(file) == 1)
        assert (read_to_end(own) > size - (1 << 12), read_to_end(shared) < size // 2) == (True, True)
    for path in paths:
        assert error(media.proxied(path))[:2] == (401, "token_expired")
