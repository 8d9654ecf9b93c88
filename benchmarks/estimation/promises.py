"""How often the two-phase target recall, its heuristic form and QBCB miss their target."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.estimation.worlds import PREVALENCES, World, world
from motherlode._rows.arrays import Codes
from motherlode.session import Session
from motherlode.stopping import QuasiSampling, positives_to_refind
from motherlode.stopping._boundary import Boundary
from motherlode.stopping._hypergeometric import FIRST, count_apart
from motherlode.stopping._phases import Phase

RECALL, CONFIDENCE = 0.95, 0.95
ROWS = 4_000
KINDS = ("good", "bad", "hidden", "just short")

PUBLISHED: dict[float, dict[int, int]] = {
    0.8: {14: 14, 30: 28, 50: 45, 100: 87},
    0.9: {29: 29, 50: 49, 100: 96},
    0.95: {59: 59, 100: 99},
}
"""Positives to find again, by the recall promised and the positives set aside."""


def qbcb() -> list[tuple[float, int, int, int | None]]:
    """Recall, sample, published number and ours."""
    return [
        (recall, sample, known, positives_to_refind(sample, recall))
        for recall, cells in PUBLISHED.items()
        for sample, known in cells.items()
    ]


class Missed(NamedTuple):
    """Of the runs, the share below the target, and the mean share of the pool that was read."""

    missed: float
    read: float


def search(pool: World, kind: str) -> tuple[Codes, int]:
    """The order in which a search reads, and where its first phase ends.

    Reading goes from the highest score down until 50 rows in a row are negative. "Just short" is
    the worst there is for the test: a perfect search that ends one positive before the target.
    """
    ranking = np.argsort(-pool.scores, kind="stable")
    if kind == "just short":
        ranking = np.argsort(~pool.truth, kind="stable")
        total = int(pool.truth.sum())
        return ranking, max(int(np.ceil(RECALL * total - 1e-9)) - 1, 1)
    truth = pool.truth[ranking]
    since = np.arange(len(truth)) - np.maximum.accumulate(
        np.where(truth, np.arange(len(truth)), -1)
    )
    dry = np.flatnonzero((since >= 50) & truth.cumsum().astype(bool))
    return ranking, int(dry[0]) + 1 if len(dry) else len(truth)


def two_phase(pool: World, kind: str, rng: np.random.Generator) -> tuple[float, float]:
    """Recall and share read where the test, made after every draw, first says stop."""
    ranking, first = search(pool, kind)
    truth, n = pool.truth[ranking], len(ranking)
    before, rest = int(truth[:first].sum()), n - first
    if not rest:
        return 1.0, 1.0
    drawn = truth[first + rng.permutation(rest)]
    apart = int(count_apart([Phase(rest, before, 0, 0)], RECALL, CONFIDENCE)[0])
    known = before + int(drawn[:apart].sum())
    boundary = Boundary(rest - apart, known, RECALL, FIRST * (1 - CONFIDENCE))
    seen = drawn[apart:].cumsum()
    needed = np.array([boundary.draws(k) for k in range(int(seen.max(initial=0)) + 1)])
    stops = np.flatnonzero((needed[seen] <= np.arange(1, len(seen) + 1)) & (known + seen > 0))
    at = int(stops[0]) if len(stops) else len(seen) - 1
    found = known + int(seen[at]) if len(seen) else known
    return found / truth.sum(), (first + apart + at + 1) / n


def quasi(pool: World, kind: str, rng: np.random.Generator) -> tuple[float, float]:
    """Recall and share read where the heuristic form, asked every 100 rows, first says stop."""
    ranking, _ = search(pool, "by score" if kind != "just short" else kind)
    truth, rule = pool.truth[ranking], QuasiSampling(RECALL, CONFIDENCE)
    for labels in range(100, len(truth), 100):
        session = Session(len(truth), truth[:labels])
        if session.found and rule.p_value(session) < 1 - CONFIDENCE:
            return session.found / truth.sum(), labels / len(truth)
    return 1.0, 1.0


def misses(
    rule: Callable[[World, str, np.random.Generator], tuple[float, float]],
    prevalence: float,
    kind: str,
    runs: int,
) -> Missed:
    """Over pools of 4,000 rows; 20,000 at one in 500, where fewer would hold no positive."""
    rows = ROWS if prevalence > 0.005 else 5 * ROWS
    outcome = []
    for run in range(runs):
        pool = world(prevalence, kind if kind != "just short" else "good", run, rows)
        if pool.truth.any():
            outcome.append(rule(pool, kind, np.random.default_rng([run, 2])))
    recall, read = np.array(outcome).T
    return Missed(float((recall < RECALL - 1e-9).mean()), float(read.mean()))


def table(runs: int, runs_quasi: int) -> list[tuple[float, str, Missed, Missed]]:
    """Both forms of the test, at all prevalences and kinds of scores."""
    # The promise is the one thing here that must not be missed by a hair: four times the runs.
    return [
        (p, kind, misses(two_phase, p, kind, 4 * runs), misses(quasi, p, kind, runs_quasi))
        for p in PREVALENCES
        for kind in KINDS
    ]
