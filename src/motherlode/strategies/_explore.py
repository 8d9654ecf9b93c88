"""Exploring beside a base strategy, which alone may never leave a region that it knows."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ..geometry._blocks import blocks
from ._base.incremental import accumulate, cache_of
from ._base.strategy import Strategy
from ._base.turns import PartsInTurn, draw_by_turn, rank_picks_first
from ._random import Random
from ._uncertainty import Margin

_BLOCK_CELLS = 4_000_000  # coordinates in memory at a time: 32 MB


@dataclass(frozen=True)
class Unvisited(Strategy):
    """The rows farthest from all labelled ones, by a Gaussian kernel.

    ``G(x) = sum over labelled l of exp(-|x - x_l|^2 / delta)``, lowest first, where
    ``delta = 2 s^2`` and ``s`` is the median distance of a row to its nearest neighbour. Each
    row of a batch counts as labelled for those after it.

    Notes
    -----
    For any number of classes, and from no label at all; neither model nor classes are read. The sum
    is kept as a logarithm, since far from all labels it is zero in floating point and rows would
    tie. Costs ``O(n p)`` for each new label and each pick in ``p`` dimensions; outliers come first.

    References
    ----------
    Kazerouni, Zhao, Xie, Tata & Najork (2020), Active learning for skewed data sets,
    arXiv:2005.11442 (HAL-G; the width is ours).
    """

    family: ClassVar[str] = "density"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Kazerouni et al. 2020"

    def utilities(self, view: View) -> Floats:
        """Rank the batch first, in its order, then all others by ``-log G`` beside the batch."""
        delta, cache = 2.0 * _typical_gap(view) ** 2, cache_of(view)
        points = view.points if cache is view else view.pool.points
        own = slice(None) if cache is view else view.rows

        def covered_by(rows: Rows) -> Floats:
            """Compute the logarithm of ``G`` of the candidates."""
            G: Floats = accumulate(
                cache,
                ("log kernel sum", delta),
                rows,
                lambda: np.full(len(points), -np.inf),
                lambda G, row: np.logaddexp(G, _log_kernel(points, view.pool.points[row], delta)),
                tentative=len(rows) > len(view.labelled_rows),
            )
            return G[own]

        # A random order, drawn before the first pick, breaks ties.
        order = view.rng("unvisited").permutation(len(view))
        covered = covered_by(view.labelled_rows)
        free, picks = np.ones(len(view), dtype=bool), list[int]()
        for _ in range(min(view.batch, len(view))):
            pick = int(order[np.where(free, covered, np.inf)[order].argmin()])
            free[pick] = False
            picks.append(pick)
            covered = covered_by(np.append(view.labelled_rows, view.rows[picks]))
        return rank_picks_first(picks, -covered)


def _typical_gap(view: View) -> float:
    gaps = view.pool.neighbours(1).distances.ravel()
    apart = gaps[gaps > 0]  # copies say nothing about a scale
    return float(np.median(apart)) if len(apart) else 1.0


def _log_kernel(points: Floats, centre: Floats, delta: float) -> Floats:
    """Compute ``-|x - c|^2 / delta`` of every point."""
    out = np.empty(len(points))
    for rows in blocks(len(points), max(1, _BLOCK_CELLS // max(1, points.shape[1]))):
        difference = points[rows] - centre
        out[rows] = np.einsum("ij,ij->i", difference, difference)
    return np.divide(out, -delta, out=out)


@dataclass(frozen=True)
class ExploreMix(PartsInTurn):
    """A base strategy that explores at a given share of picks: hybrid active learning (HAL).

    Each pick explores with probability `share`, and takes the base's best row otherwise.

    Parameters
    ----------
    base : Strategy
        What asks when nothing is explored; `Margin`, as in HAL, by default.
    explore : "random", "gaussian" or Strategy
        How to explore: at random (HAL-R), where ``sum exp(-|x - x_l|^2 / delta)`` over the labelled
        rows is lowest (HAL-G, see `Unvisited`), or by a strategy such as ``LOF()``.
    share : float in [0, 1]
        How often to explore.

    Notes
    -----
    For any number of classes. A random pick has a known probability, and a pick of the base has
    none. For unbiased estimates choose the batch by `motherlode.learner.Stochastic`, which records
    the probability of every row.

    References
    ----------
    Kazerouni, Zhao, Xie, Tata & Najork (2020), Active learning for skewed data sets,
    arXiv:2005.11442.
    """

    base: Strategy = field(default_factory=Margin)
    explore: str | Strategy = "random"
    share: float = 0.5

    paper: ClassVar[str] = "Kazerouni et al. 2020"

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(f"share is {self.share}; give a number from 0 to 1.")
        if not isinstance(self.explore, Strategy) and self.explore not in ("random", "gaussian"):
            raise InputError(
                f"explore is {self.explore!r}; give 'random', 'gaussian' or a strategy."
            )

    def _parts(self) -> tuple[Strategy, ...]:
        if isinstance(self.explore, Strategy):
            return self.base, self.explore
        return self.base, Random() if self.explore == "random" else Unvisited()

    def _order(self, view: View, turns: Codes) -> Codes:
        return np.asarray(draw_by_turn(self, view, turns) < self.share, dtype=np.int64)

    def __str__(self) -> str:
        return f"ExploreMix({self.base}, {self.explore}, share={self.share:g})"
