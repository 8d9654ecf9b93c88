"""The similarity of each point to all others."""

import numpy as np
from sklearn.preprocessing import normalize

from .._rows.arrays import Floats, Matrix


def mean_similarity(points: Matrix) -> Floats:
    """Compute the mean similarity of every row to all rows, in linear time.

    The similarity is the cosine where no value is negative, as in text; elsewhere it is
    ``(1 + cosine) / 2``, so that a power of it is defined. The mean of ``cos(x, u)`` over ``u``
    is the product of ``x`` with the mean unit vector, so no pair is ever formed.

    Parameters
    ----------
    points : ndarray or scipy sparse matrix of shape (n, d)

    Returns
    -------
    ndarray of shape (n,)
        In [0, 1]; a row of zeros has cosine 0.
    """
    unit = normalize(points)
    cosine = np.asarray(unit @ np.asarray(unit.mean(axis=0)).ravel(), dtype=np.float64)
    return np.clip(cosine if points.min() >= 0 else (1.0 + cosine) / 2.0, 0.0, 1.0)
