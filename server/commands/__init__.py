"""The command line's commands, one file each: `register` adds its options, and its `run` does the work.

They import what they need when they run, so that starting the server pays for none of them.
"""

import argparse
from collections.abc import Awaitable, Callable
from typing import Protocol

from server.settings import Settings, Uses, add_shared_options

__all__ = ["Commands", "Run", "add_command"]

Run = Callable[[argparse.Namespace, Settings], Awaitable[int]]


class Commands(Protocol):
    """What argparse's add_subparsers() returns, as far as commands use it."""

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002  (argparse names it)
        description: str,
        formatter_class: type[argparse.HelpFormatter],
    ) -> argparse.ArgumentParser:
        """Add a command."""
        ...


def add_command(
    commands: Commands,
    name: str,
    run: Run | None,
    *,
    summary: str,
    details: str = "",
    uses: Uses = Uses.WORKSPACE,
) -> argparse.ArgumentParser:
    """Add a command, with the shared options that it uses; return its parser for options of its own.

    `run` is None for a command that only groups others.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.\n\n{details}".rstrip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_shared_options(parser, uses)
    parser.set_defaults(run=run, parser=parser, works_here=uses in {Uses.DATA_FOLDER, Uses.WORKSPACE})
    return parser
