"""The documents over HTTP are the files of a checkout, byte by byte, and need no key."""

import pytest

from contract.publish.files import documents
from contract.systems import SYSTEMS
from tests.http.conftest import error_of

PATHS = {"openapi": "/openapi.json", "markdown": "/docs/api.md", "llms": "/llms.txt", "html": "/docs/api"}

SERVED = [document for document in documents(SYSTEMS) if document.name in PATHS]


@pytest.mark.parametrize("document", SERVED, ids=lambda document: document.name)
def test_a_document_is_served_as_it_is_written(service, document):
    answer = service.get(PATHS[document.name], key="")
    assert answer.status_code == 200
    assert answer.text == document.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/openapi.json", "application/json"),
        ("/docs/api.md", "text/markdown; charset=utf-8"),
        ("/llms.txt", "text/plain; charset=utf-8"),
        ("/docs/api", "text/html; charset=utf-8"),
    ],
)
def test_a_document_has_its_media_type_and_is_not_sent_twice(service, path, media_type):
    first = service.get(path, key="")
    assert first.headers["content-type"] == media_type
    again = service.get(path, key="", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert service.ask("HEAD", path, key="").headers["content-length"] == str(len(first.content))


def test_the_page_may_run_and_load_nothing_but_its_own(service):
    policy = service.get("/docs/api", key="").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_document_is_read_only(service):
    answer = service.post("/openapi.json", json={})
    assert (answer.status_code, error_of(answer)["code"]) == (405, "method_not_allowed")
