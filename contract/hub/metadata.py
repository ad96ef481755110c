"""A track's metadata: what its file says, what is shown in its place, where that came from, and the way back."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.errors import NotFound
from contract.hub.errors import Conflict, LibraryTrackNotFound
from contract.hub.fields import MetadataField, MetadataValues
from contract.hub.ids import Kind, TrackId
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "EXAMPLE_CHANGE",
    "EXAMPLE_FIELD",
    "GET_TRACK_METADATA",
    "OPERATIONS",
    "RESET_METADATA_OVERRIDES",
    "SET_METADATA_OVERRIDES",
    "UNDO_METADATA_CHANGE",
    "ChangeId",
    "FieldMetadata",
    "FieldName",
    "GetTrackMetadata",
    "MetadataChange",
    "MetadataChanged",
    "MetadataValue",
    "ResetMetadataOverrides",
    "SetMetadataOverrides",
    "TrackMetadata",
    "UndoMetadataChange",
]

FieldName = Annotated[str, WithJsonSchema({"type": "string", "enum": [field.value for field in MetadataField]})]
"""A field in an answer, where a service newer than this program may name others."""

MetadataValue = str | int | bool | list[str] | None

EXAMPLE_CHANGE = "chg_0f3a9c2e5b7d1846"

_CHANGE_ID = r"chg_[0-9a-f]{16}"


def _change_id(value: str) -> str:
    if re.fullmatch(_CHANGE_ID, value):
        return value
    raise ValueError(f"must be the id of a change, such as {EXAMPLE_CHANGE}")


ChangeId = Annotated[str, AfterValidator(_change_id), WithJsonSchema({"type": "string", "pattern": f"^{_CHANGE_ID}$"})]
"""Of what was changed at once."""


class GetTrackMetadata(BaseModel):
    """Which track."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId


@with_config(ANSWER)
class FieldMetadata(TypedDict):
    """One field of a track."""

    field: FieldName
    file: Annotated[MetadataValue, Field(description="What the file's tag says; null without one.")]
    shown: Annotated[MetadataValue, Field(description="What lists and searches show and find.")]
    source: Annotated[
        str | None,
        Field(
            description="Where what is shown came from: file, derived (from the file's name or its other tags), user, "
            "or the source of a proposal that was applied. Null if nothing is shown."
        ),
    ]
    confidence: Annotated[float | None, Field(description="Of the proposal that was applied: 0 to 1.")]
    setAt: Annotated[Timestamp | None, Field(description="When the file's value was overridden.")]


@with_config(ANSWER)
class MetadataChange(TypedDict):
    """What was changed at once, and can be undone at once."""

    id: ChangeId
    fields: list[FieldName]
    changedAt: Timestamp
    undoneAt: Timestamp | None
    undoable: Annotated[bool, Field(description="Whether none of its fields was changed again since.")]


class TrackMetadata(BaseModel):
    """Every field of a track that can be overridden, and what was changed."""

    model_config = ANSWER

    id: TrackId
    fields: list[FieldMetadata]
    changes: Annotated[list[MetadataChange], Field(description="The last twenty, the newest first.")]


class SetMetadataOverrides(BaseModel):
    """Values to show in place of the file's."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId
    values: Annotated[
        MetadataValues, Field(description="By field; null empties a field, and one that is left out stays as it is.")
    ]


class ResetMetadataOverrides(BaseModel):
    """Fields to show again as the file has them."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId
    fields: Annotated[
        list[MetadataField] | None,
        Field(min_length=1, max_length=len(MetadataField), description="All of them if left out."),
    ] = None


class UndoMetadataChange(BaseModel):
    """What to undo."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: TrackId
    change: Annotated[ChangeId | None, Field(description="The last change that is not undone, if left out.")] = None


class MetadataChanged(BaseModel):
    """What was changed, and how the fields of the request are now."""

    model_config = ANSWER

    change: Annotated[
        ChangeId | None, Field(description="To undo it by, or what was undone; null if all was so already.")
    ]
    changed: Annotated[list[FieldName], Field(description="Fields whose override is another now.")]
    fields: list[FieldMetadata]


EXAMPLE_FIELD: dict[str, Any] = {
    "field": "title",
    "file": "Song Nmae",
    "shown": "Song Name",
    "source": "user",
    "confidence": None,
    "setAt": "2026-03-08T09:30:00.000Z",
}

_CHANGED: dict[str, Any] = {"change": EXAMPLE_CHANGE, "changed": ["title"], "fields": [EXAMPLE_FIELD]}

_AS_THE_FILE: dict[str, Any] = {
    **EXAMPLE_FIELD,
    "shown": EXAMPLE_FIELD["file"],
    "source": "file",
    "setAt": None,
}

GET_TRACK_METADATA = Operation(
    name="get_track_metadata",
    route="GET /api/tracks/{id}/metadata",
    area=Area.METADATA,
    summary="Read where a track's metadata comes from",
    description="Returns, field by field, what the file says, what is shown, and where that came from.",
    request=GetTrackMetadata,
    response=TrackMetadata,
    response_description="Every field that can be overridden, and the last changes.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(LibraryTrackNotFound,),
    in_reference=False,
    example=Example(
        request={"id": Kind.TRACK.example},
        response={
            "id": Kind.TRACK.example,
            "fields": [EXAMPLE_FIELD],
            "changes": [
                {
                    "id": EXAMPLE_CHANGE,
                    "fields": ["title"],
                    "changedAt": "2026-03-08T09:30:00.000Z",
                    "undoneAt": None,
                    "undoable": True,
                }
            ],
        },
    ),
)

SET_METADATA_OVERRIDES = Operation(
    name="set_metadata_overrides",
    route="PUT /api/tracks/{id}/metadata/overrides",
    area=Area.METADATA,
    summary="Override a track's metadata",
    description=(
        "Shows other values in place of the file's, in lists, searches and details. The file itself is never written; "
        "each field can be reset, and each change undone."
    ),
    request=SetMetadataOverrides,
    response=MetadataChanged,
    response_description="The fields as they are now, and the change's id.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound,),
    example=Example(request={"id": Kind.TRACK.example, "values": {"title": "Song Name"}}, response=_CHANGED),
)

RESET_METADATA_OVERRIDES = Operation(
    name="reset_metadata_overrides",
    route="DELETE /api/tracks/{id}/metadata/overrides",
    area=Area.METADATA,
    summary="Show a track's own metadata again",
    description="Takes away the overrides of some fields or of all, so that the file's values are shown again.",
    request=ResetMetadataOverrides,
    response=MetadataChanged,
    response_description="The fields as they are now, and the change's id.",
    effect=Effect.DELETE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound,),
    in_reference=False,
    example=Example(
        request={"id": Kind.TRACK.example, "fields": ["title"]}, response={**_CHANGED, "fields": [_AS_THE_FILE]}
    ),
)

UNDO_METADATA_CHANGE = Operation(
    name="undo_metadata_change",
    route="POST /api/tracks/{id}/metadata/undo",
    area=Area.METADATA,
    summary="Undo a change of a track's metadata",
    description=(
        "Undoes the last change that is not undone yet, or a given one; repeated, it goes back step by step. A change "
        "whose fields were changed again since is refused until the later one is undone."
    ),
    request=UndoMetadataChange,
    response=MetadataChanged,
    response_description="What was undone, and its fields as they are now.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound, NotFound, Conflict),
    in_reference=False,
    example=Example(request={"id": Kind.TRACK.example}, response={**_CHANGED, "fields": [_AS_THE_FILE]}),
)

OPERATIONS = (GET_TRACK_METADATA, SET_METADATA_OVERRIDES, RESET_METADATA_OVERRIDES, UNDO_METADATA_CHANGE)
