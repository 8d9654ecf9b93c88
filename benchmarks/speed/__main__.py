"""``python -m benchmarks.speed --max-rows 1000000 --minutes 600``

Times every strategy and its peers' twins, and writes ``RESULTS.md`` and ``rounds.svg``. What is
done is kept: run it again to go on. Exit code 0 if all cells are measured, 3 if time ran out.
"""

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.efficiency.journal import journal
from benchmarks.speed.picture import draw
from benchmarks.speed.report import page
from benchmarks.speed.runs import SIZES, Journal, cells, medians, run
from benchmarks.speed.subjects import SUBJECTS

HERE = Path(__file__).parent

PACKAGES = ("numpy", "scikit-learn", "faiss-cpu", "scikit-activeml")


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    names = sorted({strategy for strategy, _ in SUBJECTS})
    add = parser.add_argument
    add("--max-rows", type=int, default=SIZES[-1], help="largest pool (default: %(default)s)")
    add("--min-rows", type=int, default=SIZES[0], help="smallest pool (default: %(default)s)")
    add("--minutes", type=float, default=600.0, help="begin no cell after that many")
    add("--repeats", type=int, default=3, help="runs of each cell (default: %(default)s)")
    add("--quick", action="store_true", help="pools of up to 10,000 rows, once, for ten minutes")
    add("--strategies", type=lambda text: text.split(","), default=names, help="default: all")
    add("--memory", type=int, default=_memory() // 2, help="megabytes that a cell may take")
    arguments = parser.parse_args(argv)
    for name in arguments.strategies:
        if name not in names:
            parser.error(f"there is no strategy {name!r}; choose from {', '.join(names)}")
    if arguments.quick:
        arguments.max_rows, arguments.repeats = min(arguments.max_rows, 10_000), 1
        arguments.minutes = min(arguments.minutes, 10.0)
    return arguments


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def main(argv: list[str]) -> int:
    """Measure what is left, and write what is known."""
    arguments = _arguments(argv)
    kept = Journal(journal("speed", "own"))
    todo = [*cells(arguments.strategies, arguments.min_rows, arguments.max_rows, arguments.repeats)]
    complete = run(kept, iter(todo), arguments.minutes, arguments.memory, print)
    found = medians(kept.done)
    facts = {
        "command": " ".join(["python -m benchmarks.speed", *argv]),
        "machine": f"{os.cpu_count()} cores, {_memory() / 1024:.0f} GB, {platform.system()}",
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        + f", Python {platform.python_version()}",
        "load": f"{os.getloadavg()[2]:.1f} in the last quarter of an hour",
        "repeats": max((cell.repeat for cell in kept.done), default=0) + 1,
        "left": len(set(todo) - set(kept.done)),
    }
    (HERE / "RESULTS.md").write_text(page(found, facts), encoding="utf-8")
    draw(found, HERE / "rounds.svg")
    return 0 if complete else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
