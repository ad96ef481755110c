"""The contract is consistent with itself."""

import importlib
import json
import pkgutil
import re
from collections import Counter
from dataclasses import replace
from types import ModuleType
from typing import Any, TypeVar

import pytest

import contract
from contract import errors
from contract.errors import (
    ContractError,
    ErrorBody,
    InvalidRequest,
    KeyExpired,
    KeyRevoked,
    RateLimited,
    TrackNotFound,
    family,
)
from contract.hub import errors as hub_errors
from contract.hub.about import HUB
from contract.musicengine.about import MUSICENGINE
from contract.musicengine.catalogue import FIND_TRACKS, LIST_TRACKS
from contract.operation import Effect, Operation, Trust
from contract.schema import document_schema
from contract.systems import OPERATIONS, SYSTEMS, system_of
from contract.validation import validate

MODULES = [
    importlib.import_module(module.name) for module in pkgutil.walk_packages(contract.__path__, prefix="contract.")
]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
each_of_musicengine = pytest.mark.parametrize("operation", MUSICENGINE.operations, ids=lambda operation: operation.name)
each_of_the_hub = pytest.mark.parametrize("operation", HUB.operations, ids=lambda operation: operation.name)
each_error = pytest.mark.parametrize("error", family(), ids=lambda error: error.code)


@each_operation
def test_an_example_request_is_accepted_and_comes_back_as_it_was(operation: Operation[Any, Any]) -> None:
    request = validate(operation.request, operation.example.request)
    assert request.model_dump(mode="json", exclude_unset=True) == operation.example.request


@each_operation
def test_an_example_answer_is_as_the_contract_says_and_lacks_nothing(operation: Operation[Any, Any]) -> None:
    answer = operation.response.model_validate_json(json.dumps(operation.example.response), strict=True)
    assert answer.model_dump(mode="json") == operation.example.response


@each_operation
def test_an_unknown_argument_is_refused(operation: Operation[Any, Any]) -> None:
    with pytest.raises(InvalidRequest, match="An argument is not known"):
        validate(operation.request, {**operation.example.request, "surprise": 1})


def test_operation_names_and_routes_are_unique() -> None:
    routes = [operation.route for operation in OPERATIONS if operation.route]
    assert Counter(operation.name for operation in OPERATIONS).most_common(1)[0][1] == 1
    assert Counter(routes).most_common(1)[0][1] == 1


@each_operation
def test_an_operation_declares_each_status_and_code_once_by_rising_status(operation: Operation[Any, Any]) -> None:
    declared = [(error.status, error.code) for error in operation.all_errors]
    assert len(set(declared)) == len(declared)
    assert [status for status, _ in declared] == sorted(status for status, _ in declared)


@each_of_musicengine
def test_every_operation_may_meet_a_revoked_and_an_expired_key(operation: Operation[Any, Any]) -> None:
    assert {KeyRevoked, KeyExpired} <= set(operation.all_errors)


@each_of_musicengine
def test_reads_have_the_wide_limit_and_writes_the_strict_one(operation: Operation[Any, Any]) -> None:
    expected = 300 if operation.effect is Effect.READ else 60
    assert operation.rate_limit is not None
    assert (operation.rate_limit.requests, operation.rate_limit.seconds) == (expected, 60)


@each_of_the_hub
def test_the_hub_counts_nothing_and_asks_for_no_key(operation: Operation[Any, Any]) -> None:
    assert operation.rate_limit is None
    assert not operation.takes_idempotency_key
    assert RateLimited not in operation.all_errors or RateLimited in operation.errors


TRUST = {
    Trust.ANYBODY: set(),
    Trust.MEDIA: {"hub_unauthorized", "token_expired", "device_revoked"},
    Trust.PAIRED: {"hub_unauthorized", "token_expired", "device_revoked"},
    Trust.LOCAL: {"local_only"},
}


@each_of_the_hub
def test_an_operation_of_the_hub_says_how_callers_are_refused_that_it_is_not_for(
    operation: Operation[Any, Any],
) -> None:
    codes = {error.code for error in operation.all_errors}
    assert TRUST[operation.trust] <= codes
    assert "misdirected_request" in codes
    assert ("foreign_origin" in codes) == (operation.effect is not Effect.READ or operation.trust is Trust.MEDIA)
    assert ("database_unavailable" in codes) == operation.needs_database


@each_of_the_hub
def test_the_wire_of_the_hub_is_camel_case(operation: Operation[Any, Any]) -> None:
    sent, answered = document_schema(operation.request, mode="validation"), document_schema(operation.response)
    names = _members(sent) | _members(answered)
    assert not [name for name in names if not re.fullmatch("[a-z][a-zA-Z0-9]*", name)]


@each_operation
def test_an_operation_belongs_to_the_one_system_that_has_its_access_and_presents_its_area(
    operation: Operation[Any, Any],
) -> None:
    assert [system for system in SYSTEMS if operation in system.operations] == [system_of(operation)]
    assert [area.area for area in system_of(operation).areas].count(operation.area) == 1


@pytest.mark.parametrize(
    ("route", "complaint"),
    [
        (None, "needs a route"),
        ("FETCH /api/v1/tracks", "must read 'METHOD /path'"),
        ("GET /api/v1/tracks?limit=1", "must read 'METHOD /path'"),
        ("POST /api/v1/tracks", "reads are GET"),
        ("GET /api/v1/tracks/{upc}", "no request field for \\['upc'\\]"),
    ],
)
def test_an_operation_that_contradicts_itself_cannot_be_declared(route: str | None, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(LIST_TRACKS, route=route)


def test_an_operation_without_a_route_has_no_path() -> None:
    with pytest.raises(ValueError, match="find_tracks has no published route"):
        _ = FIND_TRACKS.path


def test_every_error_has_a_code_of_its_own() -> None:
    assert Counter(error.code for error in family()).most_common(1)[0][1] == 1


@each_error
def test_an_error_says_in_a_sentence_what_is_wrong_and_has_the_one_body(error: type[ContractError]) -> None:
    assert error.default_message.endswith(".")
    assert error.meaning.endswith(".")
    assert error.status in {400, 401, 403, 404, 405, 408, 409, 413, 415, 416, 421, 422, 429, 500, 501, 503}
    body = error().body()
    assert error.body_model.model_validate(body).model_dump(exclude_unset=True) == body
    assert ErrorBody.model_validate(body).error.code == error.code
    assert error().sentence.startswith(error.default_message)


def test_an_error_that_is_always_about_one_field_names_it() -> None:
    assert TrackNotFound().field == "isrc"
    assert TrackNotFound(field="rows.3.isrc").field == "rows.3.isrc"


@pytest.mark.parametrize("module", [errors, hub_errors], ids=lambda module: module.__name__)
def test_the_tree_in_a_docstring_of_errors_is_the_tree_of_the_files_classes(module: ModuleType) -> None:
    own = [error for error in family() if error.__module__ == module.__name__]
    drawn = [(name, parent) for name, parent, _ in _drawn(module) if hasattr(module, name)]
    assert [pair for pair in drawn if pair[0] in {error.__name__ for error in own}] == [
        (error.__name__, error.__mro__[1].__name__) for error in own
    ]


@pytest.mark.parametrize("module", [errors, hub_errors], ids=lambda module: module.__name__)
def test_what_a_docstring_of_errors_draws_is_part_of_the_family_and_has_the_statuses_of_the_classes(
    module: ModuleType,
) -> None:
    known = {error.__name__: error for error in family()}
    for name, parent, status in _drawn(module):
        assert known[name].__mro__[1].__name__ == parent
        if status is not None:
            assert status == known[name].status


def test_every_error_of_the_family_is_drawn_in_the_file_that_defines_it() -> None:
    assert {error.__module__ for error in family()} == {errors.__name__, hub_errors.__name__}
    drawn = [(module.__name__, name) for module in (errors, hub_errors) for name, _, _ in _drawn(module)]
    assert {(error.__module__, error.__name__) for error in family()} <= set(drawn)


def test_every_error_of_the_hub_is_declared_by_an_operation_of_the_hub_alone() -> None:
    declared = {error for operation in HUB.operations for error in operation.all_errors}
    assert {error for error in family() if error.__module__ == hub_errors.__name__} <= declared
    for operation in MUSICENGINE.operations:
        assert not {error for error in operation.all_errors if error.__module__ == hub_errors.__name__}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_a_module_exports_is_what_it_defines_for_others(module: ModuleType) -> None:
    exported = getattr(module, "__all__", [])
    assert len(set(exported)) == len(exported)
    assert all(hasattr(module, name) for name in exported)
    defined = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
        if not isinstance(value, TypeVar)
    }
    assert defined <= set(exported)


def _drawn(module: ModuleType) -> list[tuple[str, str, int | None]]:
    """What the tree in the module's docstring says: names, their parents, and the status beside a name, if any."""
    found: list[tuple[str, str, int | None]] = []
    parents: list[str] = []
    margin = 0
    for line in (module.__doc__ or "").splitlines():
        before, connector, after = line.partition("── ")
        if line.strip() == "ContractError":
            parents, margin = ["ContractError"], line.index("ContractError")
        elif connector:
            depth = (len(before) - 1 - margin) // 4 + 1
            name, *beside = after.split()
            status = int(beside[0]) if beside and beside[0].isdigit() else None
            found.append((name, parents[depth - 1], status))
            parents[depth:] = [name]
    return found


def _members(schema: object) -> set[str]:
    """The names of all members that a schema describes, however deep."""
    if isinstance(schema, list):
        return {name for item in schema for name in _members(item)}
    if not isinstance(schema, dict):
        return set()
    properties = schema.get("properties", {})
    return set(properties).union(*(_members(value) for value in schema.values()))
