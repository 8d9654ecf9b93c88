"""How long a CSV file takes, beside pyarrow's own ``read_csv`` of the same file.

``python -m benchmarks.speed.csv_reading`` prints the medians of five runs, and the most memory
that a process of its own held while it opened the file in blocks.
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

_RUNS = 5
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


def _seconds(work: Callable[[Path], object], path: Path) -> float:
    taken = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        work(path)
        taken.append(time.perf_counter() - start)
    return median(taken)


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
            theirs = _seconds(csv.read_csv, path)
            whole, blocks = _seconds(read_table, path), _seconds(open_rows, path)
            memory = _most_memory("open_rows(sys.argv[1])", path)
            print(
                f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB: pyarrow {theirs:.2f} s; "
                f"whole {whole:.2f} s ({whole / theirs:.2f} times); opened by Pool {blocks:.2f} s "
                f"({blocks / theirs:.2f} times), {memory:.0f} MB of memory"
            )


if __name__ == "__main__":
    main()
