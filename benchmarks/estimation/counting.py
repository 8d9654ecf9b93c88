"""Do intervals for the positives in a pool cover, when a strategy searches beside control draws?"""

from typing import NamedTuple

import numpy as np

from benchmarks.estimation.worlds import PREVALENCES, SCORES, World, world
from motherlode.estimation import Estimate, positives
from motherlode.session import CONTROL, Origin, Session


class Design(NamedTuple):
    """Queries of a session, and how many rows of each the strategy and chance pick."""

    queries: int
    searched: int
    drawn: int


ENOUGH = {0.1: Design(20, 40, 10), 0.01: Design(20, 15, 25), 0.002: Design(20, 3, 120)}
"""Control draws that a few positives are to be expected among."""

FEW = dict.fromkeys(PREVALENCES, Design(20, 45, 5))
"""What ``control=0.1`` gives in a session of a thousand labels."""


def session(pool: World, design: Design, rng: np.random.Generator) -> Session:
    """A strategy reads from the highest score down; control draws are mixed in."""
    ranking = np.argsort(-pool.scores, kind="stable")
    unlabelled = np.ones(len(ranking), dtype=bool)
    rows: list[int] = []
    origins: list[Origin] = []
    for _ in range(design.queries):
        after, left = len(rows), int(unlabelled.sum())
        drawn = rng.choice(np.flatnonzero(unlabelled), design.drawn, replace=False)
        unlabelled[drawn] = False
        searched = ranking[unlabelled[ranking]][: design.searched]
        unlabelled[searched] = False
        rows += [*drawn.tolist(), *searched.tolist()]
        origins += [Origin(CONTROL, "", 1 / (left - i), left - i, after) for i in range(len(drawn))]
        origins += [Origin("query", "by score", asked_after=after)] * len(searched)
    return Session(len(ranking), pool.truth[rows], origins)


class Coverage(NamedTuple):
    """Shares of runs in which the interval holds the truth, lies above it, lies below it."""

    covered: float
    above: float
    below: float
    width: float
    """Median width of the interval for the recall."""


def coverage(prevalence: float, kind: str, design: Design, runs: int) -> Coverage:
    """Of the number of positives; prevalence, positives left and recall are functions of it."""
    sides, widths = np.zeros(runs), np.zeros(runs)
    for run in range(runs):
        pool = world(prevalence, kind, run)
        labels = session(pool, design, np.random.default_rng([run, 1]))
        estimate = positives(labels)
        assert isinstance(estimate, Estimate)
        truth = int(pool.truth.sum())
        sides[run] = float(estimate.low > truth) - float(estimate.high < truth)
        widths[run] = labels.found / max(estimate.low, 1) - labels.found / max(estimate.high, 1)
    return Coverage(
        float((sides == 0).mean()),
        float((sides > 0).mean()),
        float((sides < 0).mean()),
        float(np.median(widths)),
    )


def table(runs: int) -> list[tuple[Design, float, str, Coverage]]:
    """All prevalences and kinds of scores, under both designs."""
    return [
        (designs[p], p, kind, coverage(p, kind, designs[p], runs))
        for designs in (ENOUGH, FEW)
        for p in PREVALENCES
        for kind in SCORES
    ]
