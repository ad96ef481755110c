"""The command line: `musicengine-mcp` serves MCP over stdio; its commands bring data in and look after it."""

import argparse
import asyncio
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import cast

from contract.errors import ContractError
from musicengine_mcp import __version__
from server.loading import loading
from server.settings import Settings, Uses, add_shared_options

__all__ = ["run"]

_COMMANDS = (
    "server.commands.backup",
    "server.commands.demo",
    "server.commands.devices",
    "server.commands.docs",
    "server.commands.doctor",
    "server.commands.import_files",
    "server.commands.keys",
    "server.commands.pair",
    "server.commands.play",
    "server.commands.playlists",
    "server.commands.profiles",
    "server.commands.rebuild",
    "server.commands.restore",
    "server.commands.scan",
    "server.commands.secrets",
    "server.commands.serve",
    "server.commands.workspaces",
)

_DESCRIPTION = """\
A label's catalogue and daily streams, and a library of music, as tools for AI agents.

Without a command it serves MCP over stdio, which is how hosts such as Claude Desktop, Claude Code,
Cursor and VS Code start it. The commands bring files in and look after the data.
"""

_EPILOG = """\
first steps:
  musicengine-mcp demo                      see it answer a manager's questions, leaving nothing behind
  musicengine-mcp import catalogue.csv      bring your own catalogue in, then streams and statements
  musicengine-mcp scan ~/Music              bring your own music in, to search and play
  claude mcp add musicengine -- musicengine-mcp     give it to an agent

Nothing leaves this machine. Data: --data-dir, MUSICENGINE_DATA_DIR, or the platform's data folder.

With MUSICENGINE_API_KEY set, the catalogue's tools read from a service instead: the hosted one, or the
one that MUSICENGINE_BASE_URL names; with MUSIC_HUB_URL set, or once paired (musicengine-mcp pair), the
library's tools work on a hub elsewhere. Commands still work on this machine's data.
"""

_WORKS_HERE = (
    "note: this works on this machine's data; the tools read from the service that MUSICENGINE_API_KEY and "
    "MUSICENGINE_BASE_URL name."
)


def run(argv: Sequence[str]) -> int:
    """Run the command line; return the exit code.

    It is 0, 1 for an error, 2 for a usage error, 130 if interrupted, 141 if nobody reads the output any more.
    """
    _never_fail_to_print()
    with loading():
        arguments = _parser().parse_args(argv)
    try:
        settings = Settings.of(arguments)
        if arguments.run is None:
            with loading():
                from server.mcp.stdio import serve  # noqa: PLC0415  (commands do without the SDK)

            return serve(settings)
        if settings.remote is not None and arguments.works_here:
            print(_WORKS_HERE, file=sys.stderr)
        code = asyncio.run(arguments.run(arguments, settings))
        sys.stdout.flush()  # a reader that has left is met here, and not by the interpreter's shutdown
    except ContractError as error:
        print(f"error: {error.sentence}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except Exception as error:
        if _reader_has_left(error):
            _discard_output()
            return 141  # as a shell says of a program that SIGPIPE ended
        if os.environ.get("MUSICENGINE_DEBUG"):
            raise
        print(f"error: something unexpected went wrong ({type(error).__name__}).", file=sys.stderr)
        print("Set MUSICENGINE_DEBUG=1 and run it again to see where; please report it.", file=sys.stderr)
        return 1
    return code


def _reader_has_left(error: BaseException) -> bool:
    """Whether it is a broken pipe (`| head` has read enough), by itself or as task groups wrap it."""
    if isinstance(error, BaseExceptionGroup):
        return all(_reader_has_left(each) for each in cast("BaseExceptionGroup[BaseException]", error).exceptions)
    return isinstance(error, BrokenPipeError)


def _discard_output() -> None:
    """Let the interpreter's shutdown flush what is left to where it raises nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _never_fail_to_print() -> None:
    """A title in any script is printed on any terminal, with a ? for what that terminal can't show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="musicengine-mcp",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    add_shared_options(parser, Uses.WORKSPACE)
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for module in _COMMANDS:
        importlib.import_module(module).register(commands)
    return parser
