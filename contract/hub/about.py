"""What holds for the whole of the Music Hub: where it answers, whom it trusts, and the parts that it has."""

from contract.errors import family
from contract.hub import BASE_URL, DEV_URL, errors
from contract.hub.operations import OPERATIONS
from contract.musicengine.about import LOCAL_URL
from contract.operation import Access, Area
from contract.system import Address, Bearer, SurfaceArea, System

__all__ = ["HUB"]

_AREAS = (
    SurfaceArea(
        area=Area.HUB,
        title="Hub",
        description="Whether it answers, what it is and can do, and the health of its databases.",
    ),
    SurfaceArea(
        area=Area.LIBRARY,
        title="Hub library",
        description="What there is: tracks, albums and artists, in lists with filters and orders, and one by one.",
    ),
    SurfaceArea(
        area=Area.SEARCH,
        title="Hub search",
        description="Finding tracks, albums, artists and playlists by words, and the words that were searched for.",
    ),
    SurfaceArea(
        area=Area.PLAYLISTS,
        title="Hub playlists",
        description="Lists of tracks in an order of their own. Each change raises the playlist's revision.",
    ),
    SurfaceArea(
        area=Area.SAVED,
        title="Hub saved items",
        description="Tracks, albums, artists and playlists that somebody wants to find again.",
    ),
    SurfaceArea(
        area=Area.METADATA,
        title="Hub metadata",
        description=(
            "What is shown of a track in place of its file's tags: overrides, and proposals from other sources. Files "
            "are never written to."
        ),
    ),
    SurfaceArea(
        area=Area.PLAYBACK,
        title="Hub playback",
        description="The one playback session: its queue, what is playing, and what was played.",
    ),
    SurfaceArea(
        area=Area.SCAN,
        title="Hub scanning",
        description="Which folders belong to the library, and reading what is in them.",
    ),
    SurfaceArea(
        area=Area.MEDIA,
        title="Hub media",
        description="The audio files themselves, whole or in ranges, and covers in a few sizes; by ids alone.",
    ),
    SurfaceArea(
        area=Area.EVENTS,
        title="Hub live events",
        description="Server-sent events: what changes, whichever program changes it, and how far a scan has come.",
    ),
    SurfaceArea(
        area=Area.SHARES,
        title="Hub shares",
        description="Playlists, artists, albums and tracks that anybody with the link may open and play.",
    ),
    SurfaceArea(
        area=Area.DEVICES,
        title="Hub devices",
        description="Pairing: how a phone or another machine gets tokens, keeps them, and loses them.",
    ),
    SurfaceArea(
        area=Area.RECOVERY,
        title="Hub recovery",
        description="The health of the databases, and making new ones of all that can be saved. Nothing is deleted.",
    ),
)

HUB = System(
    title="Music Hub",
    summary="A library of audio files, its playlists, and one playback session.",
    description=(
        "The Music Hub is a library of audio files on a machine of your own: what a scan finds, how it is searched, "
        "the playlists that people make of it, and one playback session. Its wire is camelCase."
    ),
    standing=(
        f"The desktop hub answers these routes at `{BASE_URL}`, and so does `musicengine-mcp serve`, beside "
        "MusicEngine's. Agents reach them as tools of the MCP server over stdio."
    ),
    addresses=(
        Address(BASE_URL, "The desktop hub, or this program"),
        Address(DEV_URL, "The same under development"),
    ),
    reference_url=f"{LOCAL_URL}/docs/api.md",
    access=Access.HUB,
    bearer=Bearer(
        name="hubToken",
        description=(
            "Of a call that is remote or comes through a proxy: the access token of a paired device (from "
            "/api/auth/pair and /api/auth/refresh), or the hub's MUSIC_HUB_API_TOKEN. Calls from the hub's own "
            "machine need none."
        ),
        required=False,
    ),
    authentication=(
        "Nobody on the local network is trusted for being there. A call is local if it comes from the hub's own "
        "machine over loopback, and through no proxy; it is then as privileged as the person at that machine."
    ),
    callers=(
        ("From the hub's own machine, over loopback", "No token."),
        (
            "Remote, or through a proxy",
            (
                "A bearer token: the access token of a paired device (from `/api/auth/pair`, renewed at "
                "`/api/auth/refresh`), or the hub's `MUSIC_HUB_API_TOKEN`."
            ),
        ),
    ),
    defaults=(("Protocol", "REST, and server-sent events"), ("Format", "JSON")),
    operations=OPERATIONS,
    areas=_AREAS,
    failures=(
        "A hub whose database is not healthy answers most routes with status 503 and the code "
        "`database_unavailable`; `GET /api/info` then says what is wrong, and the way out."
    ),
    errors=tuple(error for error in family() if error.__module__ == errors.__name__),
    meanings={
        401: "Unauthorized. There is no token that is known, or it is no longer good.",
        403: "Forbidden. It takes the hub's own machine, or another site's page has sent the request.",
        429: "Too Many Requests. Wait for as long as Retry-After says.",
        404: "Not Found. There is no such thing in the hub.",
        500: "Internal Server Error. The hub failed while processing the request.",
    },
    prefix="Hub",
)
