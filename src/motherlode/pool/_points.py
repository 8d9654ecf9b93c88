"""Features as points in space: dense, few dimensions, every column on one scale."""

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import StandardScaler

from .._rows.arrays import Floats, Matrix
from .._rows.blocks import Stored
from ..errors import InputError
from ..geometry._blocks import blocks

_SVD_DIMENSIONS = 50
_DOUBLE_ROWS = 50_000
"""Larger pools have points in single precision: half the memory and half the time."""
_CELLS = 2**18  # numbers worked on at a time: so many stay in the processor's cache
_LARGEST = 1e100  # squares of larger numbers overflow


def standardised_points(features: Matrix) -> Floats:
    """Compute points of mean 0 and deviation 1 in every column; constant columns become 0.

    Sparse features are first projected to at most 50 dimensions by a truncated SVD. Points are
    float64 up to `_DOUBLE_ROWS` rows, and float32 for more. An `InputError` is raised if the
    features are not finite numbers.
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
        dense = np.empty(0)
    parts = blocks(len(dense), max(1, _CELLS // max(dense.shape[-1], 1)))
    if dense.ndim != 2 or not all(np.isfinite(dense[rows]).all() for rows in parts):
        raise InputError(
            "Distances need one vector of finite numbers a row, and this pool's features hold "
            "something else; give Pool(features=...) a transformer that encodes and imputes."
        )
    return _standardise(dense, parts)


def _standardise(dense: Floats, parts: list[slice]) -> Floats:
    """Standardise block by block, so that nothing else is as large as the features."""
    unit, scaler = _units(dense), StandardScaler(copy=False)

    def double(rows: slice) -> Floats:
        part = dense[rows].astype(np.float64, order="C")  # sums round by the order in memory
        return part if unit is None else np.divide(part, unit, out=part)

    for rows in parts:
        scaler.partial_fit(double(rows))
    points = np.empty(dense.shape, np.float64 if len(dense) <= _DOUBLE_ROWS else np.float32)
    for rows in parts:
        points[rows] = scaler.transform(double(rows))
    return points


def _units(dense: Floats) -> Floats | None:
    """Choose what each column is divided by first, where squares of its values would overflow."""
    if dense.dtype.itemsize < 8:
        return None
    largest = np.maximum(dense.max(axis=0), -dense.min(axis=0))
    if not (largest > _LARGEST).any():
        return None
    return np.where(largest > _LARGEST, largest, 1.0).astype(np.float64)
