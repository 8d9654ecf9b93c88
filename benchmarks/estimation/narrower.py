"""Can the recall's interval be narrower where layers ranked low show no positive?

It could if such layers were taken for one, as if a positive were as likely in any of them. This
is what that costs where it is not so.
"""

from typing import NamedTuple

import numpy as np

from benchmarks.estimation.measures import LABELS, evaluated, truth
from benchmarks.estimation.worlds import PREVALENCES, world
from motherlode.estimation import Evaluation
from motherlode.estimation._strata import Contrast, Tally, interval, tails

WORLDS = (("good", 0.2), ("hidden", 0.2), ("hidden", 0.8))
"""Kinds of scores, and the share of positives that hidden worlds rank last."""
EVERY = 10


class Compared(NamedTuple):
    """Coverage, how often above the truth, and median width: layers apart, and layers merged."""

    covered: tuple[float, float]
    above: tuple[float, float]
    width: tuple[float, float]


def layers(evaluation: Evaluation, merge: bool) -> tuple[Tally, np.ndarray]:
    """What is known of each layer and whether it is called, the last ones without a positive as
    one layer or apart."""
    tally = evaluation.tally
    calls = np.bincount(evaluation.layer, evaluation.called) > 0
    place = np.arange(len(calls))
    if merge:
        first = max(int(np.flatnonzero(tally.positives).max()) + 1, int(calls.sum()))
        place = np.minimum(place, first)
    joined = Tally(*(np.bincount(place, column).astype(np.int64) for column in tally))
    return joined, calls[np.unique(place, return_index=True)[1]].astype(np.float64)


def side(tally: Tally, calls: np.ndarray, exact: float) -> int:
    """Whether the recall's interval holds the truth, lies above it (1) or below it (-1)."""
    at_most, at_least = tails(tally, Contrast(tally.rows * (calls - exact), 0.0))
    return int(at_least <= 0.025) - int(at_most <= 0.025)


def width(tally: Tally, calls: np.ndarray) -> float:
    """Of the recall's interval."""
    expected = tally.rows * tally.shares
    value = float(expected @ calls / expected.sum())
    low, high = interval(tally, lambda v: Contrast(tally.rows * (calls - v), 0.0), value)
    return high - low


def compared(prevalence: float, kind: str, hidden: float, runs: int) -> Compared:
    """Both ways, on the same draws."""
    sides: tuple[list[int], list[int]] = ([], [])
    widths: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        pool = world(prevalence, kind, run, hidden=hidden)
        evaluation = evaluated(pool, "f1", LABELS[prevalence], run)
        if evaluation.reason_against("recall") or evaluation.settled("recall"):
            continue
        for merge in (False, True):
            tally, calls = layers(evaluation, merge)
            sides[merge].append(side(tally, calls, truth(pool)["recall"]))
            if run % EVERY == 0:
                widths[merge].append(width(tally, calls))
    apart, merged = (np.array(s) for s in sides)
    return Compared(
        (float((apart == 0).mean()), float((merged == 0).mean())),
        (float((apart > 0).mean()), float((merged > 0).mean())),
        (float(np.median(widths[0])), float(np.median(widths[1]))),
    )


def table(runs: int) -> list[tuple[float, str, float, Compared]]:
    """All prevalences, in good worlds and in two kinds of hidden ones."""
    return [
        (p, kind, hidden, compared(p, kind, hidden, runs))
        for p in PREVALENCES
        for kind, hidden in WORLDS
    ]
