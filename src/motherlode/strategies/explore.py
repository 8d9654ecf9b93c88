"""Exploring beside a base strategy, so that no boundary stays stuck for want of surprises."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from scipy.special import logsumexp

from ..arrays import Codes, Floats
from ..errors import InputError
from ..view import View
from .base import Strategy
from .chance import Random
from .turns import PartsInTurn, stepwise
from .uncertainty import Margin

_BLOCK_CELLS = 4_000_000  # distances held at a time: 32 MB


@dataclass(frozen=True)
class Unvisited(Strategy):
    """The rows farthest from all labelled ones, by a Gaussian kernel.

    ``G(x) = sum over labelled l of exp(-|x - x_l|^2 / delta)``, lowest first, where
    ``delta = 2 s^2`` and ``s`` is the median distance of a row to its nearest neighbour. Each
    row of a batch counts as labelled for those after it.

    Notes
    -----
    Reads neither model nor classes: any number of them, and no label at all, will do. The sum is
    kept as a logarithm, since far from all labels it is zero in floating point and rows would
    tie. Costs ``O(n m p)`` for ``m`` labels in ``p`` dimensions, in blocks; outliers come first.

    References
    ----------
    Kazerouni, Zhao, Xie, Tata & Najork (2020), Active learning for skewed data sets,
    arXiv:2005.11442 (HAL-G; the width is ours).
    """

    family: ClassVar[str] = "density"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Kazerouni et al. 2020"

    def utilities(self, view: View) -> Floats:
        """The batch in greedy order, then all others by ``-log G`` with the batch counted in."""
        delta = 2.0 * _typical_gap(view) ** 2
        # A lot cast before the first pick settles ties.
        lot = view.rng("unvisited").permutation(len(view))
        points = view.points[lot]
        covered = _log_kernel_sum(points, view.labelled_points, delta)
        free, picks = np.ones(len(points), dtype=bool), []
        for _ in range(min(view.batch, len(points))):
            pick = int(np.where(free, covered, np.inf).argmin())
            free[pick] = False
            picks.append(pick)
            covered = np.logaddexp(covered, _log_kernel_sum(points, points[[pick]], delta))
        out = np.empty(len(points))
        out[lot] = stepwise(picks, -covered)
        return out


def _typical_gap(view: View) -> float:
    gaps = view.pool.neighbours(1).distances.ravel()
    apart = gaps[gaps > 0]  # twins say nothing about a scale
    return float(np.median(apart)) if len(apart) else 1.0


def _log_kernel_sum(points: Floats, centres: Floats, delta: float) -> Floats:
    """``log sum_c exp(-|x - c|^2 / delta)`` of every point; minus infinity without centres."""
    out = np.full(len(points), -np.inf)
    if not len(centres):
        return out
    squares = np.einsum("ij,ij->i", centres, centres)
    step = max(1, _BLOCK_CELLS // len(centres))
    for start in range(0, len(points), step):
        P = points[start : start + step]
        distance = np.einsum("ij,ij->i", P, P)[:, None] + squares - 2.0 * (P @ centres.T)
        out[start : start + step] = logsumexp(-np.maximum(distance, 0.0) / delta, axis=1)
    return out


@dataclass(frozen=True)
class ExploreMix(PartsInTurn):
    """A base strategy that explores at a given share of picks: hybrid active learning (HAL).

    Each pick explores with probability `share`, and takes the base's best row otherwise.

    Parameters
    ----------
    base : Strategy
        What to do when not exploring; HAL's is `Margin`, the default.
    explore : "random", "gaussian" or Strategy
        How to explore: by lot (HAL-R), where ``sum exp(-|x - x_l|^2 / delta)`` over the labelled
        rows is lowest (HAL-G, see `Unvisited`), or by a strategy such as ``LOF()``.
    share : float in [0, 1]
        How often to explore.

    Notes
    -----
    For any number of classes. A pick that explores is drawn with a known chance, but one that
    does not is not: for unbiased estimates choose the batch by
    `motherlode.selection.Stochastic`, which records the probability of every row.

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

    def _turns(self, view: View, n: int) -> Codes:
        return np.asarray(view.rng("explore").random(n) < self.share, dtype=np.int64)

    def __str__(self) -> str:
        return f"ExploreMix({self.base}, {self.explore}, share={self.share:g})"
