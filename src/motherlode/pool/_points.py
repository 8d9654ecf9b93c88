"""Features as points in space: dense, few dimensions, every column on one scale."""

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import TruncatedSVD

from .._rows.arrays import Floats, Matrix
from .._rows.blocks import Stored
from .._rows.matrix import is_frame
from ..errors import InputError
from ..geometry._blocks import blocks

_SVD_DIMENSIONS = 50
DOUBLE_ROWS = 50_000
"""Larger pools have points in single precision: half the memory and half the time."""

_BLOCK_ROWS = 65_536
_CELLS = 32_768  # worked on at a time: 256 kB
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
    """In blocks that stay near the processor, so that nothing else is as large as the features."""
    n, d = dense.shape
    unit, parts = _units(dense), blocks(n, max(1, _CELLS // max(d, 1)))

    def double(rows: slice) -> Floats:
        part = dense[rows].astype(np.float64)
        return part if unit is None else np.divide(part, unit, out=part)

    mean = sum(double(rows).sum(axis=0) for rows in parts) / n
    # The second sum is what rounding left of the mean, which is taken off again.
    squares, rest = np.zeros(d), np.zeros(d)
    for rows in parts:
        apart = double(rows)
        apart -= mean
        rest += apart.sum(axis=0)
        squares += np.multiply(apart, apart, out=apart).sum(axis=0)
    scale = _deviations((squares - rest**2 / n) / n, mean, n)
    points = np.empty((n, d), np.float64 if n <= DOUBLE_ROWS else np.float32)
    for rows in parts:
        apart = double(rows)
        apart -= mean
        points[rows] = np.divide(apart, scale, out=apart)
    return points


def _units(dense: Floats) -> Floats | None:
    """What each column is divided by first, where squares of its values would overflow."""
    if dense.dtype.itemsize < 8:
        return None
    largest = np.maximum(dense.max(axis=0), -dense.min(axis=0))
    if not (largest > _LARGEST).any():
        return None
    return np.where(largest > _LARGEST, largest, 1.0).astype(np.float64)


def _deviations(variance: Floats, mean: Floats, n: int) -> Floats:
    """Square roots, and 1 where a variance is no larger than what rounding makes of a constant."""
    eps = np.finfo(np.float64).eps
    constant = variance <= n * eps * variance + (n * mean * eps) ** 2
    return np.sqrt(np.where(constant, 1.0, variance))
