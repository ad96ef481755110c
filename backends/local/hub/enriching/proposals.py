"""All claims of all sources about one track, as proposals: those that would change what is shown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from backends.local.hub.context import Hub
from backends.local.hub.enriching.catalogue import claims_of_catalogue
from backends.local.hub.enriching.claims import Claim
from backends.local.hub.enriching.recordings import claims_of_musicbrainz
from backends.local.hub.enriching.release import claims_of_release
from backends.local.hub.new_ids import derived_id
from backends.local.hub.track_fields import TrackFields
from contract.hub.enrichment import Proposal
from contract.hub.fields import MetadataField
from contract.hub.ids import Kind
from contract.hub.metadata import MetadataValue

__all__ = ["Proposals"]

_DATES = frozenset({MetadataField.RELEASE_DATE, MetadataField.ORIGINAL_DATE})

_ORDER = {field: index for index, field in enumerate(MetadataField)}


@dataclass(frozen=True)
class Proposals:
    """What could be changed of a track.

    Attributes:
        track: Its fields as they were when the sources were asked.
        by_id: The claims, by field and the most trustworthy first.
        notes: About sources that could not be asked.
    """

    track: TrackFields
    by_id: dict[str, Claim]
    notes: list[str]

    @classmethod
    async def of(cls, hub: Hub, track_id: str) -> "Proposals":
        """Ask every source about the track.

        Raises:
            LibraryTrackNotFound: There is no such track.
        """
        track = await TrackFields.of(hub, track_id)
        catalogued, catalogue_notes = await claims_of_catalogue(hub, track)
        recorded, musicbrainz_notes = await claims_of_musicbrainz(hub, track)
        claims = [*catalogued, *recorded, *await claims_of_release(hub, track)]
        claims.sort(key=lambda claim: (_ORDER[claim.field], -claim.confidence))
        by_id = {_id(track, claim): claim for claim in claims if _says_more(track.value(claim.field), claim)}
        return cls(track, by_id, [*catalogue_notes, *musicbrainz_notes])

    def shown(self) -> list[Proposal]:
        """As answers show them."""
        return [
            {
                "id": id_,
                "field": claim.field.value,
                "current": self.track.value(claim.field),
                "proposed": claim.value,
                "source": claim.source,
                "confidence": claim.confidence,
                "reason": claim.reason,
            }
            for id_, claim in self.by_id.items()
        ]


def _says_more(current: MetadataValue, claim: Claim) -> bool:
    """A date that is merely less precise, and a tag that is there already, say nothing new."""
    if claim.field in _DATES and isinstance(current, str) and isinstance(claim.value, str):
        return not current.startswith(claim.value)
    return current != claim.value


def _id(track: TrackFields, claim: Claim) -> str:
    """The same as long as the same source proposes the same in place of the same."""
    said: Sequence[MetadataValue] = (claim.field.value, track.value(claim.field), claim.value, claim.source)
    return derived_id(Kind.PROPOSAL, track.id.encode(), json.dumps(said).encode())
