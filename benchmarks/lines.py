"""The lines of the table: what was measured, against what, and whether the budget holds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Line", "at_least", "at_most", "compared", "noted", "table"]


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        what: What was measured.
        ours: Our figure, with its unit.
        peer: The figure it is held against, with its unit and its name; empty if there is none.
        ratio: How many times the peer's cost ours is, or None.
        budget: The most or the least that is allowed; empty for a line that only informs.
        ok: Whether the budget holds; None without a budget.
    """

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    budget: str = ""
    ok: bool | None = None


def compared(
    what: str,
    ours: Sequence[float],
    peer: Sequence[float],
    peer_name: str,
    *,
    unit: str,
    budget: float | None = None,
    detail: str = "",
) -> Line:
    """A line of two series that were measured in turns: their medians, and the median of the turns' ratios.

    A turn is short, so that both of it meet the same machine, be it in a slow moment or a fast one; the two medians
    may come from different moments.
    """
    our_median, peer_median = statistics.median(ours), statistics.median(peer)
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, peer, strict=True))
    return Line(
        what=what,
        ours=f"{our_median:,.{_decimals(our_median)}f} {unit}" + (f" ({detail})" if detail else ""),
        peer=f"{peer_median:,.{_decimals(peer_median)}f} {unit}, {peer_name}",
        ratio=ratio,
        budget="" if budget is None else f"≤ {budget}",
        ok=None if budget is None else ratio <= budget,
    )


def at_most(what: str, ours: float, most: float, unit: str) -> Line:
    """A line with an absolute upper bound."""
    return Line(what, f"{ours:,.{_decimals(ours)}f} {unit}", budget=f"≤ {most:,} {unit}", ok=ours <= most)


def at_least(what: str, ours: float, least: float, unit: str, *, detail: str) -> Line:
    """A line with an absolute lower bound."""
    figure = f"{ours:,.{_decimals(ours)}f} {unit} ({detail})"
    return Line(what, figure, budget=f"≥ {least:,} {unit}", ok=ours >= least)


def noted(what: str, ours: float, unit: str) -> Line:
    """A line that only informs."""
    return Line(what, f"{ours:,.{_decimals(ours)}f} {unit}")


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table, which reads as well in a terminal."""
    heads = ("what", "ours", "floor or peer", "ratio", "budget", "ok?")
    cells = [
        (
            line.what,
            line.ours,
            line.peer,
            "" if line.ratio is None else f"{line.ratio:.2f}",
            line.budget,
            {None: "", True: "yes", False: "NO"}[line.ok],
        )
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    rows = [heads, tuple("-" * width for width in widths), *cells]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )


def _decimals(figure: float) -> int:
    """Three figures that mean something."""
    return 0 if figure >= 100 or figure == int(figure) else 1 if figure >= 10 else 2
