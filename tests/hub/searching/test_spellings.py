# ruff: noqa: RUF001  (letters that look like others are what it is about)
"""One name, written in many ways."""

import pytest

from tests.hub.library import put
from tests.hub.searching.songs import song

FOUND_BY = {
    "T.N.T.": ["tnt", "T.N.T.", "t n t", "TNT"],
    "AC/DC": ["acdc", "ac/dc", "AC DC", "ac-dc", "ACDC"],
    "a-ha": ["aha", "a-ha", "a ha", "A‐HA"],
    "Guns N' Roses": ["guns and roses", "guns n roses", "guns & roses", "guns n’ roses", "guns roses", "gunsnroses"],
    "Don't Cry": ["dont cry", "don't cry", "don’t cry", "don´t cry", "DON`T CRY"],
    "P!nk": ["pink", "p!nk", "P!NK"],
    "Ke$ha": ["kesha", "ke$ha"],
    "A$AP Rocky": ["asap rocky", "a$ap"],
    "blink-182": ["blink182", "blink 182", "blink-182"],
    "R.E.M.": ["rem", "r.e.m.", "R E M"],
    "N.W.A": ["nwa", "n.w.a."],
    "2Pac": ["2pac", "2 pac"],
    "Beyoncé": ["beyonce", "BEYONCÉ", "beyoncé", "ｂｅｙｏｎｃｅ"],
    "Sigur Rós": ["sigur ros", "SIGUR RÓS"],
    "Motörhead": ["motorhead", "motoerhead", "MOTÖRHEAD"],
    "Ænima": ["aenima", "ænima", "ÆNIMA"],
    "Łona": ["lona", "łona"],
    "MØ": ["mo", "mø", "moe"],
    "Đorđe Balašević": ["dorde balasevic"],
    "Große Fische": ["grosse fische", "große", "GROSSE"],
    "Œuvre": ["oeuvre"],
    "Þursaflokkurinn": ["thursaflokkurinn"],
    "İstanbul": ["istanbul", "İSTANBUL"],
    "ＦＵＬＬ ＷＩＤＴＨ": ["full width"],
    "椎名林檎": ["林檎", "林", "椎名林檎"],
    "宇多田ヒカル": ["ヒカル", "ひかる", "ﾋｶﾙ", "宇多田 ヒカル", "hikaru"],
    "周杰倫": ["周", "杰倫", "zhou jie lun", "zhoujielun"],
    "방탄소년단": ["방탄", "방탄소년단", "bangtan"],
    "Кино": ["кино", "КИНО", "kino"],
    "Группа крови": ["группа", "gruppa krovi"],
    "Χάρις Αλεξίου": ["αλεξιου", "Χάρις"],
    "فيروز": ["فيروز", "فَيروز"],
    "คาราบาว": ["คาราบาว", "บาว"],
    "!!!": ["!!!"],
    "÷ (Deluxe)": ["÷", "deluxe"],
    "★": ["★"],
    "( )": ["( )", "()"],
    "4'33\"": ["4'33", "4 33", "433", "4’33”"],
    "L'Amour toujours": ["lamour", "l'amour", "amour toujours"],
    "Rock 'n' Roll": ["rock n roll", "rock and roll", "rock'n'roll", "rock & roll"],
    "R&B Love": ["r&b love", "rnb love", "r and b love"],
    "Symphony No. 9": ["symphony no 9", "symphony no. 9", "symphony nr 9", "symphony #9"],
    "The The": ["the the", "The The"],
    "Jay-Z": ["jay z", "jayz", "jay-z"],
    "Led Zeppelin IV": ["led zeppelin 4", "zeppelin iv"],
    "Brick in the Wall, Pt. 2": ["brick in the wall part 2", "brick wall pt 2"],
    "Nothing Compares 2 U": ["nothing compares to you", "nothing compares 2u"],
    "Blackbird": ["black bird"],
    "Pink Floyd": ["pinkfloyd"],
    "Smells Like Teen Spirit": ["smells like teen sprit", "smels like teen spirit", "teen sipirt"],
    "Metallica": ["metalica", "mettalica", "metallic"],
    "Radiohead": ["radiohaed", "radioheda", "raidohead"],
    "Nirvana": ["nirvanna", "nirvan", "nrivana"],
    "Tchaikovsky": ["tchaikovski", "chaikovsky"],
    "Seven Nation Army": [
        "seven nation army remastered",
        "Seven Nation Army - Remastered 2011",
        "seven nation army (2011 remaster)",
        "seven nation army official video",
        "seven nation army lyrics",
    ],
}


@pytest.fixture(scope="module")
def songs_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spellings") / "data"
    put(folder, [song(title, "Somebody Else", f"Album {number}") for number, title in enumerate(FOUND_BY)])
    return folder


@pytest.mark.parametrize(
    ("title", "query"), [(title, query) for title, queries in FOUND_BY.items() for query in queries]
)
async def test_a_title_is_found_by_each_way_to_write_it(songs, found, title, query):
    assert (await found(songs, query))[:1] == [f"{title} — Somebody Else"]


async def test_a_short_word_is_not_taken_for_another(songs, found):
    assert await found(songs, "tnd") == []


async def test_the_answer_says_whether_words_were_taken_for_similar_ones(songs, search):
    assert not (await search(songs, "metallica"))["similar"]
    assert (await search(songs, "mettalica"))["similar"]
