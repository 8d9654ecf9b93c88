"""How long a CSV file takes, beside pyarrow's own ``read_csv`` of the same file.

``python -m benchmarks.speed.csv_reading`` prints the medians of five rounds, in which each way
takes its turn, and the most memory that a process of its own held while it opened the file in
blocks. The time that the processor worked says more than the time that passed if others use the
machine.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
from pyarrow import csv

from motherlode._files.opening import open_rows
from motherlode._files.reading import read_table

Work = Callable[[Path], object]
_RUNS = 5
_WAYS: dict[str, Work] = {
    "pyarrow": csv.read_csv,
    "whole": read_table,
    "opened by Pool": open_rows,
}
_WORDS = np.array(["boat", "wave", "sail", "street", "house", "lamp", "bridge", "river"])


def write_rows(path: Path, rows: int) -> None:
    """Write ids, numbers, a date, categories and a text of eight words."""
    rng = np.random.default_rng(0)
    columns: dict[str, object] = {
        "id": np.arange(rows),
        "size": rng.normal(size=rows).round(4),
        "price": rng.gamma(2.0, 50.0, rows).round(2),
        "count": rng.integers(0, 1000, rows),
        "day": rng.integers(10_000, 20_000, rows).astype("datetime64[D]"),
        "town": rng.choice(_WORDS, rows),
        "yes": rng.random(rows) < 0.5,
        "note": [" ".join(some) for some in rng.choice(_WORDS, (rows, 8))],
    }
    csv.write_csv(pa.table(columns), path)


def _seconds(works: dict[str, Work], path: Path) -> dict[str, tuple[float, float]]:
    """Measure the seconds that passed, and those that the processor worked."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(_RUNS):
        for name, work in works.items():
            start, worked = time.perf_counter(), time.process_time()
            work(path)
            taken[name].append((time.perf_counter() - start, time.process_time() - worked))
    return {
        name: (median(wall for wall, _ in runs), median(cpu for _, cpu in runs))
        for name, runs in taken.items()
    }


def _most_memory(code: str, path: Path) -> float:
    """Run code in a process of its own, and give the most memory beyond its imports, in MB."""
    whole = (
        "import sys, threading, time\n"
        "from motherlode._files.opening import open_rows\n"
        "from motherlode._files import csv_files\n"
        "import pyarrow as pa\n"
        "def held(): return int(next(l for l in open('/proc/self/status') if l[:7] == 'RssAnon')"
        ".split()[1]) / 1e3\n"
        "before, most, done = held(), 0.0, False\n"
        "def watch():\n"
        "    global most\n"
        "    while not done: most = max(most, held()); time.sleep(0.005)\n"
        "thread = threading.Thread(target=watch); thread.start()\n"
        f"{code}\n"
        "done = True; thread.join(); print(most - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", whole, str(path)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.csv"
            write_rows(path, rows)
            taken = _seconds(_WAYS, path)
            memory = _most_memory("open_rows(sys.argv[1])", path)
            print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB:")
            for name, (wall, cpu) in taken.items():
                print(
                    f"  {name}: {wall:.2f} s ({wall / taken['pyarrow'][0]:.2f} times), "
                    f"processor {cpu:.2f} s ({cpu / taken['pyarrow'][1]:.2f} times)"
                )
            print(f"  opened by Pool: {memory:.0f} MB of memory")


if __name__ == "__main__":
    main()
