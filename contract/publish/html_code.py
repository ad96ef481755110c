"""Blocks of code, coloured when the page is made: no script is needed to read them."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from contract.publish.html_parts import Html, element, joined, lines
from contract.publish.snippets import Snippet

__all__ = ["code_block", "json_code", "language_choice"]

_DOUBLE = r'"(?:[^"\\\n]|\\.)*"'
_SINGLE = r"'(?:[^'\\\n]|\\.)*'"
_NUMBER = r"-?\b\d[\w.]*"

# Each group's name is the class of what it finds: k(ey), s(tring), n(umber or literal), w(ord of the language).
_TOKENS = {
    "json": re.compile(rf"(?P<k>{_DOUBLE}(?=:))|(?P<s>{_DOUBLE})|(?P<n>{_NUMBER}|\b(?:true|false|null)\b)"),
    "http": re.compile(r"(?P<k>^[\w-]+(?=:))|(?P<s>(?<=: ).+$)", re.MULTILINE),
    "shell": re.compile(r"(?P<s>'[^']*')|(?P<k>(?<= )--[\w-]+)|(?P<w>^curl\b)"),
    "python": re.compile(
        rf"(?P<k>{_SINGLE}(?=:)|\b\w+(?==))|(?P<s>{_SINGLE}|{_DOUBLE})"
        rf"|(?P<n>{_NUMBER}|\b(?:True|False|None)\b)|(?P<w>\bimport\b)"
    ),
    "javascript": re.compile(
        rf"(?P<k>{_SINGLE}(?=:)|[A-Za-z_$][\w$]*(?=:))|(?P<s>{_SINGLE}|{_DOUBLE})"
        rf"|(?P<n>{_NUMBER}|\b(?:true|false|null)\b)|(?P<w>\b(?:const|await)\b)"
    ),
}


def code_block(caption: str, language: str, text: str) -> Html:
    """One block under its caption."""
    return element(
        "figure",
        element("figcaption", element("span", caption)),
        "\n",
        _pre(caption, language, text),
        class_="code",
    )


def json_code(caption: str, value: Any) -> Html:
    """A value as a block of indented JSON."""
    return code_block(caption, "json", json.dumps(value, indent=2, ensure_ascii=False))


def language_choice(name: str, snippets: Sequence[Snippet]) -> Html:
    """The same call in several languages; radio buttons choose which one is shown."""
    return element(
        "div",
        "\n",
        lines(
            *(_choice(name, snippet, first=index == 0) for index, snippet in enumerate(snippets)),
            *(_pre(f"{snippet.label} code of {name}", snippet.language, snippet.text) for snippet in snippets),
        ),
        "\n",
        class_="code choice",
        role="group",
        aria_label=f"Code of {name}",
    )


def _choice(name: str, snippet: Snippet, *, first: bool) -> Html:
    target = f"{name}.code.{snippet.language}"
    button = element(
        "input", type="radio", name=f"{name}.code", value=snippet.language, id=target, checked=first, autocomplete="off"
    )
    return joined((button, element("label", snippet.label, for_=target)))


def _pre(label: str, language: str, text: str) -> Html:
    # Reached by keyboard, for what is too wide is scrolled; a region so that a screen reader says what it reached.
    return element("pre", element("code", *_coloured(language, text)), tabindex="0", role="region", aria_label=label)


def _coloured(language: str, text: str) -> Iterable[str]:
    end = 0
    for token in _TOKENS[language].finditer(text):
        yield text[end : token.start()]
        yield element("span", token[0], class_=str(token.lastgroup))
        end = token.end()
    yield text[end:]
