"""One operation in HTML: what it takes, what it answers and how it fails, each beside its example."""

from collections.abc import Iterable
from typing import Any

from contract.errors import ContractError, InvalidRequest
from contract.operation import EVENT_STREAM, JSON, Operation, Surface
from contract.publish.anchors import anchor
from contract.publish.error_bodies import error_body
from contract.publish.fields import Field, answer_fields, body_fields, parameters
from contract.publish.general import OURS, facts
from contract.publish.html_code import code_block, json_code, language_choice
from contract.publish.html_errors import operation_errors
from contract.publish.html_fields import answer_list, field_list
from contract.publish.html_parts import Html, bullets, element, heading, joined, lines, prose, route
from contract.publish.responses import event_text
from contract.publish.snippets import snippets
from contract.system import System

__all__ = ["html_operation", "split"]


def html_operation(operation: Operation[Any, Any], system: System) -> Html:
    """The operation's section; its id is the anchor that the Markdown reference gives it."""
    is_published = Surface.REST in operation.surfaces
    return element(
        "article",
        "\n",
        *(_published(operation, system) if is_published else _agents_only(operation)),
        "\n",
        class_="operation",
    )


def split(text: Html, examples: Html) -> Html:
    """A row of the page: what is said, and beside it what it looks like, if that can be shown."""
    beside = ("\n", element("div", "\n", examples, "\n")) if examples else ()
    return element("div", element("div", "\n", text, "\n"), *beside, class_="split")


def _published(operation: Operation[Any, Any], system: System) -> Iterable[Html]:
    labels = (
        element("div", element("dt", label), " ", element("dd", prose(value)))
        for label, value in facts(operation, system)
    )
    request = lines(
        _title(operation),
        element("p", route(operation.route or ""), class_="route"),
        element("p", prose(operation.description)),
        Html() if operation.in_reference else element("p", OURS, class_="none"),
        element("dl", *labels, class_="facts"),
        _part(operation, "Parameters"),
        _fields(operation, parameters(operation), "No path or query parameters."),
        _request_body(operation),
        _notes(operation),
    )
    code = language_choice(operation.name, snippets(operation, system))
    yield split(request, lines(code, _body_example(operation)))
    yield _success(operation, f"Success response {operation.status}")
    yield _errors(operation, operation.all_errors)


def _agents_only(operation: Operation[Any, Any]) -> Iterable[Html]:
    request = lines(
        _title(operation),
        element("p", "For agents only; no published route.", class_="route"),
        element("p", prose(operation.description)),
        _part(operation, "Arguments"),
        _fields(operation, parameters(operation), "No arguments."),
    )
    yield split(request, json_code("Example", dict(operation.example.request)))
    yield _success(operation, "Answer")
    yield _errors(operation, (InvalidRequest, *operation.errors))


def _title(operation: Operation[Any, Any]) -> Html:
    name = element("p", element("code", operation.name), class_="name")
    return lines(heading(3, operation.summary, anchor(operation.name)), name)


def _part(operation: Operation[Any, Any], title: str) -> Html:
    return heading(4, title, f"{operation.name}.{anchor(title)}")


def _fields(operation: Operation[Any, Any], fields: tuple[Field, ...], nothing: str) -> Html:
    return field_list(operation.name, fields) if fields else element("p", nothing, class_="none")


def _request_body(operation: Operation[Any, Any]) -> Html:
    fields = body_fields(operation)
    if not fields:
        return Html()
    form = element("p", element("code", "application/json"), class_="none")
    return lines(_part(operation, "Request body"), form, field_list(operation.name, fields))


def _body_example(operation: Operation[Any, Any]) -> Html:
    example = {name: value for name, value in operation.example.request.items() if name in operation.body_fields}
    return json_code("Request body", example) if operation.body_fields else Html()


def _notes(operation: Operation[Any, Any]) -> Html:
    notes = (prose(note) for note in operation.notes)
    return lines(_part(operation, "Security notes"), bullets(notes)) if operation.notes else Html()


def _success(operation: Operation[Any, Any], title: str) -> Html:
    text = lines(
        _part(operation, title),
        element("p", prose(operation.response_description)),
        bullets(prose(f"{status}: {meaning}") for status, meaning in operation.other_statuses.items())
        if operation.other_statuses
        else Html(),
        answer_list(operation.name, fields) if (fields := answer_fields(operation)) else Html(),
    )
    return split(text, _example(operation, title))


def _example(operation: Operation[Any, Any], title: str) -> Html:
    if EVENT_STREAM in operation.media_types:
        return code_block(title, "http", event_text(operation.example.response).rstrip())
    return json_code(title, operation.example.response) if JSON in operation.media_types else Html()


def _errors(operation: Operation[Any, Any], errors: Iterable[type[ContractError]]) -> Html:
    """All of them in a list; beside it the bodies that are the operation's own."""
    known = tuple(errors)
    own = [error for error in known if error in {InvalidRequest, *operation.errors}]
    bodies = (json_code(f"{error.status} {error.code}", error_body(operation, error)) for error in own)
    return split(lines(_part(operation, "Errors"), operation_errors(operation, known)), joined(bodies, "\n"))
