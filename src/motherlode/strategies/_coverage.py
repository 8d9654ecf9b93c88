"""Coverage: few rows that represent the whole pool, by clusters or by balls around them.

Made for the very first labels, where a model knows nothing. They go where the pool is dense and so,
mostly, to the majority. A rare class is reached once its cluster or ball is the next largest.
"""

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin_min, pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from .._round.view import View
from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ..pool import Pool
from ._base.incremental import accumulate, cache_of
from ._diversity import BatchStrategy, Picked, best_of, nearest_distance, pick_greedily

Flags = NDArray[np.bool_]

SAMPLE_ROWS = 10_000
"""Work that would grow faster than the rows is done on a random sample of at most this many."""

MEBIBYTES = 32.0
"""Distances in memory at a time."""

_FEW_ROWS = 5_000  # of the sample where the candidates are a small part of the pool
_ROUNDING = 1.0 + 1e-9  # a row exactly on a ball's surface is in it, whatever the last bit says


def _sample(rows: Rows, rng: np.random.Generator, size: int) -> Rows:
    """Draw ``size`` of some rows, in increasing order; all of them if they are no more."""
    return rows if len(rows) <= size else np.sort(rng.choice(rows, size=size, replace=False))


def sample_pool(pool: Pool) -> Rows:
    """Draw a sample of the pool that is the same in every round."""
    return _sample(np.arange(len(pool)), np.random.default_rng(0), SAMPLE_ROWS)


def sample_round(view: View, purpose: str) -> Rows:
    """Draw a sample of the pool, or of the candidates where they are a small part of it."""
    if cache_of(view) is view.pool:
        return sample_pool(view.pool)
    return _sample(view.rows, view.rng(purpose), _FEW_ROWS)


def locate(view: View, sample: Rows) -> tuple[Rows, Rows]:
    """Find where sampled rows stand among the candidates, and among the sample."""
    return np.intersect1d(view.rows, sample, assume_unique=True, return_indices=True)[1:]


def count_within(points: Floats, others: Floats, radius: float) -> Codes:
    """Count how many of ``others`` lie within ``radius`` of each point, in blocks of distances."""
    radius *= _ROUNDING
    blocks = pairwise_distances_chunked(
        points,
        others,
        reduce_func=lambda D, start: np.count_nonzero(radius >= D, axis=1),
        working_memory=MEBIBYTES,
    )
    return np.concatenate([*blocks]).astype(np.int64)


def clusters(points: Floats, k: int, rng: np.random.Generator) -> Codes:
    """Make clusters 0 … k-1 by k-means on at most `SAMPLE_ROWS` points; some may be empty."""
    fitted_on = points[_sample(np.arange(len(points)), rng, SAMPLE_ROWS)]
    model = KMeans(min(k, len(fitted_on)), n_init=1, random_state=int(rng.integers(2**31 - 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different points than k
        return np.asarray(model.fit(fitted_on).predict(points), dtype=np.int64)


@dataclass(frozen=True)
class TypiClust(BatchStrategy):
    r"""TypiClust: the most typical row of each large cluster that holds no label yet.

    The labelled rows and the candidates, m + n of them, are split into min(m + b, 500) clusters
    by k-means. Each pick goes to the cluster with the fewest labels, the largest among those,
    and takes its most typical row by

    .. math:: \text{typicality}(x) = \Bigl(\frac{1}{K} \sum_{x_i \in \text{NN}_K(x)}
        \lVert x - x_i \rVert\Bigr)^{-1}, \quad K = \min(20, \text{cluster size} - 1).

    Parameters
    ----------
    smallest : int
        Clusters of fewer rows are passed over while there are others. The authors pass over
        those of five and fewer, which is ``smallest=6`` here. A rare class is a small cluster,
        so by default none is passed over.

    Notes
    -----
    For any number of classes; their labels are not used. The centres are fitted to at most 10,000
    rows, drawn at random. In clusters of more than 2,000 rows the typicality of a random 2,000 is
    measured, among all rows of the cluster. Time O(n (m + b) d), memory O(n d).

    References
    ----------
    Hacohen, Dekel & Weinshall (2022), Active learning on a budget: opposite strategies suit high
    and low budgets, ICML, section 3.2.
    """

    smallest: int = 1

    paper: ClassVar[str] = "Hacohen et al. 2022"
    said: ClassVar[str] = "typicality {:.3g} in its cluster"

    def __post_init__(self) -> None:
        if self.smallest < 1:
            raise InputError(f"smallest is {self.smallest}; it must be at least 1.")

    def pick(self, view: View) -> Picked:
        """Pick by cluster, fewest labels first, then largest, and the most typical row of each."""
        m, rng = len(view.labelled_rows), view.rng("typical")
        P = np.concatenate([view.labelled_points, view.points])
        k = min(m + view.batch, 500, len(P))
        cluster = clusters(P, k, rng)
        sizes = np.bincount(cluster, minlength=k)
        labelled = np.bincount(cluster[:m], minlength=k)
        own, left = cluster[m:], np.ones(len(view), dtype=bool)
        worth, measured, picks = np.zeros(len(view)), np.zeros(k, dtype=bool), []
        for _ in range(min(view.batch, len(view))):
            open_ = np.bincount(own[left], minlength=k) > 0
            if (open_ & (sizes >= self.smallest)).any():
                open_ &= sizes >= self.smallest
            fewest = open_ & (labelled == labelled[open_].min())
            c = best_of(sizes.astype(np.float64), fewest, rng)
            if not measured[c]:
                inside = np.flatnonzero(own == c)
                inside = inside if len(inside) <= 2000 else rng.choice(inside, 2000, replace=False)
                worth[inside] = _typicality(P[m + inside], P[cluster == c])
                measured[c] = True
            i = best_of(worth, left & (own == c), rng)
            picks.append(i)
            left[i] = False
            labelled[c] += 1
        return Picked(view.rows[picks], worth)


def _typicality(points: Floats, cluster: Floats) -> Floats:
    """Compute one over the mean distance to the 20 nearest others of a cluster with the points.

    A cluster of one row has typicality 0. Distances of 0 count as 0.00001, as in the authors' code.
    """
    k = min(20, len(cluster) - 1)
    if k < 1:
        return np.zeros(len(points))
    distances, _ = NearestNeighbors(n_neighbors=k + 1).fit(cluster).kneighbors(points)
    # The row itself, or a copy of it, is the nearest and adds nothing to the sum.
    return np.asarray(1.0 / (distances[:, 1:].sum(axis=1) / k + 1e-5))


@dataclass(frozen=True)
class ProbCover(BatchStrategy):
    r"""ProbCover: the row whose ball holds the most rows that no other ball covers.

    Labelled rows and earlier picks cover all rows within ``delta``. Each pick is the candidate
    with the largest

    .. math:: \bigl|\{x' \text{ uncovered} : \lVert x - x' \rVert \le \delta\}\bigr|,

    the greedy maximum coverage, within 1 - 1/e of the best.

    Parameters
    ----------
    delta : float, optional
        Radius of the balls, in standard deviations. By default the largest for which a share
        ``purity`` of the balls is pure, that is, holds rows of one k-means cluster only, with as
        many clusters as there are classes.
    purity : float
        The share of pure balls, used if ``delta`` is not given.

    Notes
    -----
    For any number of classes; their labels are not used. No graph is stored: degrees are counted
    once from blocks of distances, and each label takes off what its ball covers anew. Time O(n² d),
    memory O(n d), so a random sample of 10,000 rows represents a larger pool, and 5,000 rows
    represent few candidates of a pool; the other rows come last. Where everything is covered the
    picks are random.

    References
    ----------
    Yehuda, Dekel, Hacohen & Weinshall (2022), Active learning through a covering lens, NeurIPS,
    algorithm 1 and section 3.3.
    """

    delta: float | None = None
    purity: float = 0.95

    paper: ClassVar[str] = "Yehuda et al. 2022"
    said: ClassVar[str] = "covers {:.0f} rows that nothing covered"

    def __post_init__(self) -> None:
        if self.delta is not None and not (np.isfinite(self.delta) and self.delta > 0):
            raise InputError(f"delta is {self.delta}; give a positive radius or None.")
        if not 0 < self.purity <= 1:
            raise InputError(f"purity is {self.purity}; it must be above 0 and at most 1.")

    def pick(self, view: View) -> Picked:
        """Pick the row with the largest uncovered ball, again and again."""
        radius = self.delta or _pure_radius(view.pool, len(view.classes), self.purity)
        balls = _Cover(view, radius)
        seen, place = locate(view, balls.rows)
        return pick_greedily(view, lambda rows: balls.degrees(rows)[place], view.rng("cover"), seen)


class _Cover:
    """How many uncovered rows of a sample lie in the ball around each of them."""

    def __init__(self, view: View, delta: float) -> None:
        self._view, self._delta, self._cache = view, delta, cache_of(view)
        self.rows: Rows = self._cache.once(
            "covered sample", lambda: sample_round(view, "covered sample")
        )
        self._points = view.pool.points[self.rows]

    def degrees(self, centres: Rows) -> Floats:
        """Count the rows around each sampled row that no ball around a centre covers."""
        return accumulate(
            self._cache, ("cover", self._delta), centres, self._start, self._cover,
            tentative=len(centres) > len(self._view.labelled_rows),
        )[1]  # fmt: skip

    def _start(self) -> tuple[Flags, Floats]:
        def count() -> Codes:
            return count_within(self._points, self._points, self._delta)

        counts = self._cache.once(("degrees", self._delta), count)
        return np.ones(len(counts), dtype=bool), counts.astype(np.float64)

    def _cover(self, state: tuple[Flags, Floats], row: int) -> tuple[Flags, Floats]:
        uncovered, degrees = state
        centre = self._view.pool.points[[row]]
        new = uncovered & (nearest_distance(self._points, centre) <= self._delta * _ROUNDING)
        if not new.any():
            return state
        degrees = degrees - count_within(self._points, self._points[new], self._delta)
        return uncovered & ~new, np.maximum(degrees, 0.0)


def _pure_radius(pool: Pool, k: int, purity: float) -> float:
    """Find the largest radius at which a share ``purity`` of all balls lies in one k-means cluster.

    A ball is pure while its radius is below the distance to the nearest row of another cluster,
    so the radius is a quantile of those distances. It is infinite if there is one cluster only.
    """
    return pool.once(("pure radius", k, purity), lambda: _find_pure_radius(pool, k, purity))


def _find_pure_radius(pool: Pool, k: int, purity: float) -> float:
    rng = np.random.default_rng(0)  # a property of the pool, the same in every round
    P = pool.points[_sample(np.arange(len(pool)), rng, SAMPLE_ROWS)]
    cluster = clusters(P, min(k, len(P)), rng)
    present = np.unique(cluster)
    if len(present) < 2:
        return float("inf")
    enemy = np.empty(len(P))
    for c in present:
        own = cluster == c
        enemy[own] = pairwise_distances_argmin_min(P[own], P[~own])[1]
    impure = int((1.0 - purity) * len(P) * _ROUNDING)
    return float(np.sort(enemy)[impure]) * (1.0 - 1e-6)
