"""Rows in layers by score, and intervals for what is made from the layers' shares of positives.

Where no positive of a layer was seen, an interval from variances would say that it holds none. Here
a value of the measure is kept if the likeliest shares of positives that give this value make what
was seen likely enough.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.stats import qmc

from .._rows.arrays import Codes, Floats
from ._exact import log_choose

_SIMULATED = 2_048  # samples; a power of two, so that Sobol's points are even
_BEYOND = 8.0  # standard deviations from the mean within which counts are told apart
_STEPS, _MOST_STEPS = 10, 30
_NEAR = 0.01  # of the distance from the estimate to the end that is looked for
_FAR = 1e15
_ROUNDING = 1e-9


class Tally(NamedTuple):
    """Per layer: its rows, how many were drawn at random, and how many of those are positive."""

    rows: Codes
    drawn: Codes
    positives: Codes

    @property
    def shares(self) -> Floats:
        """Share of positives seen in each layer; 0 where none was drawn."""
        return self.positives / np.maximum(self.drawn, 1)


class Condition(Protocol):
    """What the shares must meet so that a measure has a value."""

    def likeliest(self, tally: Tally) -> Floats | None:
        """Find the shares that meet it and make the draws likeliest; None if none do."""

    def seen(self, positives: Codes, drawn: Codes) -> Floats:
        """Compute a statistic of samples that grows with the measure; a row for each sample."""


class Contrast(NamedTuple):
    """A measure has a value if and only if ``sum(coefficients * shares) == target``."""

    coefficients: Floats
    target: float

    def likeliest(self, tally: Tally) -> Floats | None:
        """Find the shares by `likeliest_shares`."""
        return likeliest_shares(tally, self)

    def seen(self, positives: Codes, drawn: Codes) -> Floats:
        """Compute the contrast of the shares in each sample."""
        return np.asarray((positives / np.maximum(drawn, 1)) @ self.coefficients)


def cut_by_rank(scores: Floats, called: Codes, first: int = 8) -> Codes:
    """Cut the ranking into layers 0, 1, …, each as long as all above it, highest scores first.

    No layer holds both rows that the model calls positive and rows that it does not. Only the
    order of the scores counts, so that they need not be calibrated. Rows of equal score share the
    last of their ranks, so labels 0 and 1 make two layers.

    Examples
    --------
    >>> cut_by_rank(np.array([0.1, 0.9, 0.2, 0.8, 0.3]), np.array([0, 1, 0, 1, 0]), 1).tolist()
    [3, 0, 2, 1, 2]
    """
    rank = len(scores) - np.searchsorted(np.sort(scores), scores, side="left")
    depth = np.ceil(np.log2(np.maximum(rank / first, 1.0)) - 1e-9).astype(np.int64)
    return np.asarray(np.unique(2 * depth + 1 - called, return_inverse=True)[1], dtype=np.int64)


def likeliest_shares(tally: Tally, contrast: Contrast) -> Floats | None:
    """Find the shares of positives that make the draws likeliest, among those of a contrast.

    It is None if no shares meet the contrast.
    """
    shares = tally.shares
    free = tally.drawn < tally.rows
    slack = _ROUNDING * (1.0 + float(np.abs(contrast.coefficients).sum()))
    least, most = find_range(tally, contrast.coefficients)
    if not least - slack <= contrast.target <= most + slack:
        return None
    b = contrast.target - float((contrast.coefficients * shares)[~free].sum())
    a = contrast.coefficients[free]
    # A layer drawn whole is known, and stays as it is.
    n, s = _count_effective(Tally(*(column[free] for column in tally)))
    shares[free] = _solve(a, b, n, s)
    return shares


def find_range(tally: Tally, coefficients: Floats) -> tuple[float, float]:
    """Find the least and the most that a contrast can be; layers drawn whole are known.

    Examples
    --------
    >>> two = Tally(np.array([4, 9]), np.array([4, 2]), np.array([1, 0]))
    >>> find_range(two, np.array([2.0, -3.0]))
    (-2.5, 0.5)
    """
    free = tally.drawn < tally.rows
    known = float((coefficients * tally.shares)[~free].sum())
    least, most = np.minimum(coefficients, 0)[free].sum(), np.maximum(coefficients, 0)[free].sum()
    return known + float(least), known + float(most)


def _solve(a: Floats, b: float, n: Floats, s: Floats) -> Floats:
    # In units of the largest coefficient, so that the multiplier is of like size for all.
    unit = max(float(np.abs(a).max(initial=0.0)), 1e-300)

    @cache  # the search comes back to its ends
    def shares_at(multiplier: float) -> Floats:
        return _shares_at(multiplier * a / unit, n, s)

    def excess(multiplier: float) -> float:
        return float((a * shares_at(multiplier)).sum()) - b

    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = -1.0, 1.0
        while excess(low) < 0 and low > -_FAR:
            low *= 8
        while excess(high) > 0 and high < _FAR:
            high *= 8
        # Only all positive, or none, comes as near: that some shares meet it was checked before.
        if excess(low) < 0:
            return shares_at(low)
        if excess(high) > 0:
            return shares_at(high)
        return shares_at(float(brentq(excess, low, high, xtol=1e-300, rtol=1e-13)))


def _count_effective(tally: Tally) -> tuple[Floats, Floats]:
    """Count the draws with replacement, and positives, that tell as much as those without."""
    N, n = tally.rows.astype(np.float64), tally.drawn.astype(np.float64)
    n = n * np.maximum(N - 1, 1) / (N - n)
    return n, tally.shares * n


def _shares_at(t: Floats, n: Floats, s: Floats) -> Floats:
    """Find the roots in [0, 1] of ``s / p - (n - s) / (1 - p) = t``."""
    lead = n + t
    root = np.sqrt(np.maximum(lead**2 - 4 * t * s, 0.0))
    both = lead + root
    p = np.where(both > 0, 2 * s / both, 0.0)
    # Without a positive the root is 0 until the pull is stronger than the draws.
    is_pulled = (t < 0) & (lead < 0)
    if is_pulled.any():
        p = np.where(is_pulled, (lead - root) / (2 * t), p)
    return np.asarray(np.minimum(np.maximum(np.where(np.isfinite(p), p, 0.0), 0.0), 1.0))


def tails(tally: Tally, condition: Condition) -> tuple[float, float]:
    """Simulate the mid-p tails, lower and upper, of what is seen, if a condition is met.

    The simulation is under the likeliest shares that meet it; both tails are 0 if none do.
    """
    shares = condition.likeliest(tally)
    if shares is None:
        return 0.0, 0.0
    expected = np.where(tally.drawn < tally.rows, tally.rows * shares, tally.positives)
    seen = _simulate(tally, np.minimum(expected, tally.rows))
    simulated = condition.seen(seen, tally.drawn)
    observed = float(condition.seen(tally.positives[None, :], tally.drawn)[0])
    tie = _ROUNDING * (1.0 + abs(observed))
    below, above = (simulated < observed - tie).mean(), (simulated > observed + tie).mean()
    half = (1 - below - above) / 2
    return float(below + half), float(above + half)


def _simulate(tally: Tally, expected: Floats) -> Codes:
    """Simulate how many positives are drawn, if so many are expected in each layer.

    What is expected need not be whole: a layer then holds one more or less, with that mean. The
    samples are spread evenly, so a tail comes out as of some ten times as many at random.
    """
    points, order = _spread(len(expected))
    listed = _list_counts(tally, expected)
    chance = _find_chances(tally, expected, listed)
    seen = np.empty((_SIMULATED, len(expected)), dtype=np.int64)
    end = 0
    for k, own in enumerate(listed):
        start, end = end, end + len(own)
        below = np.cumsum(chance[start:end])
        # Of the points in rising order, those up to here have this count or a smaller one.
        upto = np.searchsorted(points[k], below / below[-1], side="right")
        upto[-1] = _SIMULATED
        upto[1:] -= upto[:-1].copy()
        seen[order[k], k] = np.repeat(own, upto)
    return seen


def _list_counts(tally: Tally, expected: Floats) -> list[Codes]:
    """List the numbers of positives among the draws of each layer that have a chance."""
    mean = tally.drawn * expected / np.maximum(tally.rows, 1)
    far = _BEYOND * (np.sqrt(mean) + 1)
    least = np.maximum((mean - far).astype(np.int64), 0)
    most = np.minimum((mean + far).astype(np.int64) + 1, tally.drawn)
    ends = zip(least.tolist(), most.tolist(), strict=True)
    return [np.arange(low, high + 1) for low, high in ends]


def _find_chances(tally: Tally, expected: Floats, listed: list[Codes]) -> Floats:
    """Compute the chance of each listed count, one layer after the other."""
    counts, sizes = np.concatenate(listed), [len(own) for own in listed]
    whole = expected.astype(np.int64)
    part = np.repeat(expected - whole, sizes)
    rows, drawn, fewer = (np.repeat(each, sizes) for each in (tally.rows, tally.drawn, whole))
    less = _hypergeometric(counts, rows, fewer, drawn)
    more = _hypergeometric(counts, rows, fewer + 1, drawn)
    return np.asarray((1 - part) * less + part * more)


@lru_cache(maxsize=8)
def _spread(layers: int) -> tuple[Floats, Codes]:
    """Spread points evenly over the unit cube: Sobol's, moved by one random shift.

    A row for each layer gives their places in rising order, and another which points these are.
    """
    points = qmc.Sobol(layers, scramble=False).random(_SIMULATED)
    even = ((points + np.random.default_rng(0).random(layers)) % 1.0).T
    order = np.argsort(even, axis=1)
    return np.take_along_axis(even, order, axis=1), order


def _hypergeometric(counts: Codes, rows: Codes, positives: Codes, drawn: Codes) -> Floats:
    """Compute the chance of each number of positives among the rows drawn."""
    inside = (counts <= positives) & (drawn - counts <= rows - positives)
    k = np.where(inside, counts, np.maximum(drawn - rows + positives, 0))
    chance = log_choose(positives, k) + log_choose(rows - positives, drawn - k)
    return np.where(inside, np.exp(chance - log_choose(rows, drawn)), 0.0)


def interval(
    tally: Tally,
    condition_at: Callable[[float], Condition],
    value: float,
    level: float = 0.95,
) -> tuple[float, float]:
    """Give the interval of the values from 0 to 1 of a measure that the draws do not refute.

    `condition_at` makes of a value what the shares must meet so that the measure has it. The
    statistic seen must fall as the value rises past the estimate, which is `value`.

    References
    ----------
    Chuang & Lai (2000), Hybrid resampling methods for confidence intervals, Statistica Sinica 10.
    """
    a = (1 - level) / 2

    def refuted(candidate: float, above: bool) -> bool:
        at_most, at_least = tails(tally, condition_at(candidate))
        return (at_most if above else at_least) <= a

    def end(outer: float, above: bool) -> float:
        if not refuted(outer, above):
            return outer
        kept = value
        for step in range(_MOST_STEPS):
            if step >= _STEPS and abs(outer - kept) <= _NEAR * abs(outer - value):
                break
            middle = (outer + kept) / 2
            if refuted(middle, above):
                outer = middle
            else:
                kept = middle
        return kept

    return end(0.0, above=False), end(1.0, above=True)
