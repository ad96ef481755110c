"""A TypeScript client of types that nobody here wrote: generated from our document, compiled, and run on the server.

python .ci/clients.py      (run by .ci/run; needs npm. The Python client is a test: tests/clients)
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.conformance.data import Folders, prepare  # noqa: E402  (the path comes first)
from tests.programs import serving  # noqa: E402

GENERATOR = "openapi-typescript@7"
COMPILER = "typescript@5"

PROGRAM = """\
import type { components, paths } from "./types";

type Page = paths["/api/v1/tracks"]["get"]["responses"][200]["content"]["application/json"];
type Query = NonNullable<paths["/api/v1/tracks"]["get"]["parameters"]["query"]>;
type Refusal = components["schemas"]["ErrorBody"];

const [address, key] = process.argv.slice(2);

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${address}${path}`, { headers: { Authorization: `Bearer ${key}` } });
  return (await response.json()) as Answer;
}

async function main(): Promise<void> {
  const query: Query = { limit: 3, offset: 1 };
  const page = await ask<Page>(`/api/v1/tracks?limit=${query.limit}&offset=${query.offset}`);
  const isrcs: string[] = page.data.map((track) => track.isrc);
  const more: boolean = page.pagination.has_more;
  const refusal = await ask<Refusal>("/api/v1/tracks/nonsense");
  const field: string | null | undefined = refusal.error.field;
  console.log(JSON.stringify({ isrcs, more, field }));
}

// If the types said nothing, these two would be no errors, and the compiler would complain of that.
// @ts-expect-error
const _wrong: Query = { limit: "three" };
// @ts-expect-error
const _unknown = (page: Page): unknown => page.data[0].no_such_member;

void main();
"""

EXPECTED = '{"isrcs":["BRHST2200007","FRABC2300006","FRABC2300005"],"more":true,"field":"isrc"}'

SETTINGS = ["--strict", "--target", "es2022", "--module", "commonjs", "--lib", "es2022,dom", "--types", "node"]


def main() -> None:
    """Generate, compile, run; the first failure ends it."""
    with tempfile.TemporaryDirectory(prefix="clients-") as name:
        folder = Path(name)
        document = ROOT / "contract/published/openapi.json"
        said = npm(folder, "exec", "--yes", "--", GENERATOR, str(document), "--output", "types.d.ts")
        if "warn" in said.lower() or not (folder / "types.d.ts").exists():
            sys.exit(f"openapi-typescript: {said}")
        print("-- openapi-typescript: no warnings", flush=True)
        (folder / "program.ts").write_text(PROGRAM, encoding="utf-8")
        npm(folder, "install", "--no-audit", "--no-fund", COMPILER, "@types/node@20")
        run(folder, "node_modules/.bin/tsc", *SETTINGS, "program.ts")
        print("-- tsc --strict: no errors", flush=True)
        folders = asyncio.run(prepare(folder / "data"))
        print(f"-- node: {listed(folder, folders)}", flush=True)


def listed(folder: Path, folders: Folders) -> str:
    """What the compiled program says of the running server."""
    with serving(folders.label) as (url, _):
        said = run(folder, "node", "program.js", url, folders.caller.raw).strip()
    if said != EXPECTED:
        sys.exit(f"the program said {said}, and not {EXPECTED}")
    return said


def npm(folder: Path, *arguments: str) -> str:
    """Run npm in the folder."""
    return run(folder, "npm", *arguments)


def run(folder: Path, *command: str) -> str:
    """What the command says, on both streams; it must not fail."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "npm_config_loglevel": "error", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
