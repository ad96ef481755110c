"""Errors in HTML: the table of an operation, and the codes of the whole API with their bodies."""

from collections.abc import Collection, Iterable
from typing import Any

from contract.errors import ContractError
from contract.operation import Operation
from contract.publish.error_bodies import error_body
from contract.publish.html_code import json_code
from contract.publish.html_parts import Html, element, joined, lines, link, prose, table

__all__ = ["code_list", "operation_errors", "status_table"]


def status_table(label: str, rows: Iterable[tuple[str, str]]) -> Html:
    """Statuses and their meanings."""
    return table(label, ("Status", "Meaning"), ((status, prose(meaning)) for status, meaning in rows))


def code_list(errors: Iterable[type[ContractError]], *, described: Collection[type[ContractError]] = ()) -> Html:
    """Codes of a system, each with its body; the id of one is `error.code`, and one described elsewhere leads there."""
    return _list(_described(error) if error in described else _code(error) for error in errors)


def operation_errors(operation: Operation[Any, Any], errors: Iterable[type[ContractError]]) -> Html:
    """What the operation answers, each linked to the code's own entry; the id of one is `operation.error.code`."""
    return _list(_operation_error(operation, error) for error in errors)


def _code(error: type[ContractError]) -> Html:
    target = f"error.{error.code}"
    body = element("details", element("summary", "Body"), json_code(f"{error.status} {error.code}", error().body()))
    return element("li", *_head(error, target, error.default_message), body, id=target)


def _described(error: type[ContractError]) -> Html:
    return element("li", *_head(error, f"error.{error.code}", error.default_message))


def _operation_error(operation: Operation[Any, Any], error: type[ContractError]) -> Html:
    message = error_body(operation, error)["error"]["message"]
    target = f"{operation.name}.error.{error.code}"
    return element("li", *_head(error, f"error.{error.code}", message), id=target)


def _head(error: type[ContractError], target: str, message: str) -> tuple[Html, Html]:
    status = element("b", str(error.status), class_=f"status s{error.status // 100}")
    words = joined((link(target, element("code", error.code)), prose(message)), " ")
    return status, element("p", words)


def _list(items: Iterable[Html]) -> Html:
    return element("ul", "\n", lines(*items), "\n", class_="errors")
