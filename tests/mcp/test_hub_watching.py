"""While a server runs, what happens in the library's folders is in the library soon after."""

import anyio

from tests.hub.audio_files import write_file
from tests.mcp.hub_clients import SECONDS, connected


async def test_a_file_that_is_added_while_a_host_is_connected_is_found(data_dir, tmp_path):
    music = tmp_path / "music"
    write_file(music / "one.flac", "flac", title="One", artist="Somebody")
    async with connected(data_dir, "stdio", "2026-07-28") as client:
        await client.call_tool("hub_scan", {"folders": [str(music)]})
        write_file(music / "two.flac", "flac", distinct=2, title="Two", artist="Somebody")
        with anyio.fail_after(SECONDS):
            while not await found(client, "Two"):  # noqa: ASYNC110  (another process makes it so)
                await anyio.sleep(0.05)


async def found(client, title):
    result = await client.call_tool("hub_search", {"query": title, "kind": "track"})
    return result.structured_content["tracks"]
