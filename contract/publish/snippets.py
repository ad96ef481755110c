"""Calls of an operation's example that can be pasted and run: cURL, Python and Node.js."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from contract.operation import EVENT_STREAM, JSON, Operation
from contract.system import System

__all__ = ["Snippet", "snippets"]

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_LINE = re.compile(r'(?P<margin> *)(?:(?P<name>"(?:[^"\\]|\\.)*"): )?(?P<item>[^\n]+?),?$', re.MULTILINE)
_PYTHON_ANSWERS = {
    "json": "payload = response.json()",
    "bytes": "content = response.content",
    "events": "for line in response.iter_lines(decode_unicode=True):\n    print(line)",
}
_NODE_ANSWERS = {
    "json": "const payload = await response.json();",
    "bytes": "const content = await response.arrayBuffer();",
    "events": (
        "for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {\n  console.log(chunk);\n}"
    ),
}
_CLOSED = {"{}", "[]", "}", "]"}


@dataclass(frozen=True)
class Snippet:
    """One call in one language; `language` is the name that syntax highlighters know."""

    label: str
    language: str
    text: str


@dataclass(frozen=True)
class _Call:
    method: str
    address: str
    headers: dict[str, str]
    query: dict[str, Any]
    body: dict[str, Any] | None
    answer: str

    @property
    def url(self) -> str:
        return f"{self.address}?{urlencode(self.query)}" if self.query else self.address


def snippets(operation: Operation[Any, Any], system: System, base_url: str | None = None) -> tuple[Snippet, ...]:
    """The example's call in each language. Where a key is needed, it is a placeholder that the reader replaces."""
    request = operation.example.request
    path = operation.path.format(**{name: quote(str(request[name]), safe="") for name in operation.path_parameters})
    call = _Call(
        method=operation.method,
        address=(base_url or system.base_url) + path,
        headers=dict([system.bearer.header.split(": ", 1)]) if system.bearer.header else {},
        query={name: _in_query(request[name]) for name in operation.query_parameters if name in request},
        body={name: request[name] for name in names if name in request} if (names := operation.body_fields) else None,
        answer=_answer_of(operation),
    )
    return (
        Snippet("cURL", "shell", _curl(call)),
        Snippet("Python", "python", _python(call)),
        Snippet("Node.js", "javascript", _node(call)),
    )


def _answer_of(operation: Operation[Any, Any]) -> str:
    """What a success is to a program: "json", "events" or "bytes"."""
    if JSON in operation.media_types:
        return "json"
    return "events" if EVENT_STREAM in operation.media_types else "bytes"


def _in_query(value: Any) -> Any:
    """JSON's spelling of true and false, which is not Python's."""
    return json.dumps(value) if isinstance(value, bool) else value


def _curl(call: _Call) -> str:
    option = {"events": " --no-buffer", "bytes": " --remote-name"}.get(call.answer, "")
    parts = [f"curl{option} --request {call.method} {_shell_text(call.url)}"]
    parts += [f"--header {_shell_text(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.body is not None:
        body = json.dumps(call.body, indent=2, ensure_ascii=False)
        parts += ["--header 'Content-Type: application/json'", f"--data {_shell_text(body)}"]
    return " \\\n  ".join(parts)


def _python(call: _Call) -> str:
    arguments = [repr(call.address)]
    if call.headers:
        arguments.append(f"headers={call.headers!r}")
    if call.query:
        arguments.append(f"params={call.query!r}")
    if call.body is not None:
        arguments.append(f"json={_literal(call.body, key=repr, scalar=repr, indent='    ', depth=1)}")
    if call.answer == "events":
        arguments.append("stream=True")
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return f"import requests\n\nresponse = requests.{call.method.lower()}(\n{lines})\n{_PYTHON_ANSWERS[call.answer]}"


def _node(call: _Call) -> str:
    headers = {**call.headers, "Content-Type": "application/json"} if call.body is not None else call.headers
    options: dict[str, Any] = {} if call.method == "GET" else {"method": call.method}
    if headers:
        options["headers"] = headers
    text = _script(options, depth=0)
    if call.body is not None:
        # Written inside the call of stringify, so that a reader edits an object and not a string.
        text = f"{text.removesuffix('}')}  body: JSON.stringify({_script(call.body, depth=1)}),\n}}"
    arguments = f"{_script_text(call.url)}, {text}" if options else _script_text(call.url)
    return f"const response = await fetch({arguments});\n{_NODE_ANSWERS[call.answer]}"


def _script(value: Any, *, depth: int) -> str:
    return _literal(value, key=_script_key, scalar=_script_text, indent="  ", depth=depth)


def _literal(value: Any, *, key: Callable[[str], str], scalar: Callable[[Any], str], indent: str, depth: int) -> str:
    """A JSON value in another language's spelling: what `json.dumps` writes, rewritten line by line."""

    def rewritten(line: re.Match[str]) -> str:
        margin, name, item = line["margin"], line["name"], line["item"]
        start = f"{indent * depth if line.start() else ''}{margin}{key(json.loads(name)) + ': ' if name else ''}"
        if item in {"{", "["}:
            return f"{start}{item}"
        is_last = line.end() == len(line.string)
        return f"{start}{item if item in _CLOSED else scalar(json.loads(item))}{'' if is_last else ','}"

    return _LINE.sub(rewritten, json.dumps(value, indent=indent, ensure_ascii=False))


def _script_key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _script_text(name)


def _script_text(value: Any) -> str:
    """A scalar of JavaScript: JSON, but for the quotes, which the reference writes single."""
    text = json.dumps(value)
    if not isinstance(value, str):
        return text
    return "'" + text[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _shell_text(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
