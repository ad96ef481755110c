"""Checks by tools that nobody here wrote, from npm: Redocly on the OpenAPI document, the MCP Inspector on the tools.

python .ci/npm_checks.py      (run by .ci/run, with musicengine-mcp on the PATH)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from contract.musicengine.tools import TOOLS  # noqa: E402  (the path comes first)

REDOCLY = "@redocly/cli@2"
INSPECTOR = "@modelcontextprotocol/inspector@2"

CATALOGUE = "isrc,title,artist,release_date\nUSXXX1234567,Song Name,Artist Name,2024-01-01\n"
STREAMS = "isrc,date,spotify_streams,apple_streams\n" + "".join(
    f"USXXX1234567,2024-03-{day:02d},{15000 + day},{1200 + day}\n" for day in range(1, 21)
)
COOKIES = "# Netscape HTTP Cookie File\n.spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\texample\n"


def main() -> None:
    """Run both; the first failure ends it."""
    print("-- Redocly, recommended rules", flush=True)
    # The hub answers on the machine that it runs on, so that localhost is its address and no example's.
    npx(REDOCLY, "lint", "contract/published/openapi.json", "--skip-rule", "no-server-example.com")
    with tempfile.TemporaryDirectory() as folder:
        inspect_tools(Path(folder))


def inspect_tools(folder: Path) -> None:
    """List the tools strictly, then call each with the example that its record shows."""
    environment = {**os.environ, "MUSICENGINE_DATA_DIR": str(folder / "data")}
    for name, text in (("catalogue.csv", CATALOGUE), ("streams.csv", STREAMS), ("cookies.txt", COOKIES)):
        (folder / name).write_text(text, encoding="utf-8")
    for command in (["secrets", "init"], ["import", str(folder / "catalogue.csv"), str(folder / "streams.csv")]):
        subprocess.run(["musicengine-mcp", *command], env=environment, check=True)

    print("-- MCP Inspector, tools/list --strict", flush=True)
    listed = inspector(environment, "--method", "tools/list", "--strict")
    print(f"{len(listed['tools'])} tools: {', '.join(tool['name'] for tool in listed['tools'])}")
    for tool in TOOLS:
        example = {**tool.example}
        if "cookie_file" in example:
            example["cookie_file"] = str(folder / "cookies.txt")
        arguments = [f"{name}={value}" for name, value in example.items()]
        flags = ["--tool-arg", *arguments] if arguments else []
        answer = inspector(environment, "--method", "tools/call", "--tool-name", tool.name, *flags)
        if answer.get("isError"):
            sys.exit(f"{tool.name} {example}: {answer['content'][0]['text']}")
        print(f"{tool.name} {json.dumps(dict(tool.example))}: {answer['content'][0]['text'][:100]}", flush=True)


def inspector(environment: dict[str, str], *arguments: str) -> Any:
    """The Inspector's answer, as JSON. Like any host it hands the server only what it is told to."""
    data = f"MUSICENGINE_DATA_DIR={environment['MUSICENGINE_DATA_DIR']}"
    command = ["--cli", "musicengine-mcp", "-e", data]
    return json.loads(npx(INSPECTOR, *command, *arguments, environment=environment, capture=True))


def npx(package: str, *arguments: str, environment: dict[str, str] | None = None, capture: bool = False) -> str:
    """Run a package's command; show what it says unless its output is wanted."""
    command = ["npx", "--yes", package, *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**(environment or os.environ), "npm_config_loglevel": "error", "npm_config_fund": "false"},
        stdout=subprocess.PIPE if capture else None,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=300,
        check=True,
    )
    return done.stdout or ""


if __name__ == "__main__":
    main()
