"""Ask every case in every cell, and compare: what one cell answers, all others have to answer to the letter.

An operation is asked by direct call and REST, and by every tool that joins it over MCP. A tool's answer has a form of
its own, so what its wire answers are compared with is what its handler answers by direct call.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract.errors import InvalidRequest, RateLimited
from contract.musicengine import OPERATIONS
from contract.musicengine.tools import TOOLS
from contract.operation import Operation
from contract.tool import Tool
from tests.conformance.cases import Case, cases_of, tool_cases_of
from tests.conformance.cells import Asked, Cell, Reply
from tests.conformance.data import Folders, forget_calls, forget_writes
from tests.conformance.provoking import BY_KEYS, provoked

__all__ = ["Verdict", "all_cases", "examine", "tools_of"]


@dataclass
class Verdict:
    """What came of a case.

    Attributes:
        replies: By backend, surface and tool (or None for the operation itself): what was answered.
        differences: What was not as it has to be, in words.
    """

    case: Case
    replies: dict[tuple[str, str, str | None], Reply] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def all_cases(
    operations: Iterable[Operation[Any, Any]] = OPERATIONS, tools: Iterable[Tool[Any, Any]] = TOOLS
) -> list[Case]:
    """Every case of the contract."""
    return [case for operation in operations for case in cases_of(operation)] + [
        case for tool in tools for case in tool_cases_of(tool)
    ]


def tools_of(case: Case) -> list[tuple[str, Mapping[str, Any]]]:
    """The tools by which a case is asked over MCP, and with which arguments.

    Whether an operation's arguments are right its tools see to by their own rules, which their own cases ask about.
    """
    if isinstance(case.subject, Tool):
        return [(case.subject.name, case.arguments)]
    if case.idempotency_key is not None or case.error is InvalidRequest:
        return []
    joined = [tool for tool in TOOLS if case.subject in tool.operations]
    return [(tool.name, _arguments_for(tool, case)) for tool in joined]


def examine(case: Case, cells: Sequence[Cell], folders: Folders) -> Verdict:
    """Ask the case in every cell that it concerns."""
    verdict = Verdict(case)
    operation = case.subject if isinstance(case.subject, Operation) else case.subject.operations[0]
    for folder in folders.both:
        forget_calls(folder)
    with provoked(case.error, folders, operation):
        for cell in cells:
            if case.error in BY_KEYS and cell.backend == "local" and cell.surface in {"direct call", "MCP stdio"}:
                continue  # nobody there has a key
            _ask(case, cell, folders, verdict)
    _compare(verdict)
    return verdict


def _ask(case: Case, cell: Cell, folders: Folders, verdict: Verdict) -> None:
    if isinstance(case.subject, Operation):
        _begin_anew(case, folders)
        if case.first:
            cell.ask(Asked(case.subject, case.first, case.idempotency_key))
        reply = cell.ask(Asked(case.subject, case.arguments, case.idempotency_key))
        if reply is not None:
            verdict.replies[cell.backend, cell.surface, None] = reply
    for tool, arguments in tools_of(case):
        _begin_anew(case, folders)
        reply = cell.ask_tool(tool, arguments)
        if reply is not None:
            verdict.replies[cell.backend, cell.surface, tool] = reply


def _begin_anew(case: Case, folders: Folders) -> None:
    """So that the same question has the same answer, whoever asked it before."""
    if isinstance(case.subject, Tool) or case.subject.takes_idempotency_key:
        forget_writes(folders.label)


def _compare(verdict: Verdict) -> None:
    case = verdict.case
    for tool in {tool for _, _, tool in verdict.replies}:
        group = {place: reply for place, reply in verdict.replies.items() if place[2] == tool}
        expected = {place: _essence(case, place, reply) for place, reply in group.items()}
        first = next(iter(expected.values()))
        verdict.differences += [
            f"{_named(place)}: {essence}\n  where {first} was expected"
            for place, essence in expected.items()
            if essence != first
        ]
    verdict.differences += [
        f"{_named(place)}: {reply}\n  where the local {place[1]} says {verdict.replies['local', *place[1:]]}"
        for place, reply in verdict.replies.items()
        if case.error is not RateLimited and verdict.replies.get(("local", *place[1:]), reply) != reply
    ]
    verdict.differences += [
        f"{_named(place)}: {problem}"
        for place, reply in verdict.replies.items()
        if (problem := _problem(case, place[2], reply))
    ]


def _named(place: tuple[str | None, ...]) -> str:
    return " ".join(filter(None, place))


def _essence(case: Case, place: tuple[str, str, str | None], reply: Reply) -> Any:
    """What has to be the same on all surfaces. On one surface local and remote are the same in whole, besides."""
    if place[2] is None and isinstance(reply.body, dict) and "error" in reply.body:
        error = reply.body["error"]
        if case.error is RateLimited:
            return reply.status, error["code"]  # how long to wait is another second each time
        if case.own_words:
            return reply.status, error["code"], error.get("field")
    if case.error in BY_KEYS and place[2] is not None:
        return _code(reply)  # whether the key is looked at before the message or for the tool's sake
    return reply.status, reply.body


def _problem(case: Case, tool: str | None, reply: Reply) -> str | None:
    """Whether the reply is what the case is about; else all cells could agree on something else."""
    code = _code(reply)
    wanted = case.error.code if case.error else None
    if code != wanted:
        return f"{code} was raised, and not {wanted}: {reply.body}"
    if tool is None and isinstance(case.subject, Operation):
        return _problem_of_operation(case, case.subject, reply)
    return None


def _problem_of_operation(case: Case, operation: Operation[Any, Any], reply: Reply) -> str | None:
    status = case.error.status if case.error else operation.status
    if reply.status != status:
        return f"status {reply.status}, and not {status}"
    if case.error and case.at_fault != reply.body["error"].get("field"):
        return f"the field at fault is {case.at_fault}, and not {reply.body['error'].get('field')}"
    return None


def _code(reply: Reply) -> str | None:
    """The code of the error that the reply is, if it is one."""
    if "error" in reply.body:
        return reply.body["error"]["code"]
    if reply.body.get("isError"):
        return reply.body["content"][0]["text"].partition(":")[0]
    return None


def _arguments_for(tool: Tool[Any, Any], case: Case) -> dict[str, Any]:
    """The tool's example, and of the case's arguments those that it takes."""
    taken = tool.arguments.model_fields
    return {**tool.example, **{name: value for name, value in case.arguments.items() if name in taken}}
