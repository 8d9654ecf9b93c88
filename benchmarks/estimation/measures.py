"""Precision, recall, F1 and average precision from few labels: error, and coverage."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from benchmarks.estimation.worlds import PREVALENCES, ROWS, SCORES, World, world
from motherlode._rows.arrays import Codes
from motherlode.estimation import METRICS, Estimate, Evaluation

LABELS = {0.1: 600, 0.01: 1_000, 0.002: 2_000}
MORE = ((0.1, 4_000, 20_000), (0.01, 8_000, 200_000), (0.002, 6_000, 200_000))
"""Prevalence, labels and rows of pools in which counts of positives are not small."""
BATCHES = 10
EVERY = 50


def truth(pool: World) -> dict[str, float]:
    """All measures of the scores on the whole pool."""
    found, called, total = (
        float(flags.sum()) for flags in (pool.truth & pool.called, pool.called, pool.truth)
    )
    places = np.flatnonzero(pool.truth[np.argsort(-pool.scores)]) + 1
    return {
        "precision": found / called,
        "recall": found / total,
        "f1": 2 * found / (called + total),
        "average_precision": float((np.arange(1, len(places) + 1) / places).mean()),
        "prevalence": total / len(pool.truth),
    }


def evaluated(pool: World, metric: str, labels: int, seed: int) -> Evaluation:
    """An evaluation whose labels are given in ten batches."""
    evaluation = Evaluation(pool.scores, threshold=pool.threshold, metric=metric, seed=seed)
    for _ in range(BATCHES):
        rows = evaluation.ask(labels // BATCHES)
        evaluation.teach(rows, pool.truth[rows])
    return evaluation


class Error(NamedTuple):
    """Root mean squared errors of F1, and how often a random test set gives none at all."""

    adaptive: float
    random: float
    undefined: float


def f1_error(prevalence: float, labels: int, runs: int) -> Error:
    """Against a simple random sample; where that has no F1, it is left out of its error."""
    ours, theirs = [], []
    for run in range(runs):
        pool = world(prevalence, "good", run)
        known = truth(pool)["f1"]
        estimate = evaluated(pool, "f1", labels, run).estimate("f1")
        ours.append(estimate.value - known if isinstance(estimate, Estimate) else np.nan)
        rows = np.random.default_rng([run, 3]).choice(len(pool.truth), labels, replace=False)
        y, called = pool.truth[rows], pool.called[rows]
        some = y.any() or called.any()
        theirs.append(2 * (y & called).sum() / (y.sum() + called.sum()) - known if some else np.nan)
    a, b = np.array(ours), np.array(theirs)
    return Error(
        float(np.sqrt(np.nanmean(a**2))),
        float(np.sqrt(np.nanmean(b**2))),
        float(np.isnan(b).mean()),
    )


def errors(runs: int) -> list[tuple[float, Error]]:
    """From 200 labels, where a random sample holds two positives, or none."""
    return [(p, f1_error(p, 200, runs)) for p in (0.01, 0.002)]


class Cover(NamedTuple):
    """Of runs in which a measure is an estimate: shares covered, above and below the truth."""

    covered: float
    above: float
    below: float
    known: float
    """Share of all runs in which the labels leave nothing to estimate."""
    width: float
    """Median width of the interval, over some of the runs."""


def coverage(
    prevalence: float, kind: str, runs: int, labels: int | None = None, rows: int = ROWS
) -> dict[str, Cover]:
    """Of all measures, in one kind of world."""
    spent = LABELS[prevalence] if labels is None else labels
    return coverage_in((world(prevalence, kind, run, rows) for run in range(runs)), spent)


def coverage_in(pools: Iterable[World], labels: int) -> dict[str, Cover]:
    """Of all measures, from labels spent on F1.

    An interval holds the truth if the draws do not refute it (`Evaluation.refuted`), which costs
    a twentieth of finding its ends; widths are those of one run in fifty.
    """
    sides: dict[str, list[int]] = {metric: [] for metric in METRICS}
    widths: dict[str, list[float]] = {metric: [] for metric in METRICS}
    settled, runs = dict.fromkeys(METRICS, 0), 0
    for run, pool in enumerate(pools):
        runs = run + 1
        evaluation, exact = evaluated(pool, "f1", labels, run), truth(pool)
        for metric in METRICS:
            if evaluation.settled(metric):
                settled[metric] += 1
            elif evaluation.reason_against(metric) is None:
                sides[metric].append(evaluation.refuted(metric, exact[metric]))
                if run % EVERY == 0:
                    estimate = evaluation.estimate(metric)
                    assert isinstance(estimate, Estimate)
                    widths[metric].append(estimate.high - estimate.low)
    return {
        metric: _cover(np.array(side), settled[metric] / runs, widths[metric])
        for metric, side in sides.items()
    }


def _cover(sides: Codes, known: float, widths: list[float]) -> Cover:
    if not len(sides):
        return Cover(np.nan, np.nan, np.nan, known, np.nan)
    return Cover(
        float((sides == 0).mean()),
        float((sides > 0).mean()),
        float((sides < 0).mean()),
        known,
        float(np.median(widths)) if widths else np.nan,
    )


def table(runs: int) -> list[tuple[float, str, dict[str, Cover]]]:
    """All prevalences and kinds of scores."""
    return [(p, kind, coverage(p, kind, runs)) for p in PREVALENCES for kind in SCORES]


def more(runs: int) -> list[tuple[float, int, int, dict[str, Cover]]]:
    """Good scores with many labels: what of the coverage hangs on small counts?"""
    return [(p, n, rows, coverage(p, "good", runs, n, rows)) for p, n, rows in MORE]
