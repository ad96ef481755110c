"""Browser profiles: a browser session's cookies, stored encrypted, for distribution automation."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contract.errors import EncryptionNotConfigured
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = ["IMPORT_BROWSER_PROFILE", "MAX_COOKIES", "BrowserProfileImported", "Cookie", "ImportBrowserProfile"]

MAX_COOKIES = 3000
"""A browser keeps about this many in all (Chromium's limit is 3,300)."""

MAX_COOKIES_PER_DOMAIN = 180
"""What browsers keep for one domain."""

MAX_PAIR_BYTES = 4096
"""RFC 6265bis, section 5.6: name and value together."""

MAX_ATTRIBUTE_BYTES = 1024
"""RFC 6265bis, section 5.6: each attribute."""

MAX_OTHER_FIELDS = 32
"""Browser extensions add fewer than ten fields of their own."""


class Cookie(BaseModel):
    """One cookie. Other fields are preserved as they came. Its repr shows neither value nor other fields."""

    model_config = ConfigDict(extra="allow", defer_build=True, hide_input_in_errors=True)

    domain: Annotated[str, Field(min_length=1, description="Host that set the cookie, such as .spotify.com.")]
    name: Annotated[str, Field(min_length=1)]
    value: Annotated[str, Field(repr=False, description="The secret.", json_schema_extra={"format": "password"})]

    @field_validator("domain", "name", "value")
    @classmethod
    def _no_control_characters(cls, text: str) -> str:
        if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
            raise ValueError("must not hold control characters such as line breaks")
        return text

    @model_validator(mode="after")
    def _is_bounded(self) -> "Cookie":
        if len(self.name.encode()) + len(self.value.encode()) > MAX_PAIR_BYTES:
            raise ValueError(f"must have a name and value of at most {MAX_PAIR_BYTES} bytes together")
        others = self.model_extra or {}
        if len(others) > MAX_OTHER_FIELDS:
            raise ValueError(f"must have at most {MAX_OTHER_FIELDS} other fields")
        if any(_size(other) > MAX_ATTRIBUTE_BYTES for other in (self.domain, *others, *others.values())):
            raise ValueError(f"must have attributes of at most {MAX_ATTRIBUTE_BYTES} bytes each")
        return self

    def __repr__(self) -> str:
        return f"Cookie(domain={self.domain!r})"

    __str__ = __repr__


class ImportBrowserProfile(BaseModel):
    """A name for the profile, and the session's cookies."""

    model_config = ConfigDict(extra="forbid", defer_build=True, hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=200, description="Human-readable profile name.")]
    cookies: Annotated[
        list[Cookie], Field(min_length=1, max_length=MAX_COOKIES, description="The session's cookie jar.")
    ]

    @field_validator("name")
    @classmethod
    def _is_readable(cls, name: str) -> str:
        name = name.strip()
        if not name or not name.isprintable():
            raise ValueError("must be readable text without control characters")
        return name

    @model_validator(mode="after")
    def _is_a_browsers_jar(self) -> "ImportBrowserProfile":
        counts: dict[str, int] = {}
        for cookie in self.cookies:
            domain = cookie.domain.lstrip(".").lower()
            counts[domain] = counts.get(domain, 0) + 1
        if max(counts.values()) > MAX_COOKIES_PER_DOMAIN:
            raise ValueError(f"must have at most {MAX_COOKIES_PER_DOMAIN} cookies for one domain")
        return self


class BrowserProfileImported(BaseModel):
    """The new profile."""

    model_config = ConfigDict(defer_build=True)

    success: bool
    message: str
    profile_id: Annotated[int, Field(description="Identifier of the profile.")]
    name: Annotated[str, Field(description="The profile's name.")]


def _size(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else len(str(value))


_EXAMPLE_COOKIE = {
    "domain": ".spotify.com",
    "name": "sp_dc",
    "value": "...",
    "path": "/",
    "secure": True,
    "httpOnly": True,
}

IMPORT_BROWSER_PROFILE = Operation(
    name="import_browser_profile",
    route="POST /api/v1/browser-profiles/import",
    area=Area.DISTRIBUTION,
    summary="Import an encrypted browser session for automation",
    description=(
        "Creates a reusable browser profile record for the authenticated workspace by storing a browser session "
        "cookie jar in encrypted form. This is the public write endpoint that seeds downstream distribution "
        "automation. Provide a human-readable profile name and at least one cookie object. Additional cookie fields "
        "are preserved, but domain, name, and value are required."
    ),
    request=ImportBrowserProfile,
    response=BrowserProfileImported,
    response_description="Browser profile created and cookie payload stored in encrypted form.",
    effect=Effect.CREATE,
    access=Access.API_KEY,
    status=201,
    notes=(
        "This endpoint is disabled unless cookie encryption is configured on the server.",
        "Payload validation enforces bounded cookie counts and sizes before any encrypted storage occurs.",
    ),
    errors=(EncryptionNotConfigured,),
    example=Example(
        request={"name": "DistroKid primary session", "cookies": [_EXAMPLE_COOKIE]},
        response={
            "success": True,
            "message": "Browser profile and securely encrypted session cookies successfully imported.",
            "profile_id": 1234,
            "name": "DistroKid primary session",
        },
    ),
)
