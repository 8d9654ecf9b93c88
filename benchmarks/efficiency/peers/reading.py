"""The pool as dense arrays, which is all that scikit-activeml takes.

Three readings: "features" for strategies that only ask their classifier, "points" for those that
measure distances, "directions" for one that measures them on the unit sphere.
"""

import numpy as np
from scipy.sparse import csr_matrix, issparse
from sklearn.preprocessing import normalize

from motherlode._rows.arrays import Floats
from motherlode.pool import Pool

DENSE_CELLS = 60_000_000
"""Numbers that a TF-IDF matrix may have when it is made dense: 240 MB."""


def read(pool: Pool, reading: str) -> Floats:
    """The pool as a peer reads it, made once.

    Parameters
    ----------
    pool : Pool
    reading : {"features", "points", "directions"}
        "features" are the standardised columns of a table, and the dense TF-IDF of texts, of as
        many of the commonest words as `DENSE_CELLS` allows. "points" are the same standardised
        columns, and `motherlode.Pool.points` of texts: 50 dimensions of a truncated SVD.
        "directions" are the points cut to unit length.

    Returns
    -------
    ndarray of shape (n, p)
    """
    return pool.once(("read by peers", reading), lambda: _READINGS[reading](pool))


def _features(pool: Pool) -> Floats:
    if not issparse(pool.words):
        return pool.points
    return densified(pool.words, DENSE_CELLS)


def _points(pool: Pool) -> Floats:
    return pool.points


def _directions(pool: Pool) -> Floats:
    return np.asarray(normalize(pool.points))


_READINGS = {"features": _features, "points": _points, "directions": _directions}


def densified(counts: csr_matrix, cells: int) -> Floats:
    """A sparse matrix as a dense one, of the columns with most entries if `cells` are too few."""
    rows, columns = counts.shape
    most = max(cells // rows, 1)
    if most < columns:
        entries = np.bincount(counts.indices, minlength=columns)
        counts = counts[:, np.sort(np.argsort(-entries, kind="stable")[:most])]
    return np.asarray(counts.toarray())
