"""What holds for the whole API: its name, its address, its responses' headers and its security posture."""

from dataclasses import dataclass

from contract.musicengine import BASE_URL

__all__ = [
    "AUTHORIZATION",
    "BOUNDARY",
    "DESCRIPTION",
    "DISCOVERY",
    "KEY_FORM",
    "LOCAL_PORT",
    "LOCAL_URL",
    "RATE_LIMIT_HEADERS",
    "REFERENCE_URL",
    "RESPONSE_HEADERS",
    "SECURITY",
    "SUCCESS",
    "SUMMARY",
    "TITLE",
    "VERSION",
    "Discovery",
    "Posture",
    "ResponseHeader",
]

TITLE = "MusicEngine developer API"

VERSION = "1.0.0"
"""Of the contract, not of this program: it changes with what is published."""

SUMMARY = "Workspace-scoped analytics reads and secure browser-session import."

DESCRIPTION = (
    "MusicEngine publishes a narrow, stable developer API for workspace-scoped analytics reads and secure "
    "browser-session import."
)

BOUNDARY = (
    "Only the endpoints documented here are part of the stable public agent contract. Signed-in product routes used "
    "by the web app are intentionally excluded until they are promoted to the public API."
)

KEY_FORM = "isrc_live_..."

AUTHORIZATION = f"Authorization: Bearer {KEY_FORM}"

LOCAL_PORT = 38472
"""Where `musicengine-mcp serve` answers."""

LOCAL_URL = f"http://127.0.0.1:{LOCAL_PORT}"

SUCCESS = "Success. The request completed successfully."

REFERENCE_URL = f"{BASE_URL}/docs/api.md"


@dataclass(frozen=True)
class Discovery:
    """One of the resources that agents and tools start from."""

    title: str
    url: str
    description: str


DISCOVERY = (
    Discovery(
        "llms.txt",
        f"{BASE_URL}/llms.txt",
        "Compact agent onboarding manifest with canonical links, public contract boundaries, and published route "
        "inventory.",
    ),
    Discovery(
        "Markdown API reference",
        REFERENCE_URL,
        "Parameters, bodies, errors, examples and code snippets of every published route.",
    ),
    Discovery(
        "OpenAPI 3.1 JSON",
        f"{BASE_URL}/openapi.json",
        "Schema export for SDK generation, tool wiring, contract inspection, and agent integration layers.",
    ),
)


@dataclass(frozen=True)
class ResponseHeader:
    """A header of published responses; its value is a whole number, or text if it has no minimum."""

    name: str
    description: str
    minimum: int | None
    example: int | str


RATE_LIMIT_HEADERS = (
    ResponseHeader("X-RateLimit-Limit", "Requests allowed in the window.", 1, 300),
    ResponseHeader("X-RateLimit-Remaining", "Requests left in the window.", 0, 299),
    ResponseHeader("X-RateLimit-Reset", "When the window ends, in Unix seconds (UTC).", 0, 1772964060),
    ResponseHeader("Retry-After", "Seconds to wait before the next request; sent with status 429.", 1, 12),
)

RESPONSE_HEADERS = (
    *RATE_LIMIT_HEADERS,
    ResponseHeader("X-Request-Id", "Names this request, in the service's log too.", None, "4f1f0c2a9b7d4e6c"),
)


@dataclass(frozen=True)
class Posture:
    """One promise about how callers and their data are kept safe."""

    title: str
    description: str


SECURITY = (
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
    Posture("Explicit contract boundary", BOUNDARY),
)
