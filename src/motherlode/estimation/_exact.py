"""Intervals for counts, valid however few: tails of the binomial and the hypergeometric.

An interval holds every value that the tail probability of what was seen does not refute. With
the plain tails (Clopper & Pearson) it covers *at least* the nominal share of sessions, and with
few positives much more. With mid-p tails, which count the value seen by half, it covers the
nominal share on average. Estimates use mid-p; promises (`motherlode.stopping`) use plain tails.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import betaincinv, gammaln
from scipy.stats import binom

from .._rows.arrays import Floats
from ..errors import InputError
from ..session import Group
from ._value import check_level


def binomial_interval(
    positives: int, n: int, level: float = 0.95, *, mid_p: bool = False
) -> tuple[float, float]:
    """Interval for a share, from positives among n independent draws.

    Parameters
    ----------
    positives, n : int
    level : float
    mid_p : bool
        Whether to count the value seen by half.

    Returns
    -------
    low, high : float

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26. Lancaster (1961), Significance tests in discrete
    distributions, JASA 56 (mid-p).

    Examples
    --------
    None in 100: the share is below ``1 - 0.025 ** (1 / 100)``.

    >>> [round(end, 4) for end in binomial_interval(0, 100)]
    [0.0, 0.0362]
    >>> [round(end, 4) for end in binomial_interval(0, 100, mid_p=True)]
    [0.0, 0.0295]
    """
    check_counts(positives, n, level)
    if n == 0:
        return 0.0, 1.0
    a = (1 - level) / 2
    low = float(betaincinv(positives, n - positives + 1, a)) if positives else 0.0
    high = float(betaincinv(positives + 1, n - positives, 1 - a)) if positives < n else 1.0
    if not mid_p:
        return low, high
    # Mid-p ends lie within the plain ones' neighbours, towards the share seen.
    share = positives / n

    def above(p: float) -> float:
        return float(binom.sf(positives, n, p) + binom.pmf(positives, n, p) / 2)

    def below(p: float) -> float:
        return float(binom.cdf(positives - 1, n, p) + binom.pmf(positives, n, p) / 2)

    return (
        crossing(above, a, low, share) if positives else 0.0,
        crossing(below, a, high, share) if positives < n else 1.0,
    )


def crossing(tail: Callable[[float], float], level: float, outer: float, inner: float) -> float:
    """Where a tail, small at ``outer`` and large at ``inner``, crosses a level, by bisection."""
    for _ in range(60):
        middle = (outer + inner) / 2
        if tail(middle) < level:
            outer = middle
        else:
            inner = middle
    return inner


def total_interval(
    groups: Sequence[Group],
    known: int,
    most: int,
    level: float = 0.95,
    *,
    mid_p: bool = True,
) -> tuple[int, int]:
    """Interval for the positives in a pool, from rows drawn at random at several times.

    Each group was drawn without replacement from the rows that were unlabelled then. Were there
    K positives in all, its positives are hypergeometric with ``K - found`` positives among its
    rows, and the groups add up.

    Parameters
    ----------
    groups : sequence of Group
    known : int
        Positives known by now: there are no fewer.
    most : int
        There are no more: those known and the rows unlabelled.
    level : float
    mid_p : bool

    Returns
    -------
    low, high : int

    Notes
    -----
    What is found between two draws may hang on the first of them, so that groups are not
    independent; given the past, each is hypergeometric as said. The benchmark measures what
    this does to the coverage: nothing that can be seen.

    Examples
    --------
    None in 50 of 100 rows: five positives would have stayed unseen with a chance of 0.028, which
    mid-p counts by half.

    >>> total_interval([Group(100, 50, 0, 0)], known=0, most=50)
    (0, 4)
    >>> total_interval([Group(100, 50, 0, 0)], known=0, most=50, mid_p=False)
    (0, 5)
    """
    check_level(level)
    seen = sum(group.positives for group in groups)
    a = (1 - level) / 2

    def tails(total: int) -> tuple[float, float]:
        below = distribution(groups, total, seen)
        half = below[-1] / 2 if mid_p else below[-1]
        at_most = below[:-1].sum() + half
        at_least = 1 - below[:-1].sum() - (below[-1] - half)
        return float(at_most), float(at_least)

    low = first(lambda K: tails(K)[1] > a, known, most)
    high = first(lambda K: tails(K)[0] <= a, low, most + 1) - 1
    return min(low, most), max(min(high, most), low)


def first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first of low … high - 1 for which a condition holds that then goes on to hold."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def distribution(groups: Sequence[Group], total: int, seen: int) -> Floats:
    """Probability of 0, 1, …, ``seen`` positives in all groups together, were there ``total``.

    Examples
    --------
    One positive in 10 rows is among 4 of them in two of five cases:

    >>> distribution([Group(10, 4, 0, 0)], 1, 1).round(9).tolist()
    [0.6, 0.4]
    """
    out = np.zeros(seen + 1)
    out[0] = 1.0
    table = _hypergeometric(groups, total, seen)
    for group, row in zip(groups, table, strict=True):
        last = min(group.drawn, seen)
        out = np.convolve(out, row[: last + 1])[: seen + 1]
    return out


def _hypergeometric(groups: Sequence[Group], total: int, seen: int) -> Floats:
    N = np.array([g.rows for g in groups], dtype=np.float64)[:, None]
    n = np.array([g.drawn for g in groups], dtype=np.float64)[:, None]
    K = np.clip(total - np.array([g.found for g in groups], dtype=np.float64)[:, None], 0.0, N)
    x = np.arange(seen + 1, dtype=np.float64)[None, : int(min(seen, n.max(initial=0))) + 1]
    possible = (x <= K) & (x <= n) & (n - x <= N - K)
    x = np.where(possible, x, np.maximum(0.0, n - (N - K)))
    log_p = log_choose(K, x) + log_choose(N - K, n - x) - log_choose(N, n)
    return np.where(possible, np.exp(np.where(possible, log_p, 0.0)), 0.0)


def log_choose(n: Floats, k: Floats) -> Floats:
    """Logarithm of the ways to choose k of n; of what is possible, where n or k is not."""
    n = np.maximum(n, 0.0)
    k = np.clip(k, 0.0, n)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def check_counts(positives: int, n: int, level: float) -> None:
    """Check what every interval of counts is made from."""
    if not 0 <= positives <= n:
        raise InputError(f"There are {positives} positives of {n}; give 0 to {n}.")
    check_level(level)
