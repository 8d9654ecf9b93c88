"""Rows like the known positives: submodular mutual information with them.

The known positives are the *query set* Q. A batch is chosen that says much about Q: rows similar to
it and, with `FLQMI`, to different rows of it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import issparse

from .._round.view import View
from .._rows.arrays import Floats, Matrix, Rows
from ..errors import InputError
from ..pool import Pool
from ._base.incremental import accumulate, cache_of
from ._base.strategy import Strategy
from ._diversity import BatchStrategy, Picked, best_of

Flags = np.ndarray[Any, np.dtype[np.bool_]]

_BLOCK_CELLS = 4_000_000  # similarities in memory at a time: 32 MB


def similarity(pool: Pool, rows: Rows, others: Rows) -> Floats:
    """Compute ``(1 + cosine) / 2`` between rows of a pool, shape (len(rows), len(others))."""
    unit = pool.unit_vectors
    return _similarity(unit[rows], unit[others])


def _similarity(unit: Matrix, others: Matrix) -> Floats:
    product = unit @ others.T
    cosine = product.toarray() if issparse(product) else product
    return np.asarray((1.0 + np.asarray(cosine, dtype=np.float64)) / 2.0)


def _positive_rows(view: View) -> Rows:
    return np.asarray(view.labelled_rows[view.labelled_minority])


def _name_most_similar(view: View, rows: Rows, name: str) -> list[str]:
    """Say which known positive each row is most like."""
    known = _positive_rows(view)
    if not len(known):
        return [f"{name}: no row of the positive class is known yet"] * len(rows)
    s = similarity(view.pool, rows, known)
    like = zip(s.max(axis=1), known[s.argmax(axis=1)], strict=True)
    return [f"{name}: similarity {most:.2f} to row {row}, a known positive" for most, row in like]


@dataclass(frozen=True)
class GCMI(Strategy):
    r"""Graph-cut mutual information: the rows most similar to all known positives together.

    .. math:: I(A; Q) = 2\lambda \sum_{a \in A} \sum_{q \in Q} s(a, q), \quad
        s = (1 + \cos) / 2,

    a sum over rows. So the best batch is the rows with the highest mean similarity, without
    diversity. λ changes no order and is left out: utilities are the mean similarity, in [0, 1].

    Notes
    -----
    For any number of classes. It reads only the labelled rows of the positive class, and all rows
    tie at 0 until there is one. Similarity is that of features where they are sparse, and of
    standardised points elsewhere; the paper's is that of a network's gradients. O(n d) time and
    memory, from the sum of the positives' unit vectors.

    References
    ----------
    Kothawade, Beck, Killamsetty & Iyer (2021), SIMILAR: submodular information measures based
    active learning in realistic scenarios, NeurIPS, table 1.
    """

    family: ClassVar[str] = "minority"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Kothawade et al. 2021"

    def utilities(self, view: View) -> Floats:
        """Give the mean similarity to the known positives."""
        known = _positive_rows(view)
        if not len(known):
            return np.zeros(len(view))
        unit = view.pool.unit_vectors
        mean = np.asarray(unit[known].mean(axis=0)).ravel()
        cosine = np.asarray(unit[view.rows] @ mean, dtype=np.float64)
        return np.clip((1.0 + cosine) / 2.0, 0.0, 1.0)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Name the known positive that each row is most like."""
        return _name_most_similar(view, rows, str(self))


@dataclass(frozen=True)
class FLQMI(BatchStrategy):
    r"""Facility-location mutual information: a batch with a similar row for each known positive.

    .. math:: I(A; Q) = \sum_{q \in Q} \max_{a \in A} s(q, a)
        + \eta \sum_{a \in A} \max_{q \in Q} s(a, q), \quad s = (1 + \cos) / 2,

    maximised greedily, at least 1 - 1/e of the best. The first sum grows where a positive has no
    similar row in the batch yet, which brings diversity. The second grows with rows that are like
    some positive.

    Parameters
    ----------
    eta : float
        Weight of the second sum.

    Notes
    -----
    For any number of classes. It reads only the labelled rows of the positive class, and all rows
    tie at 0 until there is one. Similarity as in `GCMI`. Lazy greedy (Minoux 1978): gains never
    grow, so old ones bound new ones and only the largest are computed again. Similarities are
    computed in blocks and not kept: time O(n q d) for q known positives, more where many gains
    change places, memory O(n d).

    References
    ----------
    Kothawade, Beck, Killamsetty & Iyer (2021), SIMILAR: submodular information measures based
    active learning in realistic scenarios, NeurIPS, table 1.
    """

    eta: float = 1.0

    family: ClassVar[str] = "minority"
    paper: ClassVar[str] = "Kothawade et al. 2021"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.eta) and self.eta >= 0):
            raise InputError(f"eta is {self.eta}; it must be a number of at least 0.")

    def pick(self, view: View) -> Picked:
        """Pick the row with the largest gain, again and again."""
        known, rng = _positive_rows(view), view.rng("flqmi")
        if not len(known):
            return Picked(view.rows[:0], np.zeros(len(view)))
        served = np.zeros(len(known))
        gains = self._first_gains(view)
        left, picks = np.ones(len(view), dtype=bool), []
        for _ in range(min(view.batch, len(view))):
            i = self._best(view, gains, left, served, rng)
            picks.append(i)
            left[i] = False
            served = np.maximum(served, similarity(view.pool, view.rows[[i]], known)[0])
        return Picked(view.rows[picks], gains)

    def _first_gains(self, view: View) -> Floats:
        """Compute what each candidate would add to an empty batch."""
        cache, pool = cache_of(view), view.pool
        unit = pool.unit_vectors[view.rows] if cache is view else pool.unit_vectors

        def step(state: tuple[Floats, Floats], row: int) -> tuple[Floats, Floats]:
            s = _similarity(unit, pool.unit_vectors[[row]])[:, 0]
            return state[0] + s, np.maximum(state[1], s)

        none = np.zeros(unit.shape[0])
        total, most = accumulate(
            cache, "similarity to positives", _positive_rows(view), lambda: (none, none), step
        )
        gains = total + self.eta * most
        return gains if cache is view else gains[view.rows]

    def _best(
        self, view: View, gains: Floats, left: Flags, served: Floats, rng: np.random.Generator
    ) -> int:
        """Find the position of the largest gain, computing anew only those that could be it."""
        stale, block = left.copy(), 256
        while True:
            i = best_of(gains, left, rng)
            if not stale[i]:
                return i
            places = np.flatnonzero(stale)
            places = places[np.argsort(-gains[places], kind="stable")[:block]]
            gains[places] = self._gains(view, view.rows[places], served)
            stale[places] = False
            block *= 2

    def _gains(self, view: View, rows: Rows, served: Floats) -> Floats:
        """Compute what each row adds to a batch that is so similar to each positive."""
        known, out = _positive_rows(view), np.empty(len(rows))
        step = max(1, _BLOCK_CELLS // len(known))
        for start in range(0, len(out), step):
            s = similarity(view.pool, rows[start : start + step], known)
            first = np.maximum(s - served, 0.0).sum(axis=1)
            out[start : start + step] = first + self.eta * s.max(axis=1)
        return out

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Name the known positive that each row is most like."""
        return _name_most_similar(view, rows, str(self))
