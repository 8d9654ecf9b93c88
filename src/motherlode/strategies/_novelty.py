"""Novelty in units of a row's own surroundings: compact groups without a label nearby."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..geometry import nearest_neighbours
from ._base.incremental import cache_of
from ._coverage import locate, sample_round
from ._diversity import BatchStrategy, NearestOf, Picked, pick_greedily

_FLOOR = 0.05  # of the median scale, since copies of one row would have a scale of 0


@dataclass(frozen=True)
class LocalNovelty(BatchStrategy):
    r"""The row that is farthest from all labelled ones, in units of the distance to its neighbours.

    .. math:: x^* = \arg\max_{x \in U} \min_{c \in L \cup A} \frac{\lVert x - c \rVert}{r_K(x)},

    for every pick in turn, *A* being the picks so far and :math:`r_K(x)` the distance of *x* to
    its *K*-th neighbour in the pool, the local scale. An outlier is as far from its neighbours as
    from any label, so its ratio is small, and a row of the smooth majority has labels nearby. The
    ratio is large in a group of more than *K* rows that lie close together with no label near them,
    also in the midst of other rows, where `KCentre` never looks.

    Parameters
    ----------
    neighbours : int
        *K*: how many neighbours make the local scale. Smaller groups are not seen.

    Notes
    -----
    For any number of classes; their labels are not used. With nothing labelled the first row is
    drawn at random. It is the greedy rule for k-centre with weights, and the weights are local
    scales. A random sample of 10,000 rows represents a larger pool, and 5,000 rows represent few
    candidates of a pool; the other rows come last. Neighbours are found once, in O(s² d) for s rows
    of a sample; each label costs O(n d). A local scale is at least a twentieth of the median one.
    Rare rows that lie apart from each other are asked late: interleave it with `KCentre`.

    References
    ----------
    Zelnik-Manor & Perona (2004), Self-tuning spectral clustering, NeurIPS, section 2 (local
    scales). Dyer & Frieze (1985), A simple heuristic for the p-centre problem, Operations
    Research Letters (the greedy rule with weights).
    """

    neighbours: int = 10

    family: ClassVar[str] = "discovery"
    paper: ClassVar[str] = "Zelnik-Manor & Perona 2004"
    said: ClassVar[str] = "{:.3g} times as far from all labelled rows as from its neighbours"

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            raise InputError(f"neighbours is {self.neighbours}; it must be at least 1.")

    def pick(self, view: View) -> Picked:
        """Pick the most novel row, again and again."""
        near = NearestOf(view, view.pool.points)
        place, scales = self._scales(view)

        def novelty(rows: Rows) -> Floats:
            return np.asarray(np.sqrt(near.squares(rows)[place]) / scales)

        return pick_greedily(view, novelty, view.rng("novelty"), place)

    def _scales(self, view: View) -> tuple[Rows, Floats]:
        """Find the positions of sampled rows among the candidates, and their local scales."""

        def measure() -> tuple[Rows, Floats]:
            rows = sample_round(view, "novelty sample")
            return rows, _local_scales(view.pool.points[rows], self.neighbours)

        rows, scales = cache_of(view).once(("local scales", self.neighbours), measure)
        place, seen = locate(view, rows)
        return place, scales[seen]


def _local_scales(points: Floats, neighbours: int) -> Floats:
    """Measure the distance of each point to its K-th neighbour among them, at least a floor."""
    if len(points) < 2:
        return np.ones(len(points))
    scales = nearest_neighbours(points, min(neighbours, len(points) - 1)).distances[:, -1]
    apart = scales[scales > 0]
    return np.maximum(scales, _FLOOR * np.median(apart) if len(apart) else 1.0)
