"""The page of what is shared, which plays in any browser: its style and its script are part of it.

Titles come from strangers' files. Here they are escaped by `element`; the script sets them as text alone.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote

from contract.hub.share_sessions import SharedItem, SharedTrack
from contract.publish.html_parts import Html, element, lines, raw_text

__all__ = ["gone_page", "share_page", "share_page_policy", "unavailable_page"]

_SITE = "Music Hub"

_OPEN_GRAPH_TYPES = {
    "playlist": "music.playlist",
    "artist": "profile",
    "album": "music.album",
    "track": "music.song",
}

_SHAPES = {
    "note": '<path d="M9 18V6l10-2v12"/><circle cx="6.5" cy="18" r="2.5"/><circle cx="16.5" cy="16" r="2.5"/>',
    "play": '<path d="M7 4.5v15l12.5-7.5z"/>',
    "pause": '<path d="M6.5 5h4v14h-4zM13.5 5h4v14h-4z"/>',
    "previous": '<path d="M6 5h2.2v14H6zM18.5 5v14L9 12z"/>',
    "next": '<path d="M15.8 5H18v14h-2.2zM5.5 5v14l9.5-7z"/>',
}


_GONE = (
    "Nothing is shared here",
    "What this link led to is no longer shared, or the link is not complete. Whoever sent it to you can send another.",
)

_UNAVAILABLE = ("This can't be shown now", "The hub that shares it has a problem at the moment. Try again in a while.")


def share_page(item: SharedItem, *, url: str | None, picture: str | None) -> str:
    """The page of a thing that is shared.

    Args:
        item: What it is.
        url: The link's whole address, for previews of it; None if the hub has none.
        picture: Path of its picture, with whatever that needs.
    """
    body = lines(
        element("main", "\n", lines(_item(item, picture), _over(*_GONE, hidden=True)), "\n"),
        _player(),
        raw_text("script", _asset("share.js")),
    )
    return _page(item["title"], _preview(item, url, picture), body)


def gone_page() -> str:
    """The page for whatever is not shared: the same one in every case."""
    return _page(_GONE[0], Html(), element("main", "\n", _over(*_GONE), "\n"))


def unavailable_page() -> str:
    """The page for when the hub can't look."""
    return _page(_UNAVAILABLE[0], Html(), element("main", "\n", _over(*_UNAVAILABLE), "\n"))


def share_page_policy() -> str:
    """The Content-Security-Policy to send with each of these pages: their own style and script, and the hub's media."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(_asset('share.css'))}'",
            f"script-src '{_hash(_asset('share.js'))}'",
            "img-src 'self' data:",
            "media-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",  # nor may a script of the page make markup of text
        )
    )


def _page(title: str, preview: Html, body: Html) -> str:
    head = lines(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        preview,
        element("link", rel="icon", href=f"data:image/svg+xml,{quote(_icon())}"),
        raw_text("style", _asset("share.css")),
    )
    page = element(
        "html", "\n", element("head", "\n", head, "\n"), "\n", element("body", "\n", body, "\n"), "\n", lang="en"
    )
    return f"<!doctype html>\n{page}\n"


def _preview(item: SharedItem, url: str | None, picture: str | None) -> Html:
    """What programs that show links read: Open Graph, and Twitter's cards."""
    told = {
        "og:site_name": _SITE,
        "og:type": _OPEN_GRAPH_TYPES[item["kind"]],
        "og:title": item["title"],
        "og:description": _summary(item),
    }
    named = {"twitter:card": "summary", "twitter:title": item["title"], "twitter:description": _summary(item)}
    if item["kind"] == "track":
        told["music:duration"] = str(item["durationMs"] // 1000)
    if url is not None:
        told["og:url"] = url
        if picture is not None:
            base = url.partition("/share/")[0]
            told |= {
                "og:image": base + picture,
                "og:image:type": "image/jpeg",
                "og:image:alt": f"Cover of {item['title']}",
            }
            named["twitter:image"] = base + picture
    return lines(
        element("meta", name="description", content=_summary(item)),
        *(element("meta", property=name, content=content) for name, content in told.items()),
        *(element("meta", name=name, content=content) for name, content in named.items()),
    )


def _item(item: SharedItem, picture: str | None) -> Html:
    art = _drawn("note") if picture is None else element("img", src=picture, alt="", width="512", height="512")
    about = lines(
        element("p", item["kind"].capitalize(), class_="kind"),
        element("h1", item["title"], dir="auto"),
        element("p", item["artist"], class_="by", dir="auto") if item["artist"] else Html(),
        element("p", _extent(item), class_="count"),
        element("button", *_play_or_pause(), element("span", "Play"), type="button", class_="start", hidden=True),
        element("p", "To listen, allow this page to run its script.", class_="plain"),
    )
    side = element(
        "div", element("div", art, class_="art"), "\n", element("div", "\n", about, "\n", class_="about"), class_="side"
    )
    return element("div", "\n", lines(side, _tracks(item)), "\n", class_="item")


def _tracks(item: SharedItem) -> Html:
    rows = lines(*(_row(track) for track in item["tracks"]))
    beyond = item["trackCount"] - len(item["tracks"])
    more = element("p", f"And {beyond:,} more, which are not shown here.", class_="more") if beyond else Html()
    empty = (
        element("p", "There is nothing to play here at the moment.", class_="more") if not item["tracks"] else Html()
    )
    heading = element("h2", "Tracks", class_="unseen")
    return element("section", "\n", lines(heading, element("ol", "\n", rows, "\n", class_="tracks"), more, empty), "\n")


def _row(track: SharedTrack) -> Html:
    words = (
        element("span", track["title"], class_="title", dir="auto"),
        element("span", track["artist"], class_="artist", dir="auto"),
    )
    length = element("span", _clock(track["durationMs"]), class_="length")
    return element("li", element("div", element("span", *words), length, class_="row"))


def _player() -> Html:
    keys = (
        element("button", _drawn("previous"), type="button", class_="previous", aria_label="Previous track"),
        element("button", *_play_or_pause(), type="button", class_="main", aria_label="Play"),
        element("button", _drawn("next"), type="button", class_="next", aria_label="Next track"),
    )
    progress = (
        element("span", "0:00", class_="elapsed", aria_hidden="true"),
        element("input", type="range", min="0", max="1", step="1", value="0", aria_label="Position"),
        element("span", "0:00", class_="total", aria_hidden="true"),
    )
    parts = lines(
        element("p", class_="now", aria_live="polite"),
        element("div", *keys, class_="keys"),
        element("div", *progress, class_="progress"),
        element("p", class_="trouble", role="status", hidden=True),
    )
    return element("section", "\n", parts, "\n", class_="player", aria_label="Player", hidden=True)


def _over(heading: str, words: str, *, hidden: bool = False) -> Html:
    parts = (_drawn("note"), element("h1", heading, tabindex="-1"), element("p", words))
    return element("div", *parts, class_="over", hidden=hidden)


def _summary(item: SharedItem) -> str:
    """In a line: "Album by Queen, 11 tracks, 42 min"."""
    by = f" by {item['artist']}" if item["artist"] else ""
    return f"{item['kind'].capitalize()}{by}, {_extent(item)}"


def _extent(item: SharedItem) -> str:
    count, minutes = item["trackCount"], max(1, round(item["durationMs"] / 60_000))
    if item["kind"] == "track":
        return _clock(item["durationMs"])
    length = f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
    words = "1 track" if count == 1 else f"{count:,} tracks"
    return f"{words}, {length}" if count == len(item["tracks"]) and count else words


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _play_or_pause() -> tuple[Html, Html]:
    return _drawn("play", "playing"), _drawn("pause", "pausing", hidden=True)


def _drawn(shape: str, class_: str = "", *, hidden: bool = False) -> Html:
    return element(
        "svg", Html(_SHAPES[shape]), viewBox="0 0 24 24", aria_hidden="true", class_=class_ or False, hidden=hidden
    )


def _icon() -> str:
    drawn = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#0f766e" stroke-width="2"'
    return f"<svg {drawn}>{_SHAPES['note']}</svg>"


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / "share" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a browser compares an inline block with."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
