"""``RESULTS.md``: the table, the ratios and the picture."""

import math
from typing import Any

from benchmarks.measured import measured
from benchmarks.speed.data import BATCH, COLUMNS, KNOWN
from benchmarks.speed.runs import Outcome
from benchmarks.speed.subjects import OURS

Medians = dict[tuple[str, str], dict[int, Outcome]]

_COMPARED = ("first", "later", "cpu_first", "cpu_later")

QUICK = 0.02
"""Seconds below which a round is mostly the cost of a call, and says nothing about growth."""


def exponent(by_rows: dict[int, Outcome], key: str) -> float | None:
    """The slope of log time over log rows, by least squares, where rounds take a while.

    Examples
    --------
    >>> quadratic = {10: {"first": 0.1}, 100: {"first": 10.0}, 1000: {"failed": "killed"}}
    >>> round(exponent(quadratic, "first"), 6)
    2.0
    """
    known = [
        (math.log(rows), math.log(outcome[key]))
        for rows, outcome in by_rows.items()
        if outcome.get(key, 0.0) >= QUICK
    ]
    if len(known) < 2:
        return None
    x, y = (sum(values) / len(known) for values in zip(*known, strict=True))
    return sum((a - x) * (b - y) for a, b in known) / sum((a - x) ** 2 for a, _ in known)


def page(found: Medians, facts: dict[str, Any]) -> str:
    """The whole page, in Markdown."""
    sizes = sorted({rows for by_rows in found.values() for rows in by_rows})
    lines = [
        "# Speed",
        "",
        measured(),
        "",
        f"Written by `{facts['command']}` on {facts['machine']}; {facts['versions']}. "
        f"{_runs(facts['repeats'])}, each in a process of its own. {_left(facts['left'])}",
        "",
        f"A round asks {BATCH} rows of a pool of n x {COLUMNS} float32 with logistic regression, "
        f"{KNOWN} labels known at first. The *first* round computes the pool's geometry; "
        "*later* ones go on from it, with the labels of the round before. Memory is the most that "
        "all rounds took beyond the pool as handed in. The exponent is the slope of log time over "
        f"log n where a round takes at least {QUICK * 1000:.0f} ms.",
        "",
        "![Seconds of a later round by rows](rounds.svg)",
        "",
        "## Against peers",
        "",
        "How many times as long the peer takes, at the largest pool that both finish, by the "
        "clock and in seconds of all cores together. The latter is what to read if the machine was "
        f"busy: its load was {facts['load']}, and a cell waited {_waits(found)}.",
        "",
        *_ratios(found),
        "",
        "## First round, seconds",
        "",
        *_table(found, sizes, "first"),
        "",
        "## Later rounds, seconds",
        "",
        *_table(found, sizes, "later"),
        "",
        "## Memory, megabytes",
        "",
        *_table(found, sizes, "memory"),
        "",
    ]
    return "\n".join(lines)


def _runs(repeats: int) -> str:
    return "One run of each cell" if repeats == 1 else f"Medians of up to {repeats} runs"


def _left(left: int) -> str:
    if not left:
        return "All cells are measured."
    return f"Not measured yet, and blank in the tables: {left:,} runs of cells."


def _ratios(found: Medians) -> list[str]:
    """How many times as long a peer takes, at the largest pool that both finish."""
    lines = [
        "| strategy | peer | rows | peer, s | first, s | later, s | first | later | "
        "first, cores | later, cores | memory, MB |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (strategy, who), peer in found.items():
        mine = found.get((strategy, OURS), {})
        both = [n for n in peer if "first" in peer[n] and "first" in mine.get(n, {})]
        if who == OURS or not both:
            continue
        n = max(both)
        theirs, own = peer[n], mine[n]
        times = [f"{seconds:.3g}" for seconds in (theirs["later"], own["first"], own["later"])]
        ratios = [_times(theirs[key] / max(own[key], 1e-6)) for key in _COMPARED]
        ratios.append(f"{theirs['memory']:,.0f} / {own['memory']:,.0f}")
        lines.append("| " + " | ".join([strategy, who, f"{n:,}", *times, *ratios]) + " |")
    return lines


def _waits(found: Medians) -> str:
    shares = sorted(
        one["waited"] for by in found.values() for one in by.values() if "waited" in one
    )
    if not shares:
        return "for no core"
    middle, most = shares[len(shares) // 2], shares[-1]
    return f"{middle:.0%} of its time for a core (median; {most:.0%} at most)"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} x" if ratio >= 100 else f"{ratio:.1f} x"


def _table(found: Medians, sizes: list[int], key: str) -> list[str]:
    growth = " exponent |" if key != "memory" else ""
    lines = [
        "| strategy | by | " + " | ".join(f"{n:,}" for n in sizes) + " |" + growth,
        "|---|---|" + "--:|" * (len(sizes) + bool(growth)),
    ]
    for (strategy, who), by_rows in found.items():
        cells = [_cell(by_rows.get(n), key) for n in sizes]
        slope = exponent(by_rows, key)
        cells += [("" if slope is None else f"{slope:.2f}")] if growth else []
        lines.append(f"| {strategy} | {who} | " + " | ".join(cells) + " |")
    return lines


def _cell(outcome: Outcome | None, key: str) -> str:
    if outcome is None:
        return ""
    if "failed" in outcome:
        return str(outcome["failed"])
    return f"{outcome[key]:,.0f}" if key == "memory" else f"{outcome[key]:.3g}"
