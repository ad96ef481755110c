"""Browser profiles: a browser session's cookies, stored encrypted, for distribution automation."""

import json
import re
from collections import Counter
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contract.answer import ANSWER
from contract.errors import EncryptionNotConfigured
from contract.operation import Access, Area, Effect, Example, Operation
from contract.patterns import ONE_LINE, READABLE

__all__ = [
    "IMPORT_BROWSER_PROFILE",
    "MAX_ATTRIBUTE_BYTES",
    "MAX_COOKIES",
    "MAX_COOKIES_PER_DOMAIN",
    "MAX_JAR_BYTES",
    "MAX_NESTING",
    "MAX_OTHER_FIELDS",
    "MAX_PAIR_BYTES",
    "BrowserProfileImported",
    "Cookie",
    "ImportBrowserProfile",
]

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

MAX_NESTING = 8
"""Levels of objects and lists in another field; browsers' partition keys have one."""

MAX_JAR_BYTES = 16 * 1024 * 1024
"""All cookies together, as JSON: 3,000 of 4,096 bytes are 12 MB, and the rest leaves room for attributes."""

_MAX_NUMBER = 2**128

_ATTRIBUTE_TOO_LONG = f"must have attributes of at most {MAX_ATTRIBUTE_BYTES} bytes each"

_UNWANTED = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and halves of characters that no encoding can write."""

_ONE_LINE: dict[str, Any] = {"pattern": ONE_LINE}
"""The same in JSON Schema, whose texts have no such halves."""


class Cookie(BaseModel):
    """One cookie. Other fields are preserved as they came; no text in them holds control characters."""

    model_config = ConfigDict(
        extra="allow",
        defer_build=True,
        hide_input_in_errors=True,
        json_schema_extra={"propertyNames": _ONE_LINE, "maxProperties": 3 + MAX_OTHER_FIELDS},
    )

    domain: Annotated[
        str,
        Field(min_length=1, description="Host that set the cookie, such as .spotify.com.", json_schema_extra=_ONE_LINE),
    ]
    name: Annotated[
        str,
        Field(
            min_length=1,
            description=f"Name of the cookie; at most {MAX_PAIR_BYTES} bytes with its value.",
            json_schema_extra=_ONE_LINE,
        ),
    ]
    value: Annotated[
        str, Field(repr=False, description="The secret.", json_schema_extra={"format": "password", **_ONE_LINE})
    ]

    @field_validator("domain", "name", "value")
    @classmethod
    def _is_one_line(cls, text: str) -> str:
        if _UNWANTED.search(text):
            raise ValueError("must not hold control characters such as line breaks")
        return text

    @model_validator(mode="after")
    def _is_bounded(self) -> "Cookie":
        if len(self.name.encode()) + len(self.value.encode()) > MAX_PAIR_BYTES:
            raise ValueError(f"must have a name and value of at most {MAX_PAIR_BYTES} bytes together")
        others = self.model_extra or {}
        if len(others) > MAX_OTHER_FIELDS:
            raise ValueError(f"must have at most {MAX_OTHER_FIELDS} other fields")
        for other in (self.domain, *others, *others.values()):
            _refuse_unwritable(other, MAX_NESTING)
            if _size(other) > MAX_ATTRIBUTE_BYTES:
                raise ValueError(_ATTRIBUTE_TOO_LONG)
        return self

    # Neither the value nor the other fields may reach a log or a traceback, however they are printed.
    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [("domain", self.domain)]


class ImportBrowserProfile(BaseModel):
    """A name for the profile, and the session's cookies."""

    model_config = ConfigDict(extra="forbid", defer_build=True, hide_input_in_errors=True)

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="Human-readable profile name.",
            json_schema_extra={"pattern": READABLE},
        ),
    ]
    cookies: Annotated[
        list[Cookie],
        Field(
            min_length=1,
            max_length=MAX_COOKIES,
            description=(
                f"The session's cookie jar: at most {MAX_COOKIES_PER_DOMAIN} cookies for one domain, each with at most "
                f"{MAX_OTHER_FIELDS} other fields of at most {MAX_ATTRIBUTE_BYTES} bytes."
            ),
        ),
    ]

    @field_validator("name")
    @classmethod
    def _is_readable(cls, name: str) -> str:
        name = name.strip()
        if not name or not name.isprintable():
            raise ValueError("must be readable text without control characters")
        return name

    @field_validator("cookies")
    @classmethod
    def _are_a_browsers_jar(cls, cookies: list[Cookie]) -> list[Cookie]:
        domains = Counter(cookie.domain.lstrip(".").lower() for cookie in cookies)
        if max(domains.values()) > MAX_COOKIES_PER_DOMAIN:
            raise ValueError(f"must have at most {MAX_COOKIES_PER_DOMAIN} cookies for one domain")
        if sum(_size(cookie.model_dump()) for cookie in cookies) > MAX_JAR_BYTES:
            raise ValueError(f"must have cookies of at most {MAX_JAR_BYTES} bytes together")
        return cookies


class BrowserProfileImported(BaseModel):
    """The new profile."""

    model_config = ANSWER

    success: bool
    message: str
    profile_id: Annotated[int, Field(description="Identifier of the profile.")]
    name: Annotated[str, Field(description="The profile's name.")]


def _refuse_unwritable(value: Any, levels: int) -> None:
    """Let through what JSON can carry and give back as it was; what is too deep to print safely stops here too.

    Raises:
        ValueError: What is accepted; never what was found.
    """
    if isinstance(value, str):
        if _UNWANTED.search(value):
            raise ValueError("must not hold control characters such as line breaks")
    elif isinstance(value, dict | list):
        if levels == 0:
            raise ValueError(f"must have other fields of at most {MAX_NESTING} levels")
        members = cast("dict[Any, Any] | list[Any]", value)
        if len(members) > MAX_ATTRIBUTE_BYTES:  # each takes a byte or more, so that a long look is needless
            raise ValueError(_ATTRIBUTE_TOO_LONG)
        for member in (*members, *members.values()) if isinstance(members, dict) else members:
            _refuse_unwritable(member, levels - 1)
    elif isinstance(value, int | float):
        if not abs(value) <= _MAX_NUMBER:  # written so that it refuses what is not a number, too
            raise ValueError("must have numbers of a sensible size")
    elif value is not None:
        raise ValueError("must have other fields of JSON's types")


def _size(value: Any) -> int:
    """Bytes of a text, or of anything else as compact JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode())


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
