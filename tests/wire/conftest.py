"""What several modules ask of a server; each has one of its own, since some change its files."""

import pytest

from tests.wire.media_server import served_media


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    with served_media(tmp_path_factory.mktemp("media")) as media:
        yield media
