"""python -m benchmarks.pretraining: measure what is lacking, and write the page."""

import argparse
import json
import sys
from pathlib import Path
from time import monotonic

from benchmarks.pretraining.cells import POSITIVES, Cell, measure, pick, plan, read
from benchmarks.pretraining.report import page
from benchmarks.proving.arms import DEFAULT, WITH_NETWORK
from benchmarks.proving.journal import Journal
from benchmarks.proving.plan import plan as plan_searches
from benchmarks.proving.sessions import Session
from benchmarks.proving.sources import available
from motherlode.models import _pretrained

JOURNAL = Path(__file__).parent.parent / ".data" / "pretraining" / "cells.jsonl"


def known(journal: Path, weights: str) -> list[Cell]:
    """The cells of a journal that are of these weights."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    cells = [Cell(**json.loads(line)) for line in lines]
    return [cell for cell in cells if cell.weights == weights]


def led(journal: Journal) -> list[Session]:
    """The searches of the default, with the network and without it."""
    wanted = plan_searches(available(), (DEFAULT, WITH_NETWORK), quick=True)
    return [journal.known[key] for key in wanted if key in journal.known]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pretraining", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth source")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no source after that")
    parser.add_argument("--journal", type=Path, default=JOURNAL, help="where cells are kept")
    parser.add_argument("--report", type=Path, help="a folder for RESULTS.md")
    asked = parser.parse_args()

    said = json.loads((Path(_pretrained.__file__).parent / "weights.json").read_text())
    weights, began = said["sha256"], monotonic()
    cells = known(asked.journal, weights)
    done = {(cell.source, cell.positives) for cell in cells}
    asked.journal.parent.mkdir(parents=True, exist_ok=True)
    for place, tasks, left_out in list(plan(available()))[:: asked.every]:
        if monotonic() - began > 60 * asked.minutes:
            break
        for k in POSITIVES:
            if (tasks[0].source, k) in done or (ground := pick(tasks, place, k)) is None:
                continue
            cells.append(measure(ground, k, left_out=left_out, weights=weights, seed=place))
            with asked.journal.open("a") as file:
                file.write(cells[-1].line() + "\n")
        read.cache_clear()
        print(f"{monotonic() - began:.0f} s: {tasks[0].source}", file=sys.stderr, flush=True)
    text = page(cells, said, led(Journal()))
    if asked.report is None:
        print(text)
    else:
        (asked.report / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
