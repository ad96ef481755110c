"""Enrichment: proposals of other sources, and overrides made of them."""

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.enriching.claims import Claim
from backends.local.hub.enriching.proposals import Proposals
from backends.local.hub.override_changes import Override, change_overrides, overrides_of, require_track
from backends.local.hub.overrides import changed
from contract.errors import InvalidRequest
from contract.hub.enrichment import (
    APPLY_ENRICHMENT,
    LIST_ENRICHMENT_PROPOSALS,
    ApplyEnrichment,
    EnrichmentProposals,
    ListEnrichmentProposals,
)
from contract.hub.errors import ProposalNotFound
from contract.hub.fields import MetadataField
from contract.hub.metadata import MetadataChanged

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()


@HANDLERS.handles(LIST_ENRICHMENT_PROPOSALS)
async def list_enrichment_proposals(hub: Hub, request: ListEnrichmentProposals) -> EnrichmentProposals:
    """What can't be asked is said in a note, and the others answer."""
    proposals = await Proposals.of(hub, request.id)
    return EnrichmentProposals.model_construct(id=request.id, proposals=proposals.shown(), notes=proposals.notes)


@HANDLERS.handles(APPLY_ENRICHMENT)
async def apply_enrichment(hub: Hub, request: ApplyEnrichment) -> MetadataChanged:
    """Each must still be proposed: what was changed meanwhile is not overwritten unseen."""
    proposals = await Proposals.of(hub, request.id)
    chosen = _chosen(proposals, request.proposalIds)
    moment = hub.clock()
    wanted = {
        field.value: Override(claim.value, claim.source, claim.confidence, moment) for field, claim in chosen.items()
    }
    async with hub.user.transaction() as connection:
        await require_track(hub, connection, request.id)
        if await overrides_of(connection, request.id) != proposals.track.overrides:
            raise _gone(0)
        change, fields = await change_overrides(hub, connection, request.id, wanted)
    return await changed(hub, request.id, change, fields, list(chosen))


def _chosen(proposals: Proposals, ids: list[str]) -> dict[MetadataField, Claim]:
    chosen: dict[MetadataField, Claim] = {}
    for index, id_ in enumerate(dict.fromkeys(ids)):
        claim = proposals.by_id.get(id_)
        if claim is None:
            raise _gone(index)
        if claim.field in chosen:
            raise InvalidRequest(
                f"proposalIds names two proposals for {claim.field}. Nothing was changed.",
                field=f"proposalIds.{index}",
                next_step="Choose one for each field.",
            )
        chosen[claim.field] = claim
    return chosen


def _gone(index: int) -> ProposalNotFound:
    field = f"proposalIds.{index}"
    return ProposalNotFound(f"{field} is no proposal for this track, or no longer. Nothing was changed.", field=field)
