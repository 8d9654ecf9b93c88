"""Latent directions of sparse rows, for a network that reads tables of a hundred columns."""

from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

from ..._rows.arrays import Floats

_MOST = 100


class Directions:
    """The principal directions of the rows of a fit, around the origin.

    Parameters
    ----------
    X : sparse matrix of shape (m, d)
        Rows of the fit; no more than a thousand, since m × m products are computed.
    """

    def __init__(self, X: Any) -> None:
        products = (X @ X.T).toarray().astype(np.float64)
        sizes, turned = np.linalg.eigh(products)
        kept = np.flatnonzero(sizes > 1e-9 * max(float(sizes[-1]), 1e-300))[::-1][:_MOST]
        self._axes = np.asarray(X.T @ (turned[:, kept] / np.sqrt(sizes[kept])))
        if not len(kept):  # nothing is stored in any row
            self._axes = np.zeros((X.shape[1], 1))

    def of_rows(self, X: Any) -> Floats:
        """Project rows, and give each the length one, shape (n, directions).

        Parameters
        ----------
        X : sparse matrix of shape (n, d)
            Rows.
        """
        return np.asarray(normalize(np.asarray(X @ self._axes, dtype=np.float64)))
