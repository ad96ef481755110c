"""One track, one album, one artist: all that is known of them, and nothing that a tag could do with it."""

import pytest

from contract.errors import InvalidRequest
from contract.hub.details import GET_ALBUM, GET_ARTIST, GET_LIBRARY_TRACK
from contract.hub.errors import AlbumNotFound, ArtistNotFound, LibraryTrackNotFound
from contract.hub.library import LIST_LIBRARY_TRACKS
from contract.hub.metadata import SET_METADATA_OVERRIDES
from tests.checked import call
from tests.hub.library import Song, put, track_id

UUID = "9af166df-2fe2-4ea4-bec6-a4ce775f3b30"

FULL = Song(
    "Title",
    "One & Two",
    "Album",
    tags={
        "artists": ["One", "Two"], "albumArtist": "One", "genres": ["Rock", "Pop"], "disc": 2, "discTotal": 3,
        "track": 4, "trackTotal": 9, "releaseDate": "2001-02-03", "originalDate": "1999", "composers": ["Cee", "Dee"],
        "label": "Label", "recordingId": UUID, "releaseId": UUID, "artistIds": [UUID, UUID], "trackGain": -7.5,
        "trackPeak": 0.5,
    },
    lyrics="La\nla",
    has_cover=True,
)  # fmt: skip


async def track(hub, key):
    return (await call(hub, GET_LIBRARY_TRACK, id=track_id(key)))["track"]


async def test_a_track_shows_everything_that_is_known(hub, data_dir):
    library = put(data_dir, [FULL])
    found = await track(hub, "Title")
    one, two = library.artist("One"), library.artist("Two")
    assert found["artists"] == [
        {"id": one, "name": "One", "role": "artist"},
        {"id": two, "name": "Two", "role": "artist"},
        {"id": one, "name": "One", "role": "albumArtist"},
    ]
    assert found["genres"] == ["Rock", "Pop"]
    assert (found["disc"], found["discTotal"], found["track"], found["trackTotal"]) == (2, 3, 4, 9)
    assert (found["releaseDate"], found["originalDate"]) == ("2001-02-03", "1999")
    assert (found["composers"], found["label"]) == (["Cee", "Dee"], "Label")
    assert found["musicBrainz"] == {
        "recordingId": UUID, "releaseTrackId": None, "releaseId": UUID, "releaseGroupId": None,
        "artistIds": [UUID, UUID], "albumArtistIds": [],
    }  # fmt: skip
    assert found["replayGain"] == {"trackGain": -7.5, "trackPeak": 0.5, "albumGain": None, "albumPeak": None}
    assert found["lyrics"] == {"text": "La\nla", "synced": False}
    assert found["file"] == {
        "path": "/music/One & Two/Album/Title.flac",
        "size": 1_000_000,
        "modifiedAt": "2026-11-21T12:00:00.000Z",
        "bitrate": 900_000,
        "sampleRate": 44_100,
        "channels": 2,
        "bitDepth": 16,
        "cover": "embedded",
        "missingSince": None,
    }
    assert found["overridden"] == []


async def test_a_track_begins_with_what_lists_show_of_it(hub, library):
    for row in (await call(hub, LIST_LIBRARY_TRACKS, limit=200, missing="include"))["tracks"]:
        found = (await call(hub, GET_LIBRARY_TRACK, id=row["id"]))["track"]
        assert {name: found[name] for name in row} == row


async def test_a_track_says_which_fields_show_the_users_value(hub, library):
    id_ = library.track("T.N.T.")
    await call(hub, SET_METADATA_OVERRIDES, id=id_, values={"title": "Dynamite", "genres": ["Hard Rock"]})
    found = await track(hub, "T.N.T.")
    assert (found["title"], found["genres"]) == ("Dynamite", ["Hard Rock"])
    assert found["overridden"] == ["title", "genres"]


async def test_a_track_whose_file_is_missing_says_since_when(hub, library):
    found = await track(hub, "Gone")
    assert found["missing"] is True
    assert found["file"]["missingSince"] == "2026-11-20T12:00:00.000Z"


async def test_a_path_that_is_no_text_is_shown_as_far_as_it_is(hub, data_dir):
    name = b"\xff\xfe\x1b[31m.flac".decode("utf-8", "surrogateescape")
    put(data_dir, [Song("Odd", "Artist", name=name, folder="A\u202eB")])
    path = (await track(hub, "Odd"))["file"]["path"]
    assert path == "/music/AB/\ufffd\ufffd[31m.flac"


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "'; DROP TABLE tracks; --", "Ignore all previous instructions", "%s {0} ${x}"],
)
async def test_hostile_tags_come_through_as_they_are_and_do_nothing(hub, data_dir, text):
    library = put(data_dir, [Song(text, text, text, key="x", folder="x", tags={"genres": [text], "label": text})])
    found = await track(hub, "x")
    assert (found["title"], found["artist"], found["album"], found["genres"], found["label"]) == (
        *[text] * 3,
        [text],
        text,
    )
    page = await call(
        hub, LIST_LIBRARY_TRACKS, genre=text, artist=library.artist(text), album=library.album(text, text)
    )
    assert page["total"] == 1


async def test_an_album_has_its_tracks_in_order_disc_by_disc(hub, data_dir):
    tags = [(2, 1), (1, 2), (None, 9), (1, 1), (2, None)]
    songs = [
        Song(f"{disc}.{number}", "Artist", "Album",
             tags={"genres": ["Pop", "Rock"] if number == 1 else ["Pop"], "releaseDate": "2001-02"}
             | ({"disc": disc} if disc else {}) | ({"track": number} if number else {}))
        for disc, number in tags
    ]  # fmt: skip
    songs.append(Song("Away", "Artist", "Album", missing=True))
    library = put(data_dir, songs)
    album = (await call(hub, GET_ALBUM, id=library.album("Album", "Artist")))["album"]
    assert [(disc["disc"], [track["title"] for track in disc["tracks"]]) for disc in album["discs"]] == [
        (1, ["1.1", "1.2"]),
        (None, ["None.9"]),
        (2, ["2.1", "2.None"]),
    ]
    assert album["genres"] == ["Pop", "Rock"]
    assert (album["trackCount"], album["durationMs"], album["releaseDate"]) == (5, 1_000_000, "2001-02")


async def test_an_artist_has_albums_of_their_own_and_appears_on_those_of_others(hub, library):
    artist = (await call(hub, GET_ARTIST, id=library.artist("ABBA")))["artist"]
    assert [album["title"] for album in artist["albums"]] == ["Greatest Hits"]
    assert [album["title"] for album in artist["appearsOn"]] == ["Now Dance"]
    queen = (await call(hub, GET_ARTIST, id=library.artist("Queen")))["artist"]
    assert [album["title"] for album in queen["albums"]] == ["Hot Space", "Greatest Hits"]
    assert [track["title"] for track in queen["topTracks"]] == ["Under Pressure"]
    assert (queen["trackCount"], queen["albumCount"], queen["playCount"]) == (3, 2, 7)


@pytest.mark.parametrize(
    ("operation", "kind", "error"),
    [(GET_LIBRARY_TRACK, "trk", LibraryTrackNotFound), (GET_ALBUM, "alb", AlbumNotFound),
     (GET_ARTIST, "art", ArtistNotFound)],
)  # fmt: skip
async def test_an_unknown_id_is_not_found_and_one_of_another_kind_is_said_to_be_that(
    hub, library, operation, kind, error
):
    with pytest.raises(error) as caught:
        await call(hub, operation, id=f"{kind}_0000000000000000")
    assert caught.value.field == "id"
    for other, name in {"trk": "track", "alb": "album", "art": "artist", "pls": "playlist"}.items():
        if other != kind:
            with pytest.raises(InvalidRequest, match=f"what was sent is the id of an? {name}"):
                await call(hub, operation, id=f"{other}_0000000000000000")
    with pytest.raises(InvalidRequest, match=r"id must be the id of an? "):
        await call(hub, operation, id="' OR 1=1 --")
