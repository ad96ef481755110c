"""The wheel, as it is installed: what it holds, and that nobody else's modules are taken for ours."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from musicengine_mcp import __version__

ROOT = Path(__file__).resolve().parent.parent

LIST_TOOLS = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/list",
    "params": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheel, and this environment's packages behind it."""
    python = environment(tmp_path_factory.mktemp("installed"))
    pip(python, "install", "--no-deps", "--no-index", str(wheel))
    return python


def test_the_wheel_puts_nothing_but_its_own_folder_into_site_packages(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {name.split("/")[0] for name in names} == {"musicengine_mcp", f"musicengine_mcp-{__version__}.dist-info"}


def test_the_wheel_carries_every_source_and_sample_of_the_checkout(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        carried = {name.removeprefix("musicengine_mcp/") for name in archive.namelist()}
    tracked = run(["git", "ls-files", "contract", "backends", "server"], cwd=ROOT).stdout.split()

    assert set(tracked) <= carried
    assert any(name.startswith("server/demo/samples/") for name in carried)


def test_the_installed_command_says_its_version(installed: Path):
    assert run([str(installed.parent / "musicengine-mcp"), "--version"]).stdout == f"musicengine-mcp {__version__}\n"


def test_the_installed_command_prints_the_page_of_the_checkout_with_its_style_and_script(installed: Path):
    page = run([str(installed.parent / "musicengine-mcp"), "docs", "html"]).stdout

    for name in ("reference.css", "reference.js"):
        assert (ROOT / "contract" / "publish" / name).read_text(encoding="utf-8") in page


def test_the_installed_command_serves_beside_a_hostile_server_py_and_contract_py(installed: Path, tmp_path: Path):
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    for name in ("server", "contract", "backends"):
        (hostile / f"{name}.py").write_text("raise SystemExit('the wrong module was imported')\n")

    answer = run(
        [str(installed.parent / "musicengine-mcp"), "--data-dir", str(tmp_path / "data")],
        stdin=json.dumps(LIST_TOOLS) + "\n",
        cwd=hostile,
        env={"PYTHONPATH": str(hostile)},
    )

    tools = json.loads(answer.stdout)["result"]["tools"]
    assert {tool["name"].split("_")[0] for tool in tools} == {"catalogue", "hub"}


def test_an_editable_install_runs_the_checkout(tmp_path: Path):
    python = environment(tmp_path / "editable")
    pip(python, "install", "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT))

    found = run([str(python), "-P", "-c", "import server.cli; print(server.cli.__file__)"], cwd=tmp_path).stdout

    assert Path(found.strip()) == ROOT / "server" / "cli.py"
    assert run([str(python.parent / "musicengine-mcp"), "--version"]).stdout == f"musicengine-mcp {__version__}\n"


def environment(folder: Path) -> Path:
    """An empty environment that finds this one's packages, but not this project's own installation."""
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = Path(run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).stdout.strip())
    (site / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def pip(python: Path, *arguments: str) -> None:
    """Run this environment's pip for another one, without any network."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
    run([*command, *arguments, "--ignore-installed"])


def run(
    command: list[str], *, stdin: str = "", cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; its output is shown if it fails."""
    done = subprocess.run(
        command, input=stdin, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done
