"""Rare-category discovery: find a first row of a class that nobody has seen, from no labels.

Each strategy assumes another way for a rare class to hide. `NNDM` looks for a compact cluster
inside or beside a smooth majority, `RareInterleave` for rows that no component of a mixture
explains, and `AnomalyFeedback` for outliers of the kind that the labels found to be positive.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import logsumexp
from sklearn.cluster import kmeans_plusplus
from sklearn.ensemble import IsolationForest
from sklearn.metrics import pairwise_distances_chunked

from .._round.view import View
from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ..pool import Pool
from ._base.strategy import Strategy
from ._coverage import MEBIBYTES, count_within, locate, sample_pool
from ._diversity import BatchStrategy, Picked, best_of, nearest_distance

_SMALLEST_RADIUS = 1e-6  # below it a distance between standardised points is rounding


@dataclass(frozen=True)
class _Balls:
    """How many rows lie around each sampled row, for a class of a guessed size.

    The radius is that of the smallest ball around any sampled row that could hold the class, and 0
    if there is none; the counts are of rows within it.
    """

    rows: Rows
    radius: float
    counts: Codes

    @classmethod
    def of(cls, pool: Pool, prior: float) -> "_Balls":
        """Measure those of a pool, once for a pool and a prior."""
        return pool.once(("balls", prior), lambda: cls._measure(pool, prior))

    @classmethod
    def _measure(cls, pool: Pool, prior: float) -> "_Balls":
        rows = sample_pool(pool)
        P = pool.points[rows]
        size = min(max(round(len(rows) * prior), 2), len(rows))
        blocks = pairwise_distances_chunked(
            P,
            reduce_func=lambda D, start: np.partition(D, size - 1, axis=1)[:, size - 1].copy(),
            working_memory=MEBIBYTES,
        )
        radii = np.concatenate([*blocks])
        radii = radii[radii > _SMALLEST_RADIUS]
        if not len(radii):
            return cls(rows, 0.0, np.zeros(len(rows), dtype=np.int64))
        radius = float(radii.min())
        return cls(rows, radius, count_within(P, P, radius))

    def rise(self, pool: Pool, times: int) -> Floats:
        """Compute by how much ``counts`` exceeds its lowest value within ``times`` radii."""
        radius = times * self.radius * (1.0 + 1e-9)
        blocks = pairwise_distances_chunked(
            pool.points[self.rows],
            reduce_func=lambda D, start: np.where(radius >= D, self.counts, len(D.T)).min(axis=1),
            working_memory=MEBIBYTES,
        )
        return np.asarray(self.counts - np.concatenate([*blocks]), dtype=np.float64)


@dataclass(frozen=True)
class NNDM(BatchStrategy):
    r"""Nearest-neighbour density differential: where the density rises most within a short way.

    With a guessed share *p* of the rare class, *r* is the smallest distance from any row within
    which a class of n p rows fits, and n(x) the number of rows within *r* of *x*. Asked is

    .. math:: \arg\max_x s(x), \quad s(x) = \max_{x' : \lVert x - x' \rVert \le t r} n(x) - n(x'),

    t growing with every label, and never a row within *r* of a labelled one, whose class is known.
    At the edge of a compact rare class inside a smooth majority *n* jumps.

    Parameters
    ----------
    prior : float
        A guess of the rare class's share. With a guess three times too large it looks for clusters
        too wide, and with one three times too small it takes a few close rows for a cluster.

    Notes
    -----
    For any number of classes; all rare ones share the guess. The rule is that of NNDM, with the
    exclusion of known regions that its multi-class form (ALICE) adds. There is no state, so *t* is
    one more than the number of labelled rows, at most 10, and a row counts as its own first
    neighbour. Rows of one batch exclude each other as labelled ones do. It is made to find the
    *first* rows of a class: interleave it with a strategy that follows them up. Time O(n² d),
    memory O(n d), for the first ten labels and never again. A random sample of 10,000 rows
    represents a larger pool, and the other rows come last. All rows tie if no two rows differ.

    References
    ----------
    He & Carbonell (2007), Nearest-neighbor-based active learning for rare category detection,
    NeurIPS, algorithms 1 and 2.
    """

    prior: float = 0.01

    family: ClassVar[str] = "discovery"
    paper: ClassVar[str] = "He & Carbonell 2007"
    said: ClassVar[str] = "{:.0f} more rows around it than around a row nearby"

    def __post_init__(self) -> None:
        if not 0 < self.prior < 1:
            raise InputError(f"prior is {self.prior}; it must lie between 0 and 1.")

    def pick(self, view: View) -> Picked:
        """Pick the largest rise, one row for each region."""
        balls, rng = _Balls.of(view.pool, self.prior), view.rng("nndm")
        worth = np.zeros(len(view))
        place, seen = locate(view, balls.rows)
        if not balls.radius or not len(place):
            return Picked(view.rows[:0], worth)
        P = view.points[place]
        times = min(len(view.labelled_rows) + 1, 10)
        # Labels decide how far to look and what is left, so the rise is computed once for a pool.
        key = ("rise", self.prior, times)
        worth[place] = view.pool.once(key, lambda: balls.rise(view.pool, times))[seen]
        open_ = np.zeros(len(view), dtype=bool)
        open_[place] = nearest_distance(P, view.labelled_points) > balls.radius
        known = ~open_[place]
        picks: list[int] = []
        while len(picks) < min(view.batch, len(view)) and open_.any():
            i = best_of(worth, open_, rng)
            picks.append(i)
            open_[place[nearest_distance(P, view.points[[i]]) <= balls.radius]] = False
        worth[place[known]] = 0.0
        return Picked(view.rows[picks], worth)


@dataclass(frozen=True)
class RareInterleave(Strategy):
    r"""Interleave: the rows that each component of a mixture model explains worst, in turns.

    A mixture of Gaussians is fitted by EM to all rows, with labelled rows tied to the component of
    their class. Each component owns the rows for which its posterior is the largest, and sorts them
    by their likelihood *under it alone*, lowest first, whatever its weight. The components take
    turns. A class that was found gets a component of its own, so the search goes on at its edges
    too.

    Parameters
    ----------
    components : int
        Number of Gaussians, at least one more than there are labelled classes.

    Notes
    -----
    For any number of classes. The Gaussians are axis-parallel, with variances of at least 0.001
    of a column's. EM runs at most 25 passes, on the labelled rows and at most 10,000 others, the
    same sample in all rounds; time and memory O(n components + n d). Utilities are
    ``1 / (1 + turn)``; the components' order within a turn is random.

    References
    ----------
    Pelleg & Moore (2004), Active learning for anomaly and rare-category detection, NeurIPS,
    section 3.
    """

    components: int = 5

    family: ClassVar[str] = "discovery"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Pelleg & Moore 2004"

    def __post_init__(self) -> None:
        if self.components < 1:
            raise InputError(f"components is {self.components}; it must be at least 1.")

    def utilities(self, view: View) -> Floats:
        """Give one over one plus the turn at which a row's component names it."""
        mixture = self._fit(view)
        log_likelihood = mixture.log_likelihood(view.points)
        owner = (log_likelihood + mixture.log_weights).argmax(axis=1)
        own = log_likelihood[np.arange(len(owner)), owner]
        turn = np.empty(len(owner))
        for c in np.unique(owner):
            rows = np.flatnonzero(owner == c)
            turn[rows[np.argsort(own[rows], kind="stable")]] = np.arange(len(rows))
        return 1.0 / (1.0 + turn)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """State the rule."""
        return [f"{self}: unlikely even in the component of the mixture that owns it"] * len(rows)

    def _fit(self, view: View) -> "_Gaussians":
        sample = np.setdiff1d(sample_pool(view.pool), view.labelled_rows)
        P = np.concatenate([view.labelled_points, view.pool.points[sample]])
        present, component = np.unique(view.labelled_codes, return_inverse=True)
        known = [view.labelled_points[component == c].mean(axis=0) for c in range(len(present))]
        free = min(max(self.components - len(known), 1), len(P))
        start, _ = kmeans_plusplus(P, free, random_state=0)  # the same start in every round
        return _Gaussians.fit(P, np.array([*known, *start]), component)


@dataclass(frozen=True)
class _Gaussians:
    """A mixture of c axis-parallel Gaussians: means and variances (c, d), log weights (c,)."""

    means: Floats
    variances: Floats
    log_weights: Floats

    @classmethod
    def fit(cls, points: Floats, start: Floats, component: Codes) -> "_Gaussians":
        """Fit by EM from first means, the first ``len(component)`` points tied to components."""
        c, squares = len(start), points**2
        spread = np.maximum(points.var(axis=0), 1e-12)
        mixture = cls(start, np.tile(spread, (c, 1)), np.full(c, -np.log(c)))
        tied, before = np.arange(len(component)), -np.inf
        for _ in range(25):
            joint = mixture.log_likelihood(points) + mixture.log_weights
            total = logsumexp(joint, axis=1)
            share = np.exp(joint - total[:, None])
            share[tied] = 0.0
            share[tied, component] = 1.0
            size = share.sum(axis=0) + 1e-9
            means = (share.T @ points) / size[:, None]
            variances = (share.T @ squares) / size[:, None] - means**2
            mixture = cls(means, np.maximum(variances, 1e-3 * spread), np.log(size / size.sum()))
            if total.mean() - before < 1e-3:
                break
            before = total.mean()
        return mixture

    def log_likelihood(self, points: Floats) -> Floats:
        """Compute the log density of each point under each Gaussian alone, shape (n, c)."""
        precision = 1.0 / self.variances
        distance = points**2 @ precision.T - 2.0 * (points @ (self.means * precision).T)
        distance += (self.means**2 * precision).sum(axis=1)
        constant = np.log(2 * np.pi * self.variances).sum(axis=1)
        return np.asarray(-0.5 * (np.maximum(distance, 0.0) + constant))


@dataclass(frozen=True)
class AnomalyFeedback(Strategy):
    r"""An isolation forest that learns from the labels which of its anomalies are positive.

    An isolation forest of *T* trees is fitted to the pool once. Its score is a sum of one weight
    for each leaf that a row falls into, :math:`u(x) = w \cdot z(x)`. The weights :math:`w_0` give
    the forest's own score, which is higher the earlier a row is isolated. Labels move them by a
    ridge regression towards :math:`w_0`, in which each class counts as much as the other:

    .. math:: \min_w \frac{1}{n_+} \sum_{y_i = 1} (1 - w \cdot z_i)^2
        + \frac{1}{n_-} \sum_{y_i = 0} (w \cdot z_i)^2 + \lambda \lVert w - w_0 \rVert^2,

    where 1 is the score of the pool's most anomalous row and 0 that of its least, and *z* has
    length 1. The row with the highest score is asked.

    Parameters
    ----------
    trees : int
        Trees in the forest.
    trust : float
        λ: how much the forest counts against the labels.

    Notes
    -----
    For any number of classes; the positive ones count as one, all others as the other. The form,
    the leaf features and the prior at the forest's weights are those of active anomaly discovery
    (AAD). The loss is squared, so its optimum is one linear system in the number of labels; the
    paper has hinge losses against a quantile of the scores. Time O(n T) and m³ for m labels; memory
    2 bytes a row and tree. Rare classes that are dense are asked last until one is labelled.

    References
    ----------
    Das, Wong, Fern, Dietterich & Siddiqui (2017), Incorporating feedback into tree-based anomaly
    detection, arXiv:1708.09441. Liu, Ting & Zhou (2008), Isolation forest, ICDM.
    """

    trees: int = 100
    trust: float = 0.1

    family: ClassVar[str] = "discovery"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Das et al. 2017"

    def __post_init__(self) -> None:
        if self.trees < 1:
            raise InputError(f"trees is {self.trees}; it must be at least 1.")
        if not (np.isfinite(self.trust) and self.trust > 0):
            raise InputError(f"trust is {self.trust}; it must be a positive number.")

    def utilities(self, view: View) -> Floats:
        """Sum the weights of the leaves."""
        forest = _Isolation.of(view.pool, self.trees)
        score = forest.score[view.rows]
        if not len(view.labelled_rows):
            return score
        leaves, positive_class = forest.leaves[view.labelled_rows], view.labelled_minority
        shared = np.zeros((len(leaves), len(leaves)))
        for column in leaves.T:
            shared += column[:, None] == column
        count = np.where(positive_class, positive_class.sum(), (~positive_class).sum())
        system = shared / self.trees + np.diag(self.trust * count.astype(np.float64))
        dual = np.linalg.solve(system, positive_class - forest.score[view.labelled_rows])
        for t, column in enumerate(leaves.T):
            change = np.bincount(column, weights=dual / self.trees, minlength=forest.nodes)
            score = score + change[forest.leaves[view.rows, t]]
        return score


@dataclass(frozen=True)
class _Isolation:
    """An isolation forest's leaf of each row in each tree, and its scores, of a whole pool.

    A score is minus the mean path length, scaled to [0, 1] over the pool; ``nodes`` is more than
    the highest leaf number.
    """

    leaves: np.ndarray[tuple[int, int], np.dtype[np.int16]]
    score: Floats
    nodes: int

    @classmethod
    def of(cls, pool: Pool, trees: int) -> "_Isolation":
        """Fit that of a pool, once for a pool and a number of trees."""
        return pool.once(("isolation", trees), lambda: cls._fit(pool.points, trees))

    @classmethod
    def _fit(cls, points: Floats, trees: int) -> "_Isolation":
        size = min(256, len(points))
        forest = IsolationForest(n_estimators=trees, max_samples=size, random_state=0).fit(points)
        single = points.astype(np.float32)
        # Trees of at most 256 rows have fewer than 512 nodes. A round reads tree by tree.
        leaves = np.array([t.apply(single).astype(np.int16) for t in forest.estimators_]).T
        # score_samples is -2 ** (-mean path length / c): its logarithm is linear in the leaves.
        path = np.log2(-forest.score_samples(points))
        span = float(np.ptp(path))
        score = (path - path.min()) / span if span > 0 else np.zeros(len(points))
        return cls(leaves, score, 512)
