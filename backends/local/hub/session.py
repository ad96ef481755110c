"""The playback session as a value: where its track is at a given moment, and when it counts as played."""

from dataclasses import dataclass

from contract.hub.playback_session import Context, Device, Repeat, State

__all__ = ["Session", "threshold_ms"]

_LONGEST_THRESHOLD_MS = 240_000

_NEAR_THE_END_MS = 1_000
"""A player that begins again may say so a little before the clock says that it has come to the end."""

_START_MS = 3_000


def threshold_ms(duration_ms: int) -> int:
    """How long a track must be listened to until it counts as played: half of it or four minutes.

    Source: the rule of scrobbling, as Last.fm and ListenBrainz publish it.
    """
    return min((duration_ms + 1) // 2, _LONGEST_THRESHOLD_MS) if duration_ms else _LONGEST_THRESHOLD_MS


@dataclass
class Session:
    """The session without its queue; moments are milliseconds since 1970.

    Attributes:
        entry: The current entry of the queue.
        position_ms: Where its track was at `position_at`.
        listened_ms: How long its track had been listened to by then.
        play_id: The play that it was counted as, once it was.
    """

    revision: int = 1
    state: State = "stopped"
    entry: int | None = None
    position_ms: int = 0
    position_at: int = 0
    rate: float = 1.0
    listened_ms: int = 0
    play_id: int | None = None
    repeat: Repeat = "off"
    volume: int = 100
    device: Device | None = None
    context: Context | None = None
    updated_at: int | None = None

    def position_at_moment(self, now: int, duration_ms: int) -> int:
        """Where the track is, if the player has done nothing since but play."""
        return self.position_ms + self._ran(now, duration_ms)

    def settle(self, now: int, duration_ms: int) -> int | None:
        """Bring it up to the present; return when the entry came to count as played, if it has since.

        Whoever gets a moment gives the session its `play_id`.
        """
        listened = self.listened_ms + self._ran(now, duration_ms)
        needed = threshold_ms(duration_ms)
        moment = None
        if self.play_id is None and listened >= needed:
            moment = min(now, self.position_at + int(max(0, needed - self.listened_ms) / self.rate))
        self.position_ms = self.position_at_moment(now, duration_ms)
        self.listened_ms = listened
        self.position_at = now
        return moment

    def start(self, entry: int | None, now: int) -> None:
        """Make the entry current, from its start, or none."""
        self.entry = entry
        self.position_ms, self.position_at = 0, now
        self.listened_ms, self.play_id = 0, None
        if entry is None:
            self.state = "stopped"

    def seek(self, position_ms: int, duration_ms: int) -> None:
        """Go to a place in the track, of a session that is settled.

        From the track's end back to its start is no seeking: it plays once more, and can count once more.
        """
        near = min(_NEAR_THE_END_MS, duration_ms // 4)  # of a short track, half of it would be near its end otherwise
        at_the_end = duration_ms > 0 and self.position_ms >= duration_ms - near
        if at_the_end and position_ms <= min(_START_MS, duration_ms // 2):
            self.listened_ms, self.play_id = 0, None
        self.position_ms = min(position_ms, duration_ms) if duration_ms else position_ms

    def _ran(self, now: int, duration_ms: int) -> int:
        """How far it has played since `position_at`: never past the end, and not back if the clock was put back."""
        if self.state != "playing" or self.entry is None:
            return 0
        ran = int(max(0, now - self.position_at) * self.rate)
        # A length that no tag says is not known to end.
        return min(ran, max(0, duration_ms - self.position_ms)) if duration_ms else ran
