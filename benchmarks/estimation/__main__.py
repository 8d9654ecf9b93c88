"""``python -m benchmarks.estimation --runs 1000``

Simulates what stopping rules and estimates promise, and writes RESULTS.md beside this file.
Finished parts are kept, so that an interrupted run goes on.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.datasets.packages import DATA
from benchmarks.estimation import (
    counting,
    least,
    limit,
    looks,
    measures,
    narrower,
    powered,
    promises,
    public,
    report,
    stops,
    thresholds,
    unequal,
)

RESULTS = Path(__file__).with_name("RESULTS.md")


def _parts(runs: int, seeds: int) -> dict[str, Callable[[], Any]]:
    return {
        "counting": lambda: counting.table(runs),
        "floors": lambda: counting.floors(max(runs // 10, 1)),
        "looks": lambda: looks.table(runs),
        "limit": lambda: limit.summarise(limit.grid()),
        "promises": lambda: promises.table(runs, max(runs // 20, 1)),
        "errors": lambda: [
            (p, measures.f1_error(p, 200, max(runs // 4, 1))) for p in (0.01, 0.002)
        ],
        "measures": lambda: measures.table(runs),
        "more": lambda: measures.more(max(runs // 2, 1)),
        "least": lambda: least.table(max(runs // 2, 1)),
        "narrower": lambda: narrower.table(max(runs // 5, 1)),
        "stops": lambda: stops.table(max(runs // 2, 1)),
        "powered": lambda: powered.table(max(runs // 4, 1)),
        "unequal": lambda: unequal.table(runs),
        "thresholds": lambda: thresholds.table(max(runs // 20, 1)),
        "public": lambda: public.table(seeds),
    }


def main(argv: list[str]) -> int:
    """Run what is not kept, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimation")
    parser.add_argument("--runs", default=1000, type=int, help="of each cell (default: 1000)")
    parser.add_argument("--seeds", default=5, type=int, help="readings of a public set")
    parser.add_argument("--fresh", action="store_true", help="run kept parts again")
    arguments = parser.parse_args(argv)
    if min(arguments.runs, arguments.seeds) < 1:
        parser.error("--runs and --seeds must be at least 1")
    folder = DATA / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"qbcb": promises.qbcb()}
    for name, work in _parts(arguments.runs, arguments.seeds).items():
        path = folder / f"estimation-{name}-{arguments.runs}.json"
        if arguments.fresh or not path.exists():
            began = time.process_time()
            path.write_text(json.dumps({"rows": work(), "seconds": time.process_time() - began}))
            print(f"{name}: {time.process_time() - began:.0f} s", file=sys.stderr, flush=True)
        kept = json.loads(path.read_text())
        found[name] = kept["rows"]
        found.setdefault("seconds", {})[name] = kept["seconds"]
    RESULTS.write_text(report.page(found, arguments.runs), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
