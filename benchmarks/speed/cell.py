"""``python -m benchmarks.speed.cell margin motherlode 100000 2000``: one measurement, as JSON.

Each is made in a process of its own, so that memory is that of one subject and nothing is warm.
"""

import json
import resource
import sys
import time
import warnings
from pathlib import Path
from statistics import median

from benchmarks.speed.data import setting
from benchmarks.speed.subjects import SUBJECTS

ROUNDS = 3
PATIENCE = 300.0
"""Seconds after which a cell begins no further round."""

_MEGABYTE = 1 << 20


def measure(strategy: str, who: str, n: int, megabytes: int) -> dict[str, float | str]:
    """Seconds of the first round and of later ones, and the memory that they took.

    Returns
    -------
    dict
        ``first`` and ``later`` (the median of two, or the first again where it took long) in
        seconds of the clock, ``cpu_first`` and ``cpu_later`` in seconds of all cores together,
        ``waited`` the share of the clock in which the process was ready and had no core,
        ``memory`` in megabytes beyond what the process held before; or ``failed``.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * _MEGABYTE, megabytes * _MEGABYTE))
    given = setting(n)
    before, times, cores, idle = _peak(), list[float](), list[float](), 0.0
    try:
        one_round = SUBJECTS[strategy, who](given)
        for _ in range(ROUNDS):
            began, spent, waited = time.perf_counter(), time.process_time(), _waited()
            one_round()
            idle += _waited() - waited
            times.append(time.perf_counter() - began)
            cores.append(time.process_time() - spent)
            if sum(times) > PATIENCE:
                break
    except MemoryError:
        return {"failed": "out of memory"}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"}
    return {
        "first": times[0],
        "later": median(times[1:] or times),
        "cpu_first": cores[0],
        "cpu_later": median(cores[1:] or cores),
        "waited": idle / sum(times),
        "memory": _peak() - before,
    }


def _waited() -> float:
    """Seconds that this thread has waited for a core, where the system counts them."""
    counts = Path("/proc/thread-self/schedstat")
    return int(counts.read_text("utf-8").split()[1]) / 1e9 if counts.exists() else 0.0


def _peak() -> float:
    """The most memory so far, in megabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _MEGABYTE


def main(argv: list[str]) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    strategy, who, n, megabytes = argv
    print(json.dumps(measure(strategy, who, int(n), int(megabytes))))


if __name__ == "__main__":
    main(sys.argv[1:])
