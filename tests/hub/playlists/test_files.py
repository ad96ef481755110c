"""`musicengine-mcp playlists`: M3U files of other players in, and M3U8 files out."""

import os
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.playlists import CREATE_PLAYLIST
from server.cli import run
from tests.checked import call
from tests.hub.library import Song, index, put, rows, track_id


@pytest.fixture
def songs(data_dir):
    """Files below /music, of which some are called alike."""
    made = [
        Song("One", "Artist", "Album", name="01 One.flac", duration_ms=61_000),
        Song("Two", "Artist", "Album", name="02 Two.flac", duration_ms=62_000),
        Song("Dünn", "Jürgen", "Größe", name="Dünn.mp3"),
        Song("Intro", "A", "First", key="intro a", name="01.mp3", duration_ms=30_000),
        Song("Intro", "B", "Second", key="intro b", name="01.mp3", duration_ms=40_000),
        Song("Well - Known - Dashes", "The - Band", "X"),
        Song("Twin", "Same", "Twins", key="twin a", folder="L/Disc 1", name="t.mp3", duration_ms=100_000),
        Song("Twin", "Same", "Twins", key="twin b", folder="R/Disc 1", name="t.mp3", duration_ms=200_000),
    ]
    put(data_dir, made)
    return made


@pytest.fixture
def imported(tmp_path, data_dir, capsys):
    """Import a file of that content; return the exit code, what was printed, and the tracks of each playlist."""

    def run_import(content, name="list.m3u8", *options, folder=None):
        folder = tmp_path if folder is None else folder
        path = Path(folder) / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        code = run(["playlists", "import", str(path), *options])
        printed = capsys.readouterr()
        return code, printed.out + printed.err, playlists(data_dir)

    return run_import


def playlists(data_dir):
    sql = """
        SELECT p.name, e.track_id FROM playlists p LEFT JOIN playlist_entries e ON e.playlist_id = p.id
        ORDER BY p.created_at, p.rowid, e.position
    """
    found = {}
    for name, track in rows(data_dir, USER_LAYOUT, sql):
        found.setdefault(name, []).append(track)
    return found


def ids(*keys):
    return [track_id(key) for key in keys]


ONE = "/music/Artist/Album/01 One.flac"


@pytest.mark.parametrize(
    "line",
    [
        ONE,
        f"  {ONE}\t",
        "file:///music/Artist/Album/01%20One.flac",
        "file://localhost/music/Artist/Album/01%20One.flac",
        "/music/Artist/Album/01%20One.flac",
        "/music/./Artist/Other/../Album/01 One.flac",
        "/MUSIC/artist/ALBUM/01 one.FLAC",
        "D:\\My Music\\Artist\\Album\\01 One.flac",
        "..\\Artist\\Album\\01 One.flac",
        "/somewhere/else/Album/01 One.flac",
        "Album/01%20One.flac",
        "#EXTINF:61,Artist - One\n/gone/track01.flac",
        "#EXTINF:63,ARTIST - one\nunknown.mp3",
        "#EXTINF:-1,Artist - One\nunknown.mp3",
        '#EXTINF:61 tvg-id="1",Artist - One\nunknown.mp3',
        "#a comment\n\n#EXTVLCOPT:x\n#EXTINF:61.5,Artist - One\nunknown.mp3",
    ],
)
def test_a_line_finds_its_track_however_the_path_is_written(imported, songs, line):
    code, printed, made = imported(f"#EXTM3U\n{line}\n")
    assert (code, made) == (0, {"list": ids("One")})
    assert "entries 1  in the library 1" in printed


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("/music/Jürgen/Größe/Dünn.mp3\r\n".encode(), "list.m3u8"),
        ("\ufeff#EXTM3U\r\n/music/Jürgen/Größe/Dünn.mp3\r\n".encode(), "list.m3u"),
        ("/music/Jürgen/Größe/Dünn.mp3\r\n".encode("cp1252"), "list.m3u"),
        ("#EXTM3U\r\n/music/Jürgen/Größe/Dünn.mp3".encode("utf-16"), "list.m3u"),
        ("/music/Jürgen/Größe/Dünn.mp3\r".encode(), "list.m3u"),
        ("/music/Ju\u0308rgen/Gro\u0308ße/Du\u0308nn.mp3\n".encode(), "list.m3u8"),
        (b"file:///music/J%C3%BCrgen/Gr%C3%B6%C3%9Fe/D%C3%BCnn.mp3\n", "list.m3u8"),
        (b"#EXTINF:0,Jurgen - DUNN\nx.mp3\n", "list.m3u8"),
    ],
)
def test_a_file_is_read_in_whatever_it_was_written(imported, songs, content, name):
    code, printed, made = imported(content, name)
    assert (code, made) == (0, {"list": ids("Dünn")})
    assert "entries 1  in the library 1" in printed


def test_relative_paths_are_taken_from_the_file_s_own_folder(imported, data_dir, tmp_path):
    inside = os.fsencode(tmp_path).decode()
    put(data_dir, [Song("Near", "A", "B"), Song("Far", "A", "B", folder="zz")])
    for key, folder in (("Near", f"{inside}/Music/CD"), ("Far", f"{inside}/Music")):
        move(data_dir, key, folder, f"{key}.mp3")
    (tmp_path / "Music").mkdir()
    code, _, made = imported("CD/Near.mp3\n./CD/../Far.mp3\n", folder=tmp_path / "Music")
    assert (code, made) == (0, {"list": ids("Near", "Far")})


def test_a_name_that_is_no_text_is_found_by_its_bytes(imported, data_dir):
    put(data_dir, [Song("Odd", "A", "B", name=b"odd \xff\xfe.mp3".decode("utf-8", "surrogateescape"))])
    code, _, made = imported(b"/music/A/B/odd \xff\xfe.mp3\n", "list.m3u")
    assert (code, made) == (0, {"list": ids("Odd")})


def test_files_that_are_called_alike_are_told_apart_by_their_folders_and_lengths(imported, songs):
    content = (
        "/x/First/01.mp3\n/x/Second/01.mp3\n#EXTINF:199,Whatever\n/x/Disc 1/t.mp3\n"
        "#EXTINF:-1,The - Band - Well - Known - Dashes\nnowhere.mp3\n"
    )
    code, _, made = imported(content)
    assert (code, made["list"]) == (0, ids("intro a", "intro b", "twin b", "Well - Known - Dashes"))


def test_of_two_that_could_be_meant_the_one_that_is_there_is_taken(imported, data_dir, songs):
    content = "#EXTINF:-1,Same - Twin\nnowhere.mp3\n"
    assert imported(content)[0] == 1
    [gone] = [song for song in songs if song.key == "twin a"]
    gone.missing = True
    put(data_dir, [gone])
    code, _, made = imported(content)
    assert (code, made) == (0, {"list": ids("twin b")})


def test_lines_without_a_track_are_reported_one_by_one_and_the_rest_is_imported_with_repeats(imported, songs):
    content = f"""#EXTM3U
{ONE}
/gone/Nothing.mp3
https://radio.example/stream
/x/Disc 1/t.mp3
#EXTINF:500,Artist - One
/gone/\u202eevil\x07.mp3
{ONE}
01.mp3"""
    code, printed, made = imported(content)
    assert (code, made) == (0, {"list": ids("One", "One")})
    reported = [line.strip() for line in printed.splitlines() if line.startswith("  line")]
    nothing = "the library has no file of that path or name"
    assert reported == [
        f"line 3: {nothing}: /gone/Nothing.mp3",
        "line 4: it is the address of a stream: https://radio.example/stream",
        "line 5: several files of the library could be meant: /x/Disc 1/t.mp3",
        f"line 7: {nothing}, nor a track of that artist, title and length: /gone/evil.mp3",
        f"line 9: {nothing}: 01.mp3",
    ]
    assert "entries 7  in the library 2" in printed


@pytest.mark.parametrize("content", ["", "#EXTM3U\n", "\n\n", "/gone.mp3\n"])
def test_of_a_file_without_any_track_no_playlist_is_made(imported, songs, content):
    code, printed, made = imported(content)
    assert (code, made) == (1, {})
    assert "no playlist was made" in printed


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 10, b"ID3\x03\x00\x00"])
def test_a_file_that_is_no_playlist_is_refused(imported, songs, content):
    code, printed, made = imported(content)
    assert (code, made) == (1, {})
    assert "is no playlist" in printed


def test_the_playlist_is_called_as_asked_or_as_the_file_says_or_as_the_file(imported, songs):
    assert imported(f"#PLAYLIST: Road\u202e Trip \n{ONE}\n")[2] == {"Road Trip": ids("One")}
    assert list(imported(f"{ONE}\n", "../../evil".replace("/", "_") + ".m3u")[2])[1:] == [".._.._evil"]
    assert list(imported(f"#PLAYLIST:Road Trip\n{ONE}\n", "list.m3u", "--name", "../../x")[2])[2:] == ["../../x"]


def test_a_name_that_is_taken_is_refused_with_what_to_do(imported, songs):
    imported(f"{ONE}\n")
    code, printed, made = imported(f"{ONE}\n", "LIST.m3u")
    assert (code, made) == (1, {"list": ids("One")})
    assert "--name" in printed


def test_one_name_for_two_files_is_a_usage_error(songs, tmp_path):
    with pytest.raises(SystemExit):
        run(["playlists", "import", "a.m3u", "b.m3u", "--name", "x"])


def test_of_several_files_those_that_can_be_read_are_imported(imported, songs, tmp_path, capsys):
    (tmp_path / "good.m3u").write_text(ONE)
    code = run(["playlists", "import", str(tmp_path / "none.m3u"), str(tmp_path), str(tmp_path / "good.m3u")])
    printed = capsys.readouterr()
    assert code == 1
    assert printed.err.count("can't be read") == 2
    assert "playlist 'good'" in printed.out


def test_an_exported_playlist_comes_back_as_it_was(imported, data_dir, songs, tmp_path, capsys):
    imported("".join(f"/music/{song.folder}/{song.name}\n" for song in songs), "all.m3u8")
    target = tmp_path / "out.m3u8"
    assert run(["playlists", "export", "ALL", str(target)]) == 0
    written = target.read_bytes().decode().splitlines()
    assert written[:4] == ["#EXTM3U", "#PLAYLIST:all", "#EXTINF:61,Artist - One", ONE]
    assert imported(target.read_bytes(), "again.m3u8", "--name", "again")[2]["again"] == ids(*(s.key for s in songs))


ODD = [
    "#hash.mp3",
    " leading and trailing ",
    "percent %41.mp3",
    "back\\slash.mp3",
    "new\nline.mp3",
    "tab\tand\x07bell.mp3",
    "\u202ebidi.mp3",
    b"bytes \xff\xfe.mp3".decode("utf-8", "surrogateescape"),
    "http://not an address.mp3".replace("/", "_"),
    "日本語.mp3",
    "e\u0301.mp3",
    "x" * 250 + ".mp3",
    "file:scheme.mp3",
]


@pytest.mark.parametrize("where", ["beside", "below", "elsewhere"])
def test_files_of_any_name_survive_the_way_out_and_back_in(imported, data_dir, tmp_path, where):
    folder = {"beside": str(tmp_path), "below": str(tmp_path / "Music"), "elsewhere": "/elsewhere"}[where]
    keys = [f"k{number}" for number in range(len(ODD))]
    put(data_dir, [Song(f"Song {key}", "A", "B", key=key) for key in keys])
    for key, name in zip(keys, ODD, strict=True):
        move(data_dir, key, folder, name)
    make(data_dir, "Odd", ids(*keys))
    target = tmp_path / "odd.m3u8"
    assert run(["playlists", "export", "odd", str(target)]) == 0
    text = target.read_bytes().decode()
    assert "\x07" not in text
    plain = {"beside": "日本語.mp3", "below": "Music/日本語.mp3", "elsewhere": "/elsewhere/日本語.mp3"}[where]
    assert plain in text.splitlines()
    bare = "".join(f"{line}\n" for line in text.split("\n") if not line.startswith("#"))
    code, printed, made = imported(bare, "back.m3u8")
    assert (code, made["back"]) == (0, ids(*keys)), printed


def test_missing_files_are_written_where_they_were_and_said(imported, data_dir, songs, tmp_path, capsys):
    imported(f"{ONE}\n/music/Artist/Album/02 Two.flac\n", "all.m3u8")
    songs[0].missing = True
    put(data_dir, [songs[0]])
    target = tmp_path / "out.m3u8"
    assert run(["playlists", "export", "all", str(target)]) == 0
    assert "1 of them missing" in capsys.readouterr().out
    lines = target.read_text().splitlines()
    assert lines[2].startswith("# ")
    assert lines[3:5] == ["#EXTINF:61,Artist - One", ONE]
    assert not lines[5].startswith("# ")
    assert imported(target.read_bytes(), "again.m3u8", "--name", "again")[2]["again"] == ids("One", "Two")


def test_export_overwrites_only_when_told_to(imported, songs, tmp_path, capsys):
    imported(f"{ONE}\n", "all.m3u8")
    target = tmp_path / "out.m3u8"
    target.write_text("precious")
    assert run(["playlists", "export", "all", str(target)]) == 1
    assert "--force" in capsys.readouterr().err
    assert target.read_text() == "precious"
    assert run(["playlists", "export", "all", str(target), "--force"]) == 0
    assert ONE in target.read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["all.m3u8", "out.m3u8"]


def test_export_of_a_playlist_named_like_a_path_writes_only_the_file_that_was_named(imported, songs, tmp_path):
    imported(f"{ONE}\n", "a.m3u8", "--name", "../../escaped")
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    assert run(["playlists", "export", "../../escaped", str(folder / "out.m3u8")]) == 0
    assert [path.name for path in folder.iterdir()] == ["out.m3u8"]
    assert not list(tmp_path.glob("escaped*"))


def test_export_names_what_it_can_not_do(imported, songs, tmp_path, capsys):
    imported(f"{ONE}\n", "all.m3u8")
    capsys.readouterr()
    assert run(["playlists", "export", "nobody", str(tmp_path / "x.m3u8")]) == 1
    assert "playlists list" in capsys.readouterr().err
    assert run(["playlists", "export", "pls_0000000000000000", str(tmp_path / "x.m3u8")]) == 1
    assert run(["playlists", "export", "all", str(tmp_path / "no" / "folder.m3u8")]) == 1
    assert "can't be written" in capsys.readouterr().err


def test_the_list_shows_each_playlist_with_its_id(imported, data_dir, songs, capsys):
    assert run(["playlists", "list"]) == 0
    assert "No playlists" in capsys.readouterr().err
    for number in range(3):
        imported(f"{ONE}\n", f"list {number}.m3u8")
    assert run(["playlists", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[1:3] for line in lines] == [[f"list {number}", "1 track"] for number in range(3)]
    assert run(["playlists", "export", lines[0].split("\t")[0], "/dev/null/x"]) == 1


def move(data_dir, key, folder, name):
    """Say in the index that the song's file is there."""
    with index(data_dir) as (connection, _, _):
        path = os.fsencode(folder)
        connection.execute("INSERT OR IGNORE INTO folders (root_id, path) VALUES (1, ?)", (path,))
        connection.execute(
            "UPDATE tracks SET folder_key = (SELECT key FROM folders WHERE path = ?), name = ? WHERE id = ?",
            (path, os.fsencode(name), track_id(key)),
        )


def make(data_dir, name, track_ids):
    """A playlist of these tracks."""

    async def create():
        async with aclosing(LocalHub(data_dir)) as hub:
            await call(hub, CREATE_PLAYLIST, name=name, trackIds=track_ids)

    anyio.run(create)
