"""What holds for the whole of MusicEngine: its name, its address, its responses' headers and its security posture."""

from contract.errors import OFF_ROUTE
from contract.musicengine import BASE_URL, OPERATIONS
from contract.musicengine.surface_map import AREAS
from contract.operation import Access
from contract.system import Address, Bearer, Discovery, Posture, ResponseHeader, System

__all__ = ["LOCAL_PORT", "LOCAL_URL", "MUSICENGINE"]

_BOUNDARY = (
    "Only the endpoints documented here are part of the stable public agent contract. Signed-in product routes used "
    "by the web app are intentionally excluded until they are promoted to the public API."
)

LOCAL_PORT = 38472
"""Where `musicengine-mcp serve` answers."""

LOCAL_URL = f"http://127.0.0.1:{LOCAL_PORT}"

_REFERENCE_URL = f"{BASE_URL}/docs/api.md"

_DISCOVERY = (
    Discovery(
        "llms.txt",
        f"{BASE_URL}/llms.txt",
        "Compact agent onboarding manifest with canonical links, public contract boundaries, and published route "
        "inventory.",
    ),
    Discovery(
        "Markdown API reference",
        _REFERENCE_URL,
        "Parameters, bodies, errors, examples and code snippets of every published route.",
    ),
    Discovery(
        "OpenAPI 3.1 JSON",
        f"{BASE_URL}/openapi.json",
        "Schema export for SDK generation, tool wiring, contract inspection, and agent integration layers.",
    ),
)

_RATE_LIMIT_HEADERS = (
    ResponseHeader("X-RateLimit-Limit", "Requests allowed in the window.", 1, 300),
    ResponseHeader("X-RateLimit-Remaining", "Requests left in the window.", 0, 299),
    ResponseHeader("X-RateLimit-Reset", "When the window ends, in Unix seconds (UTC).", 0, 1772964060),
    ResponseHeader("Retry-After", "Seconds to wait before the next request; sent with status 429.", 1, 12),
)

_RESPONSE_HEADERS = (
    *_RATE_LIMIT_HEADERS,
    ResponseHeader("X-Request-Id", "Names this request, in the service's log too.", None, "4f1f0c2a9b7d4e6c"),
)

_SECURITY = (
    Posture(
        "Workspace-scoped authorization",
        "Every published endpoint authenticates the presented API key, resolves the owning MusicEngine workspace, "
        "and scopes reads or writes to that workspace before any data access happens.",
    ),
    Posture(
        "API keys hashed at rest",
        "MusicEngine stores only a SHA-256 hash of each developer API key. The raw key is shown once at creation "
        "time and cannot be recovered later.",
    ),
    Posture(
        "Encrypted browser-session imports",
        "Imported browser cookies are encrypted at rest with per-user keys. The public import endpoint refuses "
        "requests if encryption is not configured.",
    ),
    Posture(
        "Rate-limited public surface",
        "Published routes emit X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, and Retry-After headers "
        "where applicable. Limits are enforced against a stable request principal instead of only the caller IP.",
    ),
    Posture("Explicit contract boundary", _BOUNDARY),
)

MUSICENGINE = System(
    title="MusicEngine developer API",
    version="1.0.0",
    summary="Workspace-scoped analytics reads and secure browser-session import.",
    description=(
        "MusicEngine publishes a narrow, stable developer API for workspace-scoped analytics reads and secure "
        "browser-session import."
    ),
    boundary=_BOUNDARY,
    addresses=(
        Address(BASE_URL, "MusicEngine"),
        Address(LOCAL_URL, "The same API on your own machine: musicengine-mcp serve"),
    ),
    reference_url=_REFERENCE_URL,
    access=Access.API_KEY,
    bearer=Bearer(
        name="api_key",
        description="A workspace's developer API key, generated from Settings > API Keys.",
        form="isrc_live_...",
    ),
    authentication=(
        "Use the Authorization header with a Bearer token generated from Settings > API Keys. Raw keys are shown once "
        "and cannot be recovered later. Generate, rotate, and revoke keys from the signed-in product settings."
    ),
    operations=OPERATIONS,
    areas=AREAS,
    headers=_RESPONSE_HEADERS,
    limits=(
        "Mutation endpoints use the stricter policy because they trigger sensitive downstream automation work. Always "
        "honor these response headers instead of hard-coding assumptions:"
    ),
    limit_headers=_RATE_LIMIT_HEADERS,
    coverage=(
        "MusicEngine ships more capability in the signed-in product than it exposes as a stable external contract. "
        f"{_BOUNDARY}"
    ),
    security=_SECURITY,
    discovery=_DISCOVERY,
    errors=OFF_ROUTE,
)
