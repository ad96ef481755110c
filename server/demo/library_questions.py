"""Three questions of somebody who wants to hear it: the catalogue's figures and the library's files together."""

from collections.abc import Sequence

from server.demo.asking import Answer, Ask, Question

__all__ = ["LIBRARY_QUESTIONS"]


async def _play_the_riser(ask: Ask) -> Sequence[str]:
    moved = await ask("catalogue_what_moved", {"days": 7})
    played = await ask("hub_play", {"what": moved["rising"][0]["isrc"]})
    track = played["session"]["track"]
    return [f"Playing: {_name(track)}, from {track['album']} ({track['year']}).", f"  {played['hint']}"]


async def _find_it(ask: Ask) -> Sequence[str]:
    found = await ask("hub_search", {"query": "snoglobb vintertid", "kind": "track"})
    track = found["tracks"][0]
    queued = await ask("hub_play", {"what": track["id"], "when": "next"})
    upcoming = queued["session"]["next"][0]
    return [
        f"{_name(track)}, from {track['album']}: queued.",
        f"  Now: {_name(queued['session']['track'])}; next: {_name(upcoming)}.",
    ]


async def _make_a_playlist(ask: Ask) -> Sequence[str]:
    tracks = (await ask("hub_list", {"kind": "tracks", "genre": "dream pop", "sort": "album"}))["items"]
    made = await ask(
        "hub_edit_playlist", {"action": "create", "name": "Dreaming", "tracks": [track["id"] for track in tracks]}
    )
    lines = [f"{made['playlist']['name']}, {made['playlist']['trackCount']} tracks:"]
    return lines + [f"  {_name(track):<44} {track['album']}, {track['year']}" for track in tracks]


LIBRARY_QUESTIONS = (
    Question("Play what rose most this week.", _play_the_riser),
    Question("Queue that snow song of Vintertid's, however it is spelt.", _find_it),
    Question("Make a playlist of our dream pop.", _make_a_playlist),
)


def _name(track: Answer) -> str:
    return f"{track['title']} — {track['artist']}"
