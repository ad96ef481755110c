"""Resources over MCP: the published documents, one operation's documentation, and a track by ISRC."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import mcp_types as types
from mcp.shared.exceptions import MCPError

from backends.backend import Backend
from contract.documents import DOCUMENTS
from contract.errors import ContractError, InternalError
from contract.musicengine.catalogue import GET_TRACK, GetTrack
from contract.validation import validate
from server.mcp.inert import inert

if TYPE_CHECKING:
    from contract.operation import Operation

__all__ = ["list_resource_templates", "list_resources", "read_resource"]

logger = logging.getLogger(__name__)

_DOCUMENT_TTL_MS = 3_600_000
"""Documents change only with the program's version."""

_TRACK_TTL_MS = 60_000
"""A track's record changes only when somebody imports a file."""

_OPERATION = re.compile(r"musicengine://operations/([^/?#]+)")
_TRACK = re.compile(r"musicengine://tracks/([^/?#]+)")


@dataclass(frozen=True)
class _Document:
    key: str
    uri: str
    name: str
    title: str
    description: str


_DOCUMENTS = (
    _Document(
        "openapi",
        "musicengine://openapi.json",
        "openapi.json",
        "MusicEngine OpenAPI 3.1",
        "The public API as an OpenAPI document: for SDK generation and contract inspection.",
    ),
    _Document(
        "markdown",
        "musicengine://docs/api.md",
        "api.md",
        "MusicEngine API reference",
        "Every published operation with parameters, examples, errors and code, as Markdown.",
    ),
    _Document(
        "llms",
        "musicengine://llms.txt",
        "llms.txt",
        "MusicEngine llms.txt",
        "Compact onboarding for agents: what is published, and where it is documented.",
    ),
)


def list_resources() -> types.ListResourcesResult:
    """The documents, with their types and their sizes in bytes."""
    return types.ListResourcesResult(
        resources=[
            types.Resource(
                uri=document.uri,
                name=document.name,
                title=document.title,
                description=document.description,
                mime_type=DOCUMENTS[document.key].media_type,
                size=len(DOCUMENTS[document.key].content),
            )
            for document in _DOCUMENTS
        ],
        ttl_ms=_DOCUMENT_TTL_MS,
        cache_scope="public",
    )


def list_resource_templates() -> types.ListResourceTemplatesResult:
    """What can be read by name."""
    return types.ListResourceTemplatesResult(
        resource_templates=[
            types.ResourceTemplate(
                uri_template="musicengine://operations/{name}",
                name="operation",
                title="One operation's documentation",
                description=f"One of: {', '.join(_operations())}.",
                mime_type="text/markdown",
            ),
            types.ResourceTemplate(
                uri_template="musicengine://tracks/{isrc}",
                name="track",
                title="A track by ISRC",
                description="The catalogue record of a track of this workspace.",
                mime_type="application/json",
            ),
        ],
        ttl_ms=_DOCUMENT_TTL_MS,
        cache_scope="public",
    )


async def read_resource(backend: Backend, uri: str) -> types.ReadResourceResult:
    """The text behind a URI.

    Raises:
        MCPError: There is no such resource, or it could not be read.
    """
    for document in _DOCUMENTS:
        if uri == document.uri:
            file = DOCUMENTS[document.key]
            return _text(uri, file.media_type, file.content.decode(), ttl_ms=_DOCUMENT_TTL_MS, cache_scope="public")
    if match := _OPERATION.fullmatch(uri):
        return _operation(uri, unquote(match[1]))
    if match := _TRACK.fullmatch(uri):
        return await _track(backend, uri, unquote(match[1]))
    raise _not_found("List the resources and templates to see what there is.")


def _operations() -> "Mapping[str, Operation[Any, Any]]":
    from contract.systems import OPERATIONS  # noqa: PLC0415  (a server that nobody asks pays nothing)

    return {operation.name: operation for operation in OPERATIONS}


def _operation(uri: str, name: str) -> types.ReadResourceResult:
    from contract.publish.markdown import markdown_operation  # noqa: PLC0415
    from contract.systems import system_of  # noqa: PLC0415

    operation = _operations().get(name)
    if operation is None:
        raise _not_found(f"Operations: {', '.join(_operations())}.")
    text = markdown_operation(operation, system_of(operation))
    return _text(uri, "text/markdown", text, ttl_ms=_DOCUMENT_TTL_MS, cache_scope="public")


async def _track(backend: Backend, uri: str, isrc: str) -> types.ReadResourceResult:
    try:
        answer = await backend.call(GET_TRACK, validate(GetTrack, {"isrc": isrc}))
    except ContractError as error:
        code = types.INTERNAL_ERROR if error.status >= 500 else types.INVALID_PARAMS
        raise MCPError(code, inert(f"{error.code}: {error.sentence}")) from None
    except Exception:
        # The SDK would show the exception's text to the host.
        logger.exception("reading a track failed")
        raise MCPError(types.INTERNAL_ERROR, InternalError.default_message) from None
    record: Any = inert(answer.model_dump(mode="json")["data"])
    text = json.dumps(record, ensure_ascii=False, indent=2)
    return _text(uri, "application/json", text, ttl_ms=_TRACK_TTL_MS, cache_scope="private")


def _text(uri: str, mime_type: str, text: str, **caching: Any) -> types.ReadResourceResult:
    contents = types.TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return types.ReadResourceResult(contents=[contents], **caching)


def _not_found(next_step: str) -> MCPError:
    # -32602 is what revision 2026-07-28 asks for; the error of earlier revisions is retired.
    return MCPError(types.INVALID_PARAMS, f"There is no such resource. {next_step}")
