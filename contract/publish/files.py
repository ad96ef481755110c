"""The generated documents: what each is called, where a checkout keeps it, its media type, and what it must hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

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
    media_type: str
    write: Callable[[], str]

    @cached_property
    def text(self) -> str:
        """What is to be read."""
        return self.write()

    @cached_property
    def content(self) -> bytes:
        """The text as files and answers hold it."""
        return self.text.encode()


@cache
def published() -> Mapping[str, Document]:
    """The documents of all systems by their names."""
    return {document.name: document for document in documents(SYSTEMS)}


def documents(systems: Sequence[System]) -> tuple[Document, ...]:
    """Every generated document of the systems."""
    return (
        Document(
            "openapi",
            "contract/published/openapi.json",
            "application/json",
            lambda: openapi_text(openapi_document(systems)),
        ),
        Document("markdown", "contract/published/api.md", "text/markdown", partial(markdown_reference, systems)),
        Document("html", "contract/published/api.html", "text/html", partial(html_reference, systems)),
        Document("llms", "llms.txt", "text/markdown", partial(llms_txt, systems)),
        Document("tools", "contract/published/tools.json", "application/json", _tools),
    )


def _tools() -> str:
    from contract.hub.tools import TOOLS as HUB_TOOLS  # noqa: PLC0415  (who asks for another document pays nothing)
    from contract.musicengine.tools import TOOLS as CATALOGUE_TOOLS  # noqa: PLC0415

    return tools_text({"catalogue": CATALOGUE_TOOLS, "hub": HUB_TOOLS})
