"""Headers as nobody should send them: they make nobody local, and none of them makes the server fail."""

import http.client
import json

import pytest

ARM, TRACKS = "/api/auth/arm", "/api/tracks"

HERE, EVIL = "http://127.0.0.1:{port}", "https://evil.example"

FOREIGN = (
    [("Referer", f"{HERE}/"), ("Referer", f"{EVIL}/")],
    [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
    [("Origin", HERE), ("Origin", EVIL)],
    [("Origin", "")],
    [("Referer", "http://[no-address")],
    [("Referer", "about:blank")],
    [("Referer", "//evil.example/")],
    [("Referer", "http://127.0.0.1:{port}@evil.example/")],
    [("Sec-Fetch-Site", "Cross-Site")],
    [("Sec-Fetch-Site", "")],
)

PASSED_ON = (
    "X_Forwarded_For",
    "X-Forwarded",
    "X-Original-Forwarded-For",
    "X-Original-Host",
    "X-Originating-IP",
    "X-Remote-Addr",
    "X-Envoy-External-Address",
    "X-Azure-ClientIP",
    "X-Vercel-Forwarded-For",
    "Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "CDN-Loop",
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_who_contradicts_itself_or_says_no_origin_is_of_another_site(media, headers):
    assert sent(media, "POST", ARM, headers) == (403, "foreign_origin")
    assert sent(media, "GET", TRACKS, headers) == (401, "hub_unauthorized")


@pytest.mark.parametrize("name", PASSED_ON)
def test_headers_of_proxies_are_known_in_all_their_forms(media, name):
    assert sent(media, "POST", ARM, [(name, "127.0.0.1")]) == (403, "local_only")
    assert sent(media, "GET", TRACKS, [(name, "127.0.0.1")]) == (401, "hub_unauthorized")


@pytest.mark.parametrize("headers", [[], [("Referer", "")], [("Referer", f"{HERE}/player"), ("Origin", HERE)]], ids=str)
def test_this_machine_and_the_hubs_own_pages_are_local(media, headers):
    assert sent(media, "GET", TRACKS, headers) == (200, None)


def sent(media, method, path, headers):
    """The status and the error's code of a request with these headers, one line for each."""
    port = media.service.port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value.format(port=port))
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()).get("error", {}).get("code")
    finally:
        connection.close()
