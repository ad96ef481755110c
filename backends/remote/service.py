"""The two services that are reached over HTTP, as errors name their settings."""

from dataclasses import dataclass

__all__ = ["MUSICENGINE", "MUSIC_HUB", "Service"]


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes:
        address: The environment variable of its address.
        allow_http: The one that lets its secret go over http:// to another machine.
        credential: The one of its secret.
        secret: What the secret is called.
        field: The same as a field's name.
        origin: Where the secret comes from.
    """

    address: str
    allow_http: str
    credential: str
    secret: str
    field: str
    origin: str


MUSICENGINE = Service(
    address="MUSICENGINE_BASE_URL",
    allow_http="MUSICENGINE_ALLOW_HTTP",
    credential="MUSICENGINE_API_KEY",
    secret="API key",  # noqa: S106  (what it is called)
    field="api_key",
    origin="Copy it again from where it was created.",
)

MUSIC_HUB = Service(
    address="MUSIC_HUB_URL",
    allow_http="MUSIC_HUB_ALLOW_HTTP",
    credential="MUSIC_HUB_API_TOKEN",
    secret="token",  # noqa: S106  (what it is called)
    field="token",
    origin="Set it to the MUSIC_HUB_API_TOKEN of that hub; or unset it, and pair: musicengine-mcp pair URL CODE.",
)
