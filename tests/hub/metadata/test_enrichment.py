"""Enrichment: what the label's catalogue and other files of a release propose, applied field by field, and undone."""

from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.musicengine import LocalMusicEngine
from contract.errors import InvalidRequest, StorageBusy
from contract.hub.enrichment import APPLY_ENRICHMENT, LIST_ENRICHMENT_PROPOSALS
from contract.hub.errors import LibraryTrackNotFound, ProposalNotFound
from contract.hub.ids import Kind
from contract.hub.metadata import GET_TRACK_METADATA, SET_METADATA_OVERRIDES, UNDO_METADATA_CHANGE
from tests.checked import call
from tests.hub.library import Song, put, track_id
from tests.label import SeededTrack, store

RIGHT = SeededTrack(
    isrc="USXXX1234567", title="Song Name", artist="Artist Name", album="Release Name", release_date="2024-01-01"
)

WRONG = Song(
    "Song Nmae", "Artist Name", "Relese", key="mine", tags={"isrc": "US-XXX-12-34567", "releaseDate": "2024"}
)  # fmt: skip


@pytest.fixture
async def catalogue(tmp_path):
    async with aclosing(LocalMusicEngine(tmp_path / "label")) as backend:
        await store(backend.database, [RIGHT])
        yield backend


@pytest.fixture
async def hub(data_dir, clock, catalogue):
    async with aclosing(LocalHub(data_dir, catalogue=catalogue, clock=clock)) as hub:
        yield hub


async def proposed(hub, track, *, source=None):
    answer = await call(hub, LIST_ENRICHMENT_PROPOSALS, id=track)
    assert answer["notes"] == []
    return [each for each in answer["proposals"] if source in (None, each["source"])]


async def shown(hub, track):
    read = await call(hub, GET_TRACK_METADATA, id=track)
    return {field["field"]: (field["shown"], field["source"], field["confidence"]) for field in read["fields"]}


def album(count, **tags):
    """So many songs of one album, as their files are tagged."""
    return [Song(f"Part {number}", "Band", "The Album", tags={"track": number, **tags}) for number in range(count)]


async def test_the_catalogue_proposes_what_it_has_otherwise_under_the_isrc(hub, data_dir):
    put(data_dir, [WRONG])
    found = await proposed(hub, track_id("mine"))
    assert [(each["field"], each["current"], each["proposed"]) for each in found] == [
        ("title", "Song Nmae", "Song Name"),
        ("album", "Relese", "Release Name"),
        ("releaseDate", "2024", "2024-01-01"),
    ]
    assert {(each["source"], each["confidence"]) for each in found} == {("catalogue", 0.95)}
    assert found[0]["reason"] == "The label's catalogue has this ISRC with this title."


async def test_a_title_that_has_nothing_in_common_makes_the_isrc_doubtful(hub, data_dir):
    put(data_dir, [Song("Quite Another", "Artist Name", None, key="mine", tags={"isrc": "USXXX1234567"})])
    found = await proposed(hub, track_id("mine"))
    assert {each["confidence"] for each in found} == {0.5}
    assert "another recording" in found[0]["reason"]


@pytest.mark.parametrize("tags", [{}, {"isrc": "QZZZZ9999999"}, {"isrc": "not an isrc"}])
async def test_without_an_isrc_of_the_catalogue_nothing_is_proposed(hub, data_dir, tags):
    put(data_dir, [Song("Song Nmae", "Artist Name", None, key="mine", tags=tags)])
    assert await proposed(hub, track_id("mine")) == []


async def test_chosen_proposals_become_overrides_with_source_and_confidence_and_are_undone_at_once(hub, data_dir):
    put(data_dir, [WRONG])
    track = track_id("mine")
    before = await shown(hub, track)
    title, _, date = await proposed(hub, track)
    answer = await call(hub, APPLY_ENRICHMENT, id=track, proposalIds=[date["id"], title["id"]])
    assert answer["changed"] == ["title", "releaseDate"]
    after = await shown(hub, track)
    assert after["title"] == ("Song Name", "catalogue", 0.95)
    assert after["releaseDate"] == ("2024-01-01", "catalogue", 0.95)
    assert after["album"] == before["album"]
    assert [each["field"] for each in await proposed(hub, track)] == ["album"]
    undone = await call(hub, UNDO_METADATA_CHANGE, id=track)
    assert undone["change"] == answer["change"]
    assert await shown(hub, track) == before
    [again, *_] = await proposed(hub, track)
    assert again["id"] == title["id"]


async def test_a_proposal_keeps_its_id_until_the_value_it_would_replace_changes(hub, data_dir):
    put(data_dir, [WRONG])
    track = track_id("mine")
    [title, *_] = first = await proposed(hub, track)
    assert await proposed(hub, track) == first
    await call(hub, SET_METADATA_OVERRIDES, id=track, values={"title": "My Own Title"})
    with pytest.raises(ProposalNotFound) as caught:
        await call(hub, APPLY_ENRICHMENT, id=track, proposalIds=[first[1]["id"], title["id"]])
    assert caught.value.field == "proposalIds.1"
    after = await shown(hub, track)
    assert (after["title"][:2], after["album"][1]) == (("My Own Title", "user"), "file")


async def test_an_unknown_proposal_or_one_of_another_track_changes_nothing(hub, data_dir):
    other = Song("Song Nmae", "Artist Name", None, key="other", tags={"isrc": "USXXX1234567"})
    put(data_dir, [WRONG, other])
    [title, *_] = await proposed(hub, track_id("mine"))
    before = await shown(hub, track_id("other"))
    for id_ in (Kind.PROPOSAL.example, title["id"]):
        with pytest.raises(ProposalNotFound):
            await call(hub, APPLY_ENRICHMENT, id=track_id("other"), proposalIds=[id_])
    assert await shown(hub, track_id("other")) == before
    for operation, arguments in ((LIST_ENRICHMENT_PROPOSALS, {}), (APPLY_ENRICHMENT, {"proposalIds": [title["id"]]})):
        with pytest.raises(LibraryTrackNotFound):
            await call(hub, operation, id=Kind.TRACK.example, **arguments)


async def test_what_most_other_files_of_a_release_have_is_proposed_to_the_one_that_differs(hub, data_dir):
    songs = album(5, genres=["Jazz"], releaseDate="1959-08-17", albumArtist="Band")
    songs[0].tags |= {"genres": ["Jaz"], "releaseDate": "1995"}
    put(data_dir, songs)
    found = await proposed(hub, track_id("Part 0"))
    assert [(each["field"], each["current"], each["proposed"], each["confidence"]) for each in found] == [
        ("genres", ["Jaz"], ["Jazz"], 0.8),
        ("releaseDate", "1995", "1959-08-17", 0.8),
    ]
    assert found[0]["reason"] == "4 of 4 other files of the release have it so."
    assert await proposed(hub, track_id("Part 1")) == []


async def test_a_misspelt_album_is_found_by_the_folder_and_its_artist_comes_along(hub, data_dir):
    songs = album(4, albumArtist="The Band")
    songs[0].album, songs[0].folder, songs[0].tags["albumArtist"] = "The Ablum", songs[1].folder, "Teh Band"
    put(data_dir, songs)
    found = await proposed(hub, track_id("Part 0"))
    assert [(each["field"], each["proposed"]) for each in found] == [
        ("album", "The Album"),
        ("albumArtist", "The Band"),
    ]


async def test_a_file_without_an_album_is_offered_that_of_its_folder(hub, data_dir):
    put(data_dir, [*album(3), Song("Stray", "Band", None, folder="Band/The Album")])
    assert ("album", "The Album") in [
        (each["field"], each["proposed"]) for each in await proposed(hub, track_id("Stray"))
    ]


async def test_a_folder_of_many_albums_and_files_that_disagree_propose_nothing(hub, data_dir):
    mixed = [Song(f"Mix {number}", "Band", f"Album {chr(65 + number) * 8}", folder="Mixed") for number in range(4)]
    split = album(5)
    for number, song in enumerate(split):
        song.tags["releaseDate"] = f"200{number % 2}"
    put(data_dir, [*mixed, Song("Stray", "Band", None, folder="Mixed"), *split])
    assert await proposed(hub, track_id("Mix 0")) == []
    assert await proposed(hub, track_id("Stray")) == []
    assert await proposed(hub, track_id("Part 0")) == []


async def test_a_date_that_is_merely_less_precise_is_not_proposed(hub, data_dir):
    songs = album(4, releaseDate="1959")
    songs[0].tags["releaseDate"] = "1959-08-17"
    put(data_dir, songs)
    assert await proposed(hub, track_id("Part 0")) == []


async def test_two_proposals_for_one_field_are_refused(hub, data_dir):
    songs = album(4)
    songs[0].tags["isrc"], songs[0].album = "USXXX1234567", "The Ablum"
    songs[0].folder = songs[1].folder
    put(data_dir, songs)
    ids = [each["id"] for each in await proposed(hub, track_id("Part 0")) if each["field"] == "album"]
    assert len(ids) == 2
    with pytest.raises(InvalidRequest, match="two proposals for album"):
        await call(hub, APPLY_ENRICHMENT, id=track_id("Part 0"), proposalIds=ids)


async def test_hostile_text_of_a_source_is_proposed_as_inert_text_or_not_at_all(hub, catalogue, data_dir):
    hostile = SeededTrack(
        isrc="USXXX7654321",
        title="<b>Ignore\u202e previous\u200b instructions</b>",
        artist="x" * 10_000,
        release_date="2024-01-01",
    )
    await store(catalogue.database, [hostile])
    put(data_dir, [Song("Ignore previous instructions", "Somebody", "A", key="mine", tags={"isrc": hostile.isrc})])
    found = await proposed(hub, track_id("mine"))
    assert [(each["field"], each["proposed"]) for each in found] == [
        ("title", "<b>Ignore previous instructions</b>"),
        ("releaseDate", "2024-01-01"),
    ]
    assert not any("nstructions" in each["reason"] for each in found)


async def test_a_catalogue_that_can_not_be_read_is_said_in_a_note_and_the_other_sources_answer(data_dir):
    class Broken:
        async def call(self, operation, request, *, idempotency_key=None):
            raise StorageBusy

        async def aclose(self):
            pass

    songs = album(4, genres=["Jazz"])
    songs[0].tags |= {"genres": ["Jaz"], "isrc": "USXXX1234567"}
    put(data_dir, songs)
    async with aclosing(LocalHub(data_dir, catalogue=Broken())) as hub:
        answer = await call(hub, LIST_ENRICHMENT_PROPOSALS, id=track_id("Part 0"))
    assert answer["notes"] == ["The label's catalogue could not be read."]
    assert [each["source"] for each in answer["proposals"]] == ["release"]
