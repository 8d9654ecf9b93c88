"""``python -m benchmarks.lu2023 --sets wdbc,sonar,ionosphere --seeds 40``

Exit code 0 if every delta is within the tolerance, 1 if one is not, 2 for a wrong argument.
"""

import argparse
import sys
import time
from itertools import product
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from benchmarks.datasets import lu
from benchmarks.lu2023.protocol import STRATEGIES, run
from benchmarks.lu2023.report import Measured, page, table

RESULTS = Path(__file__).with_name("RESULTS.md")
PROCESSES = 2


def measure(names: list[str], seeds: int) -> tuple[list[Measured], float]:
    """Run every set, strategy and seed; pair the strategies by seed, and add up processor time.

    Returns
    -------
    results : list of Measured
    seconds : float
    """
    jobs = list(product(names, STRATEGIES, range(seeds)))
    timed = Parallel(n_jobs=PROCESSES)(delayed(_timed)(*job) for job in jobs)
    areas = {job: area for job, (area, _) in zip(jobs, timed, strict=True)}
    results = []
    for name in names:
        pairs = [[areas[name, strategy, seed] for strategy in STRATEGIES] for seed in range(seeds)]
        uniform, uncertainty = np.array([pair for pair in pairs if None not in pair]).T
        results.append(Measured(name, uniform, uncertainty))
    return results, sum(seconds for _, seconds in timed)


def _timed(name: str, strategy: str, seed: int) -> tuple[float | None, float]:
    began = time.process_time()
    return run(name, strategy, seed), time.process_time() - began


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lu2023")
    parser.add_argument(
        "--sets",
        default="wdbc,sonar,ionosphere",
        type=lambda text: text.split(","),
        help=f"from {', '.join(lu.NAMES)} (default: %(default)s)",
    )
    parser.add_argument("--seeds", default=40, type=int, help="how many (default: %(default)s)")
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.sets if name not in lu.NAMES]
    if unknown:
        parser.error(f"there is no set {unknown[0]!r}; choose from {', '.join(lu.NAMES)}")
    if arguments.seeds < 1:
        parser.error(f"--seeds is {arguments.seeds}; at least 1 is needed")
    lacking = [reason for name in arguments.sets if (reason := lu.available()[name])]
    if lacking:
        parser.error(lacking[0])
    return arguments


def main(argv: list[str]) -> int:
    """Measure, print the table and write the results file."""
    arguments = _arguments(argv)
    results, seconds = measure(arguments.sets, arguments.seeds)
    command = (
        f"python -m benchmarks.lu2023 --sets {','.join(arguments.sets)} --seeds {arguments.seeds}"
    )
    RESULTS.write_text(page(results, command, seconds), encoding="utf-8")
    print(table(results))
    return 0 if all(result.agrees for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
