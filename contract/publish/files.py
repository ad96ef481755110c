"""The generated documents: what each is called, where a checkout keeps it, its media type, and what it must hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from contract.musicengine import OPERATIONS
from contract.operation import Operation
from contract.publish.html import html_reference
from contract.publish.llms import llms_txt
from contract.publish.markdown import markdown_reference
from contract.publish.openapi import openapi_document, openapi_text

__all__ = ["Document", "documents", "published"]


@dataclass(frozen=True)
class Document:
    """One generated document; its path is relative to the root of a checkout."""

    name: str
    path: str
    media_type: str
    text: str

    @cached_property
    def content(self) -> bytes:
        """The text as files and answers hold it."""
        return self.text.encode()


@cache
def published() -> Mapping[str, Document]:
    """The documents of all operations by their names, written when somebody first asks."""
    return {document.name: document for document in documents(OPERATIONS)}


def documents(operations: Sequence[Operation[Any, Any]]) -> tuple[Document, ...]:
    """Every generated document of the operations."""
    openapi, markdown = openapi_text(openapi_document(operations)), markdown_reference(operations)
    return (
        Document("openapi", "contract/published/openapi.json", "application/json", openapi),
        Document("markdown", "contract/published/api.md", "text/markdown", markdown),
        Document("html", "contract/published/api.html", "text/html", html_reference(operations)),
        Document("llms", "llms.txt", "text/markdown", llms_txt(operations)),
    )
