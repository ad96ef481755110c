"""Pieces of HTML. Every text is escaped here, and nowhere else."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from contract.publish.anchors import anchor

__all__ = [
    "Html",
    "bullets",
    "element",
    "heading",
    "joined",
    "lines",
    "link",
    "prose",
    "raw_text",
    "route",
    "section",
    "table",
]

_CODE = re.compile(r"`([^`]+)`")
_PARAMETER = re.compile(r"(\{\w+\})")
_VOID = frozenset({"img", "input", "link", "meta"})


class Html(str):
    """Markup. A text that is not Html is escaped as soon as it becomes part of an element."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """An element. In names of attributes `_` stands for a hyphen, and one at the end for nothing: `class_`."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    start = f"<{name}{written}>"
    return Html(start if name in _VOID else f"{start}{joined(children)}</{name}>")


def joined(parts: Iterable[str], separator: str = "") -> Html:
    """The parts as one piece of markup, without those that are empty."""
    return Html(separator.join([part if type(part) is Html else escape(part, quote=False) for part in parts if part]))


def lines(*parts: str) -> Html:
    """Blocks, each from the start of a line, so that a change to one is one change of the file."""
    return joined(parts, "\n")


def raw_text(name: str, text: str) -> Html:
    """A style or script element, whose text a browser takes as it stands.

    Raises:
        ValueError: The text would end its element.
    """
    if "</" in text or "<!--" in text:
        raise ValueError(f"the text of <{name}> would end it or open a comment")
    return Html(f"<{name}>{text}</{name}>")


def prose(text: str) -> Html:
    """A sentence, with what stands between backticks as code."""
    parts = _CODE.split(text)
    return joined(element("code", part) if index % 2 else part for index, part in enumerate(parts))


def heading(level: int, text: str, target: str) -> Html:
    """A heading that links to itself, so that its address can be copied."""
    return element(f"h{level}", link(target, text), id=target)


def section(title: str, *parts: str) -> Html:
    """A section under a heading of the second level; its id is the anchor of the Markdown's heading."""
    return element("section", "\n", lines(heading(2, title, anchor(title)), *parts), "\n")


def link(target: str, *children: str, **attributes: str | bool) -> Html:
    """A link to an id of this page."""
    return element("a", *children, href=f"#{target}", **attributes)


def route(text: str) -> Html:
    """A route with its method as a badge and its parameters told apart: "METHOD /path/{parameter}"."""
    method, path = text.split(" ", 1)
    parts = (element("i", part) if _PARAMETER.fullmatch(part) else part for part in _PARAMETER.split(path))
    return joined((element("b", method, class_=f"method {method.lower()}"), element("code", *parts)), " ")


def bullets(items: Iterable[str], class_: str = "bullets") -> Html:
    """A list; nothing at all without items."""
    written = [element("li", item) for item in items]
    return element("ul", "\n", lines(*written), "\n", class_=class_) if written else Html()


def table(label: str, head: Sequence[str], rows: Iterable[Sequence[str]], class_: str = "table") -> Html:
    """A table whose first column heads its rows; it scrolls by itself where it is too wide.

    In one of class "table wordy" these heads are broken into lines.
    """
    columns = element("tr", *(element("th", name, scope="col") for name in head))
    body = (
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    )
    content = element("table", element("thead", columns), "\n", element("tbody", lines(*body)))
    return element("div", content, class_=class_, role="region", aria_label=label, tabindex="0")


def _attribute(key: str, value: str | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(value)}"'
