"""Enrichment: what other sources say of a track, proposed with a reason, and taken over field by field."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import LibraryTrackNotFound, ProposalNotFound
from contract.hub.ids import Kind, ProposalId, TrackId
from contract.hub.metadata import EXAMPLE_CHANGE, EXAMPLE_FIELD, FieldName, MetadataChanged, MetadataValue
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "APPLY_ENRICHMENT",
    "LIST_ENRICHMENT_PROPOSALS",
    "OPERATIONS",
    "ApplyEnrichment",
    "EnrichmentProposals",
    "ListEnrichmentProposals",
    "Proposal",
]

_MOST_AT_ONCE = 50


class ListEnrichmentProposals(BaseModel):
    """Which track."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId


@with_config(ANSWER)
class Proposal(TypedDict):
    """Another value for a field of the track."""

    id: Annotated[ProposalId, Field(description="Of this very proposal: it changes when the field's value does.")]
    field: FieldName
    current: Annotated[MetadataValue, Field(description="What is shown now.")]
    proposed: MetadataValue
    source: Annotated[
        str,
        Field(
            description="catalogue (the label's, by ISRC), release (other files of the same release), or musicbrainz."
        ),
    ]
    confidence: Annotated[float, Field(description="0 to 1.")]
    reason: str


class EnrichmentProposals(BaseModel):
    """What other sources say of a track."""

    model_config = ANSWER

    id: TrackId
    proposals: Annotated[list[Proposal], Field(description="By field, the most trustworthy first.")]
    notes: Annotated[list[str], Field(description="Which sources could not be asked, and why.")]


class ApplyEnrichment(BaseModel):
    """Proposals to take over."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId
    proposalIds: Annotated[
        list[ProposalId], Field(min_length=1, max_length=_MOST_AT_ONCE, description="One for a field at most.")
    ]


LIST_ENRICHMENT_PROPOSALS = Operation(
    name="list_enrichment_proposals",
    route="GET /api/tracks/{id}/enrichment",
    area=Area.METADATA,
    summary="List what other sources say of a track",
    description=(
        "Returns other values for the track's fields, each with its source, how much it is to be trusted, and why: "
        "from the label's catalogue, from other files of the release and, where it is switched on, from MusicBrainz. "
        "Nothing is changed."
    ),
    request=ListEnrichmentProposals,
    response=EnrichmentProposals,
    response_description="The proposals that differ from what is shown.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(LibraryTrackNotFound,),
    in_reference=False,
    example=Example(
        request={"id": Kind.TRACK.example},
        response={
            "id": Kind.TRACK.example,
            "proposals": [
                {
                    "id": Kind.PROPOSAL.example,
                    "field": "title",
                    "current": "Song Nmae",
                    "proposed": "Song Name",
                    "source": "catalogue",
                    "confidence": 0.95,
                    "reason": "The label's catalogue has this ISRC with this title.",
                }
            ],
            "notes": [],
        },
    ),
)

APPLY_ENRICHMENT = Operation(
    name="apply_enrichment",
    route="POST /api/tracks/{id}/enrichment/apply",
    area=Area.METADATA,
    summary="Take over what other sources say of a track",
    description=(
        "Shows proposed values in place of the track's own, as overrides that name their source: all that are chosen "
        "or, if one no longer holds, none. The file is never written, and the change can be undone."
    ),
    request=ApplyEnrichment,
    response=MetadataChanged,
    response_description="The fields as they are now, and the change's id.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound, ProposalNotFound),
    example=Example(
        request={"id": Kind.TRACK.example, "proposalIds": [Kind.PROPOSAL.example]},
        response={
            "change": EXAMPLE_CHANGE,
            "changed": ["title"],
            "fields": [{**EXAMPLE_FIELD, "source": "catalogue", "confidence": 0.95}],
        },
    ),
)

OPERATIONS = (LIST_ENRICHMENT_PROPOSALS, APPLY_ENRICHMENT)
