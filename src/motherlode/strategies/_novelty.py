"""Novelty in units of a row's own surroundings: compact groups that no label stands near."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..geometry import nearest_neighbours
from ._base.incremental import keeper_of
from ._coverage import sample_of
from ._diversity import BatchStrategy, NearestOf, Picked, best_of

_FLOOR = 0.05  # of the median reach: copies of one row are close, not infinitely so


@dataclass(frozen=True)
class LocalNovelty(BatchStrategy):
    r"""The row that is farthest from all labelled ones, as its own neighbours see it.

    .. math:: x^* = \arg\max_{x \in U} \min_{c \in L \cup A} \frac{\lVert x - c \rVert}{r_K(x)},

    for every pick in turn, *A* being the picks so far and :math:`r_K(x)` the distance of *x* to
    its *K*-th neighbour in the pool, the local scale. An outlier is as far from its neighbours as
    from any label, so it counts for little, and a row of the smooth majority has labels about. What
    stands out is a group of more than *K* rows that lie close together with nothing labelled
    near, also in the midst of the others, where `KCentre` never looks.

    Parameters
    ----------
    neighbours : int
        *K*: smaller groups are not seen.

    Notes
    -----
    For any number of classes; their labels are not used. With nothing labelled the first row is
    drawn at random. It is the greedy rule for k-centre with weights, and the weights are local
    scales. A pool of more than 10,000 rows is stood for by one random sample of 10,000, few
    candidates of a pool by 5,000 of them, and the others come last. Neighbours are found once,
    in O(s² d) for s rows of a sample; each label costs O(n d). A local scale is at least a
    twentieth of the median one. Rare rows that lie apart from each other are asked late:
    interleave it with `KCentre`.

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
        """Most novel first."""
        near, rng = NearestOf(view, view.pool.points), view.rng("novelty")
        place, reach = self._scales(view)
        worth, left = np.zeros(len(view)), np.zeros(len(view), dtype=bool)
        left[place] = True
        picks: list[int] = []

        def novelty() -> Floats:
            rows = np.append(view.labelled_rows, view.rows[picks])
            return np.asarray(np.sqrt(near.squares(rows)[place]) / reach)

        now = novelty()
        for _ in range(min(view.batch, len(place))):
            worth[place] = np.where(left[place], now, worth[place])
            i = best_of(worth, left, rng)
            picks.append(i)
            left[i] = False
            now = novelty()
        worth[place] = np.where(left[place], now, worth[place])
        return Picked(view.rows[picks], worth)

    def _scales(self, view: View) -> tuple[Rows, Floats]:
        """Positions of sampled rows among the candidates, and their local scales."""
        keeper = keeper_of(view)

        def sampled() -> tuple[Rows, Floats]:
            if keeper is view:
                rows = sample_of(view.rows, view.rng("novelty sample"), 5_000)
            else:
                rows = sample_of(np.arange(len(view.pool)), np.random.default_rng(0))
            return rows, _reach(view.pool.points[rows], self.neighbours)

        rows, reach = keeper.once(("local scales", self.neighbours), sampled)
        _, place, seen = np.intersect1d(view.rows, rows, assume_unique=True, return_indices=True)
        return place, reach[seen]


def _reach(points: Floats, neighbours: int) -> Floats:
    """The distance of each point to its K-th neighbour among them, and no less than a floor."""
    if len(points) < 2:
        return np.ones(len(points))
    reach = nearest_neighbours(points, min(neighbours, len(points) - 1)).distances[:, -1]
    apart = reach[reach > 0]
    return np.maximum(reach, _FLOOR * np.median(apart) if len(apart) else 1.0)
