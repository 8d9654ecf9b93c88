"""A pool in partitions on Dask workers: work is sent to the rows, not rows to the work."""

import pickle
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, ClassVar, TypeVar

import numpy as np

from .._rows.arrays import Matrix, Rows
from .._rows.blocks import SCATTERED, Block, Stored, block_rows, ids_within, read_slices
from .._rows.matrix import n_rows, take
from .._rows.unlabelled import Unlabelled
from ..embedding import embedding_of
from ..errors import InputError
from ._stored import RowMemory, fitting_rows
from ._tabular import TabularEncoder

T = TypeVar("T")

_RETRIES = 3  # of a task that failed, for instance since its worker stopped
_TOGETHER = 64  # results fetched at a time: one by one each waits for the network


class _Partitions(Stored):
    """Rows in partitions, under global ids: the position in the sequence of partitions.

    The ``parts`` are delayed frames or arrays; ``starts`` holds the first row of each, and the
    number of rows. Workers put rows through the fitted ``transformer``, if there is one. The
    collection is ``held`` since workers forget a persisted one that has no reference.
    """

    elsewhere: ClassVar[bool] = True

    def __init__(
        self, parts: list[Any], starts: list[int], transformer: Any = None, *, held: Any
    ) -> None:
        self._parts, self._starts, self.transformer = parts, starts, transformer
        self._held = held
        self.shape: tuple[int, ...] = (starts[-1],)
        self._memory = RowMemory()
        peek = self._fetch(np.arange(1))
        self.shape = (starts[-1], *getattr(peek, "shape", (1,))[1:])
        self.dtype = getattr(peek, "dtype", np.dtype(np.float64))

    def __getstate__(self) -> dict[str, Any]:
        # A worker needs the few remembered rows, and no other partitions.
        return self.__dict__ | {"_parts": [], "_held": None}

    def __repr__(self) -> str:
        return f"Partitions({self.shape[0]:,} rows in {len(self._starts) - 1})"

    def take(self, rows: Rows) -> Matrix:
        """Take the given rows, in the given order, from the partitions that hold them."""
        if self.transformer is None:
            return self._fetch(rows)
        return self._memory.take(rows, self._fetch, self.shape, self.dtype)

    def blocks(self, size: int) -> Iterator[tuple[int, Matrix]]:
        """Raise an `InputError`, since the whole pool is not brought to one machine."""
        raise InputError(
            "This needs distances among all rows, which stay on the Dask workers; ask by a "
            "strategy that reads the model alone (margin, most_likely, a committee, …), or give "
            "the learner candidates=RandomRows(20_000), which are then worked on in memory."
        )

    def over_blocks(
        self, task: Callable[[Block, Rows], T], rows: "Rows | Unlabelled", threads: int
    ) -> Iterator[T]:
        """Do ``task`` for each block, on the worker that holds it."""
        if len(rows) < SCATTERED * self.shape[0]:
            yield from super().over_blocks(task, rows, threads)
            return
        wanted = [
            rows if isinstance(rows, Unlabelled) else ids_within(rows, low, high)
            for low, high in zip(self._starts, self._starts[1:], strict=False)
        ]
        for results in self._on_workers(
            _do_over_part, task, list(zip(self._starts, wanted, strict=False))
        ):
            yield from results

    def _fetch(self, rows: Rows) -> Any:
        ids, place = np.unique(np.asarray(rows, dtype=np.int64), return_inverse=True)
        bounds = np.searchsorted(ids, self._starts)
        local = [
            ids[first:last] - low
            for low, first, last in zip(self._starts, bounds, bounds[1:], strict=False)
        ]
        found = list(self._on_workers(_rows_of_part, None, local, skip_empty=True))
        rows = take(_concatenate(found), place)
        return rows.reset_index(drop=True) if hasattr(rows, "reset_index") else rows

    def _on_workers(
        self, function: Any, task: Any, wanted: list[Any], skip_empty: bool = False
    ) -> Iterator[Any]:
        """Call ``function(partition, shared, wanted)`` for each partition, in their order."""
        import cloudpickle
        import dask
        from dask.delayed import delayed

        client = _current_client()
        # A task and not scattered data: it can be run again where a worker lost its result.
        packed = cloudpickle.dumps((task, self.transformer, self))
        shared = delayed(pickle.loads, pure=False)(packed)
        calls = [
            delayed(function, pure=False)(part, shared, some)
            for part, some in zip(self._parts, wanted, strict=True)
            if not (skip_empty and not len(some))
        ]
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
            futures = client.compute(calls, retries=_RETRIES)
        for first in range(0, len(futures), _TOGETHER):
            yield from client.gather(futures[first : first + _TOGETHER])


def _current_client() -> Any:
    """Get the Dask client of this process, or raise an `InputError` if there is none."""
    from distributed import get_client

    try:
        return get_client()
    except ValueError:
        raise InputError(
            "A pool on Dask needs a client; start one before, as in client = "
            "distributed.Client('tcp://scheduler:8786')."
        ) from None


def partitions_of(collection: Any, transformer: Any = None) -> tuple[_Partitions, _Partitions, Any]:
    """Make a pool's rows and features of a dask frame or array, and the transformer between them.

    Raises an `InputError` if dask is not installed, there is no client, the collection is neither a
    frame nor an array, or it has no rows.
    """
    try:
        from dask.delayed import delayed
    except ImportError:
        raise InputError('A pool on Dask needs dask: pip install "motherlode[dask]".') from None
    parts = _delayed_parts(collection)
    client = _current_client()
    calls = [delayed(_examine, pure=False)(part) for part in parts]
    found = client.gather(client.compute(calls, retries=_RETRIES))
    starts = [0, *accumulate(length for length, _ in found)]
    if not starts[-1]:
        raise InputError("The pool is empty; give it at least one row.")
    data = _Partitions(parts, starts, held=collection)
    if isinstance(transformer, str):
        return data, data, None
    if embedding_of(transformer) is not None:
        raise InputError(
            "An encoder would encode a pool on Dask anew in each round; encode its rows first, and "
            "give the vectors."
        )
    if transformer is not None:
        from sklearn.base import clone

        fitted = clone(transformer).fit(data.take(fitting_rows(starts[-1])))
    else:
        fitted = _transformer(data, all(whole for _, whole in found))
    return data, _Partitions(parts, starts, fitted, held=collection), fitted


def _transformer(data: _Partitions, finite: bool) -> Any:
    if not isinstance(data.take(np.arange(1)), np.ndarray):
        rows = data.take(fitting_rows(data.shape[0]))
        return TabularEncoder().set_output(transform="default").fit(rows)
    if not finite:
        raise InputError(
            "The array holds values that are no finite numbers; impute them first, or give a "
            "dask frame, whose columns are encoded."
        )
    return _AsItIs()


class _AsItIs:
    """Rows of numbers as they are."""

    def transform(self, X: Matrix) -> Matrix:
        return X


def _delayed_parts(collection: Any) -> list[Any]:
    if not hasattr(collection, "to_delayed"):
        raise InputError(
            f"from_dask was given {type(collection).__name__}; give a dask DataFrame or Array."
        )
    if hasattr(collection, "rechunk"):
        if collection.ndim != 2:
            raise InputError(
                f"The dask array has {collection.ndim} dimensions; (rows, features) are needed."
            )
        return list(collection.rechunk({1: -1}).to_delayed().ravel())
    return list(collection.to_delayed())


def _examine(part: Any) -> tuple[int, bool]:
    """Tell how many rows a partition has, and whether those of an array are finite numbers."""
    finite = isinstance(part, np.ndarray) and part.dtype.kind in "biuf"
    return len(part), finite and bool(np.isfinite(part).all())


def _rows_of_part(part: Any, shared: tuple[Any, Any, Any], local: Rows) -> Any:
    rows = part[local] if isinstance(part, np.ndarray) else part.iloc[local]
    transformer = shared[1]
    return rows if transformer is None else transformer.transform(rows)


def _do_over_part(part: Any, shared: tuple[Any, Any, Any], where: tuple[int, Any]) -> list[Any]:
    task, transformer, whole = shared
    low, wanted = where
    if not n_rows(part):
        return []
    X = part if transformer is None else transformer.transform(part)
    out = []
    for start, block in read_slices(X, block_rows(X)):
        ids = ids_within(wanted, low + start, low + start + n_rows(block))
        if len(ids):
            out.append(task(Block(low + start, block, whole), ids))
    return out


def _concatenate(parts: list[Any]) -> Any:
    import scipy.sparse as sp

    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    if sp.issparse(parts[0]):
        return sp.csr_matrix(sp.vstack(parts))
    import pandas as pd

    return pd.concat(parts, ignore_index=True)
