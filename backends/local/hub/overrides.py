"""Overrides of metadata, in `hub.db`: set, reset and undone, and never written into a file."""

from typing import Any

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.override_changes import Override, change_overrides, overrides_of, require_track, undo_change
from backends.local.hub.track_fields import TrackFields
from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.fields import MetadataField, MetadataValues
from contract.hub.metadata import (
    GET_TRACK_METADATA,
    RESET_METADATA_OVERRIDES,
    SET_METADATA_OVERRIDES,
    UNDO_METADATA_CHANGE,
    GetTrackMetadata,
    MetadataChange,
    MetadataChanged,
    ResetMetadataOverrides,
    SetMetadataOverrides,
    TrackMetadata,
    UndoMetadataChange,
)

__all__ = ["HANDLERS", "changed"]

HANDLERS = Handlers[Hub]()

_CHANGES = """
    SELECT batch, field, after, changed_at, undone_at FROM override_changes
    WHERE batch IN (
        SELECT batch FROM override_changes WHERE track_id = :id GROUP BY batch ORDER BY max(id) DESC LIMIT 20
    )
    ORDER BY id DESC
"""


@HANDLERS.handles(GET_TRACK_METADATA)
async def get_track_metadata(hub: Hub, request: GetTrackMetadata) -> TrackMetadata:
    """Every field, and the last changes."""
    fields = await TrackFields.of(hub, request.id)
    return TrackMetadata.model_construct(
        id=request.id, fields=fields.metadata(), changes=await _changes(hub, request.id, fields.overrides)
    )


@HANDLERS.handles(SET_METADATA_OVERRIDES)
async def set_metadata_overrides(hub: Hub, request: SetMetadataOverrides) -> MetadataChanged:
    """What is set to what it is already keeps its moment."""
    values = _cleaned(request.values)
    moment = hub.clock()
    wanted = {field.value: Override(value, "user", None, moment) for field, value in values.items()}
    async with hub.user.transaction() as connection:
        await require_track(hub, connection, request.id)
        change, fields = await change_overrides(hub, connection, request.id, wanted)
    return await changed(hub, request.id, change, fields, list(values))


@HANDLERS.handles(RESET_METADATA_OVERRIDES)
async def reset_metadata_overrides(hub: Hub, request: ResetMetadataOverrides) -> MetadataChanged:
    """Of fields without an override nothing is changed."""
    async with hub.user.transaction() as connection:
        await require_track(hub, connection, request.id)
        named = request.fields or [MetadataField(field) for field in await overrides_of(connection, request.id)]
        change, fields = await change_overrides(hub, connection, request.id, dict.fromkeys(named))
    return await changed(hub, request.id, change, fields, named)


@HANDLERS.handles(UNDO_METADATA_CHANGE)
async def undo_metadata_change(hub: Hub, request: UndoMetadataChange) -> MetadataChanged:
    """All fields of the change, or none."""
    async with hub.user.transaction() as connection:
        await require_track(hub, connection, request.id)
        change, fields = await undo_change(hub, connection, request.id, request.change)
    return await changed(hub, request.id, change, fields, [MetadataField(field) for field in fields])


async def changed(
    hub: Hub, track_id: str, change: str | None, fields: list[str], shown: list[MetadataField]
) -> MetadataChanged:
    """The answer to a change of these fields, which shows others of the request as well."""
    metadata = (await TrackFields.of(hub, track_id)).metadata(shown)
    ordered = [field.value for field in MetadataField if field in fields]
    return MetadataChanged.model_construct(change=change, changed=ordered, fields=metadata)


def _cleaned(values: MetadataValues) -> dict[MetadataField, Any]:
    """The values that were sent, without what can't be seen.

    Raises:
        InvalidRequest: There are none, or nothing is left of one.
    """
    sent = {
        MetadataField(name): getattr(values, name)
        for name in MetadataValues.model_fields
        if name in values.model_fields_set
    }
    if not sent:
        raise InvalidRequest(
            "values must name at least one field.",
            field="values",
            next_step=f"The fields are {', '.join(MetadataField)}.",
        )
    return {field: _cleaned_value(field, value) for field, value in sent.items()}


def _cleaned_value(field: MetadataField, value: Any) -> Any:
    match value:
        case str():
            return _readable(field, value)
        case list():
            texts: list[str] = value  # pyright: ignore[reportUnknownVariableType]  # MetadataValues has checked them
            return list(dict.fromkeys(_readable(field, text) for text in texts))
        case _:
            return value


def _readable(field: MetadataField, text: str) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise InvalidRequest(
            f"values.{field} must have at least one readable character.",
            field=f"values.{field}",
            next_step="Send null to show nothing there.",
        )
    return cleaned


async def _changes(hub: Hub, track_id: str, present: dict[str, Override]) -> list[MetadataChange]:
    found: dict[str, MetadataChange] = {}
    for batch, field, after, changed_at, undone_at in await hub.user.read(_CHANGES, {"id": track_id}):
        change = found.setdefault(
            batch,
            {
                "id": batch,
                "fields": [],
                "changedAt": timestamp(changed_at),
                "undoneAt": None if undone_at is None else timestamp(undone_at),
                "undoable": undone_at is None,
            },
        )
        change["fields"].insert(0, field)
        change["undoable"] &= present.get(field) == Override.read(after)
    return list(found.values())
