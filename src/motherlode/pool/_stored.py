"""The features of a pool on disk, which are encoded whenever they are read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import clone

from .._files.tables import TableFiles
from .._rows.arrays import Matrix, Rows
from .._rows.blocks import Stored
from ._tabular import TabularEncoder

_SAMPLE = 100_000  # rows that a transformer of the user's is fitted on
_KEPT = 20_000  # rows whose features are remembered


def fitting_rows(n: int) -> Rows:
    """Draw at most 100,000 of n rows at random, which a transformer is fitted on."""
    return np.sort(np.random.default_rng(0).permutation(n)[:_SAMPLE])


class RowMemory:
    """Features of the rows that were wanted last, by their ids."""

    def __init__(self) -> None:
        self._kept: dict[int, NDArray[Any]] = {}

    def take(
        self, rows: Rows, fetch: Callable[[Rows], Any], shape: tuple[int, ...], dtype: Any
    ) -> Matrix:
        """Take the given rows, and ``fetch`` those that are not remembered."""
        if not len(rows):
            return np.empty((0, shape[1]), dtype=dtype)
        new = np.array(
            [row for row in dict.fromkeys(rows.tolist()) if row not in self._kept], dtype=np.int64
        )
        if len(new) > _KEPT:
            return fetch(rows)
        if len(new):
            self.remember(new, fetch(new))
        return np.stack([self._kept[row] for row in rows.tolist()])

    def remember(self, rows: Rows, X: Matrix) -> None:
        """Keep some rows, and forget the oldest ones."""
        if sp.issparse(X):
            X = X.toarray()
        for row, x in zip(rows.tolist(), X, strict=True):
            self._kept.pop(row, None)
            self._kept[row] = x.copy()
        for row in list(self._kept)[: max(len(self._kept) - 2 * _KEPT, 0)]:
            del self._kept[row]


class StoredFeatures(Stored):
    """Rows of table files, made into features block by block.

    Only the columns that the fitted transformer reads are read. Rows that were taken are
    remembered, since labelled ones are read in every round.
    """

    def __init__(self, files: TableFiles, transformer: Any, columns: Sequence[str]) -> None:
        self.files, self.transformer, self._columns = files, transformer, list(columns)
        peek = self._encode(files.take(np.arange(1)))
        self.shape, self.dtype = (files.shape[0], peek.shape[1]), peek.dtype
        self.sparse = sp.issparse(peek)
        self._memory = RowMemory()

    def __repr__(self) -> str:
        return f"StoredFeatures({self.shape[0]:,} × {self.shape[1]}, {self.dtype})"

    def take(self, rows: Rows) -> Matrix:
        """Take the given rows, in the given order."""
        return self._memory.take(rows, self._fetch, self.shape, self.dtype)

    def remember(self, rows: Rows, X: Matrix) -> None:
        """Keep the features of some rows in memory."""
        self._memory.remember(rows, X)

    def blocks(self, size: int) -> Iterator[tuple[int, Matrix]]:
        """Read blocks of ``size`` rows: the id of the first row, and the features."""
        low, filled = 0, 0
        block = self._empty(size, low)
        for table in self.files.tables(self._columns):
            start = 0
            while start < len(table):
                part = table.slice(start, len(block) - filled)
                block[filled : filled + len(part)] = self._encode(part)
                start, filled = start + len(part), filled + len(part)
                if filled == len(block):
                    yield low, block
                    low, filled = low + filled, 0
                    block = self._empty(size, low)

    def _empty(self, size: int, low: int) -> NDArray[Any]:
        return np.empty((min(size, self.shape[0] - low), self.shape[1]), dtype=self.dtype)

    def _fetch(self, rows: Rows) -> Any:
        return self._encode(self.files.take(rows, self._columns))

    def _encode(self, table: Any) -> Any:
        return self.transformer.transform(table)


def stored_features(files: TableFiles, transformer: Any = None) -> tuple[Matrix, Any]:
    """Make the features of table files, and the fitted transformer of rows to features.

    By default it is a `TabularEncoder`, which reads the files block by block. Sparse features, as
    of text, are small and held in memory. A transformer of the user's is fitted on 100,000 random
    rows.
    """
    if transformer is not None:
        fitted = clone(transformer)
        fitted.fit(files.take(fitting_rows(files.shape[0])))
        return _stream_or_hold(files, fitted, files.columns), fitted
    encoder = TabularEncoder().set_output(transform="default").fit(files)
    columns = encoder.feature_names_in_.tolist()
    return _stream_or_hold(files, encoder, columns), encoder


def _stream_or_hold(files: TableFiles, transformer: Any, columns: Sequence[str]) -> Matrix:
    features = StoredFeatures(files, transformer, columns)
    if not features.sparse:
        return features
    return sp.csr_matrix(sp.vstack([transformer.transform(t) for t in files.tables(columns)]))
