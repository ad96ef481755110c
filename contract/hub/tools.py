"""The hub's tools: what an agent sees of its operations, by what people want rather than by route."""

from typing import Any

from contract.hub.browse import BROWSE_LIBRARY
from contract.hub.details import GET_ALBUM, GET_ARTIST, GET_LIBRARY_TRACK
from contract.hub.enrichment import APPLY_ENRICHMENT, LIST_ENRICHMENT_PROPOSALS
from contract.hub.library import (
    LIST_ALBUMS,
    LIST_ARTISTS,
    LIST_LIBRARY_TRACKS,
)
from contract.hub.metadata import (
    GET_TRACK_METADATA,
    RESET_METADATA_OVERRIDES,
    SET_METADATA_OVERRIDES,
    UNDO_METADATA_CHANGE,
)
from contract.hub.overview import FIND_LIBRARY_ISRCS, GET_LIBRARY_FILTERS, GET_LIBRARY_STATS
from contract.hub.playback import GET_PLAYBACK_SESSION, GO_BACK, LIST_PLAYS
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS, MOVE_PLAYLIST_ENTRIES, REMOVE_PLAYLIST_ENTRIES
from contract.hub.playlists import CREATE_PLAYLIST, DELETE_PLAYLIST, GET_PLAYLIST, LIST_PLAYLISTS, UPDATE_PLAYLIST
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK, EDIT_QUEUE
from contract.hub.recovery import GET_DATABASE_HEALTH, REBUILD_DATABASE
from contract.hub.saved import LIST_SAVED, SAVE_ITEMS, UNSAVE_ITEMS
from contract.hub.scan import CANCEL_SCAN, GET_SCAN, LIST_ROOTS, REMOVE_ROOT, START_SCAN
from contract.hub.search import CLEAR_SEARCHES, LIST_SEARCHES, SEARCH_LIBRARY
from contract.hub.shares import CREATE_SHARE, DELETE_SHARE, LIST_SHARES
from contract.hub.tool_arguments import (
    BrowseArguments,
    ClearSearchesArguments,
    ControlArguments,
    EditPlaylistArguments,
    FixMetadataArguments,
    GetArguments,
    GetMetadataArguments,
    ListArguments,
    NowPlayingArguments,
    PlayArguments,
    RebuildArguments,
    SaveArguments,
    ScanArguments,
    SearchArguments,
    ShareArguments,
)
from contract.hub.tool_results import (
    BrowseResult,
    EditPlaylistResult,
    GetResult,
    ListResult,
    MetadataResult,
    PlayResult,
    RebuildResult,
    SaveResult,
    ScanResult,
    SearchesCleared,
    SearchResult,
    SessionResult,
    ShareResult,
)
from contract.tool import Tool

__all__ = [
    "BROWSE_TOOL",
    "CLEAR_SEARCHES_TOOL",
    "CONTROL_TOOL",
    "EDIT_PLAYLIST_TOOL",
    "FIX_METADATA_TOOL",
    "GET_METADATA_TOOL",
    "GET_TOOL",
    "LIST_TOOL",
    "NOW_PLAYING_TOOL",
    "PLAY_TOOL",
    "REBUILD_TOOL",
    "SAVE_TOOL",
    "SCAN_TOOL",
    "SEARCH_TOOL",
    "SHARE_TOOL",
    "TOOLS",
]

SEARCH_TOOL = Tool(
    name="hub_search",
    title="Search the library",
    description=(
        "Find tracks, albums, artists and playlists of the music library on this machine by words, typos included. Use "
        "it to get ids."
    ),
    arguments=SearchArguments,
    result=SearchResult,
    operations=(SEARCH_LIBRARY,),
    example={"query": "song name"},
)

LIST_TOOL = Tool(
    name="hub_list",
    title="List what the library holds",
    description=(
        "List tracks, albums or artists with filters and sorts, playlists, what was saved, played or searched for. For "
        "filters' values see hub_browse."
    ),
    arguments=ListArguments,
    result=ListResult,
    operations=(LIST_LIBRARY_TRACKS, LIST_ALBUMS, LIST_ARTISTS, LIST_PLAYLISTS, LIST_SAVED, LIST_PLAYS, LIST_SEARCHES),
    example={"kind": "albums", "sort": "added"},
)

GET_TOOL = Tool(
    name="hub_get",
    title="Get one thing of the library",
    description=(
        "All about one track (file, tags, lyrics, whether the label's catalogue has it), an album with its tracks, an "
        "artist with albums, or a playlist with its entries."
    ),
    arguments=GetArguments,
    result=GetResult,
    operations=(GET_LIBRARY_TRACK, GET_ALBUM, GET_ARTIST, GET_PLAYLIST),
    example={"id": "USXXX1234567"},
)

BROWSE_TOOL = Tool(
    name="hub_browse",
    title="Browse the library",
    description=(
        "The library at a glance: counts, last scan, which genres, years and formats there are, and recently added, "
        "most played, forgotten favourites and more. With section a page of that one."
    ),
    arguments=BrowseArguments,
    result=BrowseResult,
    operations=(BROWSE_LIBRARY, GET_LIBRARY_STATS, GET_LIBRARY_FILTERS),
    example={},
)

EDIT_PLAYLIST_TOOL = Tool(
    name="hub_edit_playlist",
    title="Make or change a playlist",
    description=(
        "Create, rename or delete a playlist; add, remove or move what is in it. Tracks that it holds already are not "
        "added again. hub_get shows the entries' ids."
    ),
    arguments=EditPlaylistArguments,
    result=EditPlaylistResult,
    operations=(
        CREATE_PLAYLIST,
        UPDATE_PLAYLIST,
        DELETE_PLAYLIST,
        ADD_PLAYLIST_TRACKS,
        REMOVE_PLAYLIST_ENTRIES,
        MOVE_PLAYLIST_ENTRIES,
    ),
    example={"action": "create", "name": "Monday"},
)

NOW_PLAYING_TOOL = Tool(
    name="hub_now_playing",
    title="What is playing",
    description="The playback session: track, position, state, volume, repeat, shuffle, and what comes next.",
    arguments=NowPlayingArguments,
    result=SessionResult,
    operations=(GET_PLAYBACK_SESSION,),
    example={},
)

PLAY_TOOL = Tool(
    name="hub_play",
    title="Play this",
    description=(
        "Play or queue a track, album, artist or playlist. now replaces the queue; next and last keep it. If the words "
        "fit several things nothing changes and candidates come back: ask, then call again with the id."
    ),
    arguments=PlayArguments,
    result=PlayResult,
    operations=(ADD_TO_QUEUE, SEARCH_LIBRARY, FIND_LIBRARY_ISRCS),
    example={"what": "USXXX1234567"},
)

CONTROL_TOOL = Tool(
    name="hub_control",
    title="Control playback",
    description=(
        "Pause, go on, skip, seek, volume, repeat, shuffle, or edit the queue. previous restarts a track that has "
        "played for over 3 s; back returns to what played before."
    ),
    arguments=ControlArguments,
    result=SessionResult,
    operations=(CONTROL_PLAYBACK, EDIT_QUEUE, GO_BACK),
    example={"action": "pause"},
)

SAVE_TOOL = Tool(
    name="hub_save",
    title="Save for later",
    description="Save tracks, albums, artists or playlists, or take them off what is saved.",
    arguments=SaveArguments,
    result=SaveResult,
    operations=(SAVE_ITEMS, UNSAVE_ITEMS),
    example={"ids": ["trk_0f3a9c2e5b7d1846"]},
)

SHARE_TOOL = Tool(
    name="hub_share",
    title="Share music by a link",
    description=(
        "Make a link under which anybody can see and play a playlist, album, artist or track in a browser, for some "
        "days; list such links; end one. Give the user the url."
    ),
    arguments=ShareArguments,
    result=ShareResult,
    operations=(CREATE_SHARE, LIST_SHARES, DELETE_SHARE, SEARCH_LIBRARY),
    example={"action": "list"},
)

GET_METADATA_TOOL = Tool(
    name="hub_get_metadata",
    title="Where a track's metadata come from",
    description=(
        "Each field of a track: what its file says, what is shown and why; and proposals to correct it, with source "
        "and confidence, from the label's catalogue and the rest of the album."
    ),
    arguments=GetMetadataArguments,
    result=MetadataResult,
    operations=(GET_TRACK_METADATA, LIST_ENRICHMENT_PROPOSALS),
    example={"track": "trk_0f3a9c2e5b7d1846"},
)

FIX_METADATA_TOOL = Tool(
    name="hub_fix_metadata",
    title="Fix a track's metadata",
    description=(
        "Correct what is shown for a track: set fields, reset them to the file's, apply proposals, or undo. One of "
        "these at a time. Files are never changed."
    ),
    arguments=FixMetadataArguments,
    result=MetadataResult,
    operations=(SET_METADATA_OVERRIDES, RESET_METADATA_OVERRIDES, APPLY_ENRICHMENT, UNDO_METADATA_CHANGE),
    example={"track": "trk_0f3a9c2e5b7d1846", "set": {"title": "Song Name"}},
)

SCAN_TOOL = Tool(
    name="hub_scan",
    title="Scan folders for music",
    description=(
        "Look for new, changed and missing files in the library's folders, or in new ones; see how far a scan is; "
        "cancel it; take a folder out. Waits for up to a minute; a longer scan goes on: ask for its status."
    ),
    arguments=ScanArguments,
    result=ScanResult,
    operations=(START_SCAN, GET_SCAN, CANCEL_SCAN, LIST_ROOTS, REMOVE_ROOT),
    example={"action": "status"},
)

REBUILD_TOOL = Tool(
    name="hub_rebuild",
    title="Rebuild damaged databases",
    description=(
        "When hub tools answer database_unavailable: checks the library's databases, asks the user, then makes new "
        "ones of all that can be read and of the newest backup. Nothing is deleted."
    ),
    arguments=RebuildArguments,
    result=RebuildResult,
    operations=(GET_DATABASE_HEALTH, REBUILD_DATABASE),
    example={},
)

CLEAR_SEARCHES_TOOL = Tool(
    name="hub_clear_searches",
    title="Clear the search history",
    description="Forget what was searched for: all of it, or one query.",
    arguments=ClearSearchesArguments,
    result=SearchesCleared,
    operations=(CLEAR_SEARCHES,),
    example={},
)

TOOLS: tuple[Tool[Any, Any], ...] = (
    SEARCH_TOOL,
    PLAY_TOOL,
    NOW_PLAYING_TOOL,
    CONTROL_TOOL,
    LIST_TOOL,
    GET_TOOL,
    BROWSE_TOOL,
    EDIT_PLAYLIST_TOOL,
    SAVE_TOOL,
    SHARE_TOOL,
    GET_METADATA_TOOL,
    FIX_METADATA_TOOL,
    SCAN_TOOL,
    CLEAR_SEARCHES_TOOL,
    REBUILD_TOOL,
)
"""In the order in which agents see them."""
