"""mpv as a process of ours: told to do nothing of its own accord, and never there without us."""

import asyncio
import os
import shutil
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Sequence

from contract.errors import InternalError
from server.players.mpv_ipc import LONGEST_LINE, MpvIpc

__all__ = ["end_mpv", "find_mpv", "start_mpv"]

_FORMATS = "aac,aiff,flac,mov,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,wav,wv"
"""What reads a library's files in libavformat, by all the names that each has. None of it opens other files."""

_OPTIONS = (
    "--no-config",
    "--idle=yes",
    "--no-terminal",
    "--force-window=no",
    "--no-video",
    "--audio-display=no",
    "--audio-client-name=musicengine-mcp",
    "--stop-screensaver=no",
    "--gapless-audio=weak",
    "--prefetch-playlist=yes",
    # It listens to us, and to nobody else.
    "--input-default-bindings=no",
    "--input-media-keys=no",
    "--load-scripts=no",
    "--osc=no",
    "--ytdl=no",
    # A file is what is in it. What mpv would take for a playlist, an edit list, an archive or a stream's manifest could
    # lead anywhere; with this reader and these formats it can't be played at all, whatever its name.
    "--demuxer=lavf",
    f"--demuxer-lavf-o-append=format_whitelist={_FORMATS}",
    "--access-references=no",
    "--ordered-chapters=no",
    "--autoload-files=no",
    "--tls-verify=yes",
)

_OUR_SETTINGS = ("MUSICENGINE_", "MUSIC_HUB_")
"""Of the environment: there are tokens and keys among them, and mpv needs none."""

_SECONDS_TO_END = 2

_INSTALL = {
    "linux": "Install it with your package manager, such as: sudo apt install mpv",
    "darwin": "Install it: brew install mpv",
}


def find_mpv() -> str:
    """The path of mpv.

    Raises:
        InternalError: It is not installed, or can't be driven on this platform.
    """
    if sys.platform == "win32":
        raise InternalError(
            "mpv can't be driven on Windows, where it takes no inherited connection.",
            next_step="Play in a browser instead: run musicengine-mcp serve and open the address that it shows.",
        )
    found = shutil.which("mpv")
    if found is None:
        install = _INSTALL.get(sys.platform, "Install it")
        raise InternalError(
            "mpv, which makes the sound, is not installed, or is not on PATH.",
            next_step=f"{install} (or run musicengine-mcp serve and play in a browser).",
        )
    return found


async def start_mpv(path: str, options: Sequence[str] = ()) -> tuple[Process, MpvIpc]:
    """Start mpv at the other end of a pair of sockets.

    No file leads to it, so that nobody else can command it; and mpv quits when our end is closed, which the system does
    however we come to end.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LONGEST_LINE)
        except BaseException:
            ours.close()
            raise
        try:
            process = await asyncio.create_subprocess_exec(
                path,
                *_OPTIONS,
                *options,
                f"--input-ipc-client=fd://{theirs.fileno()}",
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # the terminal's Ctrl-C is for us
                env={name: value for name, value in os.environ.items() if not name.startswith(_OUR_SETTINGS)},
            )
        except BaseException:
            writer.close()
            raise
    return process, MpvIpc(reader, writer)


async def end_mpv(process: Process, ipc: MpvIpc) -> None:
    """Let it end, and see that it does."""
    await ipc.aclose()
    try:
        async with asyncio.timeout(_SECONDS_TO_END):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
