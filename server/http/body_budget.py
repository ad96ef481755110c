"""How many bytes of bodies a process holds at a time: parsed, a body may take several times its bytes."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from contract.errors import RateLimited

__all__ = ["BODIES", "BodyBudget"]

_RETRY_SECONDS = 5


class BodyBudget:
    """Bytes that all requests share."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0

    @contextmanager
    def share(self) -> Generator[Callable[[int], None], None, None]:
        """Yield how a request takes its share as its body arrives; what it took is given back when the block ends."""
        taken = 0

        def take(count: int) -> None:
            nonlocal taken
            if self._held + count > self._most:
                raise _too_many()
            taken += count
            self._held += count

        try:
            yield take
        finally:
            self._held -= taken


def _too_many() -> RateLimited:
    error = RateLimited(
        "Too many large bodies are under way at once.", next_step=f"Wait {_RETRY_SECONDS} seconds, then try again."
    )
    error.headers["Retry-After"] = str(_RETRY_SECONDS)
    return error


BODIES = BodyBudget(64 * 1024 * 1024)
"""Of this process: three of the largest bodies, or thousands of ordinary ones."""
