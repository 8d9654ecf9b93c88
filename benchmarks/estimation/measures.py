"""Precision, recall, F1 and average precision from few labels: error, and coverage."""

from typing import NamedTuple

import numpy as np

from benchmarks.estimation.worlds import PREVALENCES, SCORES, World, world
from motherlode import metrics
from motherlode.estimation import METRICS, Estimate, Evaluation

LABELS = {0.1: 600, 0.01: 1_000, 0.002: 2_000}
BATCHES = 10


def truth(pool: World) -> dict[str, float]:
    """All four measures of the scores on the whole pool."""
    found = float(pool.truth[pool.called].sum())
    return {
        "precision": found / float(pool.called.sum()),
        "recall": found / float(pool.truth.sum()),
        "f1": metrics.f1(pool.truth, pool.called),
        "average_precision": metrics.average_precision(pool.truth, pool.scores),
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
    """Shares of the runs in which the interval holds the truth, lies above it, lies below it."""

    covered: float
    above: float
    below: float
    none: float


def coverage(prevalence: float, kind: str, runs: int) -> dict[str, Cover]:
    """Of all four, from labels spent on F1.

    An interval holds the truth if the draws do not refute it (`Evaluation.refuted`), which costs
    a twentieth of finding its ends.
    """
    sides = {metric: np.full(runs, np.nan) for metric in METRICS}
    for run in range(runs):
        pool = world(prevalence, kind, run)
        evaluation, known = evaluated(pool, "f1", LABELS[prevalence], run), truth(pool)
        for metric in METRICS:
            if evaluation.reason_against(metric) is not None:
                continue
            sides[metric][run] = evaluation.refuted(metric, known[metric])
    return {
        metric: Cover(
            float((s[~np.isnan(s)] == 0).mean()),
            float((s > 0).mean()),
            float((s < 0).mean()),
            float(np.isnan(s).mean()),
        )
        for metric, s in sides.items()
    }


def table(runs: int) -> list[tuple[float, str, dict[str, Cover]]]:
    """All prevalences and kinds of scores."""
    return [(p, kind, coverage(p, kind, runs)) for p in PREVALENCES for kind in SCORES]
