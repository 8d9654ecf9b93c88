"""Arms over the rare sets, for one start and final model: means, the best peer, duels, labels."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy.special import stdtrit
from scipy.stats import wilcoxon

from benchmarks.efficiency.compare import Comparison
from motherlode._rows.arrays import Floats
from motherlode.metrics import area_under_curve
from motherlode.simulation import Results, Run

TIE = 0.01
"""Two means tie if they differ by less than this share of the higher one."""

ENOUGH = 0.9
"""Share of the fully labelled pool's average precision that labels are counted to."""

Measure: TypeAlias = Callable[[Run], float]
"""A number of a run, higher better."""


def share_found(run: Run) -> float:
    """Positives found, over those that could be: all of the pool, or as many as were asked."""
    asked = len(run.rows) - run.known
    return sum(run.is_positive[run.known :]) / min(run.pool_positives, asked)


def found_after(labels: int) -> Measure:
    """Positives among the first so many labels asked for."""
    return lambda run: float(sum(run.is_positive[run.known : run.known + labels]))


def area(run: Run) -> float:
    """Area under the learning curve of average precision: its mean height."""
    return area_under_curve(*run.curve("average_precision"))


class Spread(NamedTuple):
    """A mean, half its 95 % interval (Student t; NaN for one value), and of how many values."""

    mean: float
    half: float
    n: int


class Duel(NamedTuple):
    """Sets won, tied and lost, and the p of Wilcoxon's signed ranks, two-sided."""

    wins: int
    ties: int
    losses: int
    p: float


class Summary:
    """The runs of one start, judged by one final model, over rare sets; every set counts alike.

    Parameters
    ----------
    comparison : Comparison
    start : {"one", "none"}
    final : {"default", "labelled", "logistic"}

    Attributes
    ----------
    sets : list of str
        Rare sets that have runs.
    own, peers : list of str
        Arms that have runs.
    """

    def __init__(self, comparison: Comparison, start: str, final: str) -> None:
        self.comparison, self.start, self.final = comparison, start, final
        self.results: Results = comparison.results.get((start, final), Results([]))
        there = [of for of in comparison.prepared if of.dataset.name in self.results.datasets]
        self.sets = [of.dataset.name for of in there if of.is_rare]
        kinds = {arm.name: arm.kind for arm in comparison.arms}
        self.own = [name for name in self.results.strategies if kinds[name] != "peer"]
        self.peers = [name for name in self.results.strategies if kinds[name] == "peer"]

    @property
    def arms(self) -> list[str]:
        """Motherlode's, and then the peers."""
        return [*self.own, *self.peers]

    def on_set(self, name: str, arm: str, measure: Measure) -> Spread:
        """Mean over seeds; NaN if there are none."""
        return spread([measure(run) for run in self.results.cell(name, arm).values()])

    def by_set(self, arm: str, measure: Measure) -> dict[str, float]:
        """Means over seeds, of the rare sets that the arm was run on."""
        return {
            name: self.on_set(name, arm, measure).mean
            for name in self.sets
            if self.results.cell(name, arm)
        }

    def over_sets(self, arm: str, measure: Measure) -> Spread:
        """The mean of `by_set`."""
        return spread(list(self.by_set(arm, measure).values()))

    def best_peer(self, measure: Measure) -> str | None:
        """The peer of the highest mean, among those run on every rare set."""
        whole = [p for p in self.peers if len(self.by_set(p, measure)) == len(self.sets)]
        return max(whole, key=lambda peer: self.over_sets(peer, measure).mean, default=None)

    def pairs(self, arm: str, other: str, measure: Measure) -> tuple[Floats, Floats]:
        """Means over seeds of both, on the sets that both were run on."""
        own, theirs = self.by_set(arm, measure), self.by_set(other, measure)
        both = [name for name in self.sets if name in own and name in theirs]
        return np.array([own[n] for n in both]), np.array([theirs[n] for n in both])

    def ratio(self, arm: str, other: str | None, measure: Measure) -> float:
        """Mean over mean, on the sets that both were run on; NaN without another."""
        if other is None:
            return math.nan
        own, theirs = self.pairs(arm, other, measure)
        return float(own.sum() / theirs.sum()) if theirs.sum() else math.nan

    def hindsight(self, arms: Sequence[str], measure: Measure, *, by_seed: bool) -> Spread:
        """The mean over sets of the best arm of each, or of each of its seeds.

        Nobody can know that arm beforehand. By seed, luck is counted as skill.
        """
        return spread([self._best(name, arms, measure, by_seed) for name in self.sets])

    def _best(self, name: str, arms: Sequence[str], measure: Measure, by_seed: bool) -> float:
        cells = [self.results.cell(name, arm) for arm in arms]
        if not by_seed:
            return max(float(np.mean([measure(r) for r in c.values()])) for c in cells if c)
        seeds = {seed for cell in cells for seed in cell}
        best = [max(measure(cell[seed]) for cell in cells if seed in cell) for seed in seeds]
        return float(np.mean(best))

    def labels_needed(self, arm: str, name: str) -> float:
        """Labels until the mean curve over seeds has `ENOUGH` of the whole pool's height.

        Read off the straight lines between scored rounds; infinite if it never gets there.
        """
        curve = self.results.curve(name, arm, "average_precision")
        whole = self.comparison.whole[self.final]
        target = ENOUGH * np.mean([whole[name, seed] for seed in self.results.cell(name, arm)])
        return first_at(curve.labels, curve.mean, float(target))

    def seconds(self, arm: str) -> float:
        """Time spent asking in a run, mean over the rare sets' runs."""
        spent = [run.seconds for name in self.sets for run in self.results.cell(name, arm).values()]
        return float(np.mean(spent)) if spent else math.nan


def first_at(labels: Floats, heights: Floats, target: float) -> float:
    """Where a curve of straight lines first reaches a height; infinite if it does not.

    Examples
    --------
    >>> first_at(np.array([0.0, 50.0, 100.0]), np.array([0.0, 0.2, 0.6]), 0.3)
    62.5
    """
    reached = np.flatnonzero(heights >= target)
    if not reached.size:
        return math.inf
    at = int(reached[0])
    if not at:
        return float(labels[0])
    part = (target - heights[at - 1]) / (heights[at] - heights[at - 1])
    return float(labels[at - 1] + part * (labels[at] - labels[at - 1]))


def spread(values: Sequence[float]) -> Spread:
    """Mean and half a 95 % interval, the values taken as a sample.

    Examples
    --------
    >>> spread([0.2, 0.4])  # t = 12.706, standard error 0.1
    Spread(mean=0.30000000000000004, half=1.2706204736174705, n=2)
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
