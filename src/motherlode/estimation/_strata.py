"""Rows in layers by score, and intervals for what is made from the layers' shares of positives.

Where a layer shows no positive, an interval from variances would say that it holds none. Here
a value of the measure is kept as long as some shares of positives that give this value, the
likeliest of them, make what was seen likely enough.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from scipy.optimize import brentq

from .._rows.arrays import Codes, Floats

_SIMULATED = 1_000
_STEPS = 10
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
    """What shares meet if a measure has a value."""

    def likeliest(self, tally: Tally) -> Floats | None:
        """The shares that meet it and make the draws likeliest; None if none do."""

    def seen(self, positives: Codes, drawn: Codes) -> Floats:
        """A statistic of samples that grows with the measure; a row of positives for each."""


class Contrast(NamedTuple):
    """A measure has a value if and only if ``sum(coefficients * shares) == target``."""

    coefficients: Floats
    target: float

    def likeliest(self, tally: Tally) -> Floats | None:
        """As `likeliest_shares` has them."""
        return likeliest_shares(tally, self)

    def seen(self, positives: Codes, drawn: Codes) -> Floats:
        """The contrast of the shares in each sample."""
        return np.asarray((positives / np.maximum(drawn, 1)) @ self.coefficients)


def cut_by_rank(scores: Floats, called: Codes, first: int = 8) -> Codes:
    """Layers of the ranking, each as long as all above it, and none with both kinds of call.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Only their order counts, so that they need not be calibrated.
    called : ndarray of shape (n,)
        Whether the model calls the row positive.
    first : int
        Rows of the topmost layer.

    Returns
    -------
    ndarray of int64 of shape (n,)
        Layers 0, 1, …, the highest scores first.

    Examples
    --------
    >>> cut_by_rank(np.array([0.1, 0.9, 0.2, 0.8, 0.3]), np.array([0, 1, 0, 1, 0]), 1).tolist()
    [3, 0, 2, 1, 2]
    """
    rank = np.empty(len(scores), dtype=np.int64)
    rank[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    depth = np.ceil(np.log2(np.maximum((rank + 1) / first, 1.0)) - 1e-9).astype(np.int64)
    return np.asarray(np.unique(2 * depth + 1 - called, return_inverse=True)[1], dtype=np.int64)


def likeliest_shares(tally: Tally, contrast: Contrast) -> Floats | None:
    """Shares of positives that make the draws likeliest, among those that meet a contrast.

    Returns
    -------
    ndarray or None
        None if no shares meet it.
    """
    shares = tally.shares
    free = tally.drawn < tally.rows
    slack = _ROUNDING * (1.0 + float(np.abs(contrast.coefficients).sum()))
    least, most = within_reach(tally, contrast.coefficients)
    if not least - slack <= contrast.target <= most + slack:
        return None
    b = contrast.target - float((contrast.coefficients * shares)[~free].sum())
    a = contrast.coefficients[free]
    # A layer drawn whole is known, and stays as it is.
    n, s = _effective(Tally(*(column[free] for column in tally)))
    shares[free] = _solved(a, b, n, s)
    return shares


def within_reach(tally: Tally, coefficients: Floats) -> tuple[float, float]:
    """The least and the most that a contrast can be: layers drawn whole are as they are.

    Examples
    --------
    >>> two = Tally(np.array([4, 9]), np.array([4, 2]), np.array([1, 0]))
    >>> within_reach(two, np.array([2.0, -3.0]))
    (-2.5, 0.5)
    """
    free = tally.drawn < tally.rows
    known = float((coefficients * tally.shares)[~free].sum())
    least, most = np.minimum(coefficients, 0)[free].sum(), np.maximum(coefficients, 0)[free].sum()
    return known + float(least), known + float(most)


def _solved(a: Floats, b: float, n: Floats, s: Floats) -> Floats:
    low, high = -1.0, 1.0
    while _met(a, n, s, low) < b and low > -_FAR:
        low *= 8
    while _met(a, n, s, high) > b and high < _FAR:
        high *= 8
    if _met(a, n, s, low) < b or _met(a, n, s, high) > b:
        # Only all positive, or none, comes as near: what can be met was checked before.
        return _shares_at(a, n, s, low if _met(a, n, s, low) < b else high)
    found = brentq(lambda m: _met(a, n, s, m) - b, low, high, xtol=1e-300, rtol=1e-13)
    return _shares_at(a, n, s, float(found))


def _effective(tally: Tally) -> tuple[Floats, Floats]:
    """Draws with replacement that would tell as much as those without."""
    N, n = tally.rows.astype(np.float64), tally.drawn.astype(np.float64)
    n = n * np.maximum(N - 1, 1) / (N - n)
    return n, tally.shares * n


def _met(a: Floats, n: Floats, s: Floats, multiplier: float) -> float:
    return float((a * _shares_at(a, n, s, multiplier)).sum())


def _shares_at(a: Floats, n: Floats, s: Floats, multiplier: float) -> Floats:
    """Roots in [0, 1] of ``s / p - (n - s) / (1 - p) = multiplier * a``."""
    # In units of the coefficients' size, so that the search for the multiplier is even.
    t = multiplier * a / max(float(np.abs(a).max(initial=0.0)), 1e-300)
    lead = n + t
    root = np.sqrt(np.maximum(lead**2 - 4 * t * s, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(lead + root > 0, 2 * s / (lead + root), 0.0)
        # Without a positive the root is 0 until the pull is stronger than the draws.
        p = np.where((t < 0) & (lead < 0), (lead - root) / (2 * t), p)
    return np.asarray(np.clip(np.where(np.isfinite(p), p, 0.0), 0.0, 1.0))


def tails(tally: Tally, condition: Condition, seed: int = 0) -> tuple[float, float]:
    """Mid-p tails of what is seen, under the likeliest shares that meet a condition.

    Returns
    -------
    at_most, at_least : float
        Both 0 if no shares meet it.
    """
    shares = condition.likeliest(tally)
    if shares is None:
        return 0.0, 0.0
    rng = np.random.default_rng(seed)
    size = (_SIMULATED, len(shares))
    # Whole numbers of positives that are the expected ones on average.
    expected = tally.rows * shares
    positives = np.floor(expected + rng.random(size)).astype(np.int64)
    positives = np.where(tally.drawn < tally.rows, positives, tally.positives)
    positives = np.minimum(positives, tally.rows)
    seen = rng.hypergeometric(positives, tally.rows - positives, tally.drawn, size=size)
    simulated = condition.seen(seen, tally.drawn)
    observed = float(condition.seen(tally.positives[None, :], tally.drawn)[0])
    tie = _ROUNDING * (1.0 + abs(observed))
    below, above = (simulated < observed - tie).mean(), (simulated > observed + tie).mean()
    half = (1 - below - above) / 2
    return float(below + half), float(above + half)


def interval(
    tally: Tally,
    condition_at: Callable[[float], Condition],
    value: float,
    bounds: tuple[float, float],
    level: float = 0.95,
) -> tuple[float, float]:
    """The values of a measure that the draws do not refute.

    Parameters
    ----------
    tally : Tally
    condition_at : callable
        From a value to what shares meet if the measure has it. The statistic seen must fall as
        the value rises past the estimate.
    value : float
        The estimate.
    bounds : (float, float)
        Between which the measure can lie.
    level : float

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
        inside = value
        for _ in range(_STEPS):
            middle = (outer + inside) / 2
            if refuted(middle, above):
                outer = middle
            else:
                inside = middle
        return inside

    return end(bounds[0], above=False), end(bounds[1], above=True)
