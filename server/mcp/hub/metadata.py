"""A track's metadata: where they come from, and how they are put right."""

from typing import Any

from backends.backend import Backend
from contract.errors import InvalidRequest
from contract.hub.enrichment import (
    APPLY_ENRICHMENT,
    LIST_ENRICHMENT_PROPOSALS,
    ApplyEnrichment,
    ListEnrichmentProposals,
)
from contract.hub.fields import MetadataField
from contract.hub.metadata import (
    GET_TRACK_METADATA,
    RESET_METADATA_OVERRIDES,
    SET_METADATA_OVERRIDES,
    UNDO_METADATA_CHANGE,
    GetTrackMetadata,
    ResetMetadataOverrides,
    SetMetadataOverrides,
    UndoMetadataChange,
)
from contract.hub.search import CLEAR_SEARCHES, ClearSearches
from contract.hub.tool_arguments import ClearSearchesArguments, FixMetadataArguments, GetMetadataArguments
from contract.hub.tool_results import MetadataResult, SearchesCleared
from contract.hub.tools import CLEAR_SEARCHES_TOOL, FIX_METADATA_TOOL, GET_METADATA_TOOL, TOOLS
from contract.validation import validate
from server.mcp.hub.rows import compact
from server.mcp.hub.wording import told_as
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_ACTIONS = ("set", "reset", "apply", "undo")

_PROPOSALS = "hub_get_metadata shows the proposals' ids."


@HANDLERS.handles(GET_METADATA_TOOL)
async def get_metadata(backend: Backend, arguments: GetMetadataArguments) -> MetadataResult:
    """Each field, and what is proposed for it."""
    metadata = await backend.call(GET_TRACK_METADATA, GetTrackMetadata(id=arguments.track))
    request = ListEnrichmentProposals(id=arguments.track)
    proposed = await backend.call(LIST_ENRICHMENT_PROPOSALS, request)
    return MetadataResult(
        metadata=_shown(metadata.model_dump(mode="json")),
        proposals=[dict(proposal) for proposal in proposed.proposals],
        notes=list(proposed.notes),
    )


@HANDLERS.handles(FIX_METADATA_TOOL)
async def fix_metadata(backend: Backend, arguments: FixMetadataArguments) -> MetadataResult:
    """One change, which can be undone."""
    if sum(bool(getattr(arguments, action)) for action in _ACTIONS) != 1:
        raise InvalidRequest("Exactly one of set, reset, apply and undo is wanted in one call.", field="set")
    if not set(arguments.set or ()) <= set(MetadataField):
        raise InvalidRequest(
            "A field in set is not known.", field="set", next_step=f"Fields: {', '.join(MetadataField)}."
        )
    with told_as(ids_from=_PROPOSALS, values="set", fields="reset", proposalIds="apply"):
        return await _fix(backend, arguments)


async def _fix(backend: Backend, arguments: FixMetadataArguments) -> MetadataResult:
    if arguments.set:
        request = validate(SetMetadataOverrides, {"id": arguments.track, "values": arguments.set})
        changed = await backend.call(SET_METADATA_OVERRIDES, request)
    elif arguments.reset:
        request = validate(ResetMetadataOverrides, {"id": arguments.track, "fields": arguments.reset})
        changed = await backend.call(RESET_METADATA_OVERRIDES, request)
    elif arguments.apply:
        request = validate(ApplyEnrichment, {"id": arguments.track, "proposalIds": arguments.apply})
        changed = await backend.call(APPLY_ENRICHMENT, request)
    else:
        changed = await backend.call(UNDO_METADATA_CHANGE, UndoMetadataChange(id=arguments.track))
    return MetadataResult(metadata=_shown(changed.model_dump(mode="json")))


@HANDLERS.handles(CLEAR_SEARCHES_TOOL)
async def clear_searches(backend: Backend, arguments: ClearSearchesArguments) -> SearchesCleared:
    """The history is somebody's own."""
    cleared = await backend.call(CLEAR_SEARCHES, validate(ClearSearches, arguments.model_dump(exclude_none=True)))
    return SearchesCleared(cleared=cleared.cleared)


def _shown(metadata: dict[str, Any]) -> dict[str, Any]:
    """Without fields that neither the file nor anybody fills."""
    fields = [field for field in metadata["fields"] if field["file"] is not None or field["source"] is not None]
    return compact({**metadata, "fields": fields})
