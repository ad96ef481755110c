"""The generated documents in a checkout of this project: written, or compared."""

import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from contract.errors import InvalidRequest
from contract.publish.files import Document

__all__ = ["checkout", "stale_documents", "write_document"]


def checkout(root: Path) -> Path:
    """The folder, if it is a checkout of this project.

    Raises:
        InvalidRequest: It is anything else.
    """
    if not _is_ours(root):
        raise InvalidRequest(
            "This folder is not a checkout of musicengine-mcp.",
            next_step="Run it in the checkout, or name the checkout with --root.",
        )
    return root


def stale_documents(root: Path, documents: Iterable[Document]) -> list[Document]:
    """The documents that the checkout lacks, or holds in another form."""
    return [document for document in documents if not _holds(root / document.path, document.text)]


def write_document(root: Path, document: Document) -> None:
    """Write the document in one step, so that an interruption leaves the old file or the new one.

    Raises:
        InvalidRequest: The file can't be written; the old one is as it was.
    """
    path = root / document.path
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(document.text.encode())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise InvalidRequest(f"{document.path} can't be written: {error.strerror}. It is as it was.") from error


def _is_ours(root: Path) -> bool:
    try:
        described = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    match described:
        case {"project": {"name": "musicengine-mcp"}}:
            return (root / "contract").is_dir()
        case _:
            return False


def _holds(path: Path, text: str) -> bool:
    try:
        # Git on Windows may have turned the line ends into its own.
        return path.read_bytes().replace(b"\r\n", b"\n") == text.encode()
    except OSError:
        return False
