"""Every operation and tool answers the same, to the letter, whoever carries it out and however it is asked."""

import dataclasses

import pytest

from contract.errors import ContractError, family
from contract.musicengine import OPERATIONS
from contract.musicengine.tools import TOOLS
from contract.operation import Surface
from tests.conformance.cases import ELSEWHERE, cases_of, tool_cases_of
from tests.conformance.cells import BACKENDS, SURFACES
from tests.conformance.matrix import all_cases, examine, tools_of
from tests.conformance.provoking import BY_KEYS

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_cell_gives_the_same_answer(cells, folders, case):
    verdict = examine(case, cells, folders)
    assert not verdict.differences, "\n".join(verdict.differences)
    assert {place[:2] for place in verdict.replies} == cells_that_have(case)


def cells_that_have(case):
    """Backends and surfaces that a case must have been answered by."""
    is_operation = case.subject in OPERATIONS
    surfaces = set()
    if is_operation or case.subject in TOOLS:
        surfaces.add("direct call")
    if is_operation and Surface.REST in case.subject.surfaces:
        surfaces.add("REST")
    if tools_of(case):
        surfaces |= {"MCP stdio", "MCP HTTP"}
    cells = {(backend, surface) for backend in BACKENDS for surface in surfaces}
    return cells - ({("local", "direct call"), ("local", "MCP stdio")} if case.error in BY_KEYS else set())


def test_nothing_of_the_contract_is_left_out():
    assert {case.subject.name for case in CASES} == {each.name for each in (*OPERATIONS, *TOOLS)}
    for operation in OPERATIONS:
        reached = {surface for case in CASES if case.subject is operation for _, surface in cells_that_have(case)}
        assert reached == set(SURFACES) - (set() if operation.route else {"REST"})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_error_of_an_operation_is_provoked_or_said_to_be_tested_elsewhere(operation):
    provoked = {case.error for case in cases_of(operation)} - {None}
    assert provoked | ELSEWHERE.keys() >= set(operation.all_errors)
    assert not provoked & ELSEWHERE.keys()


def test_an_operation_that_is_added_to_the_contract_is_asked_by_itself():
    for operation in OPERATIONS:
        added = dataclasses.replace(operation, name="added")
        cases = [case for case in all_cases([*OPERATIONS, added], ()) if case.subject is added]
        assert len(cases) == len(cases_of(operation))
        assert {case.error for case in cases} > {None, *added.errors}


def test_a_tool_that_is_added_to_the_contract_is_asked_by_itself():
    for tool in TOOLS:
        added = dataclasses.replace(tool, name="added")
        cases = [case for case in all_cases((), [*TOOLS, added]) if case.subject is added]
        assert len(cases) == len(tool_cases_of(tool))
        assert any(case.error for case in cases)


def test_an_error_that_is_added_to_an_operation_without_a_way_to_provoke_it_is_noticed():
    class Unheard(ContractError):
        code = "unheard"

    operation = dataclasses.replace(OPERATIONS[0], errors=(Unheard,))
    assert Unheard not in {case.error for case in cases_of(operation)} | ELSEWHERE.keys()
    assert Unheard not in family()
