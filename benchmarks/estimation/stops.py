"""Coverage when people label until an interval is narrow, by the error that is spent on looks."""

from typing import NamedTuple

import numpy as np

from benchmarks.estimation.measures import truth
from benchmarks.estimation.worlds import world
from motherlode.estimation import Evaluation
from motherlode.estimation._strata import interval, tails

CASES = (
    (0.1, "good", "f1", 0.1),
    (0.1, "good", "precision", 0.15),
    (0.1, "bad", "prevalence", 0.03),
    (0.01, "good", "f1", 0.2),
    (0.01, "hidden", "recall", 0.2),
)
"""Prevalence, kind of scores, measure, and half the width that is asked for."""
SPENT = (1.0, 0.5)
"""The share of the error that each look has."""
BUDGET = 1_400
FIRST, MORE, ROUNDS = 40, 0.25, 2
LEVEL = 0.95


class Stop(NamedTuple):
    """Coverage at the stop, mean labels by then, and the share that reached the width."""

    covered: float
    labels: float
    reached: float


def stop(prevalence: float, kind: str, measure: str, width: float, runs: int) -> list[Stop]:
    """Of many sessions, for each share of the error; a session ends at the budget at the latest."""
    ends: list[list[tuple[bool, int, bool]]] = [[] for _ in SPENT]
    for run in range(runs):
        found = _session(prevalence, kind, measure, width, run)
        for place, end in enumerate(found):
            ends[place].append(end)
    return [Stop(*(float(np.mean(part)) for part in zip(*end, strict=True))) for end in ends]


def _session(
    prevalence: float, kind: str, measure: str, width: float, seed: int
) -> list[tuple[bool, int, bool]]:
    pool = world(prevalence, kind, seed)
    exact = truth(pool)[measure]
    evaluation = Evaluation(pool.scores, threshold=pool.threshold, metric=measure, seed=seed)
    ended: dict[float, tuple[bool, int, bool]] = {}
    last: dict[float, tuple[bool, int, bool]] = dict.fromkeys(SPENT, (True, 0, False))
    labels = rounds = 0
    while labels < BUDGET and len(ended) < len(SPENT):
        n = min(max(round(MORE * labels), 10) if labels else FIRST, BUDGET - labels)
        rows = evaluation.ask(n)
        evaluation.teach(rows, pool.truth[rows])
        labels, rounds = labels + n, rounds + 1
        looks = rounds % ROUNDS == 0 or labels == BUDGET
        if not looks or evaluation.reason_against(measure) is not None:
            continue
        tally = evaluation.tally
        value, condition_at = evaluation._measure(measure, tally)
        tail = 2 * min(tails(tally, condition_at(exact)))
        for share in [share for share in SPENT if share not in ended]:
            error = share * (1 - LEVEL)
            low, high = interval(tally, condition_at, value, 1 - error)
            last[share] = (tail > error or evaluation.settled(measure), labels, False)
            if (high - low) / 2 <= width:
                ended[share] = (last[share][0], labels, True)
    return [ended.get(share, last[share]) for share in SPENT]


def table(runs: int) -> list[tuple[float, str, str, float, list[Stop]]]:
    """All cases."""
    return [(*case, stop(*case, runs)) for case in CASES]
