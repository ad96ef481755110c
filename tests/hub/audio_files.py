"""Audio files for tests: copies of the tones, with tags written in each format's own manner, by mutagen."""

import struct
from base64 import b64encode
from pathlib import Path

from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2File
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, TXXX, UFID, USLT, Frames
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

TONES = Path(__file__).parent / "audio"

EXTENSIONS = {
    "mp3": ".mp3",
    "flac": ".flac",
    "vorbis": ".ogg",
    "opus": ".opus",
    "aac": ".m4a",
    "alac": ".alac.m4a",
    "wav": ".wav",
    "aiff": ".aiff",
    "wavpack": ".wv",
}
"""Of each format that can be read."""

_CLASSES = {
    "mp3": MP3,
    "flac": FLAC,
    "vorbis": OggVorbis,
    "opus": OggOpus,
    "aac": MP4,
    "alac": MP4,
    "wav": WAVE,
    "aiff": AIFF,
    "wavpack": WavPack,
}

COVER = b"\x89PNG\r\n\x1a\n" + bytes(64)

# By member of Tags: the ID3 frame or TXXX description, the Vorbis comment (APEv2 takes it too), the MP4 atom or
# freeform name; all as Picard writes them.
_NAMES = {
    "title": ("TIT2", "TITLE", "\xa9nam"),
    "artist": ("TPE1", "ARTIST", "\xa9ART"),
    "artists": ("ARTISTS", "ARTISTS", "ARTISTS"),
    "album": ("TALB", "ALBUM", "\xa9alb"),
    "albumArtist": ("TPE2", "ALBUMARTIST", "aART"),
    "albumArtists": ("ALBUMARTISTS", "ALBUMARTISTS", "ALBUMARTISTS"),
    "compilation": ("TCMP", "COMPILATION", "cpil"),
    "genres": ("TCON", "GENRE", "\xa9gen"),
    "releaseDate": ("TDRC", "DATE", "\xa9day"),
    "originalDate": ("TDOR", "ORIGINALDATE", "ORIGINALDATE"),
    "isrc": ("TSRC", "ISRC", "ISRC"),
    "composers": ("TCOM", "COMPOSER", "\xa9wrt"),
    "label": ("TPUB", "LABEL", "LABEL"),
    "recordingId": ("UFID", "MUSICBRAINZ_TRACKID", "MusicBrainz Track Id"),
    "releaseTrackId": ("MusicBrainz Release Track Id", "MUSICBRAINZ_RELEASETRACKID", "MusicBrainz Release Track Id"),
    "releaseId": ("MusicBrainz Album Id", "MUSICBRAINZ_ALBUMID", "MusicBrainz Album Id"),
    "releaseGroupId": ("MusicBrainz Release Group Id", "MUSICBRAINZ_RELEASEGROUPID", "MusicBrainz Release Group Id"),
    "artistIds": ("MusicBrainz Artist Id", "MUSICBRAINZ_ARTISTID", "MusicBrainz Artist Id"),
    "albumArtistIds": ("MusicBrainz Album Artist Id", "MUSICBRAINZ_ALBUMARTISTID", "MusicBrainz Album Artist Id"),
    "trackGain": ("REPLAYGAIN_TRACK_GAIN",) * 3,
    "trackPeak": ("REPLAYGAIN_TRACK_PEAK",) * 3,
    "albumGain": ("REPLAYGAIN_ALBUM_GAIN",) * 3,
    "albumPeak": ("REPLAYGAIN_ALBUM_PEAK",) * 3,
}

_PAIRS = {
    ("track", "trackTotal"): ("TRCK", "TRACKNUMBER", "TRACKTOTAL", "trkn"),
    ("disc", "discTotal"): ("TPOS", "DISCNUMBER", "DISCTOTAL", "disk"),
}


def tone(format_):
    """The untagged tone of a format, which must not be changed."""
    return TONES / f"base{EXTENSIONS[format_]}"


def audio(format_, distinct=0):
    """The bytes of a format's tone, with the audio made different by a number."""
    data = bytearray(tone(format_).read_bytes())
    if distinct:
        struct.pack_into(">I", data, _somewhere_in_the_audio(format_, data), distinct)
    return bytes(data)


def write_file(path, format_, *, distinct=0, lyrics=None, cover=None, **tags):
    """Write a tone to `path`, with tags by their names in `Tags` (backends.local.hub.reading.record); return the path.

    Files that differ in `distinct` differ in their audio, and so in their fingerprints.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(audio(format_, distinct))
    if tags or lyrics or cover:
        write_tags(path, format_, lyrics=lyrics, cover=cover, **tags)
    return path


def write_tags(path, format_, *, lyrics=None, cover=None, **tags):
    """Write these tags into a file, over those of the same names."""
    file = _CLASSES[format_](path)
    if file.tags is None:
        file.add_tags()
    if isinstance(file, MP4):
        _fill_mp4(file.tags, tags, lyrics, cover)
    elif isinstance(file, MP3 | WAVE | AIFF):
        fill_id3(file.tags, tags, lyrics, cover)
    else:
        _fill_comments(file, tags, lyrics, cover)
    file.save()


def remove_tags(path, format_):
    """Take all tags away, and the picture."""
    file = _CLASSES[format_](path)
    if isinstance(file, FLAC):
        file.clear_pictures()
        file.save(padding=lambda _: 0)
    file.delete()


def fill_id3(tag, tags, lyrics=None, cover=None):
    """Put tags into an ID3 tag of mutagen's."""
    for member, text in _texts(tags):
        name = _NAMES[member][0]
        if name == "UFID":
            tag.add(UFID(owner="http://musicbrainz.org", data=text[0].encode()))
        elif name in Frames:
            tag.setall(name, [Frames[name](encoding=3, text=text)])
        else:
            tag.setall(f"TXXX:{name}", [TXXX(encoding=3, desc=name, text=text)])
    for (number, total), (frame, *_) in _PAIRS.items():
        if tags.keys() & {number, total}:
            text = f"{tags.get(number, 0)}/{tags[total]}" if total in tags else str(tags[number])
            tag.setall(frame, [Frames[frame](encoding=3, text=text)])
    if lyrics:
        tag.setall("USLT", [USLT(encoding=3, lang="eng", desc="", text=lyrics)])
    if cover:
        tag.setall("APIC", [APIC(encoding=3, mime="image/png", type=3, desc="", data=cover)])


def _fill_comments(file, tags, lyrics, cover):
    for member, text in _texts(tags):
        file.tags[_NAMES[member][1]] = text
    for (number, total), (_, number_name, total_name, _) in _PAIRS.items():
        if number in tags:
            file.tags[number_name] = str(tags[number])
        if total in tags:
            file.tags[total_name] = str(tags[total])
    if lyrics:
        file.tags["LYRICS"] = lyrics
    if not cover:
        return
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/png", cover
    if isinstance(file, FLAC):
        file.add_picture(picture)
    elif isinstance(file, APEv2File):
        file.tags["Cover Art (Front)"] = b"cover.png\0" + cover
    else:
        file.tags["METADATA_BLOCK_PICTURE"] = b64encode(picture.write()).decode()


def _fill_mp4(tag, tags, lyrics, cover):
    for member, text in _texts(tags):
        name = _NAMES[member][2]
        if name == "cpil":
            tag[name] = tags[member]
        elif name[0] == "\xa9" or name == "aART":
            tag[name] = text
        else:
            tag[f"----:com.apple.iTunes:{name}"] = [MP4FreeForm(t.encode(), AtomDataType.UTF8) for t in text]
    for (number, total), (*_, atom) in _PAIRS.items():
        if tags.keys() & {number, total}:
            tag[atom] = [(tags.get(number, 0), tags.get(total, 0))]
    if lyrics:
        tag["\xa9lyr"] = [lyrics]
    if cover:
        tag["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_PNG)]


def _texts(tags):
    for member, value in tags.items():
        if member not in _NAMES:
            continue
        if member.endswith("Gain"):
            yield member, [f"{value:.2f} dB"]
        elif isinstance(value, list):
            yield member, value
        else:
            yield member, [str(int(value) if isinstance(value, bool) else value)]


def _somewhere_in_the_audio(format_, data):
    if format_ == "flac":
        return 8 + 30  # the sum of the audio, in the first block
    if format_ in {"vorbis", "opus"}:
        last = data.rindex(b"OggS")
        return last + 27 + data[last + 26] + 8
    if format_ in {"aac", "alac"}:
        return data.index(b"mdat") + 64
    return len(data) // 2
