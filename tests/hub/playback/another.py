"""Another process on the same data folder, as tests start it: it does what it is told, a line at a time.

    python another.py FOLDER

It answers each line on its standard input with one on its standard output: `volume 30` sets the volume, `add KEY`
queues a song, `library 1000` tells of as many changes of the library, each in a transaction of its own.
"""

import asyncio
import sys
import time
from contextlib import aclosing
from pathlib import Path

from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.hub import LocalHub
from contract.hub.playlists import CREATE_PLAYLIST, DELETE_PLAYLIST, CreatePlaylist, DeletePlaylist
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK, AddToQueue, ControlPlayback
from tests.hub.library import track_id


async def do(hub, deed, argument):
    match deed:
        case "volume":
            await hub.call(CONTROL_PLAYBACK, ControlPlayback(action="setVolume", volume=int(argument)))
        case "add":
            await hub.call(ADD_TO_QUEUE, AddToQueue(trackIds=[track_id(argument)], when="last"))
        case "create":
            made = await hub.call(CREATE_PLAYLIST, CreatePlaylist(name=argument))
            return made.playlist["id"]
        case "delete":
            await hub.call(DELETE_PLAYLIST, DeletePlaylist(id=argument))
        case "library":
            for _ in range(int(argument)):
                async with hub.hub.user.transaction() as connection:
                    await note_change(connection, ChangeKind.LIBRARY)
    return None


async def main(folder):
    async with aclosing(LocalHub(Path(folder))) as hub:
        for line in sys.stdin:
            deed, _, argument = line.strip().partition(" ")
            answer = await do(hub, deed, argument)
            print(answer or time.time_ns(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
