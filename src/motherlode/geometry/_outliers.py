"""Local outliers, from a graph of nearest neighbours."""

import numpy as np

from .._rows.arrays import Floats
from ._blocks import blocks
from ._graph import Neighbours
from ._neighbours import nearest_neighbours

_BLOCK_ROWS = 65_536


def local_outlier_factor(points: Floats, neighbours: int) -> Floats:
    """Tell how much sparser a point's surroundings are than those of its neighbours.

    About one inside a cluster, larger for outliers, below one for points denser than their
    neighbourhood. It is scikit-learn's ``LocalOutlierFactor`` with the sign of the paper.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    neighbours : int
        The paper's MinPts; at most ``n - 1`` are used.

    Returns
    -------
    ndarray of shape (n,)
        Positive and finite.

    References
    ----------
    Breunig, Kriegel, Ng & Sander (2000), LOF: identifying density-based local outliers,
    SIGMOD, definition 7.
    """
    return outlier_factor(nearest_neighbours(points, neighbours))


def outlier_factor(graph: Neighbours) -> Floats:
    """Compute the local outlier factor of every point from a graph of nearest neighbours.

    Parameters
    ----------
    graph : Neighbours
        Of n points; all its neighbours count.

    Returns
    -------
    ndarray of shape (n,)
    """
    n, k = graph.ids.shape
    if n < 3:
        return np.ones(n)
    farthest, parts = graph.distances[:, -1].copy(), blocks(n, _BLOCK_ROWS)
    density, factor = np.empty(n), np.empty(n)
    for rows in parts:
        reach = np.maximum(graph.distances[rows], farthest[graph.ids[rows]])
        # Next to more equal rows than neighbours the factor is huge, in the paper infinite.
        density[rows] = 1.0 / (reach.sum(axis=1) / k + 1e-10)
    for rows in parts:
        factor[rows] = density[graph.ids[rows]].sum(axis=1) / k / density[rows]
    return factor
