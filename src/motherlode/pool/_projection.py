"""The pool as a map: every row is a point of the plane, and similar rows are near each other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.decomposition import PCA, TruncatedSVD

from .._rows.arrays import Floats
from ._pool import Pool

_EDGE = 0.005  # share of points that may lie on each border of the map
STEPS = 65_535


Places = NDArray[np.uint16]
"""The place of each row on the map, shape (n, 2), from 0 to 65,535 in both directions."""


def place_rows(pool: Pool) -> Places:
    """Place rows by the two directions in which they differ most.

    Sparse features are placed as unit vectors by a truncated SVD without its first direction,
    which is near their mean; dense ones by their principal components. Points far outside are
    moved to the border.

    References
    ----------
    Halko, Martinsson & Tropp (2011), Finding structure with randomness, SIAM Review 53(2).
    """
    return _scale(_project(pool))


def _project(pool: Pool) -> Floats:
    X = pool.unit_vectors if issparse(pool.features) else pool.points
    n, d = X.shape
    if issparse(X) and min(n, d) > 3:
        with np.errstate(invalid="ignore"):  # equal rows have no variance to explain
            return np.asarray(TruncatedSVD(3, random_state=0).fit_transform(X)[:, 1:])
    dense: Any = X.toarray() if issparse(X) else X  # type: ignore[union-attr]
    k = min(2, n, d)
    with np.errstate(invalid="ignore"):
        found = PCA(k, svd_solver="covariance_eigh").fit_transform(dense)
    return np.hstack([found, np.zeros((n, 2 - k))])


def _scale(flat: Floats) -> Places:
    low, high = np.quantile(flat, [_EDGE, 1 - _EDGE], axis=0)
    span = np.where(high > low, high - low, 1.0)
    margin = 0.04
    unit = np.clip((flat - low) / span, -margin, 1 + margin)
    return np.round((unit + margin) / (1 + 2 * margin) * STEPS).astype(np.uint16)
