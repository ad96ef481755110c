"""The generated files are what the contract says today, and the `docs` command keeps them so."""

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from contract.publish.files import documents
from contract.systems import OPERATIONS, SYSTEMS
from server.cli import run

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = documents(SYSTEMS)
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with as much of a checkout as `docs` looks at."""
    root = tmp_path / "checkout"
    for path in ("pyproject.toml", *(document.path for document in DOCUMENTS)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, root / path)
    return root


def test_the_committed_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "--check", "--root", str(ROOT)]) == 0
    assert capsys.readouterr().out == "Every generated file is up to date.\n"


@each_document
def test_one_changed_byte_makes_a_file_stale(document, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = checkout / document.path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert run(["docs", "--check", "--root", str(checkout)]) == 1
    assert capsys.readouterr().out == f"stale: {document.path}\nRun 'musicengine-mcp docs --write'.\n"


@each_document
def test_a_missing_file_is_stale(document, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / document.path).unlink()
    assert run(["docs", "--check", "--root", str(checkout)]) == 1
    assert f"stale: {document.path}" in capsys.readouterr().out


def test_line_ends_of_windows_are_not_stale(checkout: Path) -> None:
    for document in DOCUMENTS:
        (checkout / document.path).write_bytes(document.text.replace("\n", "\r\n").encode())
    assert run(["docs", "--check", "--root", str(checkout)]) == 0


def test_writing_makes_every_file_what_it_must_be(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(checkout / "contract" / "published")
    (checkout / "llms.txt").write_text("old")
    monkeypatch.chdir(checkout)
    assert run(["docs", "--write"]) == 0
    assert {document.path: (checkout / document.path).read_bytes().decode() for document in DOCUMENTS} == {
        document.path: document.text for document in DOCUMENTS
    }
    assert run(["docs", "--check"]) == 0
    assert not list(checkout.rglob(".*.draft"))


@pytest.mark.parametrize("project", [None, "not TOML [", '[project]\nname = "another"', 'project = "musicengine-mcp"'])
@pytest.mark.parametrize("option", ["--write", "--check"])
def test_a_folder_that_is_no_checkout_is_refused_and_left_alone(
    project: str | None, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "contract").mkdir(parents=True)
    if project is not None:
        (folder / "pyproject.toml").write_text(project)
    before = sorted(folder.rglob("*"))
    assert run(["docs", option, "--root", str(folder)]) == 1
    assert "not a checkout of musicengine-mcp" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


def test_a_file_that_cannot_be_written_is_one_clear_error(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(checkout / "contract" / "published")
    (checkout / "contract" / "published").write_text("in the way")
    assert run(["docs", "--write", "--root", str(checkout)]) == 1
    assert "contract/published/openapi.json can't be written" in capsys.readouterr().err


@each_document
def test_a_document_is_printed_by_its_name(document, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", document.name]) == 0
    assert capsys.readouterr().out == document.text


def test_the_markdown_reference_is_printed_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs"]) == 0
    [markdown] = [document.text for document in DOCUMENTS if document.name == "markdown"]
    assert capsys.readouterr().out == markdown


@pytest.mark.parametrize("arguments", [["get_track"], ["markdown", "get_track"], ["get_playlist"]])
def test_one_operation_is_printed_by_its_name(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", *arguments]) == 0
    assert capsys.readouterr().out.startswith(f"# {arguments[-1]}\n")


@pytest.mark.parametrize(
    ("name", "path"), [("get_track", "/api/v1/tracks/{isrc}"), ("get_playlist", "/api/playlists/{id}")]
)
def test_one_operation_is_printed_as_openapi(name: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "openapi", name]) == 0
    assert list(json.loads(capsys.readouterr().out)["paths"]) == [path]


def test_an_operation_without_a_route_has_no_openapi(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "openapi", "find_tracks"]) == 1
    assert "no published route" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["openapi", "nonsense"], ["llms", "get_track"]])
def test_an_unknown_name_is_answered_with_the_known_ones(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["docs", *arguments]) == 1
    message = capsys.readouterr().err
    assert "nonsense" not in message
    assert all(operation.name in message for operation in OPERATIONS)
    assert f"{', '.join(document.name for document in DOCUMENTS)}; and " in message


def test_writing_concerns_every_file_and_so_takes_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(["docs", "openapi", "--write"])
    assert "take no name" in capsys.readouterr().err


@each_document
def test_no_document_holds_a_character_that_could_deceive(document) -> None:
    assert {c for c in document.text if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}} == {"\n"}
    assert document.text.endswith("\n")
    assert not document.text.endswith("\n\n")
