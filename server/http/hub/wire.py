"""What the hub's endpoints work with: the hub, and how it is reached."""

from dataclasses import dataclass, field

from starlette.requests import Request

from backends.local.hub.hub import LocalHub
from server.http.hub.live_grants import LiveGrants
from server.http.listeners import LISTENER, Listener, Reach

__all__ = ["Wire"]


@dataclass(frozen=True)
class Wire:
    """One hub on the wire.

    Attributes:
        hub: What carries operations out.
        reach: Its listeners, and the addresses that lead to them.
        api_token: MUSIC_HUB_API_TOKEN, which is as good as a paired device's; or None.
        live_grants: What is being sent, for as long as it may be.
    """

    hub: LocalHub
    reach: Reach
    api_token: str | None = field(default=None, repr=False)
    live_grants: LiveGrants = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Grants of this hub are watched."""
        object.__setattr__(self, "live_grants", LiveGrants(self.hub))

    def listener_of(self, request: Request) -> Listener | None:
        """The listener that a request came by."""
        return request.scope.get(LISTENER)
