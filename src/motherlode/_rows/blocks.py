"""A pool that is read one block of rows at a time, in memory, in files or elsewhere.

Where blocks begin depends on the matrix alone. A block is predicted as a whole, since models that
multiply matrices round differently by where in a block a row stands. So a row has the same
probability in every round, and in every kind of pool.
"""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from time import thread_time
from typing import Any, ClassVar, TypeVar

import numpy as np
from joblib import effective_n_jobs
from scipy.sparse import issparse

from .arrays import Matrix, Rows
from .matrix import Indirect, n_rows, take
from .threads import as_worker, one_thread
from .unlabelled import Unlabelled

T = TypeVar("T")

_BLOCK_BYTES = 2**23  # of features in a block: many enough rows that a call costs little
_FEWEST, _MOST = 4_096, 65_536
_QUICK = 0.004  # seconds in which a block is done: too few to share them
_WHOLE = 0.9  # from this share of a block on it is predicted as a whole, without a copy
SCATTERED = 1 / 8  # below this share of a pool, rows are gathered and no whole blocks read


class Stored(Indirect):
    """Rows that are not in this process's memory but in files, or with other processes."""

    elsewhere: ClassVar[bool] = False
    """Whether they are with other processes."""

    @abstractmethod
    def blocks(self, size: int) -> Iterator[tuple[int, Matrix]]:
        """Read blocks of ``size`` rows: the id of the first row, and the rows."""

    def remember(self, rows: Rows, X: Matrix) -> None:
        """Keep rows that are about to be asked, and so will be read again."""

    def over_blocks(
        self, task: Callable[["Block", Rows], T], rows: "Rows | Unlabelled", threads: int
    ) -> Iterator[T]:
        """Do ``task`` for each block that holds some of ``rows``, in their order."""
        return _in_threads(task, _blocks(self, rows), threads)


class Block(Indirect):
    """The rows ``X`` of a pool from id ``low`` on, in memory, under their global ids.

    Rows outside the block are taken from the ``whole`` pool.
    """

    def __init__(self, low: int, X: Matrix, whole: Matrix) -> None:
        self.low, self.X, self.whole = low, X, whole
        self.high = low + n_rows(X)
        self.shape = getattr(whole, "shape", (n_rows(whole),))

    def holds(self, rows: Rows) -> bool:
        """Tell whether all of ``rows`` are in the block."""
        return bool(len(rows) and rows.min() >= self.low and rows.max() < self.high)

    def take(self, rows: Rows) -> Matrix:
        """Take the given rows, in the given order."""
        if not self.holds(rows):
            return take(self.whole, rows)
        if len(rows) == self.high - self.low and bool((np.diff(rows) == 1).all()):
            return self.X
        return take(self.X, rows - self.low)

    def apply(self, function: Callable[[Matrix], Any], rows: Rows) -> Any:
        """Call ``function`` on the rows, by way of the whole block if they are nearly all of it.

        The result has one entry for each row, in its first dimension.
        """
        if self.holds(rows) and len(rows) >= _WHOLE * (self.high - self.low):
            result = function(self.X)
            return result if len(rows) == self.high - self.low else result[rows - self.low]
        return function(self.take(rows))


def block_rows(X: Matrix) -> int:
    """Choose how many rows a block has, so that a dense one is some 8 MB."""
    if issparse(X) or len(getattr(X, "shape", ())) != 2:
        return _MOST // 4
    width = X.shape[1] * np.dtype(getattr(X, "dtype", np.float64)).itemsize
    return int(np.clip(_BLOCK_BYTES // max(width, 1), _FEWEST, _MOST))


def over_blocks(
    X: Matrix, rows: "Rows | Unlabelled", task: Callable[[Block, Rows], T], threads: int = 1
) -> Iterator[T]:
    """Do ``task(block, ids)`` for each block that holds some of ``rows``, in their order.

    The rows are in increasing order. So many blocks as ``threads`` are worked on at a time, if a
    block takes long enough for it.
    """
    if isinstance(X, Stored):
        return X.over_blocks(task, rows, threads)
    return _in_threads(task, _blocks(X, rows), threads)


def threads_for(model: Any) -> int:
    """Tell how many threads may predict at a time: one for a model that has its own."""
    settings = model.get_params(deep=True) if hasattr(model, "get_params") else {}
    jobs = {value for name, value in settings.items() if name.split("__")[-1] == "n_jobs"}
    return effective_n_jobs(-1) if jobs <= {None, 1} else 1


def ids_within(rows: "Rows | Unlabelled", low: int, high: int) -> Rows:
    """Take those of some increasing ids that lie from ``low`` to below ``high``."""
    if isinstance(rows, Unlabelled):
        return rows.within(low, high)
    first, last = np.searchsorted(rows, (low, high))
    return rows[first:last]


def _blocks(X: Matrix, rows: "Rows | Unlabelled") -> Iterator[tuple[Block, Rows]]:
    n, size = n_rows(X), block_rows(X)
    if len(rows) < SCATTERED * n:
        listed = rows.ids if isinstance(rows, Unlabelled) else rows
        for start in range(0, len(listed), size):
            ids = listed[start : start + size]
            yield _Gathered(ids, take(X, ids), X), ids
        return
    parts = X.blocks(size) if isinstance(X, Stored) else read_slices(X, size)
    for low, part in parts:
        ids = ids_within(rows, low, low + n_rows(part))
        if len(ids):
            yield Block(low, part, X), ids


def read_slices(X: Matrix, size: int) -> Iterator[tuple[int, Matrix]]:
    """Read blocks of a matrix in memory: the id of the first row, and the rows."""
    return ((low, between(X, low, low + size)) for low in range(0, n_rows(X), size))


def between(X: Matrix, low: int, high: int) -> Matrix:
    """Take rows ``low`` to below ``high`` of a matrix in memory, without a copy where possible."""
    if isinstance(X, np.ndarray | list) or issparse(X):
        return X[low:high]
    return take(X, np.arange(low, min(high, n_rows(X))))


class _Gathered(Block):
    """Rows from all over a pool, in increasing order of their ids."""

    def __init__(self, ids: Rows, X: Matrix, whole: Matrix) -> None:
        super().__init__(0, X, whole)
        self.ids = ids

    def holds(self, rows: Rows) -> bool:
        return bool(len(rows)) and bool(np.isin(rows, self.ids).all())

    def take(self, rows: Rows) -> Matrix:
        if not self.holds(rows):
            return take(self.whole, rows)
        return take(self.X, np.searchsorted(self.ids, rows))

    def apply(self, function: Callable[[Matrix], Any], rows: Rows) -> Any:
        return function(self.X if np.array_equal(rows, self.ids) else self.take(rows))


def _in_threads(
    task: Callable[[Block, Rows], T], work: Iterator[tuple[Block, Rows]], threads: int
) -> Iterator[T]:
    """Work in several threads, as long as a block takes long enough.

    Only one thread runs Python at a time. Where a step of numpy takes microseconds, as with a
    linear model, two threads are slower than one.
    """
    head = list(islice(work, 2))
    work = chain(head, work)
    if threads == 1 or len(head) < 2:
        yield from (task(block, ids) for block, ids in work)
        return
    # Each thread multiplies its own block, so the matrix library uses no threads of its own.
    with one_thread():
        with ThreadPoolExecutor(threads, initializer=as_worker) as pool:
            waiting: deque[Future[tuple[T, float]]] = deque()
            for block, ids in work:
                waiting.append(pool.submit(_time, task, block, ids))
                if len(waiting) > threads:
                    found, seconds = waiting.popleft().result()
                    yield found
                    if seconds < _QUICK:
                        break
            while waiting:
                yield waiting.popleft().result()[0]
        yield from (task(block, ids) for block, ids in work)


def _time(task: Callable[[Block, Rows], T], block: Block, ids: Rows) -> tuple[T, float]:
    began = thread_time()  # the wall clock would count the waiting for other threads
    return task(block, ids), thread_time() - began
