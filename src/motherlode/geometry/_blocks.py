"""Work on all pairs of points, in blocks, in two threads."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from .._rows.arrays import Floats

T = TypeVar("T")

_PARTS = 2
"""Into how many parts work is divided on every machine: the last digits depend on it."""


def blocks(n: int, size: int) -> list[slice]:
    """Cut the rows 0 … n-1 into runs of at most ``size``."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def pairs(count: int, part: int) -> Iterator[tuple[int, int]]:
    """Go through a part of the pairs a < b of ``count`` blocks; the parts together are all."""
    for a in range(part, count, _PARTS):
        for b in range(a + 1, count):
            yield a, b


def in_parts(work: Callable[[int], T]) -> list[T]:
    """Do ``work`` for each part, in threads with single-threaded matrix products."""
    # On blocks that fit a cache the threads of a matrix product mostly wait for each other.
    with threadpool_limits(1, user_api="blas"):
        if (cpu_count() or 1) < _PARTS:
            return [work(part) for part in range(_PARTS)]
        with ThreadPoolExecutor(_PARTS) as threads:
            return list(threads.map(work, range(_PARTS)))


def centre(points: Floats) -> Floats:
    """Copy as float64, around the mean, so that ``|x|² - 2xy + |y|²`` loses no digits."""
    P = np.asarray(points, dtype=np.float64)
    return P - P.mean(axis=0)
