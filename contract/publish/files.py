"""The generated documents: what each must hold. Where they are kept is in `contract.documents`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

from contract.documents import DOCUMENTS
from contract.publish.html import html_reference
from contract.publish.llms import llms_txt
from contract.publish.markdown import markdown_reference
from contract.publish.openapi import openapi_document, openapi_text
from contract.publish.tools import tools_text
from contract.system import System
from contract.systems import SYSTEMS

__all__ = ["Document", "documents", "published"]


@dataclass(frozen=True)
class Document:
    """One generated document, written when somebody first asks; its path is relative to the root of a checkout."""

    name: str
    path: str
    write: Callable[[], str]

    @cached_property
    def text(self) -> str:
        """What is to be read."""
        return self.write()


@cache
def published() -> Mapping[str, Document]:
    """The documents of all systems by their names."""
    return {document.name: document for document in documents(SYSTEMS)}


def documents(systems: Sequence[System]) -> tuple[Document, ...]:
    """Every generated document of the systems."""
    writers: Mapping[str, Callable[[], str]] = {
        "openapi": lambda: openapi_text(openapi_document(systems)),
        "markdown": partial(markdown_reference, systems),
        "html": partial(html_reference, systems),
        "llms": partial(llms_txt, systems),
        "tools": _tools,
    }
    return tuple(Document(name, file.path, writers[name]) for name, file in DOCUMENTS.items())


def _tools() -> str:
    from contract.hub.tools import TOOLS as HUB_TOOLS  # noqa: PLC0415  (who asks for another document pays nothing)
    from contract.musicengine.tools import TOOLS as CATALOGUE_TOOLS  # noqa: PLC0415

    return tools_text({"catalogue": CATALOGUE_TOOLS, "hub": HUB_TOOLS})
