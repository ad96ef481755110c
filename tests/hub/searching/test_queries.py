"""What people type finds what they expect, first (`python -m tests.hub.searching.queries` prints the table)."""

import pytest

from tests.hub.searching.queries import QUERIES, best_of


@pytest.mark.parametrize("expected", QUERIES, ids=lambda expected: expected.query)
async def test_a_query_finds_what_people_expect_first(songs, search, expected):
    assert best_of(await search(songs, expected.query)) == expected.first


def test_the_table_has_forty_queries():
    assert len({expected.query for expected in QUERIES}) == 40
