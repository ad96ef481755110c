"""Fixtures of every test: a data folder of its own, and an environment without the developer's settings."""

import os
from pathlib import Path

import pytest

_OF_THE_MACHINE = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads or writes the developer's own data folder, or goes through the machine's proxies."""
    for name in _OF_THE_MACHINE:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    ours = [name for name in os.environ if name.startswith(("MUSICENGINE_", "MUSIC_HUB_"))]
    for name in [name for name in ours if name != "MUSICENGINE_BROWSER"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MUSICENGINE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The folder that MUSICENGINE_DATA_DIR names in this test; it does not exist yet."""
    return tmp_path / "data"
