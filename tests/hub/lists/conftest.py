"""A library of its own for tests of lists, with every row of it at hand."""

import pytest

from tests.hub.lists.brute_force import Rows
from tests.hub.lists.mixed import put_mixed


@pytest.fixture
def mixed_library(data_dir):
    return put_mixed(data_dir)


@pytest.fixture
def all_rows(data_dir, mixed_library):
    return Rows(data_dir)
