import pytest

from tests.hub.pairing.desk import Desk


@pytest.fixture
def desk(hub):
    return Desk(hub)
