"""Diversity sampling: batches whose rows differ from each other and from what is labelled.

These strategies choose a batch one row after the other, each in the light of those before it. So
they read how many rows are wanted (`View.batch`), and `Picked` turns such a choice into utilities.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import issparse
from sklearn.metrics import pairwise_distances_argmin_min

from .._round.view import View
from .._rows.arrays import Floats, Matrix, Rows
from ..errors import InputError
from ..geometry import NearestCentre, squared_lengths
from ..pool import Pool
from ._base.incremental import accumulate, cache_of
from ._base.strategy import Strategy, no_model, positions


@dataclass(frozen=True)
class Picked:
    """A batch chosen one row after the other: global ids, and what each candidate is worth.

    The worth is not negative: of a picked row when it was picked, of the others after the last
    pick. Only a pick that had nothing to be compared with is infinite.
    """

    rows: Rows
    worth: Floats

    def utilities(self, view: View) -> Floats:
        """Give the picks from 2 down to above 1; all others keep their order below 1."""
        place = positions(view.rows, self.rows)
        out: Floats = self.worth / (1.0 + np.delete(self.worth, place).max(initial=0.0))
        out[place] = 2.0 - np.arange(len(place)) / max(len(place), 1)
        return out


@dataclass(frozen=True)
class BatchStrategy(Strategy):
    """A strategy that chooses ``view.batch`` rows one after the other."""

    family: ClassVar[str] = "diversity"
    needs: ClassVar[str] = "geometry"
    said: ClassVar[str] = "{:.3g}"
    first: ClassVar[str] = "drawn at random"

    @abstractmethod
    def pick(self, view: View) -> Picked:
        """Choose at most ``view.batch`` rows, and say what every candidate is worth.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.
        """

    def utilities(self, view: View) -> Floats:
        """Rank the picks first, in their order, then the others by what they are worth."""
        return self._pick_once(view).utilities(view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say what each row was worth when it was picked."""
        worth = self._pick_once(view).worth[positions(view.rows, rows)]
        said = [self.said.format(w) if np.isfinite(w) else self.first for w in worth]
        return [f"{self}: {text}" for text in said]

    def _pick_once(self, view: View) -> Picked:
        return view.once(("picked", self), lambda: self.pick(view))


def nearest_distance(points: Floats, centres: Floats) -> Floats:
    """Measure the distance of every point to the nearest centre; infinite if there is none."""
    if not len(centres):
        return np.full(len(points), np.inf)
    return np.asarray(pairwise_distances_argmin_min(points, centres)[1])


def best_of(values: Floats, open_: np.ndarray[Any, Any], rng: np.random.Generator) -> int:
    """Find the position of the largest value among those open, ties broken at random."""
    seen = np.where(open_, values, -np.inf)
    top = np.flatnonzero(open_ & (seen == seen.max()))
    return int(top[0] if len(top) == 1 else rng.choice(top))


def pick_greedily(
    view: View,
    measure: Callable[[Rows], Floats],
    rng: np.random.Generator,
    seen: Rows | None = None,
    first: Floats | None = None,
) -> Picked:
    """Pick the best row again and again, by its worth beside the labelled rows and earlier picks.

    ``measure`` takes the global ids of those rows to the worth of the candidates at the positions
    ``seen``, by default all. ``first`` decides the first pick in place of the worth.
    """
    seen = np.arange(len(view)) if seen is None else seen
    values = measure(view.labelled_rows)
    worth, left = values.copy(), np.ones(len(seen), dtype=bool)
    picks: list[int] = []
    for _ in range(min(view.batch, len(seen))):
        i = best_of(values if first is None or picks else first, left, rng)
        picks.append(seen[i])
        left[i] = False
        values = measure(np.append(view.labelled_rows, view.rows[picks]))
        worth[left] = values[left]
    out = np.zeros(len(view))
    out[seen] = worth
    return Picked(view.rows[picks], out)


def _draw_weighted(weights: Floats, rng: np.random.Generator) -> int:
    """Draw a position with a probability in proportion to weights, one of them above zero."""
    upto = weights.cumsum(dtype=np.float64)
    place = np.searchsorted(upto, rng.random() * upto[-1], side="right")
    # The product may round up to the sum; then the last position that has a weight is drawn.
    return int(min(place, np.searchsorted(upto, upto[-1])))


@dataclass(frozen=True)
class KCentre(BatchStrategy):
    r"""K-centre greedy, known as core-set: the row farthest from all labelled and picked rows.

    .. math:: x^* = \arg\max_{x \in U} \min_{c \in L \cup A} \lVert x - c \rVert

    for every pick in turn, *A* being the picks so far: a 2-approximation of the batch that leaves
    no row far from a labelled one. With nothing labelled the first row is the farthest from the
    mean of the pool.

    Parameters
    ----------
    clip : float, optional
        Standardised columns are cut at so many deviations on either side, so that one odd value
        does not make a row the farthest of all. By default they are not cut, and sparse features,
        as of texts, never are.

    Notes
    -----
    For any number of classes; their labels are not used. Distances are those of standardised
    points, and of unit vectors where features are sparse, as of texts; fifty dimensions of an SVD,
    all on one scale, found rare topics no sooner than random draws. Time O(n (m + b) d), of which
    later rounds have only the part of their new labels; memory O(n d). It asks outliers first. That
    finds rare classes that lie apart, and loses to random draws where noise lies apart: in Lu et
    al. (2023) it was below random on several sets.

    References
    ----------
    Sener & Savarese (2018), Active learning for convolutional neural networks: a core-set
    approach, ICLR, algorithm 1.
    """

    clip: float | None = None

    paper: ClassVar[str] = "Sener & Savarese 2018"
    said: ClassVar[str] = "distance {:.3g} from all labelled rows and earlier picks"
    first: ClassVar[str] = "the farthest row from the mean of the pool"

    def __post_init__(self) -> None:
        if self.clip is not None and not self.clip > 0:
            raise InputError(f"clip is {self.clip}; give a number of deviations above 0, or None.")

    def pick(self, view: View) -> Picked:
        """Pick the farthest row, again and again."""
        near = NearestOf(view, _places(view.pool), self.clip)
        first = None if len(view.labelled_rows) else near.squares_to_mean()
        squares = pick_greedily(view, near.squares, view.rng("k-centre"), first=first)
        return Picked(squares.rows, np.sqrt(squares.worth))


class NearestOf:
    """Squared distances of the candidates to the nearest of some rows.

    Those of most of a pool are kept from round to round; those of a few candidates are computed
    anew, which costs less. ``places`` say where all rows lie, `Pool.points` or `Pool.unit_vectors`,
    and dense coordinates are cut at ``clip`` on either side.
    """

    def __init__(self, view: View, places: Matrix, clip: float | None = None) -> None:
        self._view, self._cache, self._all = view, cache_of(view), places
        self._sparsely, self._clip = issparse(places), None if issparse(places) else clip
        self._kind = ("sparse" if self._sparsely else "dense", self._clip)
        rows = view.rows if self._cache is view else None
        self._points = places
        if rows is not None or self._clip is not None:
            self._points = self._cache.once(("places", self._kind), lambda: self._at(rows))
        self._lengths = self._cache.once(
            ("squared lengths", self._kind), lambda: _lengths(self._points)
        )

    def _at(self, rows: Rows | None) -> Any:
        """Find where some rows lie, or all of them."""
        places = self._all if rows is None else self._all[rows]
        return places if self._clip is None else np.clip(places, -self._clip, self._clip)

    def squares_to_mean(self) -> Floats:
        """Measure to the mean of all rows at hand, shape (n,)."""
        mean = np.asarray(self._points.mean(axis=0)).ravel()
        found = np.asarray(self._lengths - 2.0 * (self._points @ mean) + mean @ mean)
        return found if self._cache is self._view else found[self._view.rows]

    def squares(self, rows: Rows) -> Floats:
        """Measure to the nearest of ``rows``, shape (n,); infinite if there are none."""
        found = self._sparse(rows) if self._sparsely else self._dense(rows)
        return found if self._cache is self._view else found[self._view.rows]

    def _dense(self, rows: Rows) -> Floats:
        def join(so_far: NearestCentre, more: Rows) -> NearestCentre:
            return so_far.add(self._points, self._lengths, self._at(more))

        return accumulate(
            self._cache, ("nearest", self._kind), rows,
            lambda: NearestCentre.none(self._points),
            lambda so_far, row: join(so_far, np.array([row])),
            step_many=join, tentative=self._tentative(rows),
        ).squares  # fmt: skip

    def _sparse(self, rows: Rows) -> Floats:
        def nearer(so_far: Floats, row: int) -> Floats:
            point = self._all[[row]].toarray().ravel()
            distance = self._points @ point
            distance *= -2.0
            distance += self._lengths
            distance += point @ point
            return np.minimum(so_far, np.maximum(distance, 0.0))

        return accumulate(
            self._cache, ("nearest", self._kind), rows,
            lambda: np.full(len(self._lengths), np.inf), nearer, tentative=self._tentative(rows),
        )  # fmt: skip

    def _tentative(self, rows: Rows) -> bool:
        return len(rows) > len(self._view.labelled_rows)


def _places(pool: Pool) -> Matrix:
    """Find where rows lie: their points, or their unit vectors where features are sparse."""
    return pool.unit_vectors if issparse(pool.vectors) else pool.points


@dataclass(frozen=True)
class Badge(BatchStrategy):
    r"""BADGE: rows whose loss gradients would be large and point different ways.

    The gradient of the log loss in the last layer, at the model's own guess as the label, is

    .. math:: g(x) = (p(x) - e_{\hat y(x)}) \otimes h(x),

    large where the model is unsure. A batch is drawn among the *g* by k-means++: each row with a
    probability in proportion to the squared distance from its *g* to the nearest one picked before.
    The first is the largest *g*, as in the authors' code.

    Notes
    -----
    For any number of classes; with two, both gradients are opposite and the sampling is that of
    :math:`(p - \hat y)\, h`. Of a Keras or PyTorch network *h* is what its last layer reads, so
    *g* is the exact gradient. For any other model *h* is the features where they are sparse, and
    the standardised points elsewhere, in place of a last layer. The (n, k d) matrix of *g* is
    never made, since

    .. math:: \lVert a \otimes h - b \otimes k \rVert^2
        = |a|^2 |h|^2 + |b|^2 |k|^2 - 2\,(a \cdot b)(h \cdot k).

    Time O(n b (k + d)), memory O(n (k + d)). No row is picked twice, and copies of one row are
    picked last. Where the model is certain of every row the picks are random.

    References
    ----------
    Ash, Zhang, Krishnamurthy, Langford & Agarwal (2020), Deep batch active learning by diverse,
    uncertain gradient lower bounds, ICLR, algorithm 1. Arthur & Vassilvitskii (2007),
    k-means++: the advantages of careful seeding, SODA.
    """

    needs: ClassVar[str] = "model"
    paper: ClassVar[str] = "Ash et al. 2020"
    said: ClassVar[str] = "squared gradient distance {:.3g} from earlier picks"

    def pick(self, view: View) -> Picked:
        """Draw rows by k-means++ on the gradient embeddings."""
        embeddings, rng = _GradientEmbeddings.of(view), view.rng("badge")
        nearest = embeddings.squares.copy()
        worth, left = np.empty(len(view)), np.ones(len(view), dtype=bool)
        picks: list[int] = []
        for _ in range(min(view.batch, len(view))):
            if not nearest.any():
                i = int(rng.choice(np.flatnonzero(left)))
            else:
                i = _draw_weighted(nearest, rng) if picks else best_of(nearest, left, rng)
            picks.append(i)
            worth[i], left[i] = nearest[i], False
            distance = embeddings.squared_distance(i)
            nearest = np.minimum(nearest, distance, out=distance) if len(picks) > 1 else distance
            nearest[picks] = 0.0
        worth[left] = nearest[left]
        return Picked(view.rows[picks], worth)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the gradient distance, or say that there is no model yet."""
        if view.model is None:
            return [f"{self}: {no_model(view)}, exploring at random, spread out"] * len(rows)
        return super().reasons(view, rows)


@dataclass(frozen=True)
class _GradientEmbeddings:
    """The vectors ``a ⊗ h`` of n rows, kept as two factors, and their squared lengths.

    The residuals *a* are probabilities minus the one-hot vector of the likeliest class. Those of
    two classes are opposite, and one of them times the square root of two has the same products.
    Where the vectors *h* are of the whole pool, ``rows`` says which are meant, so that it is not
    copied.
    """

    residuals: Floats
    vectors: Matrix
    rows: Rows | None
    squares: Floats

    @classmethod
    def of(cls, view: View) -> "_GradientEmbeddings":
        """Make those of the candidates."""
        last = view.last_layer(view.candidates)
        residuals = _residuals(view.probabilities if last is None else last[0])
        if last is not None:
            lengths = _lengths(last[1]) * squared_lengths(residuals)
            return cls(residuals, last[1], None, lengths)
        pool = view.pool
        if cache_of(view) is pool:
            H, rows = _read_by_a_line(pool), view.rows
            lengths = pool.once("squared lengths of vectors", lambda: _lengths(H))[rows]
        else:
            H, rows = _read_by_a_line(pool)[view.rows], None
            lengths = _lengths(H)
        # In the precision of the vectors.
        residuals = residuals.astype(lengths.dtype, copy=False)
        return cls(residuals, H, rows, lengths * squared_lengths(residuals))

    def squared_distance(self, i: int) -> Floats:
        """Measure the squared distance of every embedding to the one at position ``i``."""
        row = i if self.rows is None else int(self.rows[i])
        if issparse(self.vectors):
            inner = (self.vectors @ self.vectors[[row]].T).toarray().ravel().astype(np.float64)
        else:
            inner = self.vectors @ self.vectors[row]
        # Ids lie within the pool, and `take` without a check is twice as fast.
        inner = inner if self.rows is None else inner.take(self.rows, mode="wrap")
        own, of_all = self.residuals[i], self.residuals
        inner *= of_all[:, 0] * own[0] if len(own) == 1 else of_all @ own
        inner *= -2.0
        inner += self.squares
        inner += self.squares[i]
        return np.maximum(inner, 0.0, out=inner)


def _residuals(P: Floats) -> Floats:
    if P.shape[1] == 2:
        first, second = P.T
        return np.sqrt(2.0) * np.where(first < second, first, -second)[:, None]
    residuals = P.copy()
    residuals[np.arange(len(P)), P.argmax(axis=1)] -= 1.0
    return residuals


def _read_by_a_line(pool: Pool) -> Matrix:
    """Give what a linear model reads, of which gradients are made."""
    found = pool.encoded.features
    return found if issparse(found) else pool.points


def _lengths(vectors: Matrix) -> Floats:
    """Compute squared lengths of dense or sparse rows."""
    if issparse(vectors):
        return np.asarray(vectors.multiply(vectors).sum(axis=1), dtype=np.float64).ravel()
    return squared_lengths(vectors)
