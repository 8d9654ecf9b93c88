"""The rows among a few that are nearly identical."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse, triu
from scipy.spatial import cKDTree
from sklearn.preprocessing import StandardScaler, normalize

from .._rows.arrays import Floats, Matrix, Rows
from .._rows.blocks import Stored
from .._rows.matrix import is_frame, n_rows, take
from ._columns import open_frame

_SAMPLE = 1_000
_NEIGHBOUR = 10  # farther than the first, which may be a twin itself
_SHARE = 0.01  # of the typical distance of that neighbour, up to which rows are twins
_COSINE = 0.95
_BEYOND = 1e-6  # how much farther is looked, in deviations, so that the limit itself is a twin
_ROUNDING = 1e-9  # of the mean square of a row, below which a squared distance is rounding


@dataclass(frozen=True, eq=False)
class Twins:
    """Finds rows that are nearly identical.

    Sparse rows are twins from a cosine of .95 on. Others are twins up to ``distance``, a hundredth
    of the distance of a row to its tenth neighbour, the median of a random thousand rows, where
    every column has deviation 1 among these.
    """

    scaler: StandardScaler | None
    distance: float

    def pairs(self, X: Matrix) -> Rows:
        """Find the places of nearly identical rows, the lower first, shape (pairs, 2)."""
        if issparse(X):
            unit = normalize(X)
            found = triu(unit @ unit.T, 1, format="coo")
            near = found.data >= _COSINE
            return np.column_stack([found.row[near], found.col[near]]).astype(np.int64)
        tree = cKDTree(_scale(_numbers(X), self.scaler))
        pairs = tree.query_pairs(self.distance, output_type="ndarray")
        return pairs.reshape(-1, 2).astype(np.int64)

    def near(self, X: Matrix, others: Matrix) -> NDArray[np.bool_]:
        """Tell of each row whether one of the others is nearly identical to it."""
        if issparse(X):
            cosines = normalize(X) @ normalize(others).T
            return np.asarray(cosines.max(axis=1).toarray().ravel() >= _COSINE)
        tree = cKDTree(_scale(_numbers(others), self.scaler))
        # Rows that are farther are not found, nor looked for: that saves nearly all of the time.
        gaps, _ = tree.query(
            _scale(_numbers(X), self.scaler), distance_upper_bound=self.distance + _BEYOND
        )
        return np.asarray(gaps <= self.distance)


def twins_of(features: Matrix) -> Twins | None:
    """Prepare the search for nearly identical rows; None where features are no numbers."""
    if issparse(features):
        return Twins(None, 0.0)
    if isinstance(features, list) or (isinstance(features, Stored) and len(features.shape) < 2):
        return None
    rows = np.sort(np.random.default_rng(0).permutation(n_rows(features))[:_SAMPLE])
    try:
        X = _numbers(take(features, rows))
    except Exception:  # of whichever library holds a passed-through frame with texts
        return None
    with np.errstate(invalid="ignore"):  # a column may have no number at all
        scaler = StandardScaler().fit(X)
    return Twins(scaler, _SHARE * _typical_gap(_scale(X, scaler)))


def _numbers(X: Matrix) -> Floats:
    """Convert rows to dense floating numbers, one vector each; infinite ones count as gaps."""
    if is_frame(X):
        X = open_frame(X).to_numpy()
    dense = np.asarray(X, dtype=np.float64)
    return np.where(np.isfinite(dense), dense, np.nan).reshape(len(dense), -1)


def _scale(X: Floats, scaler: StandardScaler | None) -> Floats:
    """Scale rows for distances; a gap lies at the mean."""
    assert scaler is not None  # sparse rows have no distances
    return np.nan_to_num(scaler.transform(X))


def _typical_gap(Z: Floats) -> float:
    """Compute the median distance to the tenth neighbour, without those that are copies."""
    squares = np.einsum("ij,ij->i", Z, Z)
    apart = squares[:, None] + squares - 2 * (Z @ Z.T)
    k = min(_NEIGHBOUR, len(Z) - 1)
    tenth = np.partition(apart, k, axis=1)[:, k]
    tenth = tenth[tenth > _ROUNDING * squares.mean()]
    return float(np.sqrt(np.median(tenth))) if len(tenth) else 0.0
