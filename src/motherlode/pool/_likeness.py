"""The likeness of rows of a pool."""

import numpy as np
from scipy.sparse import issparse

from .._rows.arrays import Floats, Matrix, Rows
from ._pool import Pool


def cosines(unit: Matrix, one: Matrix) -> Floats:
    """Multiply unit vectors, shape (n, d), with one of them, shape (1, d): n cosines."""
    product = unit @ one.T
    return np.asarray(product.toarray() if issparse(product) else product, dtype=np.float64).ravel()


def likeness(pool: Pool, row: int, among: Rows | None = None) -> Floats:
    """Tell how much rows, by default all of the pool, are like one row, the higher the more.

    It is the cosine where the features are sparse, as of texts, and minus the distance between
    standardised points elsewhere.
    """
    if issparse(pool.encoded.features):
        unit = pool.unit_vectors
        return cosines(unit if among is None else unit[among], unit[[row]])
    points = pool.points if among is None else pool.points[among]
    return -np.linalg.norm(points - pool.points[row], axis=1)
