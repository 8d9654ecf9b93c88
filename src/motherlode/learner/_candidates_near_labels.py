"""Candidates near what is labelled, so that the cost of a round does not grow with the pool.

A rare class gathers around its known members, so their neighbourhoods hold most of what is worth
asking, in a small part of a large pool. Rows far from every label are left out until a label comes
near. Add a strategy that explores where whole groups of positives may be unknown.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import kmeans_plusplus

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..geometry import neighbours_of_some
from ..pool import Pool
from ..pool._likeness import cosines
from ..strategies._last_layer import embed
from ._candidates import Candidates


@dataclass(frozen=True)
class SEALS(Candidates):
    """SEALS: the nearest neighbours of the labelled rows, and nothing else.

    Parameters
    ----------
    k : int
        Neighbours of each labelled row, among all rows of the pool, by standardised points.

    Notes
    -----
    The candidates grow with the labels. Each labelled row's neighbours are looked up once and
    kept with the pool: O(n d) for each new label, at most. With nothing labelled, or fewer
    neighbours than a batch needs, random rows are added.

    References
    ----------
    Coleman, Chou, Katz-Samuels, Culatana, Bailis, Berg, Nowak, Sumbaly, Zaharia & Yalniz (2022),
    Similarity search for efficient active learning and search of rare concepts, AAAI,
    algorithm 1.
    """

    k: int = 100

    def __post_init__(self) -> None:
        if self.k < 1:
            raise InputError(f"k is {self.k}; it must be at least 1.")

    def rows(self, view: View) -> Rows:
        """Choose the union of the neighbourhoods, without what cannot be asked."""
        if not len(view.labelled_rows):
            return _top_up(view, view.rows[:0], self.k)
        near = _neighbours_of(view.pool, view.labelled_rows, self.k)
        found = np.unique(np.concatenate(near))
        return _top_up(view, found[_askable(view)[found]], view.batch)


@dataclass(frozen=True)
class AnchorAL(Candidates):
    r"""AnchorAL: the rows most like a few labelled *anchors* of each class.

    Of each class up to ``anchors`` labelled rows are drawn by k-means++, anew each round. Each
    retrieves its ``neighbours`` most similar unlabelled rows. A row's score is its mean cosine
    similarity to the anchors that retrieved it, and the ``size`` best scores stay. A rare class
    has as many anchors as any other, so the candidates are better balanced than the pool.

    Parameters
    ----------
    anchors : int
        Anchors of each class.
    neighbours : int
        Rows that each anchor retrieves.
    size : int
        How many rows to keep at most, and to draw at random while nothing is labelled.

    Notes
    -----
    Cosines are those of the features where they are sparse, and of standardised points elsewhere.
    They are exact, without an index: O(n d) for each labelled row when it first is an anchor,
    memory O(n). It is made for pools of 100,000 rows and more with good embeddings, and costs
    accuracy on small tables.

    References
    ----------
    Lesci & Vlachos (2024), AnchorAL: computationally efficient active learning for large and
    imbalanced datasets, NAACL, section 3.
    """

    anchors: int = 10
    neighbours: int = 50
    size: int = 10_000

    def __post_init__(self) -> None:
        for name in ("anchors", "neighbours", "size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1.")

    def rows(self, view: View) -> Rows:
        """Choose the best scores, at least ``view.batch`` rows."""
        if not len(view.labelled_rows):
            return _top_up(view, view.rows[:0], self.size)
        anchors = [self._draw_anchors(view, code) for code in np.unique(view.labelled_codes)]
        near = [self._retrieve(view, int(row)) for row in np.concatenate(anchors)]
        found, place = np.unique(np.concatenate([rows for rows, _ in near]), return_inverse=True)
        total = np.bincount(place, np.concatenate([score for _, score in near]))
        best = np.argsort(-total / np.bincount(place), kind="stable")[: self.size]
        return _top_up(view, np.sort(found[best]), view.batch)

    def _retrieve(self, view: View, anchor: int) -> tuple[Rows, Floats]:
        """Find the candidates most similar to an anchor, and their similarities."""
        unit = view.pool.unit_vectors
        if 2 * len(view) < len(view.pool):
            similarity = cosines(unit[view.rows], unit[[anchor]])
            top = _highest(similarity, self.neighbours)
            return view.rows[top], similarity[top]
        # Once for each labelled row, from the whole pool; what was labelled since is passed over.
        wanted = self.neighbours + len(view.pool) - len(view)
        known: dict[int, tuple[Rows, Floats]] = view.pool.once("most similar", dict)
        if anchor not in known or len(known[anchor][0]) < min(wanted, len(view.pool)):
            similarity = cosines(unit, unit[[anchor]])
            top = _highest(similarity, 2 * wanted)
            known[anchor] = top, similarity[top]
        rows, similarity = known[anchor]
        first = np.flatnonzero(_askable(view)[rows])[: self.neighbours]
        return rows[first], similarity[first]

    def _draw_anchors(self, view: View, code: int) -> Rows:
        """Draw labelled rows of one class, spread out."""
        own: Rows = view.labelled_rows[view.labelled_codes == code]
        if len(own) <= self.anchors:
            return own
        seed = int(view.rng(f"anchors {code}").integers(2**31 - 1))
        _, place = kmeans_plusplus(view.pool.unit_vectors[own], self.anchors, random_state=seed)
        return np.asarray(own[np.unique(place)])


@dataclass(frozen=True)
class LastLayerRows(Candidates):
    """Candidates near what is labelled, as `AnchorAL` or `SEALS`, in the last layer's space.

    Parameters
    ----------
    base : Candidates
        A rule that goes by the pool's geometry.
    """

    base: Any

    def rows(self, view: View) -> Rows:
        """Choose by the base in the last layer's space."""
        return np.asarray(self.base.rows(embed(view)))


def _neighbours_of(pool: Pool, rows: Rows, k: int) -> list[Rows]:
    """Find the ids of the k nearest rows of the pool to each of ``rows``, once for a pool."""
    known: dict[int, Rows] = pool.once(("neighbours of", k), dict)
    new = np.array([row for row in rows.tolist() if row not in known], dtype=np.int64)
    if len(new):
        ids = neighbours_of_some(pool.points, new, min(k, len(pool) - 1))
        known.update(zip(new.tolist(), ids, strict=True))
    return [known[row] for row in rows.tolist()]


def _askable(view: View) -> NDArray[np.bool_]:
    """Tell of every row of the pool whether it is a candidate."""

    def mark() -> NDArray[np.bool_]:
        flags = np.zeros(len(view.pool), dtype=bool)
        flags[view.rows] = True
        return flags

    return view.once("askable", mark)


def _highest(values: Floats, k: int) -> Rows:
    """Find the places of the k highest values, highest first, equal ones by place."""
    k = min(k, len(values))
    least = np.partition(values, len(values) - k)[len(values) - k]
    places = np.flatnonzero(values >= least)
    return places[np.argsort(-values[places], kind="stable")[:k]]


def _top_up(view: View, rows: Rows, least: int) -> Rows:
    """Add random rows if there are fewer than ``least`` or the batch, in increasing order."""
    missing = min(max(least, view.batch), len(view)) - len(rows)
    if missing <= 0:
        return rows
    left = _askable(view).copy()
    left[rows] = False
    drawn = view.rng("candidates").choice(np.flatnonzero(left), missing, False)
    return np.sort(np.concatenate([rows, drawn]))
