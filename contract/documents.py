"""The generated documents as files: whoever only hands them out needs neither the operations nor a generator.

`musicengine-mcp docs --write` writes them (contract.publish.files), and a test compares them with what it would write.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

__all__ = ["DOCUMENTS", "File"]

_ROOT = Path(__file__).resolve().parent.parent
"""Of a checkout; in a wheel, the package that holds the same tree."""


@dataclass(frozen=True)
class File:
    """One generated document.

    Attributes:
        path: Relative to the root of a checkout.
    """

    path: str
    media_type: str

    @cached_property
    def content(self) -> bytes:
        """The document as it was written last."""
        return (_ROOT / self.path).read_bytes()


DOCUMENTS = {
    "openapi": File("contract/published/openapi.json", "application/json"),
    "markdown": File("contract/published/api.md", "text/markdown"),
    "html": File("contract/published/api.html", "text/html"),
    "llms": File("llms.txt", "text/markdown"),
    "tools": File("contract/published/tools.json", "application/json"),
}
"""By name."""
