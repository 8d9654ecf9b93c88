"""Where intervals for a model's measures cover least: good scores, and a mode that they do not see.

Beside the positives of a good world, a number of others among the rows ranked in the lower half.
The labels look the same for long, and an interval has to hold in all of these worlds at once.
"""

import numpy as np

from benchmarks.estimation.measures import LABELS, Cover, coverage_in
from benchmarks.estimation.worlds import World, world

UNSEEN = {0.1: (0.5, 1.0, 2.0), 0.01: (1.0, 2.0, 4.0), 0.002: (2.0, 5.0, 10.0)}
"""By prevalence of what the scores see: positives that they do not, for each that they do."""


def pool(prevalence: float, unseen: float, seed: int) -> World:
    """A good world and ``unseen`` times as many positives again, anywhere in the lower half."""
    good = world(prevalence, "good", seed)
    lower = np.argsort(good.scores, kind="stable")[: len(good.scores) // 2]
    negative = lower[~good.truth[lower]]
    truth = good.truth.copy()
    rng = np.random.default_rng([seed, 4])
    truth[rng.choice(negative, round(unseen * int(truth.sum())), replace=False)] = True
    return World(truth, good.scores, good.threshold)


def table(runs: int) -> list[tuple[float, float, dict[str, Cover]]]:
    """All prevalences, and for each some numbers of unseen positives."""
    return [
        (p, unseen, coverage_in((pool(p, unseen, run) for run in range(runs)), LABELS[p]))
        for p, shares in UNSEEN.items()
        for unseen in shares
    ]
