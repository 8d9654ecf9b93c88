"""Do intervals for the positives in a pool cover, when a strategy searches beside control draws?"""

from typing import NamedTuple

import numpy as np

from benchmarks.estimation.worlds import PREVALENCES, SCORES, World, world
from motherlode._rows.arrays import Floats
from motherlode.estimation import Estimate, positives
from motherlode.estimation._exact import compute_distribution
from motherlode.session import CONTROL, Origin, Session

MISSED = 0.05


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


def floor(chances: Floats) -> float:
    """The least that an interval from a count can cover, if it misses in 5 % at most.

    The ends of an interval rise with the count, so that it misses for the lowest counts and for
    the highest: for those whose chances add up to 5 % or less, and no more are to be had.

    Parameters
    ----------
    chances : ndarray of shape (m,)
        Of the counts 0, 1, …, m - 1.

    Examples
    --------
    A fifth of a positive expected: no interval can miss for 0, seen in four of five sessions,
    nor for 1, seen in one of six. It can for 2 and more, which is 1.75 %.

    >>> from scipy.stats import poisson
    >>> round(floor(poisson.pmf(np.arange(20), 0.2)), 4), round(float(poisson.sf(1, 0.2)), 4)
    (0.9825, 0.0175)
    """
    lowest = np.concatenate([[0.0], np.cumsum(chances)])
    highest = np.concatenate([np.cumsum(chances[::-1])[::-1], [0.0]])
    # No count can be among both the lowest and the highest.
    both = np.triu(lowest[:, None] + highest[None, :] + 1e-12)
    return float(1 - both[both <= MISSED].max(initial=0.0))


class Coverage(NamedTuple):
    """Shares of runs in which the interval holds the truth, lies above it, lies below it."""

    covered: float
    above: float
    below: float
    width: float
    """Median width of the interval for the recall."""


def coverage(prevalence: float, kind: str, design: Design, runs: int) -> Coverage:
    """Of the number of positives, at one look; the other numbers are functions of it."""
    sides, widths = np.zeros(runs), np.zeros(runs)
    for run in range(runs):
        pool = world(prevalence, kind, run)
        labels = session(pool, design, np.random.default_rng([run, 1]))
        estimate = positives(labels, every_look=False)
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


def floors(runs: int) -> list[float]:
    """The least that any honest interval can cover, a mean over runs, for each row of `table`."""
    return [
        float(np.mean([_floor(p, kind, designs[p], run) for run in range(runs)]))
        for designs in (ENOUGH, FEW)
        for p in PREVALENCES
        for kind in SCORES
    ]


def _floor(prevalence: float, kind: str, design: Design, run: int) -> float:
    pool = world(prevalence, kind, run)
    groups = session(pool, design, np.random.default_rng([run, 1])).groups()
    total = int(pool.truth.sum())
    return floor(
        compute_distribution(groups, total, min(total, sum(group.drawn for group in groups)))
    )
