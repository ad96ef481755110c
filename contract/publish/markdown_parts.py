"""Pieces of Markdown: a table, a list, blocks of JSON and code, and a list of errors."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from contract.errors import ContractError

__all__ = ["WRITTEN_BY", "blocks", "bullets", "code", "codes", "json_block", "table"]

WRITTEN_BY = "<!-- Written by `musicengine-mcp docs --write` from the contract: edit that instead. -->"


def blocks(*parts: str) -> str:
    """The parts with an empty line between them, without those that are empty."""
    return "\n\n".join(part for part in parts if part)


def bullets(items: Iterable[str]) -> str:
    """A list of one line each."""
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, without the columns that are empty in every row; nothing at all without rows."""
    body = list(rows)
    used = [column for column in range(len(head)) if any(row[column] for row in body)]
    lines = [[head[column] for column in used], ["---"] * len(used)]
    lines += [[row[column].replace("|", "\\|") for column in used] for row in body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) if body else ""


def json_block(value: Any) -> str:
    """A value as indented JSON."""
    return code("json", json.dumps(value, indent=2, ensure_ascii=False))


def code(language: str, text: str) -> str:
    """A fenced block."""
    return f"```{language}\n{text}\n```"


def codes(errors: Iterable[type[ContractError]], *, described: Collection[type[ContractError]] = ()) -> Iterable[str]:
    """A table of the errors, then their bodies, but for those that are described elsewhere."""
    listed = list(errors)
    rows = ((str(error.status), f"`{error.code}`", error.default_message) for error in listed)
    yield table(("Status", "Code", "Message"), rows)
    yield from (json_block(error().body()) for error in listed if error not in described)
