"""A label behind the whole application, and what its callers send."""

import json
from contextlib import aclosing

import httpx
import pytest

from backends.local.database import Database
from backends.local.keyring import new_keyring, write_keyring
from backends.local.storage import prepare_folder
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from tests.label import store
from tests.serving import new_key, served

IMPORT = IMPORT_BROWSER_PROFILE.path
BODY = dict(IMPORT_BROWSER_PROFILE.example.request)


@pytest.fixture
async def service(data_dir):
    prepare_folder(data_dir)
    write_keyring(data_dir, new_keyring())
    async with aclosing(Database(data_dir)) as database:
        await store(database)
    with served(data_dir, await new_key(data_dir)) as service:
        yield service


def error_of(response: httpx.Response) -> dict:
    """The one member of an error's body."""
    body = json.loads(response.content)
    assert list(body) == ["error"]
    assert response.headers["content-type"] == "application/json"
    return body["error"]
