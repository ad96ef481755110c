"""What a Range header asks for, by RFC 9110: compared with a slow reading of the same rules, header by header."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from contract.hub.errors import RangeNotSatisfiable
from server.http.hub.ranges import asked_bytes, has_it_already

ETAG, MODIFIED = '"abc"', "Sat, 21 Nov 2026 12:00:00 GMT"

_NUMBERS = st.one_of(st.integers(0, 30), st.integers(10**17, 10**30), st.just("")).map(str)

_SPECS = st.one_of(
    st.tuples(_NUMBERS, _NUMBERS).map("-".join),
    st.sampled_from(["", "-", "x", "1", "--1", "1-2-3", "+1-2", "\xb2-\xb3"]),
)

_HEADERS = st.one_of(
    st.tuples(
        st.sampled_from(["bytes=", "Bytes=", "bytes =", "bytes", "items=", "=", ""]),
        st.lists(_SPECS, max_size=4).map(",".join),
    ).map("".join),
    st.text(alphabet="bytes=-0123456789, \t", max_size=30),
)


def asked(value, size, **conditions):
    headers = {"range": value, **{name.replace("_", "-"): text for name, text in conditions.items()}}
    try:
        return asked_bytes(Headers(headers), size, ETAG, MODIFIED)
    except RangeNotSatisfiable as error:
        return "none" if error.headers["Content-Range"] == f"bytes */{size}" else error.headers


def slowly(value, size):
    """The first range that has bytes, as a set of them."""
    if size == 0 or not re.match(r"(?i)bytes\s*=", value):
        return None
    specs = [spec.strip(" \t") for spec in value.split("=", 1)[1].split(",")]
    specs = [spec for spec in specs if spec]
    if not specs or not all(re.fullmatch(r"[0-9]+-[0-9]*|-[0-9]+", spec, re.ASCII) for spec in specs):
        return None
    found = []
    for spec in specs:
        first, last = spec.split("-")
        if first and last and int(last) < int(first):
            return None
        if first:
            found.append([at for at in range(size) if int(first) <= at and (not last or at <= int(last))])
        else:
            found.append([at for at in range(size) if at >= size - int(last)])
    good = [places for places in found if places]
    return (good[0][0], good[0][-1] + 1) if good else "none"


@given(value=_HEADERS, size=st.integers(0, 25))
def test_a_range_is_what_the_standard_says_whatever_is_in_the_header(value, size):
    assert asked(value, size) == slowly(value, size)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-499", (0, 500)),
        ("bytes=500-999", (500, 1000)),
        ("bytes=-500", (9500, 10000)),
        ("bytes=9500-", (9500, 10000)),
        ("bytes=0-0,-1", (0, 1)),
        ("bytes=20000-,-1", (9999, 10000)),
        ("bytes= 0-999, 4500-5499, -1000", (0, 1000)),
        ("bytes=0-99999999999999999999999999", (0, 10000)),
        ("bytes=-99999999999999999999999999", (0, 10000)),
        ("bytes=10000-", "none"),
        ("bytes=-0", "none"),
        ("bytes=" + "9" * 5000 + "-", "none"),
        ("bytes=5-1", None),
        ("bytes=a-b", None),
        ("bytes=1-2;3-4", None),
        ("seconds=1-2", None),
    ],
)
def test_the_examples_of_the_standard_and_others(value, expected):
    assert asked(value, 10_000) == expected


@pytest.mark.parametrize(
    ("condition", "holds"),
    [(ETAG, True), (MODIFIED, True), ('"other"', False), (f"W/{ETAG}", False), ("abc", False), ("", False),
     ("Sat, 21 Nov 2026 12:00:01 GMT", False)],
)  # fmt: skip
def test_a_range_of_another_file_asks_for_the_whole_one(condition, holds):
    assert asked("bytes=1-2", 10, if_range=condition) == ((1, 3) if holds else None)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"if-none-match": ETAG}, True),
        ({"if-none-match": f"W/{ETAG}"}, True),
        ({"if-none-match": f'"x", {ETAG} ,"y"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"x"'}, False),
        ({"if-none-match": ""}, False),
        ({"if-none-match": '"x"', "if-modified-since": MODIFIED}, False),
        ({"if-modified-since": MODIFIED}, True),
        ({"if-modified-since": "Sun, 22 Nov 2026 12:00:00 GMT"}, True),
        ({"if-modified-since": "Fri, 20 Nov 2026 12:00:00 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-modified-since": "Sat, 99 Nov 2026 99:00:00 GMT"}, False),
        ({}, False),
    ],
)
def test_what_the_caller_has_is_not_sent_again(headers, expected):
    assert has_it_already(Headers(headers), ETAG, MODIFIED) is expected
