"""A byte of any column of any table is changed in the file, wherever the file holds it: it is found."""

import pytest

from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.storage import prepare_folder
from tests.hub.health.damaging import marked, overwrite, said_of


def places(content, mark):
    start = content.find(mark)
    while start >= 0:
        yield start
        start = content.find(mark, start + 1)


@pytest.mark.parametrize("layout", [USER_LAYOUT, INDEX_LAYOUT], ids=["hub.db", "hub-index.db"])
def test_a_changed_byte_of_any_column_is_found(data_dir, layout):
    prepare_folder(data_dir)
    path = data_dir / layout.name
    marks = marked(path, layout)
    content, missed, tried = path.read_bytes(), [], set()
    before = said_of(path)
    assert before == ["references"]  # which is looked at last: to these rows, nothing that they refer to is there
    for (table, column), mark in marks.items():
        for place in places(content, mark):
            last = place + len(mark) - 1
            overwrite(path, last, bytes([content[last] ^ 1]))
            if said_of(path) == before:
                missed.append((table, column, place))
            overwrite(path, last, content[last : last + 1])
            tried.add((table, column))
    assert missed == []
    assert tried == marks.keys()
