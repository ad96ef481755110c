"""Identifiers and dates of the trade: near misses are taken, and one form is stored."""

import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contract.identifiers import Day, IsoDate, Isrc, normalise_isrc, normalise_upc, spotify_track_id

ISRC = st.from_regex(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", fullmatch=True)
SEPARATOR = st.sampled_from(
    ["", "-", " ", "\u2010", "\u2011", "\u2013", "\u2212", "\u00ad", ".", "_", "\t", "\n", "\u00a0"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # its first draw builds a table of characters
@given(ISRC)
@example("ISRCX1234567")
@example("ISABC0000000")
def test_an_isrc_in_its_one_form_stays_as_it_is(isrc):
    assert normalise_isrc(isrc) == isrc


@given(ISRC, SEPARATOR, SEPARATOR, st.sampled_from([str.upper, str.lower, str.title]))
def test_an_isrc_is_taken_in_any_case_and_with_any_separators(isrc, first, second, case):
    written = case(f"{second}{isrc[:2]}{first}{isrc[2:5]}{second}{isrc[5:7]}{first}{isrc[7:]}{first}")
    assert normalise_isrc(written) == isrc


@given(ISRC, st.sampled_from(["ISRC ", "ISRC: ", "isrc:", "ISRC-", "Isrc"]))
def test_an_isrc_may_be_printed_behind_its_name(isrc, name):
    assert normalise_isrc(name + isrc) == isrc


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    try:
        once = normalise_isrc(text)
    except ValueError:
        return
    assert normalise_isrc(once) == once
    assert once.isascii()
    assert len(once) == 12


@pytest.mark.parametrize(
    "text",
    [
        "",
        "USXXX123456",
        "USXXX12345678",
        "1SXXX1234567",
        "U1XXX1234567",
        "USXX!1234567",
        "USXXX12345O7",
        "USXXX\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
        "ISRC",
        "ISRC ISRC USXXX1234567",
        "USXXX1234567 USXXX1234568",
    ],
)
def test_what_is_no_isrc_is_refused_with_the_form_and_not_repeated(text):
    with pytest.raises(ValueError, match="such as USXXX1234567") as caught:
        normalise_isrc(text)
    assert str(caught.value).endswith("2 letters, 3 letters or digits, 7 digits, such as USXXX1234567")


class Holder(BaseModel):
    isrc: Isrc = "USXXX1234567"
    day: IsoDate = "2026-03-08"
    shown: Day = "2026-03-08"


def test_the_published_pattern_takes_what_is_accepted_in_practice():
    schema = Holder.model_json_schema()["properties"]["isrc"]
    for written in ("USXXX1234567", "us-xxx-12-34567", "US XXX 12 34567"):
        assert re.search(schema["pattern"], written)
        assert Holder(isrc=written).isrc == "USXXX1234567"


@pytest.mark.parametrize("value", [7, None, ["USXXX1234567"], {}])
def test_an_isrc_is_text(value):
    with pytest.raises(ValidationError):
        Holder(isrc=value)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("123456789012", "123456789012"),
        ("036000291452", "036000291452"),
        ("0036000291452", "036000291452"),
        ("36000291452", "036000291452"),
        ("0-36000-29145-2", "036000291452"),
        ("4006381333931", "4006381333931"),
        (" 4 006381 333931 ", "4006381333931"),
    ],
)
def test_a_upc_and_the_ean_with_a_zero_before_it_are_one_thing(written, stored):
    assert normalise_upc(written) == stored
    assert normalise_upc(stored) == stored


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("36000291453", "UPC of 12 digits"),
        ("036000291453", "wrong check digit"),
        ("4006381333932", "wrong check digit"),
        ("12345", "UPC of 12 digits"),
        ("12345678901234", "UPC of 12 digits"),
        ("03600029145X", "UPC of 12 digits"),
        ("\u0660\u0663\u0666000291452", "UPC of 12 digits"),
        ("", "UPC of 12 digits"),
    ],
)
def test_a_upc_that_is_none_is_refused_with_the_likely_reason(written, why):
    with pytest.raises(ValueError, match=why):
        normalise_upc(written)


@pytest.mark.parametrize(
    "written",
    [
        "spotify:track:3n3Ppam7vgaVa1iaRUc9Lp",
        "https://open.spotify.com/track/3n3Ppam7vgaVa1iaRUc9Lp",
        "http://open.spotify.com/track/3n3Ppam7vgaVa1iaRUc9Lp?si=abc",
        "https://open.spotify.com/intl-de/track/3n3Ppam7vgaVa1iaRUc9Lp#t=1",
        "  spotify:track:3n3Ppam7vgaVa1iaRUc9Lp\n",
    ],
)
def test_a_spotify_uri_and_a_share_link_hold_a_track_id(written):
    assert spotify_track_id(written) == "3n3Ppam7vgaVa1iaRUc9Lp"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "3n3Ppam7vgaVa1iaRUc9Lp",
        "spotify:album:3n3Ppam7vgaVa1iaRUc9Lp",
        "https://open.spotify.com/album/3n3Ppam7vgaVa1iaRUc9Lp",
        "https://open.spotify.com.evil.example/track/3n3Ppam7vgaVa1iaRUc9Lp",
        "https://evil.example/https://open.spotify.com/track/3n3Ppam7vgaVa1iaRUc9Lp",
        "https://open.spotify.com/track/",
        "https://open.spotify.com/track/a%b",
        "spotify:track:*",
    ],
)
def test_nothing_else_holds_one(written):
    assert spotify_track_id(written) is None


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_every_day_since_1900_is_a_date(day):
    assert Holder(day=day.isoformat()).day == day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01",
        "2026-02-30",
        "2026-00-10",
        "26-01-01",
        "2026-1-1",
        "20260101",
        "2026-01-01T00:00",
        " 2026-01-01",
        "2026-01-01\n",
        "\u0662\u0660\u0662\u0666-01-01",
        "0001-01-01",
        "1899-12-31",
        "",
    ],
)
def test_what_is_no_day_is_refused_with_the_form(text):
    with pytest.raises(ValidationError, match="as YYYY-MM-DD, such as 2026-03-08"):
        Holder(day=text)


def test_a_day_in_an_answer_is_checked_by_its_form():
    with pytest.raises(ValidationError):
        Holder(shown="8.3.2026")


@pytest.mark.parametrize(
    "link",
    [
        "spotify:track:3n3Ppam7vgaVa1iaRUc9Lp",
        "open.spotify.com/track/3n3Ppam7vgaVa1iaRUc9Lp",
        "https://open.spotify.com/intl-de/track/3n3Ppam7vgaVa1iaRUc9Lp/?si=abc",
    ],
)
def test_a_spotify_track_is_known_by_any_of_its_links(link):
    assert spotify_track_id(link) == "3n3Ppam7vgaVa1iaRUc9Lp"
