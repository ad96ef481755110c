"""While `serve` runs, the library of its data folder keeps up with its files; without one, none is begun."""

import os
from contextlib import aclosing

import anyio

from backends.local.hub.hub import LocalHub
from backends.local.storage import HUB_DATABASE_NAME
from contract.hub.search import SEARCH_LIBRARY, SearchLibrary
from tests.hub.audio_files import write_file
from tests.programs import serving


async def test_a_file_that_is_added_is_in_the_library_soon_after(data_dir, tmp_path):
    music = tmp_path / "music"
    write_file(music / "one.flac", "flac", title="One", artist="Somebody")
    async with aclosing(LocalHub(data_dir)) as hub:
        await hub.hub.scans.run([os.fsencode(music)])
        with serving(data_dir):
            # The server watches from some moment after it answers, so that one change may come before it.
            with anyio.fail_after(20):
                for number in range(2, 200):
                    write_file(music / f"{number}.flac", "flac", distinct=number, title="Two", artist="Somebody")
                    if (await hub.call(SEARCH_LIBRARY, SearchLibrary(q="Two", remember=False))).tracks["items"]:
                        return
                    await anyio.sleep(0.1)
    raise AssertionError("no change was seen")


def test_a_data_folder_without_a_library_is_left_without_one(data_dir):
    with serving(data_dir):
        assert not (data_dir / HUB_DATABASE_NAME).exists()
