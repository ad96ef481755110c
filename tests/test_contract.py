"""The contract is consistent with itself."""

import importlib
import pkgutil
from collections import Counter
from dataclasses import replace
from types import ModuleType
from typing import Any, TypeVar

import pytest

import contract
from contract import errors
from contract.errors import ContractError, ErrorBody, InvalidRequest, KeyExpired, KeyRevoked, TrackNotFound, family
from contract.musicengine import OPERATIONS
from contract.musicengine.catalogue import FIND_TRACKS, LIST_TRACKS
from contract.operation import Effect, Operation
from contract.validation import check_answer, validate

MODULES = [
    importlib.import_module(module.name) for module in pkgutil.walk_packages(contract.__path__, prefix="contract.")
]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
each_error = pytest.mark.parametrize("error", family(), ids=lambda error: error.code)


@each_operation
def test_an_example_request_is_accepted_and_comes_back_as_it_was(operation: Operation[Any, Any]) -> None:
    request = validate(operation.request, operation.example.request)
    assert request.model_dump(mode="json", exclude_unset=True) == operation.example.request


@each_operation
def test_an_example_answer_is_as_the_contract_says_and_lacks_nothing(operation: Operation[Any, Any]) -> None:
    answer = check_answer(operation.response, operation.example.response)
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


@each_operation
def test_every_operation_may_meet_a_revoked_and_an_expired_key(operation: Operation[Any, Any]) -> None:
    assert {KeyRevoked, KeyExpired} <= set(operation.all_errors)


@each_operation
def test_reads_have_the_wide_limit_and_writes_the_strict_one(operation: Operation[Any, Any]) -> None:
    expected = 300 if operation.effect is Effect.READ else 60
    assert (operation.rate_limit.requests, operation.rate_limit.seconds) == (expected, 60)


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
    assert error.status in {400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 500, 503}
    body = error().body()
    assert ErrorBody.model_validate(body).error.code == error.code
    assert error().sentence.startswith(error.default_message)


def test_an_error_that_is_always_about_one_field_names_it() -> None:
    assert TrackNotFound().field == "isrc"
    assert TrackNotFound(field="rows.3.isrc").field == "rows.3.isrc"


def test_the_tree_in_the_errors_docstring_is_the_tree_of_the_classes() -> None:
    drawn: list[tuple[str, str]] = []
    parents = ["ContractError"]
    for line in (errors.__doc__ or "").splitlines():
        before, connector, after = line.partition("── ")
        if connector:
            depth = len(before) // 4
            name = after.split()[0]
            drawn.append((name, parents[depth - 1]))
            parents[depth:] = [name]
    assert drawn == [(error.__name__, error.__mro__[1].__name__) for error in family()]


def test_the_statuses_in_the_errors_docstring_are_the_statuses_of_the_classes() -> None:
    statuses = {error.__name__: str(error.status) for error in family()}
    for line in (errors.__doc__ or "").splitlines():
        _, connector, after = line.partition("── ")
        if connector and after.split()[1:2] and after.split()[1].isdigit():
            assert after.split()[1] == statuses[after.split()[0]]


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
