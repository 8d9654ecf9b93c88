"""Figures of many sessions: each source counts once, however many tasks it has."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.proving.sessions import Session

Measure = Callable[[Session], float]

DRAWS = 2_000


def found_at(labels: int) -> Measure:
    """The share of positives found by so many labels."""
    return lambda session: session.found(labels)


def log_of_chance(session: Session) -> float:
    """The logarithm of the labels to the first positive, as a share of chance's."""
    return float(np.log(session.first / session.first_by_chance))


@dataclass(frozen=True)
class Figure:
    """A mean over sources, and its 95 % interval by drawing sources anew."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def exponential(self) -> "Figure":
        """Of a mean logarithm, the geometric mean."""
        return Figure(*(float(np.exp(v)) for v in (self.mean, self.low, self.high)))


def by_source(sessions: Iterable[Session], measure: Measure) -> dict[str, float]:
    """The mean of each source."""
    values: dict[str, list[float]] = {}
    for session in sessions:
        values.setdefault(session.source, []).append(measure(session))
    return {source: float(np.mean(each)) for source, each in values.items()}


def figure(values: Iterable[float]) -> Figure:
    """The mean of some sources' values, and its interval."""
    each = np.array(list(values), dtype=np.float64)
    if not len(each):
        return Figure(np.nan, np.nan, np.nan)
    drawn = np.random.default_rng(0).integers(len(each), size=(DRAWS, len(each)))
    low, high = np.quantile(each[drawn].mean(axis=1), [0.025, 0.975])
    return Figure(float(each.mean()), float(low), float(high))


def ratio(ours: dict[str, float], theirs: dict[str, float]) -> Figure:
    """The ratio of two means over the same sources, and its interval."""
    both = sorted(ours.keys() & theirs.keys())
    a, b = (np.array([of[source] for source in both]) for of in (ours, theirs))
    drawn = np.random.default_rng(0).integers(len(both), size=(DRAWS, len(both)))
    each = a[drawn].mean(axis=1) / np.maximum(b[drawn].mean(axis=1), 1e-12)
    low, high = np.quantile(each, [0.025, 0.975])
    return Figure(float(a.mean() / max(b.mean(), 1e-12)), float(low), float(high))


def differences(ours: dict[str, float], theirs: dict[str, float]) -> Figure:
    """The mean paired difference by source, and its interval."""
    return figure(ours[s] - theirs[s] for s in ours.keys() & theirs.keys())


def worst_tenth(sessions: Sequence[Session], measure: Measure) -> float:
    """The mean of the worst tenth of sessions."""
    values = np.sort([measure(session) for session in sessions])
    return float(values[: max(len(values) // 10, 1)].mean()) if len(values) else float("nan")
