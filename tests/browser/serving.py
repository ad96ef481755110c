"""The reference as the server sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.serving import served

__all__ = ["serve_reference"]


@contextmanager
def serve_reference() -> Iterator[str]:
    """Serve it until the block ends; the value is its address."""
    with TemporaryDirectory() as folder, served(Path(folder)) as service:
        yield f"{service.url}/docs/api"
