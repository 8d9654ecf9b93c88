"""``python -m benchmarks.speed.bars --report``: what is asked of speed, each a ratio.

Rounds and what they are compared with take turns, and medians are compared; times are by the clock,
and in brackets processor seconds. ``--report`` writes ``BARS.md``.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.measured import measured
from benchmarks.speed.data import COLUMNS, setting
from motherlode import ActiveLearner, Pool
from motherlode.models._default import default_model

HERE = Path(__file__).parent
POOL = 1_000_000


class Line(NamedTuple):
    """A row of the table."""

    what: str
    ratio: str
    bar: str
    seen: str


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def in_turns(ours: Callable[[], Any], other: Callable[[], Any], repeats: int) -> tuple[Any, Any]:
    """Medians of (clock, processor) of both."""
    both = [(timed(ours), timed(other)) for _ in range(repeats)]
    return tuple(
        tuple(median(pair[side][kind] for pair in both) for kind in (0, 1)) for side in (0, 1)
    )


def streaming() -> Iterator[Line]:
    """A query, with its fit, over the model's own prediction of the pool."""
    given = setting(POOL)
    X, y, labelled = given.X, given.y, given.labelled
    pool = Pool(X)
    models = {
        "logistic regression": (LogisticRegression(), 1.5, 7),
        "forest of 100 trees": (RandomForestClassifier(100, random_state=0), 1.05, 3),
    }
    for name, (model, bar, repeats) in models.items():
        model.fit(X[labelled], y[labelled])
        strategies = ("margin", "entropy", "least_confidence", "most_likely")
        for strategy in strategies if repeats > 3 else ("margin",):
            one, other = in_turns(
                _query(pool, y, labelled, model, strategy), lambda m=model: m.predict_proba(X),
                repeats,
            )  # fmt: skip
            yield _line(f"{strategy}, {name} / predict_proba", one, other, f"≤ {bar}")
    model = LogisticRegression().fit(X[labelled], y[labelled])
    one, other = in_turns(
        _query(pool, y, labelled, model, "query_by_committee"),
        lambda: [model.predict_proba(X) for _ in range(5)],
        5,
    )
    yield _line("committee of 5, logistic / 5 predictions", one, other, "≤ 1.1")
    forest = RandomForestClassifier(40, random_state=0).fit(X[labelled], y[labelled])
    one, other = in_turns(
        _query(pool, y, labelled, forest, "query_by_committee"),
        lambda: [forest.predict_proba(X) for _ in range(5)],
        1,
    )
    yield _line("committee of the forest's 40 trees / 5 of its predictions", one, other, "–")


def memory() -> Iterator[Line]:
    """What a query holds at most beside the pool, arrays and all."""
    given = setting(POOL)
    X, y, labelled = given.X, given.y, given.labelled
    work = _query(Pool(X), y, labelled, LogisticRegression(), "margin")
    work()  # what is loaded or found once is no part of a query
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    yield Line(
        "margin, logistic regression: extra memory / the pool",
        f"{most / X.nbytes:.3f}",
        "≤ 0.1",
        f"{most / 1e6:.1f} MB / {X.nbytes / 1e6:,.0f} MB",
    )


def _query(pool: Pool, y: Any, labelled: Any, model: Any, strategy: str) -> Callable[[], Any]:
    def work() -> None:
        learner = ActiveLearner(pool, [0, 1], model, strategy, minority=1, seed=0)
        learner.teach(labelled, y[labelled])
        learner.query(10)

    return work


def auto() -> Iterator[Line]:
    """Rounds of the default at a million rows of 64 numbers."""
    given = setting(POOL, columns=64)
    y = given.y
    learner = ActiveLearner(Pool(given.X), [0, 1], minority=1, seed=0)
    known = np.r_[np.flatnonzero(y)[:1], np.flatnonzero(y == 0)[:3]]
    learner.teach(known, y[known])
    rounds = []
    for _ in range(30):
        asked: list[Any] = []
        rounds.append(timed(lambda kept=asked: kept.append(learner.query(10).rows)))
        learner.teach(asked[0], y[asked[0]])
    clock = [r[0] for r in rounds]
    yield Line(
        "a round of auto, 10⁶ × 64, candidates on",
        f"{median(clock):.2f} s ({median(r[1] for r in rounds):.2f} s)",
        "< 1 s",
        f"median of 30 rounds; the longest, which look at the whole pool, {max(clock):.1f} s",
    )


def auto_of_all() -> Iterator[Line]:
    """Rounds of the default where it looks at all rows, over one fit and prediction of its model.

    From the tenth round on: by then all arms are at work, and the pool's geometry is known.
    """
    given = setting(100_000, columns=50)
    X, y = given.X, given.y
    pool = Pool(X)
    learner = ActiveLearner(pool, [0, 1], minority=1, seed=0)
    known = np.r_[np.flatnonzero(y)[:1], np.flatnonzero(y == 0)[:3]]
    learner.teach(known, y[known])
    rounds = []
    for _ in range(20):
        rows, labels = learner.labelled
        asked: list[Any] = []
        ours = timed(lambda kept=asked: kept.append(learner.query(10).rows))
        model = default_model(pool)
        rounds.append(
            (ours, timed(lambda m=model, r=rows, t=labels: m.fit(X[r], t).predict_proba(X)))
        )
        learner.teach(asked[0], y[asked[0]])
    one, other = (
        tuple(median(pair[side][kind] for pair in rounds[10:]) for kind in (0, 1))
        for side in (0, 1)
    )
    yield _line("a round of auto, 10⁵ × 50 / fit and prediction of its model", one, other, "≤ 2")


LIMITED = """
import resource, sys, time
import joblib, numpy as np, pyarrow.parquet, threadpoolctl
from sklearn.linear_model import LogisticRegression
from motherlode import ActiveLearner, Pool
from motherlode.strategies import Margin
lines = open("/proc/self/status").read().splitlines()
used = 1024 * int(next(line for line in lines if line.startswith("VmData")).split()[1])
LogisticRegression().fit(np.eye(2), [0, 1])
resource.setrlimit(resource.RLIMIT_DATA, (used + int(sys.argv[2]),) * 2)
read = lambda: int(next(l for l in open("/proc/self/io") if l.startswith("rchar")).split()[1])
made = ActiveLearner(Pool(sys.argv[1]), [0, 1], LogisticRegression(), Margin(), minority=1)
made.teach([0, 1, 2, 3], [0, 1, 0, 1])
opened, began = read(), time.perf_counter()
made.query(10)
print(time.perf_counter() - began, read() - opened)
"""


def parquet(rows: int) -> Iterator[Line]:
    """A file three times as large as what the process may hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        block = rng.normal(size=(500_000, COLUMNS)).astype(np.float32)
        table = pa.table({f"x{j}": block[:, j] for j in range(COLUMNS)})
        with pq.ParquetWriter(
            path, table.schema, use_dictionary=False, compression="none"
        ) as writer:
            for _ in range(rows // len(block)):
                writer.write_table(table)
        size = path.stat().st_size
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(path), str(size // 3)],
            capture_output=True, text=True, check=False,
            env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"},
        )  # fmt: skip
    if done.returncode:
        yield Line(f"margin, {rows:,} rows in Parquet", "fails", "completes", done.stderr[-200:])
        return
    seconds, read = (float(value) for value in done.stdout.split())
    yield Line(
        f"margin, {rows:,} × {COLUMNS} in Parquet: read / size of the file",
        f"{read / size:.2f}",
        "1",
        f"{seconds:.0f} s, {size / 1e6:,.0f} MB, of which a third fits in the process's limit",
    )


def _line(what: str, one: Any, other: Any, bar: str) -> Line:
    return Line(
        what,
        f"{one[0] / other[0]:.2f} ({one[1] / other[1]:.2f})",
        bar,
        f"{one[0]:.3f} s / {other[0]:.3f} s",
    )


def publish(title: str, said: str, lines: Iterable[Line], path: Path | None) -> None:
    """Print a page of lines, and write it if there is a path."""
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    head = f"# {title}\n\n{measured()}\n\n{said}\n\n"
    page = f"{head}| what | ratio | asked | seen |\n|---|---|---|---|\n{table}"
    print(page)
    if path is not None:
        path.write_text(page, encoding="utf-8")


def main(argv: list[str]) -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.bars")
    parser.add_argument("--report", action="store_true", help="write BARS.md")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the Parquet file")
    arguments = parser.parse_args(argv)
    lines = []
    for line in chain(streaming(), memory(), auto_of_all(), auto(), parquet(arguments.rows)):
        print(line, flush=True)
        lines.append(line)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    said = (
        "Written by `python -m benchmarks.speed.bars --report`. Queries include the fit; times are "
        "by the clock, in brackets of the processor; medians, in one process. "
        f"{os.cpu_count()} cores ({platform.processor() or platform.machine()}), load "
        f"{os.getloadavg()[0]:.1f} at the end; the process held {peak:.1f} GB at most."
    )
    publish("Speed: what is asked", said, lines, HERE / "BARS.md" if arguments.report else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
