"""What MusicBrainz says of a track: by the id of its recording, else by its ISRC."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from rapidfuzz import fuzz

from backends.local.hub.context import Hub
from backends.local.hub.enriching.claims import Claim, claim
from backends.local.hub.enriching.musicbrainz import NoAnswer
from backends.local.hub.track_fields import TrackFields
from backends.text import fold
from contract.hub.fields import MetadataField
from contract.identifiers import normalise_isrc

__all__ = ["SOURCE", "claims_of_musicbrainz"]

SOURCE = "musicbrainz"

_INCLUDED = "inc=artist-credits+releases+isrcs+genres&fmt=json"

_BY_ID, _BY_ISRC = 0.9, 0.8

_DOUBT = 0.5
"""What is left of the confidence where the lengths differ by more than this."""

_SAME_LENGTH_MS = 10_000

_SAME_ALBUM = 85
"""Of 100."""

_MOST_GENRES = 3

_Members = Mapping[str, Any]


async def claims_of_musicbrainz(hub: Hub, track: TrackFields) -> tuple[list[Claim], list[str]]:
    """Its claims, and notes about what kept it from answering."""
    if hub.musicbrainz is None:
        return [], []
    try:
        recording_id = track.tags.get("recordingId")
        if recording_id:
            answer = await hub.musicbrainz.ask(hub.user, hub.clock, f"recording/{recording_id}?{_INCLUDED}")
            return ([] if answer is None else _claims(answer, track, _BY_ID, "the id of this recording")), []
        isrc = _isrc(track.shown.isrc)
        if isrc is None:
            return [], []
        answer = await hub.musicbrainz.ask(hub.user, hub.clock, f"isrc/{isrc}?{_INCLUDED}") or {}
        recording = _nearest(_objects(answer.get("recordings")), track)
        return ([] if recording is None else _claims(recording, track, _BY_ISRC, "this ISRC")), []
    except NoAnswer as error:
        return [], [str(error)]


def _claims(recording: _Members, track: TrackFields, confidence: float, by: str) -> list[Claim]:
    reason = f"MusicBrainz has {by} with this value."
    if _is_of_another_length(recording, track):
        confidence *= _DOUBT
        reason = f"MusicBrainz has {by} with this value, though the length differs."
    credit = _objects(recording.get("artist-credit"))
    values: dict[MetadataField, Any] = {
        MetadataField.TITLE: recording.get("title"),
        MetadataField.ARTIST: _credited(credit),
        MetadataField.ARTISTS: [name.get("name") for name in credit] if len(credit) > 1 else None,
        MetadataField.ORIGINAL_DATE: recording.get("first-release-date"),
        MetadataField.GENRES: _genres(recording),
        MetadataField.ISRC: _only_isrc(recording) if track.shown.isrc is None else None,
        **_of_release(_release(_objects(recording.get("releases")), track.shown.album)),
    }
    return [
        found
        for field, value in values.items()
        for found in claim(field, value, source=SOURCE, confidence=confidence, reason=reason)
    ]


def _of_release(release: _Members | None) -> dict[MetadataField, Any]:
    if release is None:
        return {}
    return {
        MetadataField.ALBUM: release.get("title"),
        MetadataField.ALBUM_ARTIST: _credited(_objects(release.get("artist-credit"))),
        MetadataField.RELEASE_DATE: release.get("date"),
    }


def _release(releases: list[_Members], album: str | None) -> _Members | None:
    """The one that is called as the album is; without an album, the first that was official."""
    if album is not None:
        alike = [(fuzz.ratio(fold(album), fold(_text(release, "title"))), release) for release in releases]
        best = max(alike, key=lambda pair: pair[0], default=(0, None))
        return best[1] if best[0] >= _SAME_ALBUM else None
    official = [release for release in releases if release.get("status") == "Official" and _text(release, "date")]
    return min(official, key=lambda release: _text(release, "date"), default=None)


def _nearest(recordings: list[_Members], track: TrackFields) -> _Members | None:
    """Of several recordings that are said to have the ISRC, the one that is most like the track."""

    def difference(recording: _Members) -> tuple[bool, float]:
        alike = fuzz.ratio(fold(track.shown.title), fold(_text(recording, "title")))
        return _is_of_another_length(recording, track), -alike

    return min(recordings, key=difference, default=None)


def _is_of_another_length(recording: _Members, track: TrackFields) -> bool:
    length = recording.get("length")
    return isinstance(length, int) and bool(length) and abs(length - track.duration_ms) > _SAME_LENGTH_MS


def _credited(credit: Iterable[_Members]) -> str:
    """As it is to be shown: each name with what joins it to the next."""
    return "".join(f"{_text(name, 'name')}{_text(name, 'joinphrase')}" for name in credit)


def _genres(recording: _Members) -> list[str]:
    def votes(genre: _Members) -> int:
        count = genre.get("count")
        return -count if isinstance(count, int) else 0

    ranked = sorted(_objects(recording.get("genres")), key=votes)
    return [_text(genre, "name") for genre in ranked[:_MOST_GENRES]]


def _only_isrc(recording: _Members) -> str | None:
    isrcs = recording.get("isrcs")
    values = cast("list[Any]", isrcs) if isinstance(isrcs, list) else []
    return _isrc(values[0]) if len(values) == 1 else None


def _isrc(value: Any) -> str | None:
    try:
        return normalise_isrc(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _objects(value: Any) -> list[_Members]:
    """What should be a list of objects: a service may send anything."""
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("_Members", item) for item in items if isinstance(item, dict)]


def _text(members: _Members, name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""
