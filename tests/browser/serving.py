"""The reference as the server sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.http.conftest import serving

__all__ = ["serve_reference"]


@contextmanager
def serve_reference() -> Iterator[str]:
    """Serve it until the block ends; the value is its address."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as service:
        yield f"http://127.0.0.1:{service.port}/docs/api"
