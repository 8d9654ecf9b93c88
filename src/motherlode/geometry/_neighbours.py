"""The graph of nearest neighbours, by the way that suits the points.

In few dimensions a tree finds them. Else all pairs are compared, up to `EXACT_ROWS` points. Past
that size an approximate index of faiss (extra ``ann``) takes over, and its recall is measured and
reported. Where it would miss too many, as in data without clusters, or is not installed, all
pairs are compared up to `LARGEST_EXACT` points.
"""

from importlib.util import find_spec

import numpy as np
from scipy.spatial import cKDTree

from .._rows.arrays import Floats
from ..errors import InputError
from ._blocks import blocks
from ._exact import exact_neighbours
from ._graph import Neighbours, drop_self
from ._progress import Progress, silent

EXACT_ROWS = 50_000
"""Up to here neighbours are exact in any case."""

LARGEST_EXACT = 200_000
"""Up to here they are exact rather than worse than the least recall of the index."""

_TREE_DIMENSIONS = 6  # in more a tree looks at most points anyway
_TREE_ROWS = 65_536  # asked at a time


def nearest_neighbours(points: Floats, k: int, *, progress: Progress = silent) -> Neighbours:
    """Find the k nearest neighbours of every point.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    k : int
        At most ``n - 1`` are found.
    progress : callable
        See `motherlode.geometry.Progress`.

    Returns
    -------
    Neighbours
        Exact up to 50,000 points and in at most six dimensions.

    Raises
    ------
    InputError
        If there are more than 200,000 points and faiss is not installed.
    """
    n, d = points.shape
    k = min(k, n - 1)
    if k < 1:
        return Neighbours(np.empty((n, 0), np.int64), np.empty((n, 0)))
    if d <= _TREE_DIMENSIONS:
        return _by_tree(points, k, progress)
    found = _by_index(points, k, progress) if n > EXACT_ROWS else None
    return found or exact_neighbours(points, k, progress=progress)


def _by_index(points: Floats, k: int, progress: Progress) -> Neighbours | None:
    """Ask faiss; None where all pairs had better be compared."""
    if find_spec("faiss") is None:
        if len(points) <= LARGEST_EXACT:
            return None
        raise InputError(
            f"The nearest neighbours of {len(points):,} rows need an approximate index; install "
            'it: pip install "motherlode[ann]".'
        )
    from ._approximate import LEAST_RECALL, InvertedLists

    index = InvertedLists(points, k, progress=progress)
    if index.recall < LEAST_RECALL and len(points) <= LARGEST_EXACT:
        return None
    return index.neighbours(progress)


def _by_tree(points: Floats, k: int, progress: Progress) -> Neighbours:
    n = len(points)
    tree = cKDTree(points, balanced_tree=False)
    ids, distances = np.empty((n, k), np.int64), np.empty((n, k))
    for rows in blocks(n, _TREE_ROWS):
        D, near = tree.query(points[rows], k + 1, workers=-1)
        ids[rows], distances[rows] = drop_self(np.arange(n)[rows], near, D)
        progress("Nearest neighbours", rows.stop / n)
    return Neighbours(ids, distances)
