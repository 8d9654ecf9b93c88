"""Features as points in space: dense, few dimensions, every column on one scale."""

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import StandardScaler

from ..arrays import Floats, Matrix
from ..blocks import Stored
from ..errors import InputError
from ..matrix import is_frame

_SVD_DIMENSIONS = 50
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
        dense = np.asarray(features, dtype=np.float64)
    except (TypeError, ValueError):
        dense = None
    if dense is None or dense.ndim != 2 or not np.isfinite(dense).all():
        kind = "frame" if is_frame(features) else type(features).__name__
        raise InputError(
            f"Distances need finite numbers and this pool's {kind} holds something else; give "
            "Pool(features=...) a transformer that encodes and imputes."
        )
    largest = np.abs(dense).max(axis=0)
    if (largest > _LARGEST).any():
        dense = dense / np.maximum(largest, 1.0)
    return np.asarray(StandardScaler().fit_transform(dense))
