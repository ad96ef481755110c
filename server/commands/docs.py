"""`musicengine-mcp docs`: the API reference, printed, written into a checkout, or compared with one."""

import argparse
from pathlib import Path

from server.commands import Commands, add_command
from server.settings import Settings, Uses

__all__ = ["register"]

_DETAILS = """\
Without a name it prints the whole Markdown reference. A name is openapi, markdown, html, llms or tools,
or an operation such as list_tracks; 'docs openapi list_tracks' is an OpenAPI document of that one."""


def register(commands: Commands) -> None:
    """Add `docs`."""
    parser = add_command(commands, "docs", _run, summary="print the API reference", details=_DETAILS, uses=Uses.NOTHING)
    parser.add_argument("name", metavar="NAME", nargs="?", help="openapi, markdown, html, llms, tools, or an operation")
    parser.add_argument("operation", metavar="OPERATION", nargs="?", help="only this one, as openapi or markdown")
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--write", action="store_true", help="write the generated files of a checkout")
    files.add_argument("--check", action="store_true", help="name the generated files that are stale; exit 1 if any")
    parser.add_argument("--root", metavar="DIR", default=".", help="the checkout (default: the current folder)")


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it touches no data)
    if not (arguments.write or arguments.check):
        print(_text(arguments.name, arguments.operation).removesuffix("\n"))
        return 0
    if arguments.name is not None:
        arguments.parser.error("--write and --check take no name: they concern every generated file")
    return _check(Path(arguments.root)) if arguments.check else _write(Path(arguments.root))


def _text(name: str | None, operation: str | None) -> str:
    """What was asked for; a name by itself is a whole document, or else an operation."""
    from contract.publish.files import published

    if operation is not None:
        return _operation_text(operation, str(name))
    whole = published().get(name or "markdown")
    return _operation_text(str(name), "markdown") if whole is None else whole.text


def _operation_text(name: str, form: str) -> str:
    from contract.errors import InvalidRequest
    from contract.operation import Surface
    from contract.publish.files import published
    from contract.publish.markdown import markdown_operation
    from contract.publish.openapi import openapi_operation, openapi_text
    from contract.systems import OPERATIONS, system_of

    found = {operation.name: operation for operation in OPERATIONS}
    if name not in found or form not in {"markdown", "openapi"}:
        raise InvalidRequest(
            "There is no such document.",
            next_step=f"There are {', '.join(published())}; and {', '.join(found)}, as markdown or openapi.",
        )
    if form == "markdown":
        return markdown_operation(found[name], system_of(found[name]))
    if Surface.REST not in found[name].surfaces:
        raise InvalidRequest("Only agents reach this operation: it has no published route to describe in OpenAPI.")
    return openapi_text(openapi_operation(found[name], system_of(found[name])))


def _check(root: Path) -> int:
    from contract.publish.files import published
    from server.checkout import checkout, stale_documents

    stale = stale_documents(checkout(root), published().values())
    for document in stale:
        print(f"stale: {document.path}")
    print("Run 'musicengine-mcp docs --write'." if stale else "Every generated file is up to date.")
    return 1 if stale else 0


def _write(root: Path) -> int:
    from contract.publish.files import published
    from server.checkout import checkout, write_document

    folder = checkout(root)
    for document in published().values():
        write_document(folder, document)
        print(f"wrote {document.path}")
    return 0
