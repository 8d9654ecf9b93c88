"""Candidates near what is labelled: the cost of a round stops growing with the pool.

A rare class gathers around its known members, so their neighbourhoods hold most of what is worth
asking, in a small part of a large pool. Rows far from every label are out of reach until a label
comes near; mix in exploration where whole modes may be unknown.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.cluster import kmeans_plusplus
from sklearn.neighbors import NearestNeighbors

from .arrays import Rows
from .errors import InputError
from .pool import Pool
from .view import View


@dataclass(frozen=True)
class SEALS:
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
        """The union of the neighbourhoods, without what cannot be asked."""
        if not len(view.labelled_rows):
            return topped_up(view, view.rows[:0], self.k)
        near = neighbours_of(view.pool, view.labelled_rows, self.k)
        return topped_up(view, np.intersect1d(view.rows, np.concatenate(near)), view.batch)


@dataclass(frozen=True)
class AnchorAL:
    r"""AnchorAL: the rows most like a few labelled *anchors* of each class.

    Of each class up to ``anchors`` labelled rows are drawn by k-means++, anew each round. Each
    retrieves its ``neighbours`` most similar unlabelled rows; a row's score is its mean cosine
    similarity to the anchors that retrieved it, and the ``size`` best scores stay. Every class
    has as many anchors, however rare it is, so the candidates are better balanced than the pool.

    Parameters
    ----------
    anchors : int
        Anchors of each class.
    neighbours : int
        Rows that each anchor retrieves.
    size : int
        Most rows to keep; and the size of the random sample while nothing is labelled.

    Notes
    -----
    Cosines are those of the features where they are sparse, and of standardised points
    elsewhere. Exact, without an index: O(n d) for each anchor, memory O(n · anchors) for
    one class at a time. Made for pools of 100,000 rows and more with good embeddings; on small
    tables it cost accuracy.

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
        """The best scores, at least ``view.batch`` rows."""
        if not len(view.labelled_rows):
            return topped_up(view, view.rows[:0], self.size)
        total, hits = np.zeros(len(view)), np.zeros(len(view), dtype=np.int64)
        unit = view.pool.unit_vectors
        for code in np.unique(view.labelled_codes):
            product = unit[view.rows] @ unit[self._anchors(view, code)].T
            similarity = product.toarray() if issparse(product) else product
            for s in similarity.T:
                top = np.argsort(-s, kind="stable")[: self.neighbours]
                total[top] += s[top]
                hits[top] += 1
        found = np.flatnonzero(hits)
        best = np.argsort(-total[found] / hits[found], kind="stable")[: self.size]
        return topped_up(view, np.sort(view.rows[found[best]]), view.batch)

    def _anchors(self, view: View, code: int) -> Rows:
        """Labelled rows of one class, spread out."""
        own: Rows = view.labelled_rows[view.labelled_codes == code]
        if len(own) <= self.anchors:
            return own
        seed = int(view.rng(f"anchors {code}").integers(2**31 - 1))
        _, place = kmeans_plusplus(view.pool.unit_vectors[own], self.anchors, random_state=seed)
        return np.asarray(own[np.unique(place)])


def neighbours_of(pool: Pool, rows: Rows, k: int) -> list[Rows]:
    """Ids of the k nearest rows of the pool to each of ``rows``, itself left out.

    Each is looked up once for a pool, so that the cost of a round goes with its new labels.
    """
    index: Any = pool.once(("index",), lambda: NearestNeighbors().fit(pool.points))
    known: dict[int, Rows] = pool.once(("neighbours of", k), dict)
    new = [row for row in rows.tolist() if row not in known]
    if new:
        count = min(k + 1, len(pool))
        ids = index.kneighbors(pool.points[new], n_neighbors=count, return_distance=False)
        known.update({row: near[near != row][:k] for row, near in zip(new, ids, strict=True)})
    return [known[row] for row in rows.tolist()]


def topped_up(view: View, rows: Rows, least: int) -> Rows:
    """``rows`` and, if they are fewer than ``least`` or the batch, random others; in order."""
    missing = min(max(least, view.batch), len(view)) - len(rows)
    if missing <= 0:
        return rows
    others = np.setdiff1d(view.rows, rows)
    return np.sort(np.concatenate([rows, view.rng("candidates").choice(others, missing, False)]))
