# ruff: noqa: RUF001  (letters that look like others are what it is about)
"""A library of songs that people know, with all that is hard about their names."""

from typing import Any

from tests.hub.library import Song

__all__ = ["SONGS", "song"]

_LINES = """
AC/DC | Back in Black | Hells Bells | 4
AC/DC | Back in Black | Back in Black | 9
AC/DC | High Voltage | T.N.T. | 3
AC/DC | High Voltage | High Voltage
a-ha | Hunting High and Low | Take on Me | 12
a-ha | Hunting High and Low | The Sun Always Shines on T.V.
ABBA | Gold | Dancing Queen | 6
ABBA | Gold | Waterloo
ABBA | Arrival | Money, Money, Money
Adele | 25 | Hello | 8
Lionel Richie | Can't Slow Down | Hello | 2
Adele | Live at the Royal Albert Hall | Hello (Live) | 20
The Beatles | Magical Mystery Tour | Hello, Goodbye | 30
The Beatles | Help! | Help! | 5
The Beatles | Help! | Yesterday | 7
The Beatles | Abbey Road | Come Together | 11
The Beatles | Abbey Road | Here Comes the Sun | 15
The Beatles | The Beatles | While My Guitar Gently Weeps
The Beatles | Let It Be | Let It Be | 4
Beyoncé | I Am... Sasha Fierce | Halo | 6
Beyoncé | I Am... Sasha Fierce | Single Ladies (Put a Ring on It)
Beyoncé | Dangerously in Love | Crazy in Love (feat. JAY-Z) | 5
JAY-Z | The Blueprint 3 | Empire State of Mind (feat. Alicia Keys) | 9
JAY-Z | The Black Album | 99 Problems | 3
Björk | Homogenic | Jóga | 2
Björk | Post | Army of Me
blink-182 | Enema of the State | All the Small Things | 5
blink-182 | Take Off Your Pants and Jacket | First Date
Blur | Blur | Song 2 | 6
Blur | Parklife | Parklife
Bob Marley & The Wailers | Exodus | One Love / People Get Ready | 3
Bob Dylan | Highway 61 Revisited | Like a Rolling Stone | 4
The Rolling Stones | Let It Bleed | Gimme Shelter | 4
The Rolling Stones | Sticky Fingers | Brown Sugar
Jimi Hendrix | Electric Ladyland | All Along the Watchtower | 5
Bob Dylan | John Wesley Harding | All Along the Watchtower | 1
Daft Punk | Discovery | One More Time | 9
Daft Punk | Random Access Memories | Get Lucky (feat. Pharrell Williams & Nile Rodgers) | 10
David Bowie | Blackstar | ★ | 2
David Bowie | "Heroes" | "Heroes" | 8
David Bowie | The Rise and Fall of Ziggy Stardust and the Spiders from Mars | Starman | 4
Depeche Mode | Violator | Enjoy the Silence | 7
Depeche Mode | Violator | Personal Jesus
Johnny Cash | American IV: The Man Comes Around | Personal Jesus | 6
Johnny Cash | American IV: The Man Comes Around | Hurt | 9
Nine Inch Nails | The Downward Spiral | Hurt | 3
Ed Sheeran | ÷ | Shape of You | 3
Ed Sheeran | ÷ (Deluxe) | Castle on the Hill
Evanescence | Fallen | Bring Me to Life | 2
Fleetwood Mac | Rumours | Dreams | 12
Fleetwood Mac | Rumours | Go Your Own Way
The Cranberries | Everybody Else Is Doing It, So Why Can't We? | Dreams | 4
Florence + the Machine | Lungs | Dog Days Are Over | 3
Guns N' Roses | Appetite for Destruction | Sweet Child o' Mine | 7
Guns N' Roses | Appetite for Destruction | Paradise City
Guns N' Roses | Use Your Illusion I | Don't Cry
Haftbefehl | Russisch Roulette | Große Fische
Herbert Grönemeyer | Mensch | Mensch | 1
Ke$ha | Animal | TiK ToK | 2
P!nk | Missundaztood | Just Like a Pill | 2
P!nk | Funhouse | So What
Pink Floyd | The Dark Side of the Moon | Time | 10
Pink Floyd | The Dark Side of the Moon | Money | 9
Pink Floyd | The Wall | Another Brick in the Wall, Pt. 2 | 8
Pink Floyd | Wish You Were Here | Wish You Were Here | 9
Кино | Группа крови | Группа крови | 5
Кино | Звезда по имени Солнце | Звезда по имени Солнце
Земфира | Земфира | Ариведерчи
Ленинград | Хлеб | Дорожная
Led Zeppelin | Led Zeppelin IV | Stairway to Heaven | 14
Led Zeppelin | Led Zeppelin IV | Black Dog
Łona i Webber | Cztery i pół | To nic nie znaczy
MØ | No Mythologies to Follow | Pilgrim
Metallica | Metallica | Enter Sandman | 8
Metallica | Metallica | Nothing Else Matters | 13
Metallica | Master of Puppets | Master of Puppets
Michael Jackson | Thriller | Thriller | 10
Michael Jackson | Thriller | Billie Jean | 17
Michael Jackson | Bad | Bad | 4
Michael Jackson | Bad | Smooth Criminal | 6
Motörhead | Ace of Spades | Ace of Spades | 5
Mötley Crüe | Dr. Feelgood | Kickstart My Heart
Muse | Absolution | Time Is Running Out | 3
N.W.A | Straight Outta Compton | Straight Outta Compton | 3
Nena | 99 Luftballons | 99 Luftballons | 6
Nirvana | Nevermind | Smells Like Teen Spirit | 12
Nirvana | Nevermind | Lithium | 5
Nirvana | Nevermind | Come as You Are
Nirvana | MTV Unplugged in New York | Come as You Are (Live) | 30
Oasis | (What's the Story) Morning Glory? | Wonderwall | 9
OutKast | Speakerboxxx/The Love Below | Hey Ya! | 5
2Pac | All Eyez on Me | California Love (feat. Dr. Dre) | 4
Prince | 1999 | 1999 | 3
Prince | Purple Rain | Purple Rain | 6
Queen | A Night at the Opera | Bohemian Rhapsody | 21
Queen | A Night at the Opera | Love of My Life | 3
Queen | Jazz | Don’t Stop Me Now | 14
Queens of the Stone Age | Songs for the Deaf | No One Knows | 4
Robyn | Body Talk | Dancing on My Own | 4
R.E.M. | Out of Time | Losing My Religion | 7
R.E.M. | Automatic for the People | Everybody Hurts
Radiohead | OK Computer | Karma Police | 6
Radiohead | OK Computer | Paranoid Android
Radiohead | Pablo Honey | Creep | 9
TLC | CrazySexyCool | Creep | 1
Red Hot Chili Peppers | Californication | Californication | 5
Rihanna | Good Girl Gone Bad | Umbrella (feat. JAY-Z) | 6
Röyksopp | Melody A.M. | Eple
Sigur Rós | Ágætis byrjun | Svefn-g-englar | 3
Sigur Rós | ( ) | Untitled #1
Simon & Garfunkel | Bookends | Mrs. Robinson | 3
Sinéad O'Connor | I Do Not Want What I Haven't Got | Nothing Compares 2 U | 7
The Smiths | The Queen Is Dead | There Is a Light That Never Goes Out | 6
The The | Soul Mining | This Is the Day | 2
The Who | Tommy | Pinball Wizard | 2
Tool | Ænima | Forty Six & 2 | 3
Toto | Toto IV | Africa | 11
U2 | The Joshua Tree | With or Without You | 6
U2 | Achtung Baby | One | 5
Metallica | ...And Justice for All | One | 3
Mary J. Blige | The Breakthrough | One | 1
!!! | Louden Up Now | Pardon My Freedom
椎名林檎 | 無罪モラトリアム | 丸の内サディスティック | 4
椎名林檎 | 勝訴ストリップ | 本能
宇多田ヒカル | First Love | First Love | 3
宇多田ヒカル | First Love | Automatic
東京事変 | 教育 | 群青日和
周杰倫 | 葉惠美 | 晴天
방탄소년단 | 화양연화 | 봄날 | 2
فيروز | نسم علينا الهوى | نسم علينا الهوى
Ελευθερία Αρβανιτάκη | Μένω εκτός | Δυνατά
Χάρις Αλεξίου | Η Ζωή Μου Κύκλους Κάνει | Μικρή Πατρίδα
Dvořák | Symphonies | Symphony No. 9 "From the New World"
Herbert von Karajan | Beethoven: The Symphonies | Symphony No. 5 in C minor, Op. 67: I. Allegro con brio | 2
Herbert von Karajan | Beethoven: The Symphonies | Symphony No. 9 in D minor, Op. 125: IV. Presto
Glenn Gould | Bach: The Goldberg Variations | Goldberg Variations, BWV 988: Aria | 3
Crosby, Stills, Nash & Young | Déjà Vu | Our House
Earth, Wind & Fire | I Am | September | 9
Tyler, The Creator | IGOR | EARFQUAKE
Rage Against the Machine | Rage Against the Machine | Killing in the Name | 4
Black Sabbath | Black Sabbath | Black Sabbath | 2
Black Sabbath | Paranoid | Paranoid | 5
Britney Spears | ...Baby One More Time | ...Baby One More Time | 4
The Notorious B.I.G. | Ready to Die | Juicy | 3
A$AP Rocky | LONG.LIVE.A$AP | Goldie
"Weird Al" Yankovic | Dare to Be Stupid | Like a Surgeon
Sunn O))) | Monoliths & Dimensions | Alice
alt-J | An Awesome Wave | Breezeblocks | 3
Justice | † | D.A.N.C.E. | 4
John Cage | Classics | 4'33"
Kraftwerk | Trans Europa Express | Trans Europa Express
Édith Piaf | La vie en rose | La vie en rose | 3
Louis Armstrong | Hello, Dolly! | La vie en rose | 5
"""

_TAGS: dict[str, dict[str, Any]] = {
    "Bohemian Rhapsody": {"isrc": "GBUM71029604"},
    "Get Lucky (feat. Pharrell Williams & Nile Rodgers)": {
        "artists": ["Daft Punk", "Pharrell Williams", "Nile Rodgers"],
        "isrc": "USQX91300108",
    },
    "Empire State of Mind (feat. Alicia Keys)": {"artists": ["JAY-Z", "Alicia Keys"]},
    "Symphony No. 5 in C minor, Op. 67: I. Allegro con brio": {"composers": ["Ludwig van Beethoven"]},
    "Symphony No. 9 in D minor, Op. 125: IV. Presto": {"composers": ["Ludwig van Beethoven"]},
    "Goldberg Variations, BWV 988: Aria": {"composers": ["Johann Sebastian Bach"]},
}


def song(title: str, artist: str = "Somebody", album: str = "Something", plays: int = 0, **more: Any) -> Song:
    """A song whose key is all three, since titles are not the only ones of their name."""
    return Song(
        title, artist, album, key=f"{title} / {artist} / {album}", plays=plays, tags=_TAGS.get(title, {}), **more
    )


def _song(line: str) -> Song:
    artist, album, title, *plays = (part.strip() for part in line.split("|"))
    return song(title, artist, album, int(plays[0]) if plays else 0)


SONGS = tuple(map(_song, _LINES.strip().splitlines()))
