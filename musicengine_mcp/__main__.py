"""Start the command line: `musicengine-mcp`, or `python -m musicengine_mcp`."""

import gc
import sys
from pathlib import Path


def main() -> None:
    """Put the product's own packages first on the path, then run the command line.

    The packages are named plainly (`contract`, `backends`, `server`). A user may have a `server.py`
    of their own in the current directory or on PYTHONPATH; being first is what keeps theirs from
    being imported in place of ours.
    """
    here = Path(__file__).resolve().parent
    # A wheel keeps the packages beside this file; a checkout keeps them one level up.
    root = here if (here / "contract").is_dir() else here.parent
    sys.path.insert(0, str(root))

    gc.disable()  # what loading makes is there to stay: to look through it for garbage would take as long as to make it
    try:
        from server.cli import run  # noqa: PLC0415  (the path comes first)

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # while modules load, before the command line can say anything
        sys.exit(130)


if __name__ == "__main__":
    main()
