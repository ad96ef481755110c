"""An agent's process, which changes the hub's session as often as it is told to.

Run as `python -m benchmarks.hub_writer FOLDER`; for each line on standard input it sets the volume, and says when it
began, when it was done, in nanoseconds since 1970, and the revision that it made.
"""

import asyncio
import sys
import time
from contextlib import aclosing
from pathlib import Path

from backends.local.hub.hub import LocalHub
from contract.hub.queue import CONTROL_PLAYBACK, ControlPlayback


async def main(folder: Path) -> None:
    async with aclosing(LocalHub(folder)) as hub:
        for number, _ in enumerate(sys.stdin):
            asked = ControlPlayback(action="setVolume", volume=number % 100)
            began = time.time_ns()
            session = await hub.call(CONTROL_PLAYBACK, asked)
            print(began, time.time_ns(), session.revision, flush=True)


asyncio.run(main(Path(sys.argv[1])))
