"""The hub's own errors, in the tree that `contract.errors` begins.

ContractError
├── NotFound                      404
│   ├── LibraryTrackNotFound
│   ├── AlbumNotFound
│   ├── ArtistNotFound
│   ├── PlaylistNotFound               also of a playlist that was deleted
│   ├── EntryNotFound                  of a playlist or of the queue
│   ├── FolderNotFound                 that a scan was to look into, or that is to leave the library
│   └── ProposalNotFound
└── Conflict                      409  what was asked for does not fit what is there now
    ├── StaleRevision                  somebody else changed it; the answer holds its present state
    ├── ScanRunning
    ├── NothingToPlay
    └── NotAllowedNow                  the session's allowed actions say what is
"""

from typing import Any

from pydantic import Field

from contract.errors import ContractError, ErrorBody, NotFound

__all__ = [
    "AlbumNotFound",
    "ArtistNotFound",
    "Conflict",
    "ConflictBody",
    "EntryNotFound",
    "FolderNotFound",
    "LibraryTrackNotFound",
    "NotAllowedNow",
    "NothingToPlay",
    "PlaylistNotFound",
    "ProposalNotFound",
    "ScanRunning",
    "StaleRevision",
]


class LibraryTrackNotFound(NotFound):
    """The library has no such track."""

    code = "library_track_not_found"
    default_message = "The library has no track with that id."
    default_field = "id"
    default_next_step = "Search the library for its title."
    agent_next_step = "Call hub_search with its title."


class AlbumNotFound(NotFound):
    """The library has no such album."""

    code = "album_not_found"
    default_message = "The library has no album with that id."
    default_field = "id"
    default_next_step = "Search the library for its title."
    agent_next_step = "Call hub_search with its title."


class ArtistNotFound(NotFound):
    """The library has no such artist."""

    code = "artist_not_found"
    default_message = "The library has no artist with that id."
    default_field = "id"
    default_next_step = "Search the library for the name."
    agent_next_step = "Call hub_search with the name."


class PlaylistNotFound(NotFound):
    """There is no such playlist."""

    code = "playlist_not_found"
    default_message = "There is no playlist with that id."
    default_field = "id"
    default_next_step = "List the playlists to see what there is."
    agent_next_step = "Call hub_list with kind=playlists to see what there is."


class EntryNotFound(NotFound):
    """The playlist or the queue has no such entry."""

    code = "entry_not_found"
    default_message = "There is no entry with that id."
    default_field = "entryId"
    default_next_step = "Read the list again: an entry's id goes with the entry."
    agent_next_step = "Entries of a playlist come from hub_get, those of the queue from hub_now_playing."


class FolderNotFound(NotFound):
    """There is no such folder, or it is not one of the library's."""

    code = "folder_not_found"
    default_message = "The library has no such folder."
    default_field = "folder"
    default_next_step = "List the library's folders to see which there are."
    agent_next_step = "Call hub_scan with action=status to see which there are."


class ProposalNotFound(NotFound):
    """There is no such proposal for the track."""

    code = "proposal_not_found"
    default_message = "There is no such proposal for this track."
    default_field = "proposalId"
    default_next_step = "List the track's proposals again."
    agent_next_step = "Call hub_get_metadata again: a proposal goes when what it would correct has changed."


class ConflictBody(ErrorBody):
    """The body of a conflict: where the error says so, it holds the present state."""

    current: dict[str, Any] | None = Field(
        default=None, description="The present state, as a read would give it; it comes with `stale_revision`."
    )


class Conflict(ContractError):
    """What was asked for does not fit what is there now."""

    body_model = ConflictBody
    code = "conflict"
    status = 409
    meaning = "Conflict. What was asked for does not fit the present state, which the answer may hold."
    default_message = "That does not fit the present state. Nothing was changed."


class StaleRevision(Conflict):
    """Somebody else changed it since it was read.

    Attributes:
        current: The present state, as a read would give it; nothing where the error stands for all of its kind.
    """

    code = "stale_revision"
    default_message = "It has changed since that revision was read. Nothing was changed."
    default_field = "revision"
    default_next_step = "Take the present state, which comes with this answer, and send the change with its revision."

    def __init__(self, current: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.current = current or {}

    def body(self) -> dict[str, Any]:
        """The JSON body, with the present state beside the error."""
        return {**super().body(), "current": self.current}


class ScanRunning(Conflict):
    """A scan is under way already."""

    code = "scan_running"
    default_message = "A scan is under way already. Nothing was changed."
    default_next_step = "Wait for it to end, or cancel it."


class NothingToPlay(Conflict):
    """The queue is empty, or nothing of what was asked for has a file that is there."""

    code = "nothing_to_play"
    default_message = "There is nothing to play. Nothing was changed."
    default_next_step = "Put something into the queue first."
    agent_next_step = "Missing files and empty playlists can't be played: choose something else for hub_play."


class NotAllowedNow(Conflict):
    """The session does not allow that action now."""

    code = "not_allowed_now"
    default_message = "The playback session does not allow that now. Nothing was changed."
    default_next_step = "Read the session: allowedActions says what it allows."
    agent_next_step = "The allowedActions of hub_now_playing say what it allows."
