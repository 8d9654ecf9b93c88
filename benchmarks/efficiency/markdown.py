"""Numbers and tables as Markdown."""

import math
from collections.abc import Sequence

from benchmarks.efficiency.summary import Spread


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right.

    Examples
    --------
    >>> print(table(["arm", "found"], [["random", "3"]]))
    | arm | found |
    | --- | ---: |
    | random | 3 |
    """
    lines = [_row(head), "| --- |" + " ---: |" * (len(head) - 1), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def number(value: float, digits: int = 2) -> str:
    """A number, or a dash for NaN."""
    if math.isnan(value):
        return "–"
    return f"{value:.{digits}f}" if math.isfinite(value) else "never"


def interval(of: Spread, digits: int = 3) -> str:
    """A mean ± half its interval."""
    half = "" if math.isnan(of.half) else f" ± {of.half:.{digits}f}"
    return number(of.mean, digits) + half


def bold(text: str, whether: bool = True) -> str:
    """In bold, if so."""
    return f"**{text}**" if whether else text
