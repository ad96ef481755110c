"""Playlists by name: few enough to be looked through one by one."""

from collections.abc import Sequence

from backends.local.hub.context import Hub
from backends.local.hub.searching.folding import folded
from backends.local.hub.searching.matching import Row
from backends.local.hub.searching.query import Query
from backends.local.hub.searching.scoring import Fit, ranked

__all__ = ["Names", "find_playlists", "playlist_names"]

Names = Sequence[tuple[str, Row]]
"""Ids of playlists, and their names as a search row has them."""

_NAMES = "SELECT id, name FROM playlists WHERE deleted_at IS NULL ORDER BY updated_at DESC, id"


async def playlist_names(hub: Hub) -> Names:
    """All playlists, the last changed first; folded once until somebody changes `hub.db`."""
    kept = await hub.user.unchanged()
    names = kept.get(_NAMES)
    if names is None:
        names = kept[_NAMES] = [
            (id_, (number, name.name, name.text, "", ""))
            for number, (id_, name) in enumerate((id_, folded(text)) for id_, text in await hub.user.read(_NAMES))
        ]
    return names


def find_playlists(names: Names, query: Query) -> list[tuple[Fit, str]]:
    """Those that fit, the best first, with their ids."""
    if not query.words:
        return []
    ids = {row[0]: id_ for id_, row in names}
    return [(how, ids[row[0]]) for how, row in ranked(query, (row for _, row in names))]
