"""Diversity sampling: batches whose rows differ from each other and from what is labelled.

These strategies choose a batch one row after the other, each in the light of those before it, so
they read how many rows are wanted (`View.batch`). `Picked` turns such a choice into utilities.
"""

from abc import abstractmethod
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
from ._base.incremental import carried, keeper_of
from ._base.strategy import Strategy, no_model, positions

_RUN = 1024  # weights summed in one go


@dataclass(frozen=True)
class Picked:
    """A batch chosen one row after the other.

    Attributes
    ----------
    rows : ndarray of int64 of shape (b,)
        Global ids, in the order picked.
    worth : ndarray of shape (n,)
        What the strategy measures, of ``view.rows``, not negative: of a picked row when it was
        picked, of the others after the last pick. Infinite only of a pick that had nothing to be
        compared with.
    """

    rows: Rows
    worth: Floats

    def utilities(self, view: View) -> Floats:
        """Those of the picks fall from 2 to above 1; all others keep their order below 1."""
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
        """The batch, at most ``view.batch`` rows, and what every candidate is worth."""

    def utilities(self, view: View) -> Floats:
        """The picks first, in their order, then the others by what they are worth."""
        return self._picked(view).utilities(view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """What each row was worth when it was picked, in words."""
        worth = self._picked(view).worth[positions(view.rows, rows)]
        said = [self.said.format(w) if np.isfinite(w) else self.first for w in worth]
        return [f"{self}: {text}" for text in said]

    def _picked(self, view: View) -> Picked:
        picked: Picked = view.once(("picked", self), lambda: self.pick(view))
        return picked


def nearest_distance(points: Floats, centres: Floats) -> Floats:
    """Euclidean distance of every point to the nearest centre; infinite if there is none."""
    if not len(centres):
        return np.full(len(points), np.inf)
    return np.asarray(pairwise_distances_argmin_min(points, centres)[1])


def best_of(values: Floats, open_: np.ndarray[Any, Any], rng: np.random.Generator) -> int:
    """The position of the largest value among those open, ties broken at random."""
    seen = np.where(open_, values, -np.inf)
    top = np.flatnonzero(open_ & (seen == seen.max()))
    return int(top[0] if len(top) == 1 else rng.choice(top))


def drawn(weights: Floats, rng: np.random.Generator) -> int:
    """A position drawn with a probability in proportion to weights, one of them above zero."""
    starts = np.arange(0, len(weights), _RUN)
    runs = np.add.reduceat(weights, starts, dtype=np.float64).cumsum()
    at = rng.random() * runs[-1]
    run = int(np.searchsorted(runs, at, side="right"))
    inside = weights[starts[run] :][:_RUN].cumsum(dtype=np.float64)
    place = np.searchsorted(inside, at - (runs[run - 1] if run else 0.0), side="right")
    # Sums of a run in another order may end before the draw: the last that has a weight, then.
    return int(starts[run] + min(place, np.searchsorted(inside, inside[-1])))


@dataclass(frozen=True)
class KCentre(BatchStrategy):
    r"""K-centre greedy, known as core-set: always the row farthest from all labelled and picked.

    .. math:: x^* = \arg\max_{x \in U} \min_{c \in L \cup A} \lVert x - c \rVert

    for every pick in turn, *A* being the picks so far: a 2-approximation of the batch that
    leaves no row far from a labelled one. With nothing labelled the first row is the farthest from
    the mean of the pool.

    Parameters
    ----------
    clip : float, optional
        Standardised columns are cut at so many deviations on either side, so that one odd value
        does not make a row the farthest of all. By default they are not. Sparse features, as of
        text, have nothing to cut.

    Notes
    -----
    For any number of classes; their labels are not used. Distances are those of standardised
    points, and of unit vectors where features are sparse, as of text: there rows that share no
    word are equally far, and fifty dimensions of an SVD, all on one scale, found rare topics no
    sooner than chance. Time O(n (m + b) d), of which later rounds have only their new labels'
    part; memory O(n d). It asks outliers first, which finds rare classes that lie apart and loses
    to random where noise does: in Lu et al. (2023) it was below random on several sets.

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
        """Farthest first."""
        near, rng = NearestOf(view, _places(view.pool), self.clip), view.rng("k-centre")
        squares = near.squares(view.labelled_rows)
        worth, left = np.empty(len(view)), np.ones(len(view), dtype=bool)
        picks: list[int] = []
        for _ in range(min(view.batch, len(view))):
            alone = not (len(picks) or len(view.labelled_rows))
            i = best_of(near.squares_to_mean() if alone else squares, left, rng)
            picks.append(i)
            left[i], worth[i] = False, squares[i]
            squares = near.squares(np.append(view.labelled_rows, view.rows[picks]))
        worth[left] = squares[left]
        return Picked(view.rows[picks], np.sqrt(worth))


class NearestOf:
    """Squared distances of the candidates to the nearest of some rows.

    Those of most of the pool are carried from round to round, row by row; those of a few
    candidates cost less than that and are computed anew.

    Parameters
    ----------
    view : View
    places : ndarray or sparse matrix of shape (N, d)
        Where all rows of the pool lie: `Pool.points` or `Pool.unit_vectors`.
    clip : float, optional
        What dense coordinates are cut at, on either side.
    """

    def __init__(self, view: View, places: Matrix, clip: float | None = None) -> None:
        self._view, self._keeper, self._all = view, keeper_of(view), places
        self._sparsely, self._clip = issparse(places), None if issparse(places) else clip
        self._kind = ("sparse" if self._sparsely else "dense", self._clip)
        rows = view.rows if self._keeper is view else None
        cut = rows is not None or self._clip is not None
        self._points = (
            self._keeper.once(("places", self._kind), lambda: self._at(rows)) if cut else places
        )
        self._own = self._keeper.once(
            ("squared lengths", self._kind), lambda: _lengths(self._points)
        )

    def _at(self, rows: Rows | None) -> Any:
        """Where some rows lie, or all of them."""
        places = self._all if rows is None else self._all[rows]
        return places if self._clip is None else np.clip(places, -self._clip, self._clip)

    def squares_to_mean(self) -> Floats:
        """To the mean of all rows at hand, shape (n,)."""
        mean = np.asarray(self._points.mean(axis=0)).ravel()
        found = np.asarray(self._own - 2.0 * (self._points @ mean) + mean @ mean)
        return found if self._keeper is self._view else found[self._view.rows]

    def squares(self, rows: Rows) -> Floats:
        """To the nearest of ``rows``, shape (n,); infinite if there are none."""
        found = self._sparse(rows) if self._sparsely else self._dense(rows)
        return found if self._keeper is self._view else found[self._view.rows]

    def _dense(self, rows: Rows) -> Floats:
        def joined(so_far: NearestCentre, more: Rows) -> NearestCentre:
            return so_far.add(self._points, self._own, self._at(more))

        return carried(
            self._keeper, ("nearest", self._kind), rows,
            lambda: NearestCentre.none(self._points),
            lambda so_far, row: joined(so_far, np.array([row])),
            leap=joined, ahead=self._ahead(rows),
        ).squares  # fmt: skip

    def _sparse(self, rows: Rows) -> Floats:
        def nearer(so_far: Floats, row: int) -> Floats:
            point = self._all[[row]].toarray().ravel()
            distance = self._points @ point
            distance *= -2.0
            distance += self._own
            distance += point @ point
            return np.minimum(so_far, np.maximum(distance, 0.0))

        n = len(self._own)
        return carried(
            self._keeper, ("nearest", self._kind), rows, lambda: np.full(n, np.inf), nearer,
            ahead=self._ahead(rows),
        )  # fmt: skip

    def _ahead(self, rows: Rows) -> bool:
        return len(rows) > len(self._view.labelled_rows)


def _places(pool: Pool) -> Matrix:
    """Where rows lie: the points, or, of sparse features, the unit vectors."""
    return pool.unit_vectors if issparse(pool.vectors) else pool.points


@dataclass(frozen=True)
class Badge(BatchStrategy):
    r"""BADGE: rows whose loss gradients would be large and point different ways.

    The gradient of the log loss in the last layer, at the model's own guess as the label, is

    .. math:: g(x) = (p(x) - e_{\hat y(x)}) \otimes h(x),

    large where the model is unsure. A batch is drawn among the *g* by k-means++: each row with
    a probability in proportion to the squared distance from *g* to those of the rows picked
    before. The first is the largest *g*, as in the authors' code.

    Notes
    -----
    For any number of classes; with two, both gradients are opposite and the sampling is that of
    :math:`(p - \hat y)\, h`. Of a Keras or PyTorch network *h* is what its last layer reads, so
    *g* is the exact gradient. For any other model *h* is the features where they are sparse, and
    the standardised points elsewhere: where it is not linear, that stands in for a last layer.
    The (n, k d) matrix of *g* is never made, since

    .. math:: \lVert a \otimes h - b \otimes k \rVert^2
        = |a|^2 |h|^2 + |b|^2 |k|^2 - 2\,(a \cdot b)(h \cdot k).

    Time O(n b (k + d)), memory O(n (k + d)). No row is picked twice, copies of one row are as a
    last resort. Where the model is certain of every row the picks are random.

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
        """k-means++ on the gradient embeddings."""
        embeddings, rng = GradientEmbeddings.of(view), view.rng("badge")
        nearest = embeddings.squares.copy()
        worth, left = np.empty(len(view)), np.ones(len(view), dtype=bool)
        picks: list[int] = []
        for _ in range(min(view.batch, len(view))):
            if not nearest.any():
                i = int(rng.choice(np.flatnonzero(left)))
            else:
                i = drawn(nearest, rng) if picks else best_of(nearest, left, rng)
            picks.append(i)
            worth[i], left[i] = nearest[i], False
            distance = embeddings.squared_distance(i)
            nearest = np.minimum(nearest, distance, out=distance) if len(picks) > 1 else distance
            nearest[picks] = 0.0
        worth[left] = nearest[left]
        return Picked(view.rows[picks], worth)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """The gradient distance, or that there is no model yet."""
        if view.model is None:
            return [f"{self}: {no_model(view)}, exploring at random, spread out"] * len(rows)
        return super().reasons(view, rows)


@dataclass(frozen=True)
class GradientEmbeddings:
    """The vectors ``a ⊗ h`` of n rows, kept as their factors.

    Attributes
    ----------
    residuals : ndarray of shape (n, k), or (n, 1) of two classes
        Probabilities minus the one-hot vector of the likeliest class. Those of two classes are
        opposite, and one of them times the square root of two has the same products.
    vectors : ndarray or sparse matrix of shape (n, d) or (N, d)
        The *h*, of the rows or of the whole pool.
    rows : ndarray of int64 of shape (n,), or None
        Where `vectors` are of the whole pool: the rows meant. No copy of most of a pool is made.
    squares : ndarray of shape (n,)
        Squared lengths of the products.
    """

    residuals: Floats
    vectors: Matrix
    rows: Rows | None
    squares: Floats

    @classmethod
    def of(cls, view: View) -> "GradientEmbeddings":
        """Those of the candidates."""
        last = view.last_layer(view.candidates)
        residuals = _residuals(view.probabilities if last is None else last[0])
        if last is not None:
            lengths = _lengths(last[1]) * squared_lengths(residuals)
            return cls(residuals, last[1], None, lengths)
        pool = view.pool
        if keeper_of(view) is pool:
            H, rows = pool.vectors, view.rows
            lengths = pool.once("squared lengths of vectors", lambda: _lengths(H))[rows]
        else:
            H, rows = pool.vectors[view.rows], None
            lengths = _lengths(H)
        # No more digits than the vectors have.
        residuals = residuals.astype(lengths.dtype, copy=False)
        return cls(residuals, H, rows, lengths * squared_lengths(residuals))

    def squared_distance(self, i: int) -> Floats:
        """Squared distance of every embedding to the one at position ``i``."""
        row = i if self.rows is None else int(self.rows[i])
        if issparse(self.vectors):
            inner = (self.vectors @ self.vectors[[row]].T).toarray().ravel().astype(np.float64)
        else:
            inner = self.vectors @ self.vectors[row]
        # Ids lie within the pool, and a take that need not check them is twice as fast.
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


def _lengths(vectors: Matrix) -> Floats:
    """Squared lengths of dense or sparse rows."""
    if issparse(vectors):
        return np.asarray(vectors.multiply(vectors).sum(axis=1), dtype=np.float64).ravel()
    return squared_lengths(vectors)
