"""What every command shares: whose data, and where."""

import argparse
import os
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from backends.local.storage import DEFAULT_WORKSPACE, default_data_dir, expanded

__all__ = ["Settings", "Uses", "add_shared_options"]


class Uses(Enum):
    """What a command works on, and so which shared options it takes: one that does nothing would mislead."""

    NOTHING = auto()
    DATA_FOLDER = auto()
    WORKSPACE = auto()


@dataclass(frozen=True)
class Settings:
    """Options of every command, with environment and defaults filled in."""

    data_dir: Path
    workspace: str

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Settings":
        """Options first, then the environment, then the defaults."""
        data_dir: str | None = getattr(arguments, "data_dir", None)
        workspace: str | None = getattr(arguments, "workspace", None)
        return cls(
            data_dir=expanded(data_dir) if data_dir else default_data_dir(),
            workspace=workspace or os.environ.get("MUSICENGINE_WORKSPACE") or DEFAULT_WORKSPACE,
        )


def add_shared_options(parser: argparse.ArgumentParser, uses: Uses) -> None:
    """Add the shared options that are of use; they may stand before or after the command's name."""
    if uses is Uses.NOTHING:
        return
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="folder of the database (MUSICENGINE_DATA_DIR; default: the platform's data folder)",
    )
    if uses is Uses.DATA_FOLDER:
        return
    parser.add_argument(
        "--workspace",
        metavar="NAME",
        default=argparse.SUPPRESS,
        help="whose data (MUSICENGINE_WORKSPACE; default: 'default')",
    )
