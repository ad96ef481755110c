"""`musicengine-mcp import`: bring a label's files into the database."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from server.commands import Commands, add_command
from server.settings import Settings

if TYPE_CHECKING:
    from backends.local.importing.format import Format
    from backends.local.importing.importer import Progress
    from backends.local.importing.options import Options
    from backends.local.importing.outcome import Outcome
    from backends.local.scope import Scope

__all__ = ["register"]

_DETAILS = """\
Takes a catalogue (any CSV with ISRC, title and artist), daily streams (isrc, date, spotify_streams,
apple_streams), Spotify for Artists (timeline, audience, songs), Spotify Charts, and statements of
DistroKid, TuneCore, CD Baby, Believe and The Orchard. The kind of file is told by its columns.

Each file is imported entirely or not at all; the same file twice changes nothing; a later file
corrects earlier ones. Rows that can't be taken are written beside the file with line and reason.
"""

# One value can't be true of two files: a timeline is of one track, and a day's chart is one file.
_OF_ONE_FILE = ("isrc", "title", "date")

_MOST_REASONS = 5


def register(commands: Commands) -> None:
    """Add `import`."""
    parser = add_command(commands, "import", _run, summary="import catalogue, streams and statements", details=_DETAILS)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--isrc", metavar="ISRC", help="the track of a file that doesn't name one")
    parser.add_argument("--title", metavar="TITLE", help="that track's title; with --isrc and --artist it is added")
    parser.add_argument("--artist", metavar="NAME", help="the artist of an audience file, or of a track to add")
    parser.add_argument("--window", metavar="TIME", help="what the totals of a songs file are over: 7d, 28d, 12m, all")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day of a chart")
    parser.add_argument("--chart", metavar="NAME", help="the chart's name, such as regional-de-daily")
    parser.add_argument("--dry-run", action="store_true", help="say what would be imported, and change nothing")


@dataclass(frozen=True)
class _File:
    """A file and its format, or what is wrong with it."""

    path: Path
    format: "Format | None"
    problem: str

    @property
    def takes(self) -> frozenset[str]:
        return frozenset() if self.format is None else self.format.options


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.importing.options import Options
    from server.commands.scope import open_scope

    options = Options.checked(**{field.name: getattr(arguments, field.name) for field in fields(Options)})
    # Catalogues first: streams of tracks that the next file adds would be rejected.
    files = sorted(map(_recognised, _without_rejects(arguments.files)), key=_turn)
    _refuse_unused(options, files)
    async with open_scope(settings) as scope:
        done = [await _import(scope, file, options, arguments.dry_run) for file in files]
    return 0 if all(done) else 1


def _without_rejects(paths: Sequence[Path]) -> Sequence[Path]:
    """Leave out files that earlier imports wrote, which a pattern such as *.csv matches; alone they are meant."""
    meant = [path for path in paths if not path.name.endswith(".rejects.csv")]
    if not meant:
        return paths
    for path in paths:
        if path not in meant:
            print(
                f"note: {_shown(path)}: skipped; rejected rows are imported by naming their file alone", file=sys.stderr
            )
    return meant


def _turn(file: _File) -> int:
    """What can't be imported is said before anything else takes its time."""
    return 0 if file.format is None else file.format.turn


def _recognised(path: Path) -> _File:
    from backends.local.importing.importer import recognise
    from contract.errors import ContractError

    try:
        return _File(path, recognise(path), "")
    except ContractError as error:
        return _File(path, None, error.sentence)


def _refuse_unused(options: "Options", files: Sequence[_File]) -> None:
    """Refuse a flag that means nothing to the files, or could be true of only one of them.

    A file that can't be recognised may be the one that a flag is for, so its own error comes first.
    """
    from contract.errors import InvalidRequest

    if not all(file.format for file in files):
        return
    for name in sorted(options.given()):
        users = [file for file in files if name in file.takes]
        if not users:
            raise InvalidRequest(
                f"--{name} means nothing to {'these files' if len(files) > 1 else 'this file'}.",
                field=name,
                next_step="Leave it out, or check that it is the right file. Nothing was imported.",
            )
        if len(users) > 1 and name in _OF_ONE_FILE:
            raise InvalidRequest(
                f"--{name} can be true of one file only, and {len(users)} of these would use it.",
                field=name,
                next_step="Import them one at a time. Nothing was imported.",
            )


async def _import(scope: "Scope", file: _File, options: "Options", dry_run: bool) -> bool:
    """Import one file and report; return whether any of it was taken."""
    from backends.local.importing.importer import import_file
    from contract.errors import ContractError

    name = _shown(file.path)
    if file.format is None:
        return _failed(name, file.problem)
    options = _asked(file, options)
    try:
        with _bar(file.path) as progress:
            outcome = await import_file(
                scope.database, scope.workspace_id, file.path, options, progress=progress, dry_run=dry_run
            )
    except ContractError as error:
        return _failed(name, error.sentence)
    except asyncio.CancelledError:
        _failed(name, "interrupted; nothing of it was imported.")
        raise
    _report(name, outcome, dry_run)
    return not outcome.all_rejected


def _failed(name: str, sentence: str) -> bool:
    print(f"error: {name}: {sentence}", file=sys.stderr)
    return False


def _report(name: str, outcome: "Outcome", dry_run: bool) -> None:
    counts = outcome.counts
    print(f"{name}: {outcome.format}{' (dry run: nothing was changed)' if dry_run else ''}")
    print(
        f"  read {counts.read:,}  new {counts.new:,}  changed {counts.changed:,}"
        f"  unchanged {counts.unchanged:,}  rejected {counts.rejected:,}"
    )
    if counts.tracks_added:
        print(f"  tracks added {counts.tracks_added:,}")
    for note in outcome.notes:
        print(f"  {note}")
    _report_rejects(outcome)


def _report_rejects(outcome: "Outcome") -> None:
    from backends.local.importing.outcome import number_of

    for reason, rows in outcome.reasons[:_MOST_REASONS]:
        print(f"  {number_of(rows, 'row', 'rows')}: {reason}")
    if (others := len(outcome.reasons) - _MOST_REASONS) > 0:
        print(f"  and {number_of(others, 'more reason', 'more reasons')}")
    if outcome.rejects is not None:
        print(f"  rejected rows, with reasons: {_shown(outcome.rejects)}, beside the file")
    elif outcome.first_reasons:
        if outcome.rejects_problem:
            print(f"  {outcome.rejects_problem}")
        print("  rejected first:", *outcome.first_reasons, sep="\n    ")


def _asked(file: _File, options: "Options") -> "Options":
    """The options, with what the file needs besides; it is asked for only where somebody can answer."""
    if not (file.format and sys.stdin.isatty() and sys.stderr.isatty()):
        return options
    for group in file.format.needs:
        if not options.given() & set(group):
            options = _answered(_shown(file.path), group[0], options)
    return options


def _answered(name: str, option: str, options: "Options") -> "Options":
    """Ask until the answer is one; an empty answer leaves the file to be refused."""
    from backends.local.importing.options import MEANINGS, Options
    from contract.errors import InvalidRequest

    while True:
        with _interruptible():
            print(f"{name} does not say {MEANINGS[option]}. {option}: ", end="", file=sys.stderr, flush=True)
            answer = sys.stdin.readline().strip()
        if not answer:
            return options
        try:
            return replace(options, **{option: getattr(Options.checked(**{option: answer}), option)})
        except InvalidRequest as error:
            print(error.sentence, file=sys.stderr)


@contextmanager
def _interruptible() -> Generator[None, None, None]:
    """Let Ctrl-C end a prompt at once: the event loop's own handler would wait for the answer first."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


@contextmanager
def _bar(path: Path) -> "Generator[Progress, None, None]":
    """A bar over the file's bytes, on a terminal only."""
    from tqdm import tqdm

    size = path.stat().st_size
    with tqdm(
        total=size, unit="B", unit_scale=True, desc=_shown(path), leave=False, file=sys.stderr, disable=None
    ) as bar:

        def progress(position: int) -> None:
            bar.update(position - bar.n)

        yield progress


def _shown(path: Path) -> str:
    from backends.text import clean

    return clean(path.name)
