"""Intervals for counts, valid however few: tails of the binomial and the hypergeometric.

An interval holds every value that the tail probability of what was seen does not refute. With
the plain tails (Clopper & Pearson) it covers *at least* the nominal share of sessions, and with
few positives much more. With mid-p tails, which count the value seen by half, it covers the
nominal share on average. Estimates use mid-p; promises (`motherlode.stopping`) use plain tails.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaln
from scipy.stats import binom

from .._rows.arrays import Floats
from ..errors import InputError
from ..session import Group
from ._value import check_share


def binomial_interval(
    positives: int, n: int, level: float = 0.95, *, mid_p: bool = False
) -> tuple[float, float]:
    """Give the interval of a share, from positives among n independent draws.

    Parameters
    ----------
    positives : int
        Positives among the draws.
    n : int
        Draws.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    mid_p : bool, default False
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
    if not 0 <= positives <= n:
        raise InputError(f"There are {positives} positives of {n}; give 0 to {n}.")
    check_share(level, "level")
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
        _find_crossing(above, a, low, share) if positives else 0.0,
        _find_crossing(below, a, high, share) if positives < n else 1.0,
    )


def _find_crossing(
    tail: Callable[[float], float], level: float, outer: float, inner: float
) -> float:
    """Find where a tail, small at ``outer`` and large at ``inner``, crosses a level."""
    for _ in range(60):
        middle = (outer + inner) / 2
        if tail(middle) < level:
            outer = middle
        else:
            inner = middle
    return inner


def total_interval(
    groups: Sequence[Group], known: int, most: int, level: float = 0.95, *, mid_p: bool = True
) -> tuple[int, int]:
    """Give the interval of the positives in a pool, from rows drawn at random at several times.

    Each group was drawn without replacement from the rows that were unlabelled then. If there are
    K positives in all, the positives of a group are hypergeometric with ``K - found`` positives
    among its rows, and the groups add up.

    Parameters
    ----------
    groups : sequence of Group
        The draws (`motherlode.session.Session.groups`).
    known : int
        Positives known by now: there are no fewer.
    most : int
        There are no more: those known and the rows unlabelled.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    mid_p : bool, default True
        Whether to count the value seen by half.

    Returns
    -------
    low, high : int

    Notes
    -----
    What is found between two draws may depend on the first of them, so that groups are not
    independent; given the past, each is hypergeometric as said. ``benchmarks/estimation`` saw no
    effect of this on the coverage.

    Examples
    --------
    None in 50 of 100 rows: five positives would have stayed unseen with a probability of 0.028,
    which mid-p counts by half.

    >>> total_interval([Group(100, 50, 0, 0)], known=0, most=50)
    (0, 4)
    >>> total_interval([Group(100, 50, 0, 0)], known=0, most=50, mid_p=False)
    (0, 5)
    """
    check_share(level, "level")
    seen = sum(group.positives for group in groups)
    a = (1 - level) / 2

    def tails(total: int) -> tuple[float, float]:
        below = compute_distribution(groups, total, seen)
        half = below[-1] / 2 if mid_p else below[-1]
        at_most = below[:-1].sum() + half
        at_least = 1 - below[:-1].sum() - (below[-1] - half)
        return float(at_most), float(at_least)

    low = known + bisect_left(range(known, most), True, key=lambda K: tails(K)[1] > a)
    above = bisect_left(range(low, most + 1), True, key=lambda K: tails(K)[0] <= a)
    return low, low + max(above - 1, 0)


def compute_distribution(groups: Sequence[Group], total: int, seen: int) -> Floats:
    """Compute the probabilities of 0, 1, …, ``seen`` positives in all groups, if ``total`` exist.

    Examples
    --------
    One positive in 10 rows is among 4 of them in two of five cases:

    >>> compute_distribution([Group(10, 4, 0, 0)], 1, 1).round(9).tolist()
    [0.6, 0.4]
    """
    out = np.zeros(seen + 1)
    out[0] = 1.0
    table = _tabulate_hypergeometric(groups, total, seen)
    for group, row in zip(groups, table, strict=True):
        last = min(group.drawn, seen)
        out = np.convolve(out, row[: last + 1])[: seen + 1]
    return out


def _tabulate_hypergeometric(groups: Sequence[Group], total: int, seen: int) -> Floats:
    N, n, _, found = np.array(groups, dtype=np.float64).reshape(-1, 4).T[:, :, None]
    K = np.clip(total - found, 0.0, N)
    x = np.arange(seen + 1, dtype=np.float64)[None, : int(min(seen, n.max(initial=0))) + 1]
    possible = (x <= K) & (x <= n) & (n - x <= N - K)
    x = np.where(possible, x, np.maximum(0.0, n - (N - K)))
    log_p = log_choose(K, x) + log_choose(N - K, n - x) - log_choose(N, n)
    return np.where(possible, np.exp(np.where(possible, log_p, 0.0)), 0.0)


def log_choose(n: ArrayLike, k: ArrayLike) -> Floats:
    """Compute the logarithm of the ways to choose k of n, both cut to what is possible."""
    n = np.maximum(n, 0.0)
    k = np.clip(k, 0.0, n)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def log_chance(rows: ArrayLike, positives: ArrayLike, drawn: ArrayLike, seen: ArrayLike) -> Floats:
    """Compute the logarithm of the chance of one order of draws that shows so many positives.

    Examples
    --------
    One positive in three rows; first it, then another:

    >>> round(float(np.exp(log_chance(3, 1, 2, 1))), 9)
    0.333333333
    """
    N, K, n, k = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (rows, positives, drawn, seen))
    )
    possible = (k <= K) & (n - k <= N - K) & (K <= N)
    return np.where(possible, log_choose(N - n, K - k) - log_choose(N, K), -np.inf)


def log_chances(groups: Floats, totals: Floats) -> Floats:
    """Compute the same for each group of draws, a row, and each number of positives, a column.

    Parameters
    ----------
    groups : ndarray of shape (g, 4)
        The fields of each `motherlode.session.Group`.
    totals : ndarray of shape (t,)
        Positives in the pool.

    Examples
    --------
    >>> np.exp(log_chances(np.array([[3.0, 2, 1, 0]]), np.array([1.0, 3]))).round(9).tolist()
    [[0.333333333, 0.0]]
    """
    rows, drawn, seen, found = groups.T[:, :, None]
    most = rows + found
    # Groups of a single draw are many, and their chance is a quotient.
    out = np.where(seen > 0, 1.0, -1.0) * totals
    out += np.where(seen > 0, -found, most)
    with np.errstate(divide="ignore", invalid="ignore"):
        np.log(out, out=out)
    out -= np.log(rows)
    more = np.flatnonzero(drawn != 1)
    if len(more):
        out[more] = log_chance(rows[more], totals - found[more], drawn[more], seen[more])
    out[(totals < found) | (totals > most)] = -np.inf
    return out
