"""A selection that spreads a batch over clusters of the pool."""

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import pairwise_distances_argmin

from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ..pool import Pool
from .selection import Chosen, Selection, TopK
from .view import View

_SAMPLE_ROWS = 1_000


@dataclass(frozen=True)
class ClusterMargin(Selection):
    """Cluster-margin: the best rows, one of each cluster in turn, small clusters first.

    Clusters of the pool are made once, by average linkage. In each round the best ``factor * n``
    rows are grouped by cluster. The groups take turns, the smallest first, and each gives its best
    row that is left, until ``n`` are chosen. The paper takes the most uncertain rows by margin and
    a random one of a group; here any strategy's utilities say which are best, in the pool and in
    the group.

    Parameters
    ----------
    factor : float
        How many times more rows than asked for enter the groups. The paper uses 1.25 to 10; with
        1 the selection is the top n in another order.

    Notes
    -----
    Average linkage is quadratic, so it clusters 1,000 random rows of the pool, into half as many
    clusters, and every other row joins the cluster whose centre is nearest. The rows follow from
    the utilities, so they have no sampling probabilities.

    References
    ----------
    Citovsky, DeSalvo, Gentile, Karydas, Rajagopalan, Rostamizadeh & Kumar (2021), Batch active
    learning at scale, NeurIPS, algorithms 1 and 2.
    """

    factor: float = 10.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.factor) and self.factor >= 1):
            raise InputError(f"factor is {self.factor}; it must be a number of at least 1.")

    def choose(self, view: View, utilities: Floats, n: int) -> Chosen:
        """Pick ``n`` rows in the order of turns."""
        enough = min(len(view), int(np.ceil(self.factor * n)))
        best = TopK().choose(view, utilities, enough).rows
        _, group, sizes = np.unique(
            _linkage_clusters(view.pool)[best], return_inverse=True, return_counts=True
        )
        turn = np.empty(enough, dtype=np.int64)
        for g in range(len(sizes)):
            turn[group == g] = np.arange(sizes[g])
        order = np.lexsort((np.arange(enough), sizes[group], turn))[:n]
        return Chosen(best[order])


def _linkage_clusters(pool: Pool) -> Codes:
    """Find the cluster of every row, shape (n,), once for a pool; see `ClusterMargin`."""
    return pool.once(("linkage clusters",), lambda: _cluster(pool.points))


def _cluster(points: Floats) -> Codes:
    n = len(points)
    if n < 2:
        return np.zeros(n, dtype=np.int64)
    # The same in every round.
    sample = np.sort(np.random.default_rng(0).choice(n, size=min(n, _SAMPLE_ROWS), replace=False))
    P = points[sample]
    tree = linkage(P, method="average")
    own = fcluster(tree, t=(len(sample) + 1) // 2, criterion="maxclust") - 1
    if len(sample) == n:
        return np.asarray(own, dtype=np.int64)
    centres = np.stack([P[own == c].mean(axis=0) for c in range(own.max() + 1)])
    cluster: Codes = pairwise_distances_argmin(points, centres).astype(np.int64)
    cluster[sample] = own
    return cluster
