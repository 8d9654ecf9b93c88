"""A pool read one block of rows at a time, whether it lies in memory, in files or elsewhere.

Blocks lie on a grid that begins at row 0 and depends on nothing but the matrix, and a block is
predicted whole, since models that multiply matrices round by where in a block a row stands. So a
row has the same probability in every round, and in every kind of pool.
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
_WHOLE = 0.9  # from which share of a block on it is predicted whole, without a copy
SCATTERED = 1 / 8  # below which share of a pool rows are gathered instead of whole blocks read


class Stored(Indirect):
    """Rows that are not in this process's memory but in files, or with other processes.

    Attributes
    ----------
    elsewhere : bool
        Whether they are with other processes.
    """

    elsewhere: ClassVar[bool] = False

    @abstractmethod
    def blocks(self, size: int) -> Iterator[tuple[int, Matrix]]:
        """The id of the first row, and the rows, of one block of ``size`` after the other."""

    def remember(self, rows: Rows, X: Matrix) -> None:
        """Take note of rows that will be wanted again, since they are about to be asked."""

    def over_blocks(
        self, task: Callable[["Block", Rows], T], rows: "Rows | Unlabelled", threads: int
    ) -> Iterator[T]:
        """What ``task`` makes of each block that holds some of ``rows``, in their order."""
        return _in_threads(task, _blocks(self, rows), threads)


class Block(Indirect):
    """Neighbouring rows of a pool in memory, under their global ids.

    Parameters
    ----------
    low : int
        Id of the first.
    X : matrix
        The rows.
    whole : matrix
        The pool that they are of, for rows outside the block.
    """

    def __init__(self, low: int, X: Matrix, whole: Matrix) -> None:
        self.low, self.X, self.whole = low, X, whole
        self.high = low + n_rows(X)
        self.shape = getattr(whole, "shape", (n_rows(whole),))

    def holds(self, rows: Rows) -> bool:
        """Whether all of ``rows`` are in the block."""
        return bool(len(rows) and rows.min() >= self.low and rows.max() < self.high)

    def take(self, rows: Rows) -> Matrix:
        """The given rows, in the given order."""
        if not self.holds(rows):
            return take(self.whole, rows)
        if len(rows) == self.high - self.low and bool((np.diff(rows) == 1).all()):
            return self.X
        return take(self.X, rows - self.low)

    def apply(self, function: Callable[[Matrix], Any], rows: Rows) -> Any:
        """``function(rows)``, by way of the whole block where ``rows`` are nearly all of it.

        The result has one entry for each row, in its first dimension.
        """
        if self.holds(rows) and len(rows) >= _WHOLE * (self.high - self.low):
            result = function(self.X)
            return result if len(rows) == self.high - self.low else result[rows - self.low]
        return function(self.take(rows))


def block_rows(X: Matrix) -> int:
    """Rows to a block, so that a dense one is some 8 MB."""
    if issparse(X) or len(getattr(X, "shape", ())) != 2:
        return _MOST // 4
    width = X.shape[1] * np.dtype(getattr(X, "dtype", np.float64)).itemsize
    return int(np.clip(_BLOCK_BYTES // max(width, 1), _FEWEST, _MOST))


def over_blocks(
    X: Matrix, rows: "Rows | Unlabelled", task: Callable[[Block, Rows], T], threads: int = 1
) -> Iterator[T]:
    """What ``task(block, ids)`` gives for one block of rows after the other.

    Parameters
    ----------
    X : matrix of n rows, or `Stored`
    rows : ndarray of int64 in increasing order, or `Unlabelled`
        Which rows are wanted; blocks without any are left out.
    task : callable
        From a block and the wanted ids in it.
    threads : int
        How many blocks to work on at a time, if a block is worth a thread.
    """
    if isinstance(X, Stored):
        return X.over_blocks(task, rows, threads)
    return _in_threads(task, _blocks(X, rows), threads)


def cores(model: Any) -> int:
    """How many threads may predict at a time: one for a model that brings its own."""
    settings = model.get_params(deep=True) if hasattr(model, "get_params") else {}
    own = [
        value
        for name, value in settings.items()
        if name.split("__")[-1] == "n_jobs" and value not in (None, 1)
    ]
    return 1 if own else effective_n_jobs(-1)


def ids_within(rows: "Rows | Unlabelled", low: int, high: int) -> Rows:
    """Those of some increasing ids that lie from ``low`` to below ``high``."""
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
    parts = X.blocks(size) if isinstance(X, Stored) else slices(X, size)
    for low, part in parts:
        ids = ids_within(rows, low, low + n_rows(part))
        if len(ids):
            yield Block(low, part, X), ids


def slices(X: Matrix, size: int) -> Iterator[tuple[int, Matrix]]:
    """The first row, and the rows, of one block of a matrix in memory after the other."""
    return ((low, between(X, low, low + size)) for low in range(0, n_rows(X), size))


def between(X: Matrix, low: int, high: int) -> Matrix:
    """Rows ``low`` to below ``high`` of a matrix in memory, without a copy where it can be."""
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
    """In several threads for as long as a block is worth one.

    Threads hand the interpreter to each other at every step of numpy's. Where such a step takes
    microseconds, as with a line, two threads are slower than one.
    """
    head = list(islice(work, 2))
    work = chain(head, work)
    if threads == 1 or len(head) < 2:
        yield from (task(block, ids) for block, ids in work)
        return
    # Each thread multiplies its own block, so the matrix library needs no threads of its own.
    with one_thread():
        with ThreadPoolExecutor(threads, initializer=as_worker) as pool:
            waiting: deque[Future[tuple[T, float]]] = deque()
            for block, ids in work:
                waiting.append(pool.submit(_timed, task, block, ids))
                if len(waiting) > threads:
                    found, seconds = waiting.popleft().result()
                    yield found
                    if seconds < _QUICK:
                        break
            while waiting:
                yield waiting.popleft().result()[0]
        yield from (task(block, ids) for block, ids in work)


def _timed(task: Callable[[Block, Rows], T], block: Block, ids: Rows) -> tuple[T, float]:
    began = thread_time()  # the clock would count its waiting for others as well
    return task(block, ids), thread_time() - began
