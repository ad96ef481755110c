"""The reference as one HTML page that fetches nothing: its style and its script are part of it."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from contract.publish.general import AGENTS_ONLY, Operations, codes_of, published_and_agents_only
from contract.publish.html_general import (
    authentication,
    discovery,
    errors,
    introduction,
    rate_limiting,
    security,
    surface_map,
)
from contract.publish.html_navigation import MARK, navigation
from contract.publish.html_operation import html_operation
from contract.publish.html_parts import Html, element, lines, prose, raw_text, section
from contract.publish.html_system import html_system, overview
from contract.publish.markdown_parts import WRITTEN_BY
from contract.system import System

__all__ = ["html_reference", "html_security_policy"]


def html_reference(systems: Sequence[System]) -> str:
    """The whole page, from its doctype to its last line break; it is named after the first system."""
    first, *others = systems
    published, agents_only = published_and_agents_only(first.operations)
    body = lines(
        element("a", "Skip to the content", href="#content", class_="skip"),
        navigation(first, published, agents_only, others),
        element("main", "\n", _content(systems, published, agents_only), "\n", id="content"),
    )
    page = element(
        "html",
        *("\n", _head(first), "\n", element("body", "\n", body, "\n"), "\n"),
        lang="en",
        data_service=first.base_url,
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


def _content(systems: Sequence[System], published: Operations, agents_only: Operations) -> Html:
    first, *others = systems
    return lines(
        introduction(first, others),
        authentication(first),
        rate_limiting(first, published),
        surface_map(first, published),
        section("Endpoint reference", overview(published), *(html_operation(o, first) for o in published)),
        _agents_section(agents_only, first),
        errors(systems),
        security(first),
        discovery(first),
        *(html_system(system, described=codes_of(first)) for system in others),
        element("footer", f"{first.title}, contract version {first.version}."),
    )


def _agents_section(agents_only: Operations, system: System) -> Html:
    if not agents_only:
        return Html()
    sections = (html_operation(operation, system) for operation in agents_only)
    return section("For agents only", element("p", prose(AGENTS_ONLY)), *sections)


def _head(system: System) -> Html:
    # The script is here, and not at the end, so that a remembered theme is there before anything is drawn.
    return element(
        "head",
        "\n",
        lines(
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("meta", name="description", content=system.description),
            element("title", system.title),
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
