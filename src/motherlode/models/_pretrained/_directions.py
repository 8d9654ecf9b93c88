"""Latent directions of sparse rows, for a network that reads tables of a hundred columns."""

from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

from ..._rows.arrays import Floats

_MOST = 100


def learn_directions(X: Any) -> Floats:
    """Learn the principal directions of the rows of a fit, around the origin, shape (d, p).

    Parameters
    ----------
    X : sparse matrix of shape (m, d)
        Rows of the fit; no more than a thousand, since m × m products are computed.
    """
    products = (X @ X.T).toarray().astype(np.float64)
    sizes, turned = np.linalg.eigh(products)
    kept = np.flatnonzero(sizes > 1e-9 * max(float(sizes[-1]), 1e-300))[::-1][:_MOST]
    if not len(kept):  # nothing is stored in any row
        return np.zeros((X.shape[1], 1))
    return np.asarray(X.T @ (turned[:, kept] / np.sqrt(sizes[kept])))


def turn(X: Any, directions: Floats) -> Floats:
    """Turn rows to directions, and give each the length one, shape (n, p).

    Parameters
    ----------
    X : sparse matrix of shape (n, d)
        Rows.
    directions : ndarray of shape (d, p)
        Of `learn_directions`.
    """
    return np.asarray(normalize(np.asarray(X @ directions, dtype=np.float64)))
