"""What a search of the catalogue looks for: words, an ISRC, or a Spotify link; one rule for every backend."""

from dataclasses import dataclass

from backends.text import fold, search_text
from contract.identifiers import normalise_isrc, spotify_track_id
from contract.musicengine.catalogue import TrackSummary

__all__ = ["Sought"]


@dataclass(frozen=True)
class Sought:
    """What a query means; it may mean an ISRC and a word at once.

    Attributes:
        isrc: The ISRC that the query is, or None.
        spotify_id: The track id of the link that the query is, or None.
        words: Folded words, each of which title, artist or album must hold; empty if the query is a link.
    """

    isrc: str | None
    spotify_id: str | None
    words: tuple[str, ...]

    @classmethod
    def of(cls, query: str) -> "Sought":
        """What the query means."""
        try:
            isrc = normalise_isrc(query)
        except ValueError:
            isrc = None
        spotify_id = spotify_track_id(query)
        return cls(isrc, spotify_id, () if spotify_id else tuple(fold(query).split()))

    def is_met_by(self, track: TrackSummary) -> bool:
        """Whether a search finds the track."""
        if self.isrc is not None and track["isrc"] == self.isrc:
            return True
        if self.spotify_id is not None:
            return spotify_track_id(track["spotify_track_url"] or "") == self.spotify_id
        text = search_text(track["title"], track["artist"], track["album"])
        return bool(self.words) and all(word in text for word in self.words)
