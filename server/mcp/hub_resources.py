"""The hub's resources over MCP: the library in numbers, the playback session, playlists and tracks."""

import json
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel

from backends.backend import Backend
from backends.joined import library_began
from contract.errors import ContractError, InternalError
from contract.operation import Operation
from contract.validation import validate
from server.mcp.inert import inert

__all__ = [
    "PLAYLISTS",
    "SESSION",
    "STATS",
    "TRACKS",
    "add_hub_resources",
    "add_hub_templates",
    "is_hub_resource",
    "listed_playlists",
    "read_hub_resource",
]

logger = logging.getLogger(__name__)

STATS = "hub://library/stats"
SESSION = "hub://playback/session"
PLAYLISTS = "hub://playlists/"
"""With an id behind it, as the next."""
TRACKS = "hub://tracks/"

_LIST_TTL_MS = 60_000
"""Playlists come and go, and who listens learns of that."""

_MOST_PLAYLISTS = 50
"""The ones that were changed last are listed; all can be read by their id."""

_BY_ID = re.compile(r"(hub://(?:playlists|tracks)/)([^/?#]+)")

_TTL_MS = {STATS: 60_000, SESSION: 1_000, PLAYLISTS: 10_000, TRACKS: 60_000}
"""Who subscribes learns of a change at once; the others may find a session up to a second old."""

_PAGE = 200

_NEXT_STEP = "List the resources and templates to see what there is."


@dataclass(frozen=True)
class _Fixed:
    uri: str
    name: str
    title: str
    description: str


_FIXED = (
    _Fixed(STATS, "library-stats", "The library in numbers", "How many tracks, albums and artists the library has."),
    _Fixed(SESSION, "playback-session", "Playback session", "What is playing and from where, and the queue around it."),
)

_TEMPLATES = (
    types.ResourceTemplate(
        uri_template="hub://playlists/{id}",
        name="playlist",
        title="A playlist by its id",
        description=f"A playlist with its first {_PAGE} entries.",
        mime_type="application/json",
    ),
    types.ResourceTemplate(
        uri_template="hub://tracks/{id}",
        name="library-track",
        title="A track of the library by its id",
        description="All that the library knows of a track.",
        mime_type="application/json",
    ),
)


def is_hub_resource(uri: str) -> bool:
    """Whether the URI has the form of one of the hub's resources, be it there or not."""
    return uri in {STATS, SESSION} or _BY_ID.fullmatch(uri) is not None


async def add_hub_resources(listed: types.ListResourcesResult, backend: Backend) -> types.ListResourcesResult:
    """The list with the library, the session, and the playlists that were changed last, if they can be read."""
    resources = [
        types.Resource(
            uri=each.uri,
            name=each.name,
            title=each.title,
            description=each.description,
            mime_type="application/json",
        )
        for each in _FIXED
    ]
    playlists: Mapping[str, str] = {}
    with suppress(MCPError):
        # Hosts list resources as they start: that is not to begin the hub of somebody who has only a catalogue.
        if library_began(backend):
            playlists = await listed_playlists(backend)
    resources += [
        types.Resource(uri=f"{PLAYLISTS}{id_}", name=id_, title=name, mime_type="application/json")
        for id_, name in sorted(playlists.items(), key=lambda each: (each[1], each[0]))
    ]
    return types.ListResourcesResult(
        resources=[*listed.resources, *resources], ttl_ms=_LIST_TTL_MS, cache_scope="private"
    )


def add_hub_templates(listed: types.ListResourceTemplatesResult) -> types.ListResourceTemplatesResult:
    """The list with what of the hub can be read by id."""
    templates = [*listed.resource_templates, *_TEMPLATES]
    return listed.model_copy(update={"resource_templates": templates})


async def listed_playlists(backend: Backend) -> Mapping[str, str]:
    """Names of the playlists that are listed as resources, by their ids.

    Raises:
        MCPError: The hub could not be read.
    """
    from contract.hub.playlists import LIST_PLAYLISTS  # noqa: PLC0415  (a host waits for the start of the program)

    page = await _call(backend, LIST_PLAYLISTS, sort="updated", limit=_MOST_PLAYLISTS)
    return {playlist["id"]: playlist["name"] for playlist in page["playlists"]}


async def read_hub_resource(backend: Backend, uri: str) -> types.ReadResourceResult:
    """The JSON behind a URI.

    Raises:
        MCPError: There is no such resource, or it could not be read.
    """
    kind, operation, arguments = _operation_of(uri)
    record = await _call(backend, operation, **arguments)
    text = json.dumps(record, ensure_ascii=False, indent=2)
    contents = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
    return types.ReadResourceResult(contents=[contents], ttl_ms=_TTL_MS[kind], cache_scope="private")


def _operation_of(uri: str) -> tuple[str, Operation[Any, Any], dict[str, Any]]:
    """What of the resource is read, and how."""
    from contract.hub.details import GET_LIBRARY_TRACK  # noqa: PLC0415
    from contract.hub.overview import GET_LIBRARY_STATS  # noqa: PLC0415
    from contract.hub.playback import GET_PLAYBACK_SESSION  # noqa: PLC0415
    from contract.hub.playlists import GET_PLAYLIST  # noqa: PLC0415

    if uri == STATS:
        return STATS, GET_LIBRARY_STATS, {}
    if uri == SESSION:
        return SESSION, GET_PLAYBACK_SESSION, {}
    match = _BY_ID.fullmatch(uri)
    if match is None:
        # -32602 is what revision 2026-07-28 asks for.
        raise MCPError(types.INVALID_PARAMS, f"There is no such resource. {_NEXT_STEP}")
    if match[1] == TRACKS:
        return TRACKS, GET_LIBRARY_TRACK, {"id": match[2]}
    return PLAYLISTS, GET_PLAYLIST, {"id": match[2], "limit": _PAGE}


async def _call(backend: Backend, operation: Operation[Any, Any], **arguments: Any) -> dict[str, Any]:
    """The operation's answer as JSON that is inert; what goes wrong is the protocol's error."""
    try:
        answer: BaseModel = await backend.call(operation, validate(operation.request, arguments))
    except ContractError as error:
        code = types.INTERNAL_ERROR if error.status >= 500 else types.INVALID_PARAMS
        raise MCPError(code, inert(f"{error.code}: {error.sentence}")) from None
    except Exception:
        # The SDK would show the exception's text to the host.
        logger.exception("reading a resource of the hub failed")
        raise MCPError(types.INTERNAL_ERROR, InternalError.default_message) from None
    return inert(answer.model_dump(mode="json"))
