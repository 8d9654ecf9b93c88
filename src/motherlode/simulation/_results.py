"""The results of many simulated sessions: means, intervals, wins, and ratios to random asking."""

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

from .._inert.description import Described, Description, Table, pluralise
from .._rows.arrays import Floats
from ..errors import InputError
from ..metrics import area_under_curve, labels_to_reach
from ..pool._tabling import make_frame
from ..stopping import Rule
from ._pairs import compare_pairs
from ._record import ROUND_METRICS, Run
from ._stops import RULES, StopSummary, name_rules, summarise_stops


@dataclass(frozen=True)
class SeedMean:
    """A mean over seeds and its 95 % interval (Student's t).

    Attributes
    ----------
    mean : float
        The mean over seeds.
    low, high : float
        The ends of the interval; NaN if there is only one seed.
    seeds : int
        How many seeds there are.
    """

    mean: float
    low: float
    high: float
    seeds: int


@dataclass(frozen=True)
class Curve:
    """A mean learning curve with a 95 % interval at each number of labels.

    Attributes
    ----------
    labels : ndarray of float64 of shape (m,)
        Labels asked for.
    mean : ndarray of float64 of shape (m,)
        The mean over seeds at each of them.
    low, high : ndarray of float64 of shape (m,)
        The ends of the intervals; NaN if there is only one seed.
    """

    labels: Floats
    mean: Floats
    low: Floats
    high: Floats


class Results(Described):
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
    datasets, strategies : list of str
        The names of the data sets and strategies, in the order of the runs.
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

    def _describe(self) -> Description:
        """Describe the runs, with the positives that each strategy found."""
        found = [
            (
                row["dataset"],
                row["strategy"],
                row["seeds"],
                f"{row['mean']:.1f}" + ("" if row["seeds"] == 1 else f" ± {_half(row):.1f}"),
            )
            for row in self.table("positives")
        ]
        headings = ("data set", "strategy", "seeds", "positives found")
        caption = "Positives found at the end, with half of the 95 % interval"
        summary = (
            f"{pluralise(len(self.runs), 'run')}: {pluralise(len(self.datasets), 'data set')}, "
            f"{pluralise(len(self.strategies), 'strategy', 'strategies')}"
        )
        table = Table(caption, headings, found, len(found))
        return Description("Results", summary, table=table, table_in_text=False)

    def to_frame(self) -> Any:
        """Make a tidy frame with a row for each round of each run.

        Returns
        -------
        frame
            In pandas, or in pyarrow where that is not installed. Its columns are "dataset",
            "strategy", "seed", "round" (from 0, before the first question), "labels" and the keys
            of `ROUND_METRICS`.
        """
        columns: dict[str, list[Any]] = {"dataset": [], "strategy": [], "seed": [], "round": []}
        columns |= {name: [] for name in ("labels", *ROUND_METRICS)}
        for run in self.runs:
            for number, state in enumerate(run.rounds):
                at = {"dataset": run.dataset, "strategy": run.strategy, "seed": run.seed}
                for name, value in {**at, "round": number, **asdict(state)}.items():
                    columns[name].append(value)
        return make_frame(columns)

    def compare(
        self, metric: str = "positives", of: str = "final", against: str | None = None
    ) -> Any:
        """Test each strategy against another one on the same data sets and seeds.

        Parameters
        ----------
        metric : str, default "positives"
            A key of `ROUND_METRICS`.
        of : {"final", "area"}
            As in `values`.
        against : str, optional
            The strategy that the others are compared with; by default random asking.

        Returns
        -------
        frame
            In pandas, or in pyarrow where that is not installed, with a row for each data set and
            strategy. "difference" is the mean over the seeds that both were run with, "low" and
            "high" are its 95 % interval, and "p_value" is that of Student's paired t-test, all of
            these by Student's t. "p_holm" is the p-value with Holm's correction for the number of
            comparisons in the frame. "wins", "ties" and "losses" count the "pairs". With one pair,
            or differences that are all alike and not 0, nothing tells how far chance goes, and the
            p-values are NaN.

        Raises
        ------
        InputError
            If there is no strategy to compare with, or it is the only one.
        """
        return make_frame(compare_pairs(self, metric, of, against))

    def cell(self, dataset: str, strategy: str) -> dict[int, Run]:
        """Return the runs of a strategy on a data set, by seed; empty if there are none.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        """
        return self._cells.get((dataset, strategy), {})

    def stops(self, dataset: str, strategy: str) -> dict[str, StopSummary]:
        """Say where each of the rules would have ended the runs of a strategy, by the rule's name.

        A rule that compares several searches compares those of all strategies with one seed.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        """
        runs = list(self.cell(dataset, strategy).values())
        return {
            name: summarise_stops(runs, rule, self.runs)
            for name, rule in zip(name_rules(self.rules), self.rules, strict=True)
        }

    def values(
        self, dataset: str, strategy: str, metric: str, of: str = "final"
    ) -> dict[int, float]:
        """Return a metric's last value, or the area under its curve, by seed.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        metric : str
            A key of `ROUND_METRICS`.
        of : {"final", "area"}
            "area" is the mean height of the learning curve
            (`motherlode.metrics.area_under_curve`).
        """
        summary = _SUMMARIES.get(of)
        if summary is None:
            raise InputError(f'There is no summary {of!r}; use "final" or "area".')
        return {seed: summary(run, metric) for seed, run in self.cell(dataset, strategy).items()}

    def estimate(self, dataset: str, strategy: str, metric: str, of: str = "final") -> SeedMean:
        """Estimate the mean over seeds of what `values` gives, with its 95 % interval.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        metric : str
            A key of `ROUND_METRICS`.
        of : {"final", "area"}
            As in `values`.
        """
        numbers = np.array(list(self.values(dataset, strategy, metric, of).values()))
        mean, half = _average(numbers[:, None])
        return SeedMean(mean[0], mean[0] - half[0], mean[0] + half[0], numbers.size)

    def table(self, metric: str, of: str = "final") -> list[dict[str, Any]]:
        """Make a row per data set and strategy, ready for a data frame.

        Parameters
        ----------
        metric : str
            A key of `ROUND_METRICS`.
        of : {"final", "area"}
            As in `values`.

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
        """Average the learning curves over seeds, at the labels where all of them were scored.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        metric : str
            A key of `ROUND_METRICS`.
        """
        curves = [run.curve(metric) for run in self.cell(dataset, strategy).values()]
        if not curves:
            raise InputError(f"There is no run of {strategy!r} on {dataset!r}.")
        labels = reduce(np.intersect1d, [np.array(counts) for counts, _ in curves])
        heights = np.array([np.array(values)[np.isin(counts, labels)] for counts, values in curves])
        mean, half = _average(heights)
        return Curve(labels.astype(np.float64), mean, mean - half, mean + half)

    def win_matrix(self, metric: str, of: str = "final") -> Floats:
        """Count how often each strategy beats each other one.

        Parameters
        ----------
        metric : str
            A key of `ROUND_METRICS`.
        of : {"final", "area"}
            As in `values`.

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
        """Divide the positives found by what random asking found on the same seeds.

        This is a ratio of means; NaN if nothing was asked at random, or it found nothing.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        """
        found = self.values(dataset, strategy, "positives")
        at_random = self.values(dataset, self.baseline or "", "positives")
        both = found.keys() & at_random.keys()
        total = sum(at_random[seed] for seed in both)
        return sum(found[seed] for seed in both) / total if total else math.nan

    def labels_random_needs(self, dataset: str, strategy: str, metric: str) -> float:
        """Say after how many labels random asking is as good as the strategy at its end.

        For positives and their share this is known: the k-th of K positives among N rows comes,
        in random order, after k (N + 1) / (K + 1) rows on average (negative hypergeometric), so
        it may lie far beyond the budget. For other metrics it is read off the mean curve of
        random asking (`motherlode.metrics.labels_to_reach`). It is NaN if random asking never got
        there or nothing was asked at random.

        Parameters
        ----------
        dataset, strategy : str
            Their names.
        metric : str
            A key of `ROUND_METRICS`.
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
        at_random = self.curve(dataset, self.baseline, metric)
        target = self.estimate(dataset, strategy, metric).mean
        return labels_to_reach(at_random.labels, at_random.mean, target)

    def to_json(self, path: str | PathLike[str]) -> None:
        """Write settings, summaries and every run to a JSON file; undefined numbers are null.

        Parameters
        ----------
        path : str or path
            The file; overwritten if it exists.
        """
        summary = [
            {"metric": metric, "of": of, **{k: _or_null(v) for k, v in row.items()}}
            for metric in ROUND_METRICS
            for of in _SUMMARIES
            for row in self.table(metric, of)
        ]
        whole = {
            "settings": self.settings,
            "summary": summary,
            "runs": [run.to_dict() for run in self.runs],
        }
        text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
        write_file(path, text + "\n")


def write_file(path: str | PathLike[str], text: str) -> None:
    """Write a text file, or say in a sentence why that fails."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise InputError(f"{path} can't be written: {problem.strerror}.") from None


_SUMMARIES: dict[str, Callable[[Run, str], float]] = {
    "final": lambda run, metric: run.curve(metric)[1][-1],
    "area": lambda run, metric: area_under_curve(*run.curve(metric)),
}


def _average(values: Floats) -> tuple[Floats, Floats]:
    """Return the mean over the first axis, and half the width of its 95 % interval."""
    n = values.shape[0]
    if n == 0:
        raise InputError("There is no run to average.")
    mean = values.mean(axis=0)
    if n == 1:
        return mean, np.full(mean.shape, math.nan)
    error = values.std(axis=0, ddof=1) / math.sqrt(n)
    return mean, np.asarray(stdtrit(n - 1, 0.975) * error)


def _half(row: dict[str, Any]) -> float:
    return float(row["high"] - row["mean"])


def _or_null(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
