"""What came out of many simulated sessions: means, intervals, wins, and ratios to chance."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from .._rows.arrays import Floats
from ..errors import InputError
from ..metrics import area_under_curve, labels_to_reach
from ..stopping import Rule
from ._record import METRICS, Run
from ._stopping_rules import RULES, Record, record, titles_of


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds and its 95 % interval (Student t); NaN bounds for one seed."""

    mean: float
    low: float
    high: float
    seeds: int


@dataclass(frozen=True)
class Curve:
    """A mean learning curve with a 95 % interval at each number of labels, all of shape (m,)."""

    labels: Floats
    mean: Floats
    low: Floats
    high: Floats


class Results:
    """Runs of strategies on data sets, paired by seed.

    Parameters
    ----------
    runs : iterable of Run
        No two of the same data set, strategy and seed. Their order sets the order of tables.
    settings : dict, optional
        What the runs have in common, and what made them; written into reports as it is.
    rules : sequence of Rule
        Stopping rules that `stops` and reports replay.

    Attributes
    ----------
    runs : list of Run
    datasets, strategies : list of str
    """

    def __init__(
        self,
        runs: Iterable[Run],
        settings: dict[str, Any] | None = None,
        rules: Sequence[Rule] = RULES,
    ) -> None:
        self.runs, self.rules = list(runs), tuple(rules)
        self.settings = dict(settings or {})
        self.datasets = list(dict.fromkeys(run.dataset for run in self.runs))
        self.strategies = list(dict.fromkeys(run.strategy for run in self.runs))
        self._cells: dict[tuple[str, str], dict[int, Run]] = {}
        for run in self.runs:
            cell = self._cells.setdefault((run.dataset, run.strategy), {})
            if run.seed in cell:
                raise InputError(
                    f"There are two runs of {run.strategy} on {run.dataset} with seed {run.seed}."
                )
            cell[run.seed] = run

    def __repr__(self) -> str:
        return (
            f"Results({len(self.runs)} runs: {len(self.datasets)} data sets, "
            f"{len(self.strategies)} strategies)"
        )

    def cell(self, dataset: str, strategy: str) -> dict[int, Run]:
        """The runs of a strategy on a data set, by seed; empty if there are none."""
        return self._cells.get((dataset, strategy), {})

    def stops(self, dataset: str, strategy: str) -> dict[str, Record]:
        """Where each of the rules would have ended the runs of a strategy, by what it is called.

        A rule that compares several searches compares those of all strategies with one seed.
        """
        runs = list(self.cell(dataset, strategy).values())
        titles = titles_of(self.rules)
        pairs = zip(titles, self.rules, strict=True)
        return {title: record(runs, rule, self.runs) for title, rule in pairs}

    def values(
        self, dataset: str, strategy: str, metric: str, of: str = "final"
    ) -> dict[int, float]:
        """A metric's last value, or the area under its curve, by seed.

        Parameters
        ----------
        dataset, strategy : str
        metric : str
            A key of `METRICS`.
        of : {"final", "area"}
            "area" is the mean height of the learning curve
            (`motherlode.metrics.area_under_curve`).
        """
        summary = _SUMMARIES.get(of)
        if summary is None:
            raise InputError(f'There is no summary {of!r}; use "final" or "area".')
        return {seed: summary(run, metric) for seed, run in self.cell(dataset, strategy).items()}

    def estimate(self, dataset: str, strategy: str, metric: str, of: str = "final") -> Estimate:
        """Mean over seeds of what `values` gives, with its 95 % interval."""
        numbers = np.array(list(self.values(dataset, strategy, metric, of).values()))
        mean, half = _interval(numbers[:, None])
        return Estimate(mean[0], mean[0] - half[0], mean[0] + half[0], numbers.size)

    def table(self, metric: str, of: str = "final") -> list[dict[str, Any]]:
        """One row per data set and strategy, ready for a data frame.

        Returns
        -------
        list of dict
            With the keys dataset, strategy, mean, low, high, seeds.
        """
        return [
            {"dataset": d, "strategy": s, **asdict(self.estimate(d, s, metric, of))}
            for d in self.datasets
            for s in self.strategies
            if self.cell(d, s)
        ]

    def curve(self, dataset: str, strategy: str, metric: str) -> Curve:
        """Mean learning curve over seeds, where all of them were scored."""
        curves = [run.curve(metric) for run in self.cell(dataset, strategy).values()]
        if not curves:
            raise InputError(f"There is no run of {strategy!r} on {dataset!r}.")
        labels = reduce(np.intersect1d, [np.array(counts) for counts, _ in curves])
        heights = np.array([np.array(values)[np.isin(counts, labels)] for counts, values in curves])
        mean, half = _interval(heights)
        return Curve(labels.astype(np.float64), mean, mean - half, mean + half)

    def win_matrix(self, metric: str, of: str = "final") -> Floats:
        """How often each strategy beats each other one.

        Returns
        -------
        ndarray of shape (k, k)
            In the order of `strategies`: the share of pairs of data set and seed, run by both,
            in which the row's value is higher than the column's. A tie is no win, so two
            entries that mirror each other add up to 1 minus the share of ties. NaN on the
            diagonal, and where no pair was run.
        """
        k = len(self.strategies)
        wins, pairs = np.zeros((k, k)), np.zeros((k, k))
        for dataset in self.datasets:
            by_strategy = [self.values(dataset, s, metric, of) for s in self.strategies]
            for i, row in enumerate(by_strategy):
                for j, column in enumerate(by_strategy):
                    both = (row.keys() & column.keys()) if i != j else set()
                    wins[i, j] += sum(row[seed] > column[seed] for seed in both)
                    pairs[i, j] += len(both)
        return np.where(pairs > 0, wins / np.maximum(pairs, 1), math.nan)

    @property
    def baseline(self) -> str | None:
        """The strategy that asks at random, if there is one."""
        return next((s for s in self.strategies if s.lower() == "random"), None)

    def ratio_to_random(self, dataset: str, strategy: str) -> float:
        """Positives found, as a multiple of what random asking found on the same seeds.

        A ratio of means; NaN if nothing was asked at random, or it found nothing.
        """
        found = self.values(dataset, strategy, "positives")
        by_chance = self.values(dataset, self.baseline or "", "positives")
        both = found.keys() & by_chance.keys()
        chance = sum(by_chance[seed] for seed in both)
        return sum(found[seed] for seed in both) / chance if chance else math.nan

    def labels_random_needs(self, dataset: str, strategy: str, metric: str) -> float:
        """Labels at which random asking is, on average, as good as the strategy is at its end.

        For positives and their share this is known: the k-th of K positives among N rows comes,
        in random order, after k (N + 1) / (K + 1) rows on average (negative hypergeometric), so
        it may lie far beyond the budget. For other metrics it is read off the mean curve of
        random asking (`motherlode.metrics.labels_to_reach`), and NaN if that never got there or
        nothing was asked at random.
        """
        runs = self.cell(dataset, strategy).values()
        if metric in ("positives", "recall"):
            needed = [
                run.rounds[-1].positives
                * (run.pool_rows - run.known + 1)
                / (run.pool_positives + 1)
                for run in runs
            ]
            return float(np.mean(needed))
        if self.baseline is None or not self.cell(dataset, self.baseline):
            return math.nan
        chance = self.curve(dataset, self.baseline, metric)
        target = self.estimate(dataset, strategy, metric).mean
        return labels_to_reach(chance.labels, chance.mean, target)

    def to_json(self, path: str | PathLike[str]) -> None:
        """Write settings, summaries and every run to a JSON file; numbers undefined are null."""
        summary = [
            {"metric": metric, "of": of, **{k: _or_null(v) for k, v in row.items()}}
            for metric in METRICS
            for of in _SUMMARIES
            for row in self.table(metric, of)
        ]
        whole = {
            "settings": self.settings,
            "summary": summary,
            "runs": [run.to_dict() for run in self.runs],
        }
        text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
        Path(path).write_text(text + "\n", encoding="utf-8")


def _final(run: Run, metric: str) -> float:
    return run.curve(metric)[1][-1]


def _area(run: Run, metric: str) -> float:
    return area_under_curve(*run.curve(metric))


_SUMMARIES: dict[str, Callable[[Run, str], float]] = {"final": _final, "area": _area}


def _interval(values: Floats) -> tuple[Floats, Floats]:
    """Mean over the first axis, and half the width of its 95 % interval."""
    n = values.shape[0]
    if n == 0:
        raise InputError("There is no run to average.")
    mean = values.mean(axis=0)
    if n == 1:
        return mean, np.full(mean.shape, math.nan)
    error = values.std(axis=0, ddof=1) / math.sqrt(n)
    return mean, np.asarray(stdtrit(n - 1, 0.975) * error)


def _or_null(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
