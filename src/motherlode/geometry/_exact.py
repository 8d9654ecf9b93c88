"""Exact nearest neighbours: scikit-learn finds them, and differences put them in order.

scikit-learn compares all pairs by matrix products, whose rounding can turn two nearly equal
distances round. So a few more neighbours than wanted are found, and measured again.
"""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from .._rows.arrays import Floats, Rows
from ._blocks import blocks, centre
from ._graph import Neighbours, drop_self
from ._progress import Progress, silent

_SPARE = 8  # neighbours beyond those wanted
_ASKED = 8_192  # points at a time
_GATHERED = 4_000_000  # coordinates held at a time: 32 MB


def exact_neighbours(points: Floats, k: int, *, progress: Progress = silent) -> Neighbours:
    """Find the k nearest neighbours of every point, equally near ones by id; k is less than n.

    Takes time O(n² d) and memory O(n (d + k)).
    """
    P = centre(points)
    search, every = _search_of(P, k), np.arange(len(P))
    ids, distances = np.empty((len(P), k), np.int64), np.empty((len(P), k))
    for rows in blocks(len(P), _ASKED):
        ids[rows], distances[rows] = _nearest(search, P, every[rows], k)
        progress("Nearest neighbours", rows.stop / len(P))
    return Neighbours(ids, distances)


def neighbours_of_some(points: Floats, rows: Rows, k: int) -> Rows:
    """Find the exact k nearest neighbours of a few points, itself left out, nearest first.

    Parameters
    ----------
    points : ndarray of shape (n, d)
        Not far from the origin, compared with their distances.
    rows : ndarray of int64 of shape (m,)
        Places of the few points.
    k : int
        How many neighbours to find; less than n.

    Returns
    -------
    ndarray of int64 of shape (m, k)
        Places of the neighbours.
    """
    return _nearest(_search_of(points, k), points, rows, k)[0]


def squared_lengths(points: Floats) -> Floats:
    """Compute ``|x|²`` of every point.

    Parameters
    ----------
    points : ndarray of shape (n, d)

    Returns
    -------
    ndarray of shape (n,)
    """
    return np.asarray(np.einsum("ij,ij->i", points, points))


def _search_of(P: Floats, k: int) -> NearestNeighbors:
    found = min(k + 1 + _SPARE, len(P))  # each point is its own neighbour too
    return NearestNeighbors(n_neighbors=found, algorithm="brute").fit(P)


def _nearest(search: NearestNeighbors, P: Floats, rows: Rows, k: int) -> tuple[Rows, Floats]:
    """Find the k nearest of some points, nearest first and then by id, and their distances."""
    (near,) = drop_self(rows, search.kneighbors(P[rows], return_distance=False))
    near.sort(axis=1)
    ids, squares = np.empty((len(rows), k), np.int64), np.empty((len(rows), k))
    for part in blocks(len(rows), max(1, _GATHERED // (near.shape[1] * P.shape[1]))):
        apart = P[near[part]] - P[rows[part], None]
        each = np.einsum("ijk,ijk->ij", apart, apart)
        best = np.argsort(each, axis=1, kind="stable")[:, :k]
        ids[part] = np.take_along_axis(near[part], best, axis=1)
        squares[part] = np.take_along_axis(each, best, axis=1)
    return ids, np.sqrt(squares)
