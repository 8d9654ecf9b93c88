"""Features as points in space: dense, few dimensions, every column on one scale."""

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import StandardScaler

from ..arrays import Floats, Matrix
from ..blocks import Stored
from ..errors import InputError
from ..geometry.blocks import blocks
from ..matrix import is_frame

_SVD_DIMENSIONS = 50
DOUBLE_ROWS = 50_000
"""Larger pools have points in single precision: half the memory and half the time."""

_BLOCK_ROWS = 65_536
_LARGEST = 1e100  # squares of larger values overflow


def standardised_points(features: Matrix) -> Floats:
    """Points of mean 0 and deviation 1 in every column; constant columns become 0.

    Parameters
    ----------
    features : ndarray, scipy sparse matrix or frame of shape (n, d)
        Sparse features are projected to at most 50 dimensions by a truncated SVD first.

    Returns
    -------
    ndarray of shape (n, p)
        Of float64 up to `DOUBLE_ROWS` rows, of float32 beyond.

    Raises
    ------
    InputError
        If the features are not finite numbers.
    """
    if isinstance(features, Stored):
        features = np.concatenate([np.asarray(X) for _, X in features.blocks(65_536)])
    if issparse(features):
        d = min(_SVD_DIMENSIONS, min(features.shape) - 1)
        if d >= 1:
            with np.errstate(invalid="ignore"):  # equal rows have no variance to explain
                features = TruncatedSVD(d, random_state=0).fit_transform(features)
        else:
            features = features.toarray()
    try:
        dense = np.asarray(features)
        dense = dense if dense.dtype.kind == "f" else dense.astype(np.float64)
    except (TypeError, ValueError):
        dense = None
    if (
        dense is None
        or dense.ndim != 2
        or not all(np.isfinite(dense[rows]).all() for rows in blocks(len(dense), _BLOCK_ROWS))
    ):
        kind = "frame" if is_frame(features) else type(features).__name__
        raise InputError(
            f"Distances need finite numbers and this pool's {kind} holds something else; give "
            "Pool(features=...) a transformer that encodes and imputes."
        )
    return _standardised(dense)


def _standardised(dense: Floats) -> Floats:
    """In blocks, so that nothing but the points is ever as large as the features."""
    n, d = dense.shape
    largest = np.maximum(dense.max(axis=0), -dense.min(axis=0)).astype(np.float64)
    unit = np.where(largest > _LARGEST, np.maximum(largest, 1.0), 1.0)
    scaler, parts = StandardScaler(), blocks(n, _BLOCK_ROWS)
    for rows in parts:
        scaler.partial_fit(dense[rows].astype(np.float64) / unit)
    points = np.empty((n, d), np.float64 if n <= DOUBLE_ROWS else np.float32)
    for rows in parts:
        points[rows] = scaler.transform(dense[rows].astype(np.float64) / unit)
    return points
