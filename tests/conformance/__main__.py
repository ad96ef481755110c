"""Print the conformance matrix, as it is at this moment.

python -m tests.conformance
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from contract.musicengine import OPERATIONS
from contract.musicengine.tools import TOOLS
from tests.conformance.cells import BACKENDS, SURFACES, open_cells
from tests.conformance.conftest import COOKIE_FILE
from tests.conformance.data import prepare
from tests.conformance.matrix import Verdict, all_cases, examine

_MEANING = """
A cell shows how many answers were compared there. Each is the same, to the letter, as in every other cell of its row;
`-`: there is no such surface. An operation is asked over MCP by the tools that join it, a tool by direct call of its
handler. Errors of API keys are asked of callers that have one.
"""


def main() -> None:
    """Ask everything, print the table; exit with 1 if anything differs."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        (folder / "cookies.txt").write_text(COOKIE_FILE, encoding="utf-8")
        for variable in [variable for variable in os.environ if variable.startswith("MUSICENGINE_")]:
            del os.environ[variable]
        os.environ["HOME"] = name
        folders = asyncio.run(prepare(folder))
        with open_cells(folders) as cells:
            verdicts = [examine(case, cells, folders) for case in all_cases()]
    print("\n".join(_table(verdicts)))
    print(_MEANING)
    answers = sum(len(verdict.replies) for verdict in verdicts)
    different = [verdict for verdict in verdicts if verdict.differences]
    print(f"{len(verdicts)} cases, {answers} answers, {len(different)} cases with differences.")
    for verdict in different:
        print(f"\n{verdict.case}\n" + "\n".join(verdict.differences))
    sys.exit(1 if different else 0)


def _table(verdicts: Sequence[Verdict]) -> Iterable[str]:
    cells = [(backend, surface) for backend in BACKENDS for surface in SURFACES]
    yield _row("", "cases", [f"{backend}, {surface}" for backend, surface in cells])
    yield _row("---", "--:", ["--:"] * len(cells))
    for subject in (*OPERATIONS, *TOOLS):
        own = [verdict for verdict in verdicts if verdict.case.subject is subject]
        yield _row(f"`{subject.name}`", str(len(own)), [_shown(own, cell) for cell in cells])


def _shown(verdicts: Sequence[Verdict], cell: tuple[str, str]) -> str:
    answers = sum(place[:2] == cell for verdict in verdicts for place in verdict.replies)
    different = sum(" ".join(cell) in text.partition(":")[0] for verdict in verdicts for text in verdict.differences)
    if not answers:
        return "-"
    return f"{answers} equal" if not different else f"{different} of {answers} DIFFER"


def _row(name: str, cases: str, cells: Sequence[str]) -> str:
    return f"| {name} | {cases} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
