"""``python -m benchmarks.speed.geometry --report``: the bars of densities, outliers and batches.

Densities and outlier factors are computed in this process, ours and scikit-learn's, on one pool.
Rounds of batch strategies run in a process each, motherlode's and scikit-activeml's in turns, and
medians are compared. ``--report`` writes ``GEOMETRY.md``.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.neighbors import KernelDensity, LocalOutlierFactor

from benchmarks.speed.bars import Line, publish, timed
from benchmarks.speed.data import setting
from motherlode import ActiveLearner, Pool
from motherlode.geometry import bandwidth_of

HERE = Path(__file__).parent
COLUMNS = 50
BATCHES = ("k_centre", "badge", "typiclust", "probcover")


def density(n: int) -> Iterator[Line]:
    """Exact log densities of all rows, standardised and all, against a tree's."""
    X, what, pools = setting(n, columns=COLUMNS).X, f"KDE, {n:,} × {COLUMNS}", list[Pool]()
    points, width = Pool(X).points, bandwidth_of("scott", n, COLUMNS)

    def ours() -> None:
        pools.append(Pool(X))
        pools[-1].log_density(width)

    first = median(timed(ours) for _ in range(3))
    fitted, said = KernelDensity(bandwidth=width).fit(points), list[Any]()
    peer = timed(lambda: said.append(fitted.score_samples(points)))
    off = float(np.abs(pools[-1].log_density(width) - said[0]).max())
    yield _line(what, peer, first, f"≥ 30; off by 1e-5, and is by {off:.0e}, at most")
    yield _again(what, "kde", pools[-1], first)


def outliers(n: int) -> Iterator[Line]:
    """Local outlier factors of all rows, graph of neighbours and all, against scikit-learn's."""
    X, what, pools = setting(n, columns=COLUMNS).X, f"LOF, {n:,} × {COLUMNS}", list[Pool]()
    points, fitted = Pool(X).points, LocalOutlierFactor(n_neighbors=20)

    def ours() -> None:
        pools.append(Pool(X))
        pools[-1].local_outlier_factor(20)

    first, peer = timed(ours), timed(lambda: fitted.fit(points))
    said = pools[-1].local_outlier_factor(20)
    alike = spearmanr(said, -fitted.negative_outlier_factor_).statistic
    yield _line(what, peer, first, f"≥ 5; rank correlation ≥ .99, and is {alike:.4f}")
    yield _again(what, "lof", pools[-1], first)


def _again(what: str, strategy: str, pool: Pool, first: tuple[float, float]) -> Line:
    """Whole rounds of the strategy that the geometry is for, once it is there."""
    learner = ActiveLearner(pool, [0, 1], strategy=strategy, minority=1)
    learner.teach([0, 1], [0, 1])
    rounds = []
    for _ in range(6):
        asked: list[Any] = []
        rounds.append(timed(lambda kept=asked: kept.append(learner.query(10).rows)))  # type: ignore[misc]
        learner.teach(asked[0], np.zeros(10, dtype=int))
    later = tuple(median(values) for values in zip(*rounds[1:], strict=True))
    return _line(f"{what}: the geometry / a later round, query and all", first, later, "≥ 100")


def batches(n: int, repeats: int, megabytes: int) -> Iterator[Line]:
    """First and later rounds of ten rows."""
    for strategy in BATCHES:
        seen: dict[str, list[dict[str, Any]]] = {"motherlode": [], "scikit-activeml": []}
        for _ in range(repeats):
            for who, outcomes in seen.items():
                outcomes.append(_cell(strategy, who, n, megabytes))
        ours, theirs = seen.values()
        memory = median(one["memory"] for one in ours)
        if "failed" in theirs[0]:
            later = median(one["first"] for one in ours)
            what = f"{strategy}, {n:,}: {theirs[0]['failed']} / {later:.2f} s, {memory:.0f} MB"
            yield Line(what, "–", "≥ 10", "the peer does not finish")
            continue
        for kind in ("first", "later"):
            peer, own = (
                tuple(median(one[key] for one in side) for key in (kind, f"cpu_{kind}"))
                for side in (theirs, ours)
            )
            yield _line(f"{strategy}, {n:,}, {kind} round", peer, own, "≥ 10")


def _cell(strategy: str, who: str, n: int, megabytes: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.speed.cell", strategy, who, str(n), str(megabytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _line(what: str, theirs: Any, ours: Any, bar: str) -> Line:
    return Line(
        what,
        f"{theirs[0] / ours[0]:,.1f} ({theirs[1] / max(ours[1], 1e-6):,.1f})",
        bar,
        f"{theirs[0]:.3g} s / {ours[0]:.3g} s",
    )


def main(argv: list[str]) -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.geometry")
    parser.add_argument("--report", action="store_true", help="write GEOMETRY.md")
    parser.add_argument("--repeats", type=int, default=5, help="processes (default: %(default)s)")
    arguments = parser.parse_args(argv)
    parts: list[Callable[[], Iterator[Line]]] = [
        lambda: density(20_000),
        lambda: outliers(100_000),
        lambda: batches(100_000, arguments.repeats, 12_000),
    ]
    lines = [line for part in parts for line in part()]
    said = (
        f"Written by `{' '.join(['python -m benchmarks.speed.geometry', *argv])}`. How many times "
        "as long the peer takes, by the clock, and in brackets in seconds of all cores together; "
        f"medians. {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end."
    )
    path = HERE / "GEOMETRY.md" if arguments.report else None
    publish("Speed: densities, outliers and batches", said, lines, path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
