"""A catalogue CSV as labels keep it: any order, any names of columns, and never less known than before."""

import pytest

ISRC = "QZMEM2600001"


def test_headers_go_by_many_names(label):
    label.take(
        "catalogue.csv",
        "Track Title;Primary Artist;ISRC Code;UPC/EAN/Barcode;Release;Release Date;Duration;Record Label;Spotify URI;"
        "(C) Line;P Line;Full tracking;Cover Art URL;Genre\n"
        "Café Noir;Zoë;qz-mem-26-00001;0199990000012;Ferry EP;14 March 2025;3:24;Own;"
        "spotify:track:6rqhFgbbKwnb9MLmUQDhG6;2025 Own;2025 Own;no;https://example.com/a.jpg;Dream Pop\n",
        encoding="cp1252",
    )
    track = label.track(ISRC)
    del track["track_id"], track["created_at"]
    assert track == {
        "isrc": ISRC,
        "upc": "199990000012",
        "title": "Café Noir",
        "artist": "Zoë",
        "album": "Ferry EP",
        "release_date": "2025-03-14",
        "duration_ms": 204_000,
        "cover_url": "https://example.com/a.jpg",
        "spotify_track_url": "https://open.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6",
        "label": "Own",
        "copyright_c": "2025 Own",
        "copyright_p": "2025 Own",
        "full_tracking": False,
        "metadata": {"Genre": "Dream Pop"},
    }


@pytest.mark.parametrize(
    ("header", "cell", "milliseconds"),
    [
        ("duration_ms", "187000", 187_000),
        ("Duration (ms)", "187000", 187_000),
        ("Length", "1:02:03", 3_723_000),
        ("Duration", "3:07.5", 187_500),
        ("Duration (s)", "187", 187_000),
        ("seconds", "187.25", 187_250),
    ],
)
def test_durations_are_milliseconds_or_clocks(label, header, cell, milliseconds):
    label.take("catalogue.csv", f"isrc,title,artist,{header}\n{ISRC},A,B,{cell}\n")
    assert label.track(ISRC)["duration_ms"] == milliseconds


def test_an_empty_cell_and_a_missing_column_leave_what_is_known(label):
    label.take("full.csv", f"isrc,title,artist,album,label,genre\n{ISRC},Night Ferry,Zoë,Ferry EP,Own,Pop\n")
    before = label.track(ISRC)
    label.take("partial.csv", f"isrc,title,artist,album,mood\n{ISRC},,,,calm\n")
    after = label.track(ISRC)
    assert after == {**before, "metadata": {"genre": "Pop", "mood": "calm"}}


def test_a_later_catalogue_corrects_and_search_follows(label):
    label.take("one.csv", f"isrc,title,artist\n{ISRC},Nihgt Ferry,Zoë\n")
    counts = label.take("two.csv", f"isrc,title,artist\n{ISRC},Night Ferry,Zoë\n")
    assert (counts["new"], counts["changed"]) == (0, 1)
    assert label.rows("SELECT title, search_text FROM tracks") == [("Night Ferry", "night ferry zoe")]


def test_tracks_are_listed_newest_first_and_within_a_file_against_its_order(label):
    label.catalogue((ISRC, "A", "B"), ("QZMEM2600002", "C", "D"))
    label.catalogue(("QZMEM2600003", "E", "F"))
    assert label.tracks() == ["QZMEM2600003", "QZMEM2600002", ISRC]


def test_one_track_on_two_releases_is_written_once_and_again_nothing(label):
    file = label.write("releases.csv", f"isrc,title,artist,album\n{ISRC},A,B,Single\n{ISRC},A,B,Album\n")
    assert label.run(file).counts()["new"] == 2
    assert label.run(file).counts()["unchanged"] == 2
    assert label.track(ISRC)["album"] == "Album"


def test_a_changed_artist_takes_the_history_along(label):
    label.catalogue((ISRC, "A", "Old Name"), ("QZMEM2600002", "C", "Old Name"))
    label.take(
        "s.csv",
        f"isrc,date,spotify_streams,apple_streams\n{ISRC},2026-11-20,10,5\nQZMEM2600002,2026-11-20,3,\n{ISRC},2026-11-19,1,\n",
    )
    label.catalogue((ISRC, "A", "New Name"))
    assert label.rows("SELECT day - 20777, artist, streams FROM artist_days ORDER BY 1, 2") == [
        (-1, "New Name", 1),
        (0, "New Name", 15),
        (0, "Old Name", 3),
    ]


@pytest.mark.parametrize(
    ("header", "cell", "reason"),
    [
        ("isrc code", "XX", "isrc must be an ISRC"),
        ("release date", "01/02/2026", "release_date must be a date as YYYY-MM-DD: day and month can't be told apart"),
        ("release date", "2026-02-30", "release_date is no day of the calendar"),
        ("duration", "187", "duration_ms is under a second"),
        ("duration", "long", "duration_ms must be milliseconds, or minutes and seconds as mm:ss"),
        ("full tracking", "maybe", "full_tracking must be yes or no"),
        ("spotify url", "https://example.com", "spotify_track_url must be the link or the URI of a Spotify track"),
        ("cover", "javascript:alert(1)", "cover_url must be a web address"),
    ],
)
def test_a_bad_cell_rejects_its_row_with_the_reason(label, header, cell, reason):
    isrc, others = (cell, "") if header == "isrc code" else ("QZMEM2600002", f",{cell}")
    columns = "isrc code,title,artist" + ("" if header == "isrc code" else f",{header}")
    good = f"{ISRC},A,B" + ("" if header == "isrc code" else ",")
    result = label.run(label.write("catalogue.csv", f"{columns}\n{good}\n{isrc},C,D{others}\n"))
    assert result.code == 0
    assert (result.counts()["new"], result.counts()["rejected"]) == (1, 1)
    assert label.tracks() == [ISRC]
    rejected = (label.files / "catalogue.csv.rejects.csv").read_text().splitlines()[1]
    assert rejected.startswith(("3," + reason, '3,"' + reason))


def test_a_spoilt_upc_is_left_out_and_the_track_is_taken(label):
    rows = f"{ISRC},A,B,199990000013\nQZMEM2600002,C,D,1.9999E+11\nQZMEM2600003,E,F,36000291452\n"
    result = label.run(label.write("catalogue.csv", f"isrc,title,artist,upc\n{rows}"))
    assert (result.counts()["new"], result.counts()["rejected"]) == (3, 0)
    assert "  2 rows: upc is not 12 or 13 digits, or one of them is mistyped: left out" in result.out
    assert label.rows("SELECT upc FROM tracks ORDER BY isrc") == [(None,), (None,), ("036000291452",)]
    again = label.run(label.write("again.csv", "isrc,title,artist,upc\nQZMEM2600003,E,F,nonsense\n"))
    assert again.counts()["unchanged"] == 1


@pytest.mark.parametrize(
    "header",
    [
        "ISRC;Titel;Interpret;Album;Label;Veröffentlichungsdatum;Dauer",
        "ISRC-Code;Titel;Künstler;Albumtitel;Label;Erscheinungsdatum;Länge",
        "ISRC;Título;Artista;Álbum;Sello;Fecha de lanzamiento;Duración",
        "Code ISRC;Titre;Artiste;Album;Label;Date de sortie;Durée",
    ],
)
def test_headers_may_be_german_spanish_or_french(label, header):
    label.take("catalogue.csv", f"{header}\n{ISRC};Night Ferry;Zoë;Ferry EP;Own;2025-03-14;3:24\n", encoding="cp1252")
    track = label.track(ISRC)
    assert [track[field] for field in ("title", "artist", "album", "label", "release_date", "duration_ms")] == [
        "Night Ferry",
        "Zoë",
        "Ferry EP",
        "Own",
        "2025-03-14",
        204_000,
    ]
    assert track["metadata"] == {}


def test_a_new_track_needs_title_and_artist(label):
    result = label.run(label.write("catalogue.csv", f"isrc,title,artist\n{ISRC},A,\n"))
    assert (result.code, result.counts()["rejected"]) == (1, 1)
    assert label.tracks() == []


def test_titles_lose_what_cannot_be_seen(label):
    label.take("catalogue.csv", f'isrc,title,artist\n{ISRC},"Ni\u202eght\u200b\x07\n  Ferry","Zoe\u0308"\n')
    track = label.track(ISRC)
    assert (track["title"], track["artist"]) == ("Night Ferry", "Zoë")


def test_a_statement_of_an_unknown_distributor_is_no_catalogue(label):
    result = label.run(label.write("other.csv", f"isrc,title,artist,quantity,net revenue\n{ISRC},A,B,5,1.2\n"))
    assert result.code == 1
    assert "does not name the columns of any format" in result.err
    assert label.tracks() == []


def test_a_column_that_stands_twice_is_refused(label):
    result = label.run(label.write("catalogue.csv", f"isrc,title,artist,Title\n{ISRC},A,B,C\n"))
    assert result.code == 1
    assert "Two columns of the file have the same name." in result.err


def test_corrected_rejects_can_be_imported_themselves(label):
    label.run(label.write("catalogue.csv", "isrc;title;artist;mood\nXX;A;B;calm\n"))
    rejects = label.files / "catalogue.csv.rejects.csv"
    rejects.write_text(rejects.read_text().replace("XX", ISRC))
    assert label.run(rejects).code == 0
    assert label.track(ISRC)["metadata"] == {"mood": "calm"}
