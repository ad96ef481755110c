"""Loading modules without looking for garbage in what they make, which is there to stay."""

import gc
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["loading"]


@contextmanager
def loading() -> Generator[None, None, None]:
    """Load within the block; afterwards garbage is looked for among what is made from then on.

    Python looks whenever the objects have become a quarter more: while modules load, again and again through all that
    they have made so far.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
