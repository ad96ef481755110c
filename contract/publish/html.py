"""The reference as one HTML page that fetches nothing: its style and its script are part of it."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote

from contract.musicengine import BASE_URL
from contract.musicengine.about import DESCRIPTION, TITLE, VERSION
from contract.publish.anchors import anchor
from contract.publish.general import AGENTS_ONLY, Operations, published_and_agents_only
from contract.publish.html_general import (
    authentication,
    discovery,
    errors,
    introduction,
    rate_limiting,
    section,
    security,
    surface_map,
)
from contract.publish.html_navigation import MARK, navigation
from contract.publish.html_operation import html_operation
from contract.publish.html_parts import Html, bullets, element, lines, link, prose, raw_text, route
from contract.publish.markdown_parts import WRITTEN_BY

__all__ = ["html_reference", "html_security_policy"]


def html_reference(operations: Operations) -> str:
    """The whole page, from its doctype to its last line break."""
    published, agents_only = published_and_agents_only(operations)
    body = lines(
        element("a", "Skip to the content", href="#content", class_="skip"),
        navigation(published, agents_only),
        element("main", "\n", _content(published, agents_only), "\n", id="content"),
    )
    page = element(
        "html", "\n", _head(), "\n", element("body", "\n", body, "\n"), "\n", lang="en", data_service=BASE_URL
    )
    return f"<!doctype html> {WRITTEN_BY}\n{page}\n"


def html_security_policy() -> str:
    """The Content-Security-Policy to send with the page: its own style and script, and nothing else at all."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(_asset('reference.css'))}'",
            f"script-src '{_hash(_asset('reference.js'))}'",
            "img-src data:",  # the icon, without which browsers would ask for /favicon.ico
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _content(published: Operations, agents_only: Operations) -> Html:
    return lines(
        introduction(),
        authentication(),
        rate_limiting(published),
        surface_map(published),
        section("Endpoint reference", _overview(published), *map(html_operation, published)),
        _agents_section(agents_only),
        errors(published),
        security(),
        discovery(),
        element("footer", f"{TITLE}, contract version {VERSION}."),
    )


def _overview(published: Operations) -> Html:
    items = (link(anchor(o.name), route(o.route or ""), " ", element("span", o.summary)) for o in published)
    return bullets(items, "overview")


def _agents_section(agents_only: Operations) -> Html:
    if not agents_only:
        return Html()
    return section("For agents only", element("p", prose(AGENTS_ONLY)), *map(html_operation, agents_only))


def _head() -> Html:
    # The script is here, and not at the end, so that a remembered theme is there before anything is drawn.
    return element(
        "head",
        "\n",
        lines(
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("meta", name="description", content=DESCRIPTION),
            element("title", TITLE),
            element("link", rel="icon", href=f"data:image/svg+xml,{quote(_icon())}"),
            raw_text("style", _asset("reference.css")),
            raw_text("script", _asset("reference.js")),
        ),
        "\n",
    )


def _icon() -> str:
    drawn = ' xmlns="http://www.w3.org/2000/svg" fill="none" stroke="#0f766e" stroke-width="2.5" stroke-linecap="round"'
    return MARK.replace(' aria-hidden="true"', drawn)


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a browser compares an inline block with."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
