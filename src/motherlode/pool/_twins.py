"""Which of a few rows are nearly identical."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse, triu
from scipy.spatial import cKDTree
from sklearn.preprocessing import normalize

from .._rows.arrays import Floats, Matrix, Rows
from .._rows.blocks import Stored
from .._rows.matrix import is_frame, n_rows, take

_SAMPLE = 1_000
_NEIGHBOUR = 10  # farther than the first, which in a pool full of twins is one itself
_SHARE = 0.01  # of the typical distance of that neighbour, up to which rows are twins
_COSINE = 0.95
_ROUNDING = 1e-9  # of the mean square of a row, below which a squared distance is rounding


@dataclass(frozen=True, eq=False)
class Twins:
    """Tells rows that are nearly identical.

    Sparse rows are from a cosine of .95 on. Others are up to a hundredth of the distance from a
    row to its tenth neighbour, the median of a random thousand rows, where every column has
    deviation 1 among these.

    Attributes
    ----------
    mean, scale : ndarray of shape (d,)
        Of the columns; empty for sparse rows.
    reach : float
        The largest distance of twins.
    """

    mean: Floats
    scale: Floats
    reach: float

    def pairs(self, X: Matrix) -> Rows:
        """Places of nearly identical rows of a matrix, the lower first, shape (pairs, 2)."""
        if issparse(X):
            unit = normalize(X)
            found = triu(unit @ unit.T, 1, format="coo")
            near = found.data >= _COSINE
            return np.column_stack([found.row[near], found.col[near]]).astype(np.int64)
        tree = cKDTree(_scaled(_numbers(X), self.mean, self.scale))
        return tree.query_pairs(self.reach, output_type="ndarray").reshape(-1, 2).astype(np.int64)


def twins_of(features: Matrix) -> Twins | None:
    """What tells nearly identical rows of a pool; None where its features are no numbers."""
    n = n_rows(features)
    if issparse(features):
        return Twins(np.empty(0), np.empty(0), 0.0)
    if isinstance(features, list) or (isinstance(features, Stored) and len(features.shape) < 2):
        return None
    rows = np.sort(np.random.default_rng(0).permutation(n)[:_SAMPLE])
    try:
        X = _numbers(take(features, rows))
    except (TypeError, ValueError):  # a passed-through frame or array of strings
        return None
    known = np.isfinite(X)
    counts = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, X, 0.0).sum(axis=0) / counts
    scale = np.sqrt((np.where(known, X - mean, 0.0) ** 2).sum(axis=0) / counts)
    scale = np.where(scale > 0, scale, 1.0)
    return Twins(mean, scale, _SHARE * _typical_gap(_scaled(X, mean, scale)))


def _numbers(X: Matrix) -> Floats:
    """Dense rows as floating numbers, one vector each."""
    if is_frame(X):
        X = nw.from_native(X, eager_only=True).to_numpy()
    dense = np.asarray(X, dtype=np.float64)
    return dense.reshape(len(dense), -1)


def _scaled(X: Floats, mean: Floats, scale: Floats) -> Floats:
    """Rows on the scale of distances; a gap lies at the mean."""
    Z: Any = (X - mean) / scale
    return np.where(np.isfinite(Z), Z, 0.0)


def _typical_gap(Z: Floats) -> float:
    """The median distance to the tenth neighbour, of rows that are not on top of it."""
    squares = np.einsum("ij,ij->i", Z, Z)
    apart = squares[:, None] + squares - 2 * (Z @ Z.T)
    k = min(_NEIGHBOUR, len(Z) - 1)
    tenth = np.partition(apart, k, axis=1)[:, k]
    tenth = tenth[tenth > _ROUNDING * squares.mean()]
    return float(np.sqrt(np.median(tenth))) if len(tenth) else 0.0
