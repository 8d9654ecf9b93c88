"""Paired differences of two programs: by seed on a review, and by review over all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from benchmarks.proving.summary import Figure, figure
from benchmarks.screening.measures import Measure, gain, loss, recall, work_saved
from benchmarks.screening.session import Session


@dataclass(frozen=True)
class Judged:
    """A measure by name, and whether more of it is better (1) or less (-1)."""

    name: str
    of: Measure
    better: int = 1


MEASURES = (
    Judged("WSS@95", work_saved(0.95)),
    Judged("recall at 10 %", recall(0.1)),
    Judged("loss", loss, better=-1),
    Judged("NDCG", gain),
)


def of(sessions: Iterable[Session], arm: str, start: str) -> list[Session]:
    """The sessions of an arm from one start."""
    return [one for one in sessions if (one.arm, one.start) == (arm, start)]


def by_review(sessions: Iterable[Session], measure: Measure) -> dict[str, float]:
    """The mean over seeds."""
    values: dict[str, list[float]] = {}
    for one in sessions:
        values.setdefault(one.review, []).append(measure(one))
    return {review: float(np.mean(each)) for review, each in values.items()}


def paired(sessions: Sequence[Session]) -> list[Session]:
    """Those of the reviews and seeds that every arm has."""
    arms = {one.arm for one in sessions}
    there: dict[tuple[str, str, int], set[str]] = {}
    for one in sessions:
        there.setdefault((one.review, one.start, one.seed), set()).add(one.arm)
    return [one for one in sessions if there[one.review, one.start, one.seed] == arms]


def pairs(ours: Sequence[Session], theirs: Sequence[Session]) -> list[tuple[Session, Session]]:
    """Sessions of the same review, start and seed."""
    matching = {(one.review, one.start, one.seed): one for one in theirs}
    keyed = [(one, matching.get((one.review, one.start, one.seed))) for one in ours]
    return [(own, other) for own, other in keyed if other is not None]


def difference(each: Sequence[tuple[Session, Session]], measure: Measure) -> Figure:
    """On one review: the mean of ours less theirs, and its 95 % interval by seed.

    Of a single seed there is no interval.
    """
    values = np.array([measure(own) - measure(other) for own, other in each])
    mean, n = float(values.mean()), len(values)
    if n < 2:
        return Figure(mean, -np.inf, np.inf)
    half = float(t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Figure(mean, mean - half, mean + half)


def overall(each: Sequence[tuple[Session, Session]], measure: Measure) -> Figure:
    """Over reviews: the mean of ours less theirs, and its 95 % interval by drawing reviews anew.

    Of a single review there is no interval.
    """
    ours = by_review((own for own, _ in each), measure)
    theirs = by_review((other for _, other in each), measure)
    drawn = figure(ours[review] - theirs[review] for review in ours)
    return drawn if len(ours) > 1 else Figure(drawn.mean, -np.inf, np.inf)


def verdict(of: Figure, better: int) -> int:
    """1 if ours is better by more than noise, -1 if it is worse by more than noise, else 0."""
    if of.low <= 0 <= of.high:
        return 0
    return better if of.mean > 0 else -better
