"""Average precision from layers of a ranking: a quadratic form of their positives.

A positive's precision counts the positives above it, so that twice as many positives have four
times the area. If the measure is made linear about the shares *seen*, it has twice the area, and
its interval shuts out the truth where most positives are still unseen. Here it is made linear about
the shares that would give the value in question.
"""

from dataclasses import dataclass

import numpy as np

from .._rows.arrays import Codes, Floats, Rows
from ._strata import Contrast, Tally, find_range, likeliest_shares

_REPEATED = 8


class Ranking:
    """A pool in the order of its scores; rows of equal score share the last of their ranks."""

    def __init__(self, scores: Floats) -> None:
        self._order = np.argsort(-scores, kind="stable")
        new = np.append(np.flatnonzero(np.diff(scores[self._order]) != 0), len(scores) - 1)
        last = new[np.searchsorted(new, np.arange(len(scores)))]
        self.rank = np.empty(len(scores), dtype=np.int64)
        self.rank[self._order] = last + 1

    def sum_down_to(self, weights: Floats) -> Floats:
        """Sum, for each row, the weights of all rows that rank as high or higher."""
        return np.cumsum(weights[self._order])[self.rank - 1]

    def estimate_area(self, rows: Rows, layer: Codes, weight: Floats, pairs: Floats) -> float:
        """Estimate the sum of precisions over all positives from those drawn."""
        rank = self.rank[rows]
        above = rank[None, :] <= rank[:, None]
        same = layer[None, :] == layer[:, None]
        counts = np.where(same, pairs[None, :], weight[None, :]) * above
        np.fill_diagonal(counts, 1.0)
        return float((weight * counts.sum(axis=1) / rank).sum())


class Area:
    """The sum of precisions over all positives, by how many each layer holds.

    A positive of layer k adds ``alone[k]`` for itself and ``beside[k, l]`` for each positive of
    layer l, on average over the places that they can have.

    Examples
    --------
    Two layers of two rows. With one positive in each, the average over their four places:
    ``(1 + 1/2) / 2`` for the upper, and ``2 (1/3 + 1/4) / 2`` for the lower, whose precision
    counts both.

    >>> area = Area(Ranking(np.array([0.9, 0.8, 0.2, 0.1])), np.array([0, 0, 1, 1]))
    >>> round(area.expected(np.array([1.0, 1.0])), 9), round(0.75 + 7 / 12, 9)
    (1.333333333, 1.333333333)
    """

    def __init__(self, ranking: Ranking, layer: Codes) -> None:
        self.rows = np.bincount(layer).astype(np.float64)
        k = len(self.rows)
        precision = 1.0 / ranking.rank
        self.alone = np.bincount(layer, precision, minlength=k) / self.rows
        above = [ranking.sum_down_to((layer == j) * 1.0) * precision for j in range(k)]
        sums = np.column_stack([np.bincount(layer, part, minlength=k) for part in above])
        self.beside = sums / (self.rows[:, None] * self.rows[None, :])
        # A row is not beside itself, and has one neighbour less in its own layer.
        own = (np.diag(self.beside) - self.alone / self.rows) * self.rows
        np.fill_diagonal(self.beside, own / np.maximum(self.rows - 1, 1))

    def expected(self, positives: Floats) -> float:
        """Compute the mean area if each layer holds so many positives."""
        own = np.diag(self.beside) * np.minimum(positives, 1.0)
        return float(positives @ (self.alone + self.beside @ positives - own))

    def slope(self, positives: Floats) -> Floats:
        """Differentiate `expected` by the positives of each layer."""
        own = np.diag(self.beside) * np.where(positives < 1, 2 * positives, 1.0)
        both = self.beside @ positives + self.beside.T @ positives
        return np.asarray(self.alone + both - own)

    def estimate(self, seen: Codes, drawn: Codes) -> Floats:
        """Estimate the area without bias, from each sample's positives among the rows drawn.

        `seen` has a row for each sample and a column for each layer; `drawn` has the columns.
        """
        n = np.maximum(drawn, 1)
        totals = seen / n * self.rows
        own = np.diag(self.beside)
        others = (self.rows - 1) * np.maximum(seen - 1, 0) / np.maximum(n - 1, 1)
        across = totals @ (self.beside - np.diag(own)).T
        return np.asarray((totals * (self.alone + across + own * others)).sum(axis=-1))


@dataclass(frozen=True, eq=False)
class Ranked:
    """Average precision has a value: the area, less the value times the positives, is 0."""

    area: Area
    value: float
    beyond: float  # what the places of the positives seen within their layers add to the area

    def likeliest(self, tally: Tally) -> Floats | None:
        """Find the likeliest shares with this average precision, by repeated linearisation."""
        rows, shares = self.area.rows, tally.shares
        found = None
        for again in range(_REPEATED):
            slope = rows * (self.area.slope(rows * shares) - self.value)
            target = float(slope @ shares) - self._excess(rows * shares)
            found = likeliest_shares(tally, Contrast(slope, target))
            # The tangent may not have this value anywhere although the curve does.
            near = found
            if near is None:
                edge = float(np.clip(target, *find_range(tally, slope)))
                near = likeliest_shares(tally, Contrast(slope, edge))
            if near is None:
                return None
            # The second step is halved, since the first may have gone too far.
            shares = (near + shares) / 2 if again == 1 else near
        return found

    def _excess(self, positives: Floats) -> float:
        return self.area.expected(positives) + self.beyond - self.value * float(positives.sum())

    def seen(self, positives: Codes, drawn: Codes) -> Floats:
        """Estimate the same difference from samples."""
        totals = (positives / np.maximum(drawn, 1)) @ self.area.rows
        return np.asarray(self.area.estimate(positives, drawn) + self.beyond - self.value * totals)
