"""Cells run one after the other in processes of their own, and kept as soon as they are done."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed.subjects import OURS, STREAMING, SUBJECTS

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
LARGEST = 1_000_000
"""Of all strategies but those that stream."""

PATIENCE = 300.0
"""Seconds that a cell may take; one that is expected to take longer is not begun."""


@dataclass(frozen=True)
class Cell:
    """What is measured: a strategy of somebody at a size, for the ``repeat``-th time."""

    strategy: str
    who: str
    rows: int
    repeat: int


Outcome = dict[str, Any]


class Journal:
    """A JSONL file of finished cells; an interrupted benchmark goes on from it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.done: dict[Cell, Outcome] = {}
        for line in path.read_text("utf-8").splitlines() if path.exists() else []:
            try:
                cell, outcome = json.loads(line)
                self.done[Cell(**cell)] = outcome
            except (ValueError, TypeError):  # torn off by a crash
                continue

    def add(self, cell: Cell, outcome: Outcome) -> None:
        """Keep an outcome."""
        self.done[cell] = outcome
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([asdict(cell), outcome]) + "\n")


def cells(strategies: list[str], least: int, most: int, repeats: int) -> Iterator[Cell]:
    """All of them, small pools first, and of each strategy motherlode's and its peers' in a row."""
    for repeat in range(repeats):
        for rows in SIZES:
            for strategy in strategies:
                limit = SIZES[-1] if strategy in (*STREAMING, "predict_proba") else LARGEST
                for name, who in sorted(SUBJECTS):
                    if name == strategy and least <= rows <= min(most, limit):
                        yield Cell(strategy, who, rows, repeat)


def run(
    journal: Journal,
    todo: Iterator[Cell],
    minutes: float,
    megabytes: int,
    say: Callable[[str], None],
) -> bool:
    """Run what is not in the journal; False if the time is over before all is done."""
    end = time.monotonic() + 60 * minutes
    for cell in todo:
        if cell in journal.done:
            continue
        if time.monotonic() > end:
            return False
        outcome = _hopeless(journal, cell) or _run(cell, megabytes)
        journal.add(cell, outcome)
        said = outcome.get("failed") or f"{outcome['first']:.3g} s, {outcome['later']:.3g} s"
        say(f"{cell.strategy}, {cell.who}, {cell.rows:,} rows: {said}")
    return True


def _hopeless(journal: Journal, cell: Cell) -> Outcome | None:
    """Why a cell is not begun, judged by those of smaller pools."""
    before = [
        (other.rows, outcome)
        for other, outcome in journal.done.items()
        if (other.strategy, other.who) == (cell.strategy, cell.who) and other.rows < cell.rows
    ]
    if not before:
        return None
    rows, outcome = max(before, key=lambda known: known[0])
    if "failed" in outcome:
        return {"failed": outcome["failed"]}
    expected = outcome["first"] * (cell.rows / rows) ** _growth(before)
    if expected <= PATIENCE:
        return None
    return {"failed": f"about {expected / 60:,.0f} min expected"}


def _growth(before: list[tuple[int, Outcome]]) -> float:
    """How the first round grows by what was seen; linearly, if that is one size only."""
    times = {rows: outcome["first"] for rows, outcome in before if "first" in outcome}
    if len(times) < 2:
        return 1.0
    (small, quick), (large, slow) = sorted(times.items())[-2:]
    return max(1.0, math.log(slow / quick) / math.log(large / small))


def _run(cell: Cell, megabytes: int) -> Outcome:
    command = [sys.executable, "-m", "benchmarks.speed.cell"]
    command += [cell.strategy, cell.who, str(cell.rows), str(megabytes)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=4 * PATIENCE)
    except subprocess.TimeoutExpired:
        return {"failed": f"over {4 * PATIENCE / 60:.0f} min"}
    if done.returncode:
        return {"failed": "killed" if done.returncode < 0 else "failed"}
    outcome: Outcome = json.loads(done.stdout.splitlines()[-1])
    return outcome


def medians(done: dict[Cell, Outcome]) -> dict[tuple[str, str], dict[int, Outcome]]:
    """Of the repeats of each strategy, by who and by rows; a failure of one is one of all."""
    grouped: dict[tuple[str, str], dict[int, list[Outcome]]] = {}
    for cell, outcome in done.items():
        by_rows = grouped.setdefault((cell.strategy, cell.who), {})
        by_rows.setdefault(cell.rows, []).append(outcome)
    return {
        key: {rows: _median(outcomes) for rows, outcomes in sorted(by_rows.items())}
        for key, by_rows in sorted(
            grouped.items(), key=lambda item: (item[0][0], item[0][1] != OURS)
        )
    }


def _median(outcomes: list[Outcome]) -> Outcome:
    failed = [outcome for outcome in outcomes if "failed" in outcome]
    if failed:
        return failed[0]
    return {key: median(outcome[key] for outcome in outcomes) for key in outcomes[0]}
