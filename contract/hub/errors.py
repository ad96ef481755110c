"""The hub's own errors, in the tree that `contract.errors` begins.

ContractError
├── Unauthorized                  401
│   └── HubUnauthorized                no token, or one that is not known
│       ├── TokenExpired               an access token or a media token whose time is over
│       ├── DeviceRevoked              a token of a device that was revoked
│       ├── RefreshTokenReused         a refresh token that was used before: its device is revoked
│       └── PairingRefused             a wrong code, or there is none to be right
├── Forbidden                     403
│   ├── LocalOnly                      it takes the hub's own machine
│   └── ForeignOrigin                  the request comes from another web site's page
├── NotFound                      404
│   ├── DeviceNotFound
│   ├── ShareNotFound                  nothing that is shared has the id
│   ├── ShareSessionNotFound           it has ended, or the share has
│   ├── MediaNotFound                  no such track or cover, or none that the token covers
│   ├── TunnelNotConfigured
│   ├── LibraryTrackNotFound
│   ├── AlbumNotFound
│   ├── ArtistNotFound
│   ├── PlaylistNotFound               also of a playlist that was deleted
│   ├── EntryNotFound                  of a playlist or of the queue
│   ├── FolderNotFound                 that a scan was to look into, or that is to leave the library
│   └── ProposalNotFound
├── InternalError
│   ├── TranscodingUnavailable    501  there is no ffmpeg
│   ├── TooManyStreams            503  as many listen to events as may
│   ├── TranscodingBusy           503  as many tracks are being converted as may be
│   └── DatabaseUnavailable       503  a database is damaged, or is being rebuilt
├── Conflict                      409  what was asked for does not fit what is there now
│   ├── StaleRevision                  somebody else changed it; the answer holds its present state
│   ├── ScanRunning
│   ├── RebuildRunning
│   ├── TooManyDevices                 as many are paired as the hub takes
│   ├── NothingToPlay
│   └── NotAllowedNow                  the session's allowed actions say what is
├── RangeNotSatisfiable           416  the range begins beyond the end of the file
└── MisdirectedRequest            421  the Host header is no name of this hub
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

from pydantic import Field

from contract.errors import ContractError, ErrorBody, ErrorDetail, Forbidden, InternalError, NotFound, Unauthorized

__all__ = [
    "AlbumNotFound",
    "ArtistNotFound",
    "Conflict",
    "ConflictBody",
    "DatabaseUnavailable",
    "DeviceNotFound",
    "DeviceRevoked",
    "EntryNotFound",
    "FolderNotFound",
    "ForeignOrigin",
    "HubUnauthorized",
    "LibraryTrackNotFound",
    "LocalOnly",
    "MediaNotFound",
    "MisdirectedRequest",
    "NotAllowedNow",
    "NothingToPlay",
    "PairingRefused",
    "PlaylistNotFound",
    "ProposalNotFound",
    "RangeNotSatisfiable",
    "RebuildRunning",
    "RefreshTokenReused",
    "ScanRunning",
    "ShareNotFound",
    "ShareSessionNotFound",
    "StaleRevision",
    "TokenExpired",
    "TooManyDevices",
    "TooManyStreams",
    "TranscodingBusy",
    "TranscodingUnavailable",
    "TunnelNotConfigured",
]


class HubUnauthorized(Unauthorized):
    """No token, or one that is not known."""

    code = "hub_unauthorized"
    default_message = "Calls from other machines, or through a proxy, need a token; this one has none that is known."
    default_next_step = (
        "On the hub's machine, 'musicengine-mcp devices arm' shows a code; POST it to /api/auth/pair, then send "
        "'Authorization: Bearer ACCESS_TOKEN'."
    )
    default_headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="Music Hub"'}  # RFC 6750


class TokenExpired(HubUnauthorized):
    """An access token or a media token whose time is over."""

    code = "token_expired"
    default_message = "This token has expired."
    default_next_step = "Get another from /api/auth/refresh; for media, from where this one came."


class DeviceRevoked(HubUnauthorized):
    """A token of a device that was revoked."""

    code = "device_revoked"
    default_message = "This device was revoked."
    default_next_step = "Pair it again: 'musicengine-mcp devices arm' on the hub's machine shows a code."


class RefreshTokenReused(HubUnauthorized):
    """A refresh token that was used before: somebody else may have it, so the device is revoked."""

    code = "refresh_token_reused"
    default_message = "This refresh token was used before. Its device is revoked, since somebody else may have it."
    default_next_step = DeviceRevoked.default_next_step


class PairingRefused(HubUnauthorized):
    """A wrong code, or there is none to be right; which of them is not said."""

    code = "pairing_refused"
    default_message = "The pairing code is wrong, has expired or was used; or too many were tried."
    default_field = "pairingCode"
    default_next_step = "'musicengine-mcp devices arm' on the hub's machine shows a new code."


class LocalOnly(Forbidden):
    """It takes the hub's own machine."""

    code = "local_only"
    default_message = "This can only be asked for on the hub's own machine, over loopback and through no proxy."
    default_next_step = "Run it there, or use the command line there: musicengine-mcp --help."


class ForeignOrigin(Forbidden):
    """The request comes from another web site's page."""

    code = "foreign_origin"
    default_message = "The request comes from the page of another origin."
    default_next_step = "Send it from the hub's own pages, or from a program."


class DeviceNotFound(NotFound):
    """No such device is paired."""

    code = "device_not_found"
    default_message = "No paired device has that id."
    default_field = "deviceId"
    default_next_step = "List the devices to see which there are."


class ShareNotFound(NotFound):
    """Nothing that is shared has the id."""

    code = "share_not_found"
    default_message = "Nothing that is shared has that id. It may have been shared once."
    default_field = "id"
    default_next_step = "Ask whoever sent the link for a new one."


class ShareSessionNotFound(NotFound):
    """The session has ended, or the share has."""

    code = "share_session_not_found"
    default_message = "There is no such share session: it has ended, or what it was of is no longer shared."
    default_field = "shareSessionId"
    default_next_step = "Open the share again."


class MediaNotFound(NotFound):
    """No such track or cover, or none that the token covers."""

    code = "media_not_found"
    default_message = "There is nothing to send under that id."
    default_field = "id"
    default_next_step = "Look whether the track is missing, or has no cover."


class TunnelNotConfigured(NotFound):
    """The hub has no address beyond its network."""

    code = "tunnel_not_configured"
    default_message = "This hub has no public address."
    default_next_step = "Start it with 'musicengine-mcp serve --tunnel-port PORT --tunnel-url https://hub.example'."


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

    @classmethod
    def told(cls, detail: ErrorDetail, members: Mapping[str, Any]) -> Self:  # noqa: ARG003  (it has its own words)
        """The error as another program told of it, with the present state that came with it."""
        current = members.get("current")
        return cls(cast("dict[str, Any]", current) if isinstance(current, dict) else None)

    def body(self) -> dict[str, Any]:
        """The JSON body, with the present state beside the error."""
        return {**super().body(), "current": self.current}


class ScanRunning(Conflict):
    """A scan is under way already."""

    code = "scan_running"
    default_message = "A scan is under way already. Nothing was changed."
    default_next_step = "Wait for it to end, or cancel it."


class RebuildRunning(Conflict):
    """A rebuild is under way already."""

    code = "rebuild_running"
    default_message = "The databases are being rebuilt already."
    default_next_step = "Wait for it to end."


class TooManyDevices(Conflict):
    """As many devices are paired as the hub takes."""

    code = "too_many_devices"
    default_message = "As many devices are paired as this hub takes. Nothing was changed."
    default_next_step = "Revoke one that is no longer used: 'musicengine-mcp devices list' shows when each was."


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


class RangeNotSatisfiable(ContractError):
    """The range begins beyond the end of the file."""

    code = "range_not_satisfiable"
    status = 416
    meaning = "Range Not Satisfiable. The range begins beyond the end; Content-Range says where that is."
    default_message = "The Range header asks for bytes beyond the end of the file."
    default_field = "Range"
    default_next_step = "Ask for bytes that are there; Content-Range says how many there are."


class MisdirectedRequest(ContractError):
    """The Host header is no name of this hub."""

    code = "misdirected_request"
    status = 421
    meaning = "Misdirected Request. The Host header is no name that this hub answers to."
    default_message = "The Host header is no name of this hub."
    default_next_step = "Whoever runs it can add one with --allow-host NAME."


class TranscodingUnavailable(InternalError):
    """There is no ffmpeg."""

    code = "transcoding_unavailable"
    status = 501
    meaning = "Not Implemented. This hub has no ffmpeg to convert audio with."
    default_message = "This hub can't convert audio: it has no ffmpeg."
    default_field = "format"
    default_next_step = "Leave format out to get the file as it is, or install ffmpeg on the hub's machine."


class TooManyStreams(InternalError):
    """As many listen to events as may."""

    code = "too_many_streams"
    status = 503
    meaning = "Service Unavailable. As many listen to events as may. Wait as long as Retry-After says."
    default_message = "As many listen to the hub's events as may."
    default_next_step = "Close streams that nobody reads, then try again; or ask now and then instead."
    default_headers: ClassVar[Mapping[str, str]] = {"Retry-After": "10"}


class TranscodingBusy(InternalError):
    """As many tracks are being converted as may be."""

    code = "transcoding_busy"
    status = 503
    meaning = "Service Unavailable. As many tracks are being converted as may be; Retry-After says when to try again."
    default_message = "This hub is converting as many tracks as it can."
    default_field = "format"
    default_next_step = "Leave format out to get the file as it is, or try again later."
    default_headers: ClassVar[Mapping[str, str]] = {"Retry-After": "10"}


class DatabaseUnavailable(InternalError):
    """A database is damaged, or is being rebuilt; the message says which, and how."""

    code = "database_unavailable"
    status = 503
    meaning = "Service Unavailable. The hub's database is not healthy: `GET /api/info` says what is wrong."
    default_message = "The hub's database is damaged."
    default_next_step = (
        "'musicengine-mcp doctor' says what is wrong, and 'musicengine-mcp rebuild' (or POST /api/database/rebuild on "
        "the hub's machine) archives it, and makes a new one of all that can be read and of the newest backup."
    )
    agent_next_step = (
        "Call hub_rebuild, which asks the user first; or tell the user to run 'musicengine-mcp rebuild'. Nothing is "
        "deleted by it."
    )
    default_headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}
