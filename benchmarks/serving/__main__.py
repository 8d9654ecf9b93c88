"""``python -m benchmarks.serving``: waits of annotators at 100,000 rows, trainer running.

Every setting is a fresh project of random points, one in a hundred rare. A closed loop answers as
fast as the server does; people answer once a second. The trainer fits logistic regression. With
``--asreview PYTHON`` it is one annotator of texts beside ASReview's server.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from . import asreview
from .clients import Client, Waits, together
from .server import make, points, serving, texts


def measure(
    folder: Path, annotators: int, pace: float, seconds: float
) -> tuple[float, float, Waits]:
    """Seconds to the first row, processor seconds of the server an answer, and all waits."""
    begun = time.monotonic()
    with serving(folder) as server:
        port, token, last = server.port, server.token, [0]
        Client(port, token, "first", time.monotonic() + 0.001, 0.0, last).run()
        first = time.monotonic() - begun
        before = _cpu_seconds(server.pid)
        until = time.monotonic() + seconds
        clients = [
            Client(port, token, f"annotator {i}", until, pace, last) for i in range(annotators)
        ]
        together([client.run for client in clients])
        waits = _together([client.waits for client in clients])
        cpu = (_cpu_seconds(server.pid) - before) / max(1, len(waits.labels))
    return first, cpu, waits


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process, its trainer left out."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _together(waits: list[Waits]) -> Waits:
    return Waits(
        [w for one in waits for w in one.next],
        [w for one in waits for w in one.labels],
        [b for one in waits for b in one.behind],
    )


def line(name: str, first: float, cpu: float, waits: Waits) -> str:
    """A row of the table."""

    def ms(values: list[float]) -> str:
        return " / ".join(f"{1e3 * np.percentile(values, q):.1f}" for q in (50, 95))

    behind = np.percentile(waits.behind, (50, 95)) if waits.behind else (np.nan, np.nan)
    return (
        f"| {name} | {len(waits.labels):,} | {ms(waits.next)} | {ms(waits.labels)} | "
        f"{behind[0]:.0f} / {behind[1]:.0f} | {1e3 * cpu:.1f} | {first:.1f} |".replace("nan", "–")
    )


def compare(python: Path, rows: int, seconds: float) -> None:
    """One reader of texts, a label a second, with either server."""
    table = texts(rows)
    print(f"{rows:,} texts, {os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}; one "
          "annotator, one label a second. First row: of ASReview, from the upload to the first "
          "that its model ranked.\n")  # fmt: skip
    print("| server | labels | GET next, ms p50 / p95 | POST labels, ms p50 / p95 "
          "| labels behind p50 / p95 | server CPU an answer, ms | first row, s |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "p", table, "most_likely")
        first, cpu, waits = measure(Path(folder) / "p", 1, 1.0, seconds)
    print(line("motherlode", first, cpu, waits), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        first, waits = asreview.measure(python, Path(folder), table, 1.0, seconds)
    print(line("ASReview", first, float("nan"), waits), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument(
        "--asreview", type=Path, metavar="PYTHON",
        help="an interpreter that has ASReview: compare the two on texts",
    )  # fmt: skip
    parser.add_argument("--texts", type=int, default=50_000)
    options = parser.parse_args()
    if options.asreview is not None:
        compare(options.asreview, options.texts, options.seconds)
        return
    print(f"{options.rows:,} rows, {os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}\n")
    print("| annotators | labels | GET next, ms p50 / p95 | POST labels, ms p50 / p95 "
          "| events behind p50 / p95 | server CPU an answer, ms | first row, s |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    for annotators, pace in ((1, 1.0), (8, 1.0), (8, 0.0)):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / "p", points(options.rows))
            first, cpu, waits = measure(Path(folder) / "p", annotators, pace, options.seconds)
        how = "closed loop" if pace == 0 else "one label a second each"
        print(line(f"{annotators}, {how}", first, cpu, waits), flush=True)


if __name__ == "__main__":
    main()
