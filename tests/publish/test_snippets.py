"""The code examples do what they say: they are run against a socket, or taken apart if their program may be missing."""

import ast
import json
import re
import shlex
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest

from contract.hub.about import HUB
from contract.musicengine import BASE_URL
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.operation import Example, Operation
from contract.publish.snippets import snippets
from contract.systems import OPERATIONS, system_of

AWKWARD = {
    "name": 'It\'s "quoted" \\ 100% {braces}, 東京 and 🎵\u2028',
    "cookies": [{"domain": "a.example", "name": "odd-key", "value": "'", "same-site": None, "list": [], "object": {}}],
}
PUBLISHED = [operation for operation in OPERATIONS if operation.route]
CASES = [*PUBLISHED, replace(IMPORT_BROWSER_PROFILE, name="awkward", example=Example(request=AWKWARD, response={}))]
each_operation = pytest.mark.parametrize("operation", CASES, ids=lambda operation: operation.name)


@each_operation
def test_the_python_snippet_runs_and_sends_the_example(operation: Operation[Any, Any], loopback: Any) -> None:
    loopback.status, loopback.answer = operation.status, dict(operation.example.response)
    names: dict[str, Any] = {}
    exec(_text(operation, "Python", loopback.base_url), names)
    assert names["response"].status_code == operation.status
    if "application/json" in operation.media_types:
        assert names["payload"] == operation.example.response
    else:
        assert names.get("content", names.get("line")) is not None
    assert loopback.asked == [_expected(operation)]


@each_operation
def test_the_curl_snippet_sends_the_example(operation: Operation[Any, Any], loopback: Any) -> None:
    program, *words = shlex.split(_text(operation, "cURL", loopback.base_url).replace("\\\n", ""))
    options: dict[str, list[str]] = {"--request": [], "--header": [], "--data": []}
    addresses: list[str] = []
    while words:
        word = words.pop(0)
        if word in options:
            options[word].append(words.pop(0))
        elif word not in {"--no-buffer", "--remote-name"}:
            addresses.append(word)
    assert program == "curl"
    [method], [address] = options["--request"], addresses
    headers = dict(header.split(": ", 1) for header in options["--header"])
    httpx.request(method, address, headers=headers, content="".join(options["--data"]).encode() or None)
    assert loopback.asked == [_expected(operation)]


@each_operation
def test_the_node_snippet_says_what_the_operation_says(operation: Operation[Any, Any]) -> None:
    text = _text(operation, "Node.js", BASE_URL)
    call = re.fullmatch(
        r"const response = await fetch\(('[^\n]*?')(?:, (\{.*\}))?\);\n"
        r"(?:const (?:payload|content) = await response\.(?:json|arrayBuffer)\(\);|for await .*)",
        text,
        re.DOTALL,
    )
    assert call is not None
    url = urlsplit(_script_value(call[1]))
    assert f"{url.scheme}://{url.netloc}" == BASE_URL
    options, _, body = (call[2] or "{}").partition("  body: JSON.stringify(")
    sent = _script_value(options if options.endswith("}") else options + "}")
    headers = sent.get("headers", {})
    expected = _expected(operation)
    assert {
        "method": sent.get("method", "GET"),
        "path": unquote(url.path),
        "query": dict(parse_qsl(url.query)),
        "authorization": headers.get("Authorization"),
        "content_type": headers.get("Content-Type"),
        "body": _script_value(body.removesuffix("),\n}")) if body else None,
    } == expected


@pytest.mark.parametrize("operation", PUBLISHED, ids=lambda operation: operation.name)
def test_every_published_operation_has_all_three_languages(operation: Operation[Any, Any]) -> None:
    system = system_of(operation)
    assert [snippet.label for snippet in snippets(operation, system)] == ["cURL", "Python", "Node.js"]
    assert all(f"{system.base_url}/api/" in snippet.text for snippet in snippets(operation, system))


@pytest.mark.parametrize("operation", HUB.operations, ids=lambda operation: operation.name)
def test_the_hubs_snippets_call_this_machine_and_carry_no_key(operation: Operation[Any, Any]) -> None:
    for snippet in snippets(operation, HUB):
        assert "http://localhost:38472/api/" in snippet.text
        assert not re.search("authorization|bearer|isrc_live", snippet.text, re.IGNORECASE)


def test_the_snippets_of_the_reference_are_ours_line_for_line() -> None:
    found = {
        (operation.name, snippet.label): snippet.text
        for operation in PUBLISHED
        for snippet in snippets(operation, system_of(operation))
    }
    for key, text in REFERENCE.items():
        assert _bare(found[key]) == _bare(text), key


def _text(operation: Operation[Any, Any], label: str, base_url: str) -> str:
    found = snippets(operation, system_of(operation), base_url)
    [text] = [snippet.text for snippet in found if snippet.label == label]
    return text


def _expected(operation: Operation[Any, Any]) -> dict[str, Any]:
    request = operation.example.request
    body = {name: request[name] for name in operation.body_fields if name in request}
    header = system_of(operation).bearer.header
    return {
        "method": operation.method,
        "path": operation.path.format(**request),
        "query": {name: _in_query(request[name]) for name in operation.query_parameters if name in request},
        "authorization": header and header.removeprefix("Authorization: "),
        "content_type": "application/json" if operation.body_fields else None,
        "body": body if operation.body_fields else None,
    }


def _in_query(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _script_value(text: str) -> Any:
    """The value of a JavaScript literal, by way of the Python literal that differs from it least."""
    text = re.sub(r"^( *)([A-Za-z_$][\w$]*): ", r"\1'\2': ", text, flags=re.MULTILINE)
    text = re.sub(r"(^|: )(true|false|null),$", lambda m: m[1] + str(json.loads(m[2])) + ",", text, flags=re.MULTILINE)
    return _joined(ast.literal_eval(text))


def _joined(value: Any) -> Any:
    """JavaScript writes characters beyond 16 bits as two escapes."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16")
        case dict():
            return {_joined(key): _joined(item) for key, item in value.items()}
        case list():
            return [_joined(item) for item in value]
    return value


def _bare(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_COOKIES_JSON = """{
"name": "DistroKid primary session",
"cookies": [
{
"domain": ".spotify.com",
"name": "sp_dc",
"value": "...",
"path": "/",
"secure": true,
"httpOnly": true
}
]
}"""

REFERENCE = {
    ("list_tracks", "cURL"): """
curl --request GET 'https://musicengine.ai/api/v1/tracks?limit=50&offset=0' \\
--header 'Authorization: Bearer isrc_live_...'""",
    ("list_tracks", "Node.js"): """
const response = await fetch('https://musicengine.ai/api/v1/tracks?limit=50&offset=0', {
headers: {
Authorization: 'Bearer isrc_live_...',
},
});
const payload = await response.json();""",
    ("list_tracks", "Python"): """
import requests
response = requests.get(
'https://musicengine.ai/api/v1/tracks',
headers={'Authorization': 'Bearer isrc_live_...'},
params={'limit': 50, 'offset': 0},
)
payload = response.json()""",
    ("get_track", "cURL"): """
curl --request GET 'https://musicengine.ai/api/v1/tracks/USXXX1234567' \\
--header 'Authorization: Bearer isrc_live_...'""",
    ("get_track", "Node.js"): """
const response = await fetch('https://musicengine.ai/api/v1/tracks/USXXX1234567', {
headers: {
Authorization: 'Bearer isrc_live_...',
},
});
const payload = await response.json();""",
    ("get_streams", "cURL"): """
curl --request GET 'https://musicengine.ai/api/v1/analytics/spotify/USXXX1234567?days=7' \\
--header 'Authorization: Bearer isrc_live_...'""",
    ("get_streams", "Python"): """
import requests
response = requests.get(
'https://musicengine.ai/api/v1/analytics/spotify/USXXX1234567',
headers={'Authorization': 'Bearer isrc_live_...'},
params={'days': 7},
)
payload = response.json()""",
    ("import_browser_profile", "cURL"): f"""
curl --request POST 'https://musicengine.ai/api/v1/browser-profiles/import' \\
--header 'Authorization: Bearer isrc_live_...' \\
--header 'Content-Type: application/json' \\
--data '{_COOKIES_JSON}'""",
    ("import_browser_profile", "Node.js"): """
const response = await fetch('https://musicengine.ai/api/v1/browser-profiles/import', {
method: 'POST',
headers: {
Authorization: 'Bearer isrc_live_...',
'Content-Type': 'application/json',
},
body: JSON.stringify({
name: 'DistroKid primary session',
cookies: [
{
domain: '.spotify.com',
name: 'sp_dc',
value: '...',
path: '/',
secure: true,
httpOnly: true,
},
],
}),
});
const payload = await response.json();""",
    ("get_overview", "cURL"): """
curl --request GET 'https://musicengine.ai/api/v1/catalogue/overview?date=2026-03-08' \\
--header 'Authorization: Bearer isrc_live_...'""",
    ("get_overview", "Python"): """
import requests
response = requests.get(
'https://musicengine.ai/api/v1/catalogue/overview',
headers={'Authorization': 'Bearer isrc_live_...'},
params={'date': '2026-03-08'},
)
payload = response.json()""",
}
