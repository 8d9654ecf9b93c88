"""A round on Dask, scheduler and workers on hosts of their own: network namespaces on a bridge.

    sudo python -m benchmarks.speed.dask_hosts --rows 4000000

Each worker has an address, a process and one thread of its own, and hears of the others over the
bridge alone. The same rounds run with one worker and with two, and the rows asked are compared with
those of a pool in memory. Needs the right to make network namespaces (`ip netns`); prints a table.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool

BRIDGE, NET, PORT = "mlbr0", "10.77.9", 8786
MODELS: dict[str, ClassifierMixin] = {
    "logistic regression": LogisticRegression(),
    "forest of 100 trees": RandomForestClassifier(100, random_state=0),
}


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def hosts(count: int) -> Iterator[list[str]]:
    """Names of network namespaces on one bridge; host i has the address NET.(i + 2)."""
    names = [f"mlhost{i}" for i in range(count)]
    made: list[tuple[str, ...]] = []
    try:
        ip("link", "add", BRIDGE, "type", "bridge")
        made.append(("link", "del", BRIDGE))
        ip("addr", "add", f"{NET}.1/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for i, name in enumerate(names):
            ip("netns", "add", name)
            made.append(("netns", "del", name))
            ip("link", "add", f"mlv{i}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"mlv{i}", "master", BRIDGE, "up")
            ip("-n", name, "addr", "add", f"{NET}.{i + 2}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names
    finally:
        for undo in reversed(made):
            subprocess.run(["ip", *undo], check=False)


@contextmanager
def started(name: str, *words: str) -> Iterator[None]:
    """A dask process on a host."""
    process = subprocess.Popen(
        [
            "ip",
            "netns",
            "exec",
            name,
            sys.executable,
            "-m",
            f"distributed.cli.dask_{words[0]}",
            *words[1:],
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def block(i: int, rows: int, columns: int) -> np.ndarray:
    """Made where it is needed, so that no row crosses the network before the first round."""
    return np.random.default_rng(i).normal(size=(rows, columns)).astype(np.float32)


def learner(pool: object, model: ClassifierMixin, columns: int) -> ActiveLearner:
    made = ActiveLearner(pool, [0, 1], model, "margin", minority=1)
    first = block(0, 200, columns)  # the first rows of the pool
    made.teach(np.arange(200), (first[:, 0] > 0.8).astype(int))
    return made


def timed(pool: object, model: ClassifierMixin, columns: int, repeats: int = 3):
    made = learner(pool, model, columns)
    rows = made.query(10).rows  # also fits
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        made.query(10)
        times.append(time.perf_counter() - start)
    return rows, median(times)


def on_dask(workers: list[str], rows: int, columns: int, parts: int) -> dict[str, tuple]:
    import dask.array as da
    from dask import delayed
    from distributed import Client, wait

    address = f"tcp://{NET}.2:{PORT}"
    worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    with ExitStack() as stack:
        for name in workers:
            stack.enter_context(started(name, *worker))
        client = stack.enter_context(Client(address, timeout=60))
        client.wait_for_workers(len(workers), timeout=60)
        each, where = rows // parts, list(client.scheduler_info(n_workers=-1)["workers"])
        blocks = [  # in turns: left to itself, Dask gives one of two workers up to 10 of 16
            client.submit(block, i, each, columns, workers=where[i % len(where)])
            for i in range(parts)
        ]
        wait(blocks)
        shape = each, columns
        array = [da.from_delayed(delayed(made), shape, np.float32) for made in blocks]
        pool = Pool.from_dask(da.concatenate(array))
        return {name: timed(pool, model, columns) for name, model in MODELS.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--columns", type=int, default=32)
    parser.add_argument("--parts", type=int, default=16)
    wanted = parser.parse_args()
    n, d = wanted.rows, wanted.columns
    with hosts(3) as (first, *others):
        scheduler = ["scheduler", "--host", f"{NET}.2", "--port", str(PORT), "--no-dashboard"]
        found = []
        for workers in (others[:1], others):
            with started(first, *scheduler):
                found.append(on_dask(workers, n, d, wanted.parts))
    each = n // wanted.parts
    whole = Pool(np.concatenate([block(i, each, d) for i in range(wanted.parts)]))
    print(f"| {n:,} × {d}, margin | 1 worker, s | 2 workers, s | ratio | rows/s | same rows |")
    print("|---|---|---|---|---|---|")
    for name, model in MODELS.items():
        (_, one), (asked, two) = found[0][name], found[1][name]
        same = asked.tolist() == learner(whole, model, d).query(10).rows.tolist()
        print(f"| {name} | {one:.2f} | {two:.2f} | {one / two:.2f} | {n / two:,.0f} | {same} |")


if __name__ == "__main__":
    main()
