"""What a caller of /mcp sends: messages and headers of both eras, as they are or by the SDK's own client."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.serving import Service

ERAS = ("2025-11-25", "2026-07-28")

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


def send(service: Service, body: Any = None, *, content: bytes | None = None, **headers: str) -> httpx.Response:
    """Send one request as it is; header names have underscores for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = content if content is not None else json.dumps(body).encode()
    return service.client.post("/mcp", content=sent, headers={**HEADERS, **service.authorization, **given})


def request(method: str, params: Mapping[str, Any] | None = None, *, era: str = ERAS[0], id: Any = 1) -> dict[str, Any]:  # noqa: A002
    """A JSON-RPC request of the era."""
    given = dict(params or {})
    if era == "2026-07-28":
        own = given.get("_meta", {})
        given["_meta"] = {**own, f"{META}protocolVersion": era, f"{META}clientCapabilities": {}}
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": given}


META = "io.modelcontextprotocol/"


def era_headers(message: Mapping[str, Any], era: str) -> dict[str, str]:
    """The headers that the era wants beside the message, with underscores for hyphens."""
    if era != "2026-07-28":
        return {"Mcp_Protocol_Version": era}
    params = message["params"]
    name = params.get("uri") if message["method"] == "resources/read" else params.get("name")
    return {"Mcp_Protocol_Version": era, "Mcp_Method": message["method"], **({"Mcp_Name": name} if name else {})}


@asynccontextmanager
async def client_of(url: str, key: str, era: str) -> AsyncGenerator[Client]:
    """The SDK's own client."""
    with anyio.fail_after(30):
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=20) as http:
            transport = streamable_http_client(url, http_client=http)
            async with Client(transport, mode="legacy" if era != "2026-07-28" else "auto") as client:
                yield client
