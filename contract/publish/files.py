"""The generated documents: what each is called, where a checkout keeps it, and what it must hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contract.operation import Operation
from contract.publish.html import html_reference
from contract.publish.llms import llms_txt
from contract.publish.markdown import markdown_reference
from contract.publish.openapi import openapi_document, openapi_text

__all__ = ["Document", "documents"]


@dataclass(frozen=True)
class Document:
    """One generated document; its path is relative to the root of a checkout."""

    name: str
    path: str
    text: str


def documents(operations: Sequence[Operation[Any, Any]]) -> tuple[Document, ...]:
    """Every generated document of the operations."""
    return (
        Document("openapi", "contract/published/openapi.json", openapi_text(openapi_document(operations))),
        Document("markdown", "contract/published/api.md", markdown_reference(operations)),
        Document("html", "contract/published/api.html", html_reference(operations)),
        Document("llms", "llms.txt", llms_txt(operations)),
    )
