"""Numbers that single precision holds, which forests, boosting and networks read."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

from .arrays import Matrix

LARGEST = float(np.finfo(np.float32).max)
_CELLS = 2**22  # looked at at a time


def fits_single(X: Matrix) -> bool:
    """Tell whether no number of an array or sparse matrix is missing, infinite or too large.

    Rows of any other kind fit.

    Examples
    --------
    >>> [fits_single(np.array([[1.0, x]])) for x in (2.0, np.nan, np.inf, 1e39)]
    [True, False, False, False]
    """
    values = X.data if issparse(X) else X
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
        return True
    # The least and the largest need no mask of the matrix's size; NaN is neither.
    return all(part.min() >= -LARGEST and part.max() <= LARGEST for part in _parts(values))


def _parts(values: "np.ndarray[Any, Any]") -> Iterator["np.ndarray[Any, Any]"]:
    """Cut values by their first dimension, so that a memory map is read once."""
    step = max(1, _CELLS // max(1, values[:1].size))
    parts = (values[low : low + step] for low in range(0, len(values), step))
    return (part for part in parts if part.size)
