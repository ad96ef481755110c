"""What the API reference says, fact by fact, against the OpenAPI document."""

from typing import Any

import pytest

from contract.musicengine.about import MUSICENGINE
from contract.publish.openapi import openapi_document

DOCUMENT = openapi_document((MUSICENGINE,))
OPERATION = {item["operationId"]: item for path in DOCUMENT["paths"].values() for item in path.values()}

ROUTES = {
    "list_tracks": ("get", "/api/v1/tracks"),
    "get_track": ("get", "/api/v1/tracks/{isrc}"),
    "get_streams": ("get", "/api/v1/analytics/spotify/{isrc}"),
    "import_browser_profile": ("post", "/api/v1/browser-profiles/import"),
    "get_overview": ("get", "/api/v1/catalogue/overview"),
}

SUMMARIES = {
    "list_tracks": "List monitored catalogue tracks",
    "get_track": "Fetch a single track by ISRC",
    "get_streams": "Fetch historical stream rows for a tracked ISRC",
    "import_browser_profile": "Import an encrypted browser session for automation",
    "get_overview": "Fetch the dashboard overview payload",
}

AREAS = {
    "list_tracks": "catalogue",
    "get_track": "catalogue",
    "get_streams": "catalogue",
    "import_browser_profile": "distribution",
    "get_overview": "catalogue",
}

LIMITS = {
    "list_tracks": (300, 60),
    "get_track": (300, 60),
    "get_streams": (300, 60),
    "import_browser_profile": (60, 60),
    "get_overview": (300, 60),
}

_ISRC = ("isrc", "path", "string", True, "International Standard Recording Code for the track.")
PARAMETERS: dict[str, list[tuple[Any, ...]]] = {
    "list_tracks": [
        ("limit", "query", "integer", False, "Maximum number of rows to return."),
        ("offset", "query", "integer", False, "Zero-based pagination offset."),
    ],
    "get_track": [_ISRC],
    "get_streams": [_ISRC, ("days", "query", "integer", False, "How many most-recent daily rows to return.")],
    "import_browser_profile": [],
    "get_overview": [
        (
            "date",
            "query",
            "string",
            False,
            "Optional historical day in YYYY-MM-DD format. Defaults to the latest available day.",
        )
    ],
}

# minimum, maximum and default; only 1-365 is the reference's, the others are decisions.
BOUNDS = {
    ("list_tracks", "limit"): (1, 500, 50),
    ("list_tracks", "offset"): (0, 10_000_000, 0),
    ("get_streams", "days"): (1, 365, 30),
    ("get_overview", "date"): (None, None, None),
}

SILENT = {"import_browser_profile": {"408", "413", "415", "422"}}
"""Statuses of a body or of an idempotency key that the reference does not mention."""

STATUSES = {
    "list_tracks": {"200", "400", "401", "403", "429", "500"},
    "get_track": {"200", "400", "401", "403", "404", "429", "500"},
    "get_streams": {"200", "400", "401", "403", "404", "429", "500"},
    "import_browser_profile": {"201", "400", "401", "403", "429", "500"},
    "get_overview": {"200", "400", "401", "403", "429", "500"},
}

SUCCESSES = {
    "list_tracks": "Paginated catalogue track list.",
    "get_track": "Detailed track metadata.",
    "get_streams": "Recent daily analytics rows for the requested ISRC.",
    "import_browser_profile": "Browser profile created and cookie payload stored in encrypted form.",
    "get_overview": "Overview stats and top performers for the requested or latest day.",
}

MEANINGS = {
    "400": "Bad Request. Parameters or JSON payload did not pass validation.",
    "401": "Unauthorized. The Authorization header is missing or the API key is invalid.",
    "403": "Forbidden. The workspace does not have access to the requested public surface.",
    "404": "Not Found. The requested resource does not exist inside the authenticated workspace.",
    "429": "Too Many Requests. Back off and respect Retry-After and X-RateLimit-* headers.",
    "500": "Internal Server Error. MusicEngine failed while processing the request.",
}

TEXTS = {
    "list_tracks": [
        (
            "Returns the authenticated workspace catalogue in reverse creation order with explicit pagination metadata "
            "for exports, sync jobs, and agent memory."
        ),
        "Results are filtered by the authenticated workspace user_id before query execution.",
        "The response intentionally exposes only published catalogue fields and pagination metadata.",
    ],
    "get_track": [
        (
            "Returns the canonical catalogue record for one ISRC inside the authenticated workspace, including stored "
            "metadata and label data."
        ),
        "The route first authenticates the API key and then queries only the matching workspace row.",
        "ISRC matching is case-insensitive because the handler normalizes the path parameter to uppercase.",
    ],
    "get_streams": [
        (
            "Returns the latest daily analytics rows stored for a tracked ISRC. The payload currently includes "
            "spotify_streams and apple_streams because both metrics are stored in the same daily dataset."
        ),
        "The handler verifies the ISRC belongs to the authenticated workspace before reading analytics rows.",
        "days is validated to a bounded 1-365 window to avoid unbounded response generation.",
    ],
    "import_browser_profile": [
        (
            "Creates a reusable browser profile record for the authenticated workspace by storing a browser session "
            "cookie jar in encrypted form. This is the public write endpoint that seeds downstream distribution "
            "automation."
        ),
        (
            "Provide a human-readable profile name and at least one cookie object. Additional cookie fields are "
            "preserved, but domain, name, and value are required."
        ),
        "This endpoint is disabled unless cookie encryption is configured on the server.",
        "Payload validation enforces bounded cookie counts and sizes before any encrypted storage occurs.",
    ],
    "get_overview": [
        (
            "Aggregates high-level workspace metrics, best tracks, and best artists into a compact payload suited to "
            "daily reporting, summaries, and agent briefings."
        ),
        "All aggregate queries are parameterized with the authenticated workspace user_id.",
        "The route exposes a compact summary payload rather than raw internal table structures.",
    ],
}

SCHEMA_FIELDS = {
    "TrackPage": ["data", "pagination"],
    "TrackSummary": [
        "track_id",
        "isrc",
        "title",
        "artist",
        "album",
        "release_date",
        "cover_url",
        "spotify_track_url",
        "full_tracking",
        "created_at",
    ],
    "Pagination": ["total", "limit", "offset", "has_more"],
    "TrackAnswer": ["data"],
    "Track": [
        "track_id",
        "isrc",
        "upc",
        "title",
        "artist",
        "album",
        "release_date",
        "duration_ms",
        "cover_url",
        "spotify_track_url",
        "label",
        "copyright_c",
        "copyright_p",
        "full_tracking",
        "created_at",
        "metadata",
    ],
    "Streams": ["data"],
    "StreamHistory": ["isrc", "historical_data"],
    "DailyStreams": ["date", "spotify_streams", "apple_streams"],
    "BrowserProfileImported": ["success", "message", "profile_id", "name"],
    "ImportBrowserProfile": ["name", "cookies"],
    "Cookie": ["domain", "name", "value"],
    "Overview": ["success", "data"],
    "OverviewData": ["stats", "best_tracks", "best_artists"],
    "OverviewStats": ["total_inner_catalogue_tracks", "has_stream_data", "days_tracked"],
    "BestTrack": ["isrc", "title", "artist", "streams"],
    "BestArtist": ["artist", "streams"],
    "ErrorBody": ["error"],
    "ErrorDetail": ["code", "message", "field", "next_step"],
}

_SUMMARY_EXAMPLE = {
    "track_id": "9af166df-2fe2-4ea4-bec6-a4ce775f3b30",
    "isrc": "USXXX1234567",
    "title": "Song Name",
    "artist": "Artist Name",
    "album": "Release Name",
    "release_date": "2024-01-01",
    "cover_url": "https://cdn.musicengine.ai/covers/song-name.jpg",
    "spotify_track_url": "https://open.spotify.com/track/abc123",
    "full_tracking": True,
    "created_at": "2026-03-08T10:00:00.000Z",
}

ANSWERS = {
    "list_tracks": {
        "data": [_SUMMARY_EXAMPLE],
        "pagination": {"total": 150, "limit": 50, "offset": 0, "has_more": True},
    },
    "get_track": {
        "data": {
            **_SUMMARY_EXAMPLE,
            "upc": "123456789012",
            "duration_ms": 187000,
            "label": "My Label",
            "copyright_c": "(C) My Label",
            "copyright_p": "(P) My Label",
            "metadata": {},
        }
    },
    "get_streams": {
        "data": {
            "isrc": "USXXX1234567",
            "historical_data": [
                {"date": "2024-03-20", "spotify_streams": 15420, "apple_streams": 1200},
                {"date": "2024-03-19", "spotify_streams": 14900, "apple_streams": 1185},
            ],
        }
    },
    "import_browser_profile": {
        "success": True,
        "message": "Browser profile and securely encrypted session cookies successfully imported.",
        "profile_id": 1234,
        "name": "DistroKid primary session",
    },
    "get_overview": {
        "success": True,
        "data": {
            "stats": {"total_inner_catalogue_tracks": 42, "has_stream_data": True, "days_tracked": 12},
            "best_tracks": [{"isrc": "USXXX1234567", "title": "Hit Song", "artist": "Main Artist", "streams": 1500}],
            "best_artists": [{"artist": "Main Artist", "streams": 4500}],
        },
    },
}

each_name = pytest.mark.parametrize("name", ROUTES)


def test_the_routes_are_the_published_ones() -> None:
    found = {
        item["operationId"]: (method, path)
        for path, items in DOCUMENT["paths"].items()
        for method, item in items.items()
    }
    assert found == ROUTES


@each_name
def test_an_operation_is_described_in_the_words_of_the_reference(name: str) -> None:
    operation = OPERATION[name]
    assert operation["summary"] == SUMMARIES[name]
    assert operation["tags"] == [AREAS[name]]
    for text in TEXTS[name]:
        assert text in operation["description"]


@each_name
def test_an_operation_has_the_rate_limit_of_the_reference(name: str) -> None:
    limit = OPERATION[name]["x-rate-limit"]
    assert (limit["requests"], limit["seconds"]) == LIMITS[name]


@each_name
def test_an_operation_has_the_parameters_of_the_reference(name: str) -> None:
    found = [
        (item["name"], item["in"], item["schema"]["type"], item["required"], item["description"])
        for item in OPERATION[name].get("parameters", ())
        if item["in"] != "header"
    ]
    assert found == PARAMETERS[name]


def test_the_one_header_that_the_reference_does_not_have_is_the_writes_idempotency_key() -> None:
    headers = {
        name: [item["name"] for item in operation.get("parameters", ()) if item["in"] == "header"]
        for name, operation in OPERATION.items()
    }
    assert {name: found for name, found in headers.items() if found} == {"import_browser_profile": ["Idempotency-Key"]}


@pytest.mark.parametrize(("name", "parameter"), BOUNDS)
def test_a_parameter_has_its_bounds_and_default(name: str, parameter: str) -> None:
    [schema] = [item["schema"] for item in OPERATION[name]["parameters"] if item["name"] == parameter]
    found = (schema.get("minimum"), schema.get("maximum"), schema.get("default"))
    assert found == BOUNDS[name, parameter]


@each_name
def test_an_operation_answers_with_the_statuses_of_the_reference(name: str) -> None:
    responses = OPERATION[name]["responses"]
    assert set(responses) == STATUSES[name] | SILENT.get(name, set())
    for status in STATUSES[name]:
        response = responses[status]
        shared = DOCUMENT["components"]["responses"].get(response.get("$ref", "").rsplit("/", 1)[-1])
        assert (shared or response)["description"] == MEANINGS.get(status, SUCCESSES[name])


@each_name
def test_a_success_is_shown_by_the_example_of_the_reference(name: str) -> None:
    [success] = [response for status, response in OPERATION[name]["responses"].items() if status.startswith("2")]
    assert success["content"]["application/json"]["examples"]["example"]["value"] == ANSWERS[name]


@pytest.mark.parametrize("schema", SCHEMA_FIELDS)
def test_a_schema_has_the_fields_of_the_reference(schema: str) -> None:
    assert list(DOCUMENT["components"]["schemas"][schema]["properties"]) == SCHEMA_FIELDS[schema]


def test_the_document_has_no_schema_beyond_those() -> None:
    assert set(DOCUMENT["components"]["schemas"]) == set(SCHEMA_FIELDS)


def test_the_body_of_the_import_is_as_the_reference_says() -> None:
    body = OPERATION["import_browser_profile"]["requestBody"]
    assert body["required"] is True
    cookie = DOCUMENT["components"]["schemas"]["Cookie"]
    assert cookie["required"] == ["domain", "name", "value"]
    assert cookie["additionalProperties"] is True
    assert DOCUMENT["components"]["schemas"]["ImportBrowserProfile"]["required"] == ["name", "cookies"]
    assert DOCUMENT["components"]["schemas"]["ImportBrowserProfile"]["properties"]["cookies"]["minItems"] == 1
    assert DOCUMENT["components"]["schemas"]["ImportBrowserProfile"]["properties"]["cookies"]["maxItems"] == 3000
    assert "4096 bytes" in cookie["properties"]["name"]["description"]
    assert body["content"]["application/json"]["examples"]["example"]["value"] == {
        "name": "DistroKid primary session",
        "cookies": [
            {
                "domain": ".spotify.com",
                "name": "sp_dc",
                "value": "...",
                "path": "/",
                "secure": True,
                "httpOnly": True,
            }
        ],
    }


def test_callers_authenticate_with_a_bearer_key_on_every_operation() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["api_key"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "isrc_live_...")
    assert all(operation["security"] == [{"api_key": []}] for operation in OPERATION.values())


def test_the_service_answers_at_its_address_and_ours_on_this_machine() -> None:
    assert [server["url"] for server in DOCUMENT["servers"]] == ["https://musicengine.ai", "http://127.0.0.1:38472"]
    assert DOCUMENT["externalDocs"]["url"] == "https://musicengine.ai/docs/api.md"


def test_the_tags_are_described_in_the_words_of_the_map() -> None:
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert list(tags) == ["catalogue", "distribution"]
    assert "Best fit for API keys today" in tags["catalogue"]
    assert "Most operationally rich surface, still mostly internal" in tags["distribution"]
