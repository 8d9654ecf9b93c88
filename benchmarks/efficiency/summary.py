"""Arms over the rare sets: means, the best peer, duels with it, and labels needed."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit
from scipy.stats import wilcoxon

from benchmarks.efficiency.compare import Comparison
from motherlode.arrays import Floats
from motherlode.metrics import labels_to_reach

TIE = 0.01
"""Two means tie if they differ by less than this share of the higher one."""

ENOUGH = 0.9
"""Share of the fully labelled pool's average precision that labels are counted to."""


class Measure(NamedTuple):
    """A metric of `motherlode.simulation.METRICS`, and its last value or its area."""

    metric: str
    of: str


FOUND = Measure("recall", "final")
EARLY = Measure("recall", "area")
AREA = Measure("average_precision", "area")
LAST = Measure("average_precision", "final")
BALANCED = Measure("balanced_accuracy", "final")


class Spread(NamedTuple):
    """A mean over sets, half its 95 % interval (Student t; NaN for one set), and how many."""

    mean: float
    half: float
    sets: int


class Duel(NamedTuple):
    """Sets won, tied and lost, and the p of Wilcoxon's signed ranks, two-sided."""

    wins: int
    ties: int
    losses: int
    p: float


class Needed(NamedTuple):
    """The share of runs that got near enough, and the median labels; infinite if most did not."""

    share: float
    labels: float


class Summary:
    """A comparison over its rare sets, every set counting alike.

    Parameters
    ----------
    comparison : Comparison
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison, self.results = comparison, comparison.results
        self.sets = comparison.rare

    @property
    def arms(self) -> list[str]:
        """Motherlode's strategies, and then the peers."""
        return [*self.comparison.strategies, *self.comparison.peers]

    def by_set(self, arm: str, measure: Measure) -> dict[str, float]:
        """Means over seeds, of the rare sets that the arm was run on."""
        return {
            name: self.results.estimate(name, arm, *measure).mean
            for name in self.sets
            if self.results.cell(name, arm)
        }

    def over_sets(self, arm: str, measure: Measure) -> Spread:
        """The mean of `by_set`."""
        return spread(list(self.by_set(arm, measure).values()))

    def hindsight(self, arms: Sequence[str], measure: Measure) -> Spread:
        """The mean of the best arm of each set, which nobody can know beforehand."""
        heights = [self.by_set(arm, measure) for arm in arms]
        best = [max(h[name] for h in heights if name in h) for name in self.sets if heights]
        return spread(best)

    def best_peer(self, measure: Measure) -> str | None:
        """The peer of the highest mean, among those run on every rare set."""
        whole = [
            peer
            for peer in self.comparison.peers
            if len(self.by_set(peer, measure)) == len(self.sets)
        ]
        return max(whole, key=lambda peer: self.over_sets(peer, measure).mean, default=None)

    def ratio(self, arm: str, other: str | None, measure: Measure) -> float:
        """Mean over mean, on the sets that both were run on; NaN without another."""
        if other is None or other not in self.results.strategies:
            return math.nan
        own, theirs = self._pairs(arm, other, measure)
        return float(own.sum() / theirs.sum()) if theirs.sum() else math.nan

    def gain(self, arm: str, other: str, measure: Measure) -> Spread:
        """The mean difference, over the sets that both were run on."""
        own, theirs = self._pairs(arm, other, measure)
        return spread((own - theirs).tolist())

    def duel(self, arm: str, other: str, measure: Measure) -> Duel:
        """Set by set, on those that both were run on."""
        return duel(*self._pairs(arm, other, measure))

    def _pairs(self, arm: str, other: str, measure: Measure) -> tuple[Floats, Floats]:
        own, theirs = self.by_set(arm, measure), self.by_set(other, measure)
        both = [name for name in self.sets if name in own and name in theirs]
        return np.array([own[n] for n in both]), np.array([theirs[n] for n in both])

    def needed(self, arm: str) -> Needed:
        """Labels until `ENOUGH` of what the fully labelled pool reaches, over all runs."""
        labels = [
            labels_to_reach(
                *run.curve("average_precision"), ENOUGH * self.comparison.whole[name, seed]
            )
            for name in self.sets
            for seed, run in self.results.cell(name, arm).items()
        ]
        if not labels:
            return Needed(math.nan, math.nan)
        far = np.where(np.isnan(labels), np.inf, labels)
        # The higher middle, since halfway to infinity is no number of labels.
        return Needed(float(np.isfinite(far).mean()), float(np.sort(far)[len(far) // 2]))

    def seconds(self, arm: str) -> float:
        """Time spent asking in a run, mean over the rare sets' runs."""
        spent = [run.seconds for name in self.sets for run in self.results.cell(name, arm).values()]
        return float(np.mean(spent)) if spent else math.nan


def spread(values: Sequence[float]) -> Spread:
    """Mean and half a 95 % interval, the values taken as a sample.

    Examples
    --------
    >>> spread([0.2, 0.4])  # t = 12.706, standard error 0.1
    Spread(mean=0.30000000000000004, half=1.2706204736174705, sets=2)
    """
    n = len(values)
    if n < 2:
        return Spread(float(values[0]) if n else math.nan, math.nan, n)
    half = stdtrit(n - 1, 0.975) * np.std(values, ddof=1) / math.sqrt(n)
    return Spread(float(np.mean(values)), float(half), n)


def duel(own: Floats, theirs: Floats) -> Duel:
    """Count wins, ties (`TIE`) and losses of paired values, and test them.

    Examples
    --------
    >>> duel(np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.1]))
    Duel(wins=2, ties=1, losses=0, p=0.5)
    """
    gain = own - theirs
    level = np.abs(gain) <= TIE * np.maximum(np.abs(own), np.abs(theirs))
    p = float(wilcoxon(gain[gain != 0]).pvalue) if (gain != 0).any() else math.nan
    return Duel(
        int((~level & (gain > 0)).sum()), int(level.sum()), int((~level & (gain < 0)).sum()), p
    )
