"""Rows of anything that a model reads: arrays, sparse matrices, frames and lists."""

from abc import ABC, abstractmethod
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse

from .arrays import Matrix, Rows


class Indirect(ABC):
    """Rows in a container of our own, which knows how to take some of them."""

    shape: tuple[int, ...]

    @abstractmethod
    def take(self, rows: Rows) -> Matrix:
        """Take the given rows, in the given order."""


def n_rows(X: Matrix) -> int:
    """Count the rows."""
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)


def is_frame(X: Any) -> bool:
    """Whether ``X`` is a pandas, polars or Arrow table."""
    return isinstance(nw.from_native(X, eager_only=True, pass_through=True), nw.DataFrame)


def take(X: Matrix, rows: Rows) -> Matrix:
    """Take the given rows, in the given order, in the container that ``X`` is.

    Examples
    --------
    >>> take(["a", "b", "c"], np.array([2, 0]))
    ['c', 'a']
    """
    if isinstance(X, np.ndarray) or issparse(X):
        return X[rows]
    if isinstance(X, Indirect):
        return X.take(np.asarray(rows, dtype=np.int64))
    if is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        return frame[np.asarray(rows, dtype=np.int64)].to_native()
    return [X[i] for i in np.asarray(rows).tolist()]
