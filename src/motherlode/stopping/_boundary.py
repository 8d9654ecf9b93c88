"""After how many random draws a target recall is proved, when somebody looks after every draw.

A test at 5 % is right in 95 % of sessions if it is made once. Made after every draw it has many
chances to err. Here the chance of an error is spread over the positives that may be seen: with k
of them the test stops at one number of draws, the least for which the chances of all stops so far
stay below what may be spent by then. They are computed exactly, by counting the orders of draws
that lead there without a stop before.
"""

from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from math import lgamma, log

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Codes, Floats
from ..estimation._exact import log_chance, log_choose

# How the error is spent. Chosen so that the worst ratio of the draws to those of a test made once
# is nearly the least possible, for errors of 1 to 20 % (``benchmarks/estimation/limit.py``).
_AT_NONE, _POWER = 0.7, 1 / 8  # what the stop at none may spend, where many positives can be seen
_FEW = 14  # positives missed, with which half as much is kept for later stops
_FIRST, _LAST, _HALFWAY = 0.2, 5.0, 60  # over how many positives seen the rest is spent
_STEEP = 2.5
_MOST_FALLING = 500  # positives seen: to let later stops come sooner saves next to nothing, slowly
# Of counts of orders a difference is taken; below this share nothing of it is left but rounding.
_LEAST = 1e-12


def least_missed(found: ArrayLike, before: ArrayLike, recall: float) -> Floats:
    """Return the fewest positives among the rows that the search left, if the recall is missed.

    ``floor(found / recall - before + 1)``: with one fewer the target would be met. `found` are
    the positives known by now, `before` those known before the draws began.

    References
    ----------
    Callaghan & Müller-Hansen (2020), Statistical stopping criteria for automated screening in
    systematic reviews, Systematic Reviews 9, 273, eq. 2.

    Examples
    --------
    With 19 found of 20 a recall of 95 % is met; the first total that misses it is 21.

    >>> float(least_missed(19, 19, 0.95))
    2.0
    """
    # 19 / 0.95 must be 20, also where the quotient comes out as 20.000000000000004.
    return np.asarray(np.floor(np.asarray(found) / recall - np.asarray(before) + 1 + 1e-9))


def share_spent(seen: int, missed: ArrayLike, error: float) -> Floats:
    """Return the share of the error that may be spent by the stop at so many positives seen.

    If all were spent by the stop at none, it would come soonest if there is none to see, and late
    else. Where the target is missed by few positives, few can be seen, and more is spent at once.

    Examples
    --------
    >>> [round(float(share_spent(seen, 1000, 0.05)), 2) for seen in (0, 1, 4, 12)]
    [0.49, 0.68, 0.89, 0.98]
    >>> [round(float(share_spent(seen, 5, 0.05)), 2) for seen in (0, 1, 4, 12)]
    [0.86, 0.99, 1.0, 1.0]
    """
    missed = np.asarray(missed, dtype=np.float64)
    kept = (1 - _AT_NONE * error**_POWER) * missed / (missed + _FEW)
    scale = _FIRST + (_LAST - _FIRST) * missed / (missed + _HALFWAY)
    return np.asarray(1 - kept * (scale / (seen + scale)) ** _STEEP)


class Boundary:
    """The draws after which a target recall is proved, by the positives seen among them.

    Parameters
    ----------
    rows : int
        Unlabelled rows before the first draw.
    before : int
        Positives known before the first draw.
    recall : float
        The share of the positives to be found.
    error : float
        The chance to stop short, ever, that is allowed.

    Notes
    -----
    If the pool holds K positives, a stop at k seen is an error for all k with ``before + k <
    recall * K``. More positives make stops rarer, so for each k the fewest that miss the target
    decide, and the chance of a stop by then is held below the error for these.

    A stop at k seen may come after fewer draws than one with fewer positives seen. Where it is an
    error, the pool holds more than k of them. So whoever has fewer than k at that moment will stop
    with k at most, sooner or later, and the chance to err is the same as if he stopped at once.

    Examples
    --------
    With 20 found and 200 rows left, two missed positives must be ruled out:

    >>> boundary = Boundary(200, 20, 0.95, 0.05)
    >>> [boundary.draws(seen) for seen in range(4)]
    [157, 174, 181, 185]
    """

    def __init__(self, rows: int, before: int, recall: float, error: float) -> None:
        self._rows, self._before, self._recall, self._error = rows, before, recall, error
        self._first_missed = float(least_missed(before, before, recall))
        self._stops: list[int] = []  # draws at each, by the positives seen
        # The same, but none later than one with more positives seen, which changes no chance to
        # err; and how many orders of draws lead to each and meet none before.
        self._draws: list[int] = []
        self._log_orders: list[float] = []

    def draws(self, seen: int) -> int:
        """Count the draws that prove the recall, if they show so many positives.

        Parameters
        ----------
        seen : int
            Positives among the draws.
        """
        while len(self._stops) <= seen:
            self._add_stage(len(self._stops))
        return self._stops[seen]

    def _add_stage(self, seen: int) -> None:
        missed = float(least_missed(self._before + seen, self._before, self._recall))
        share = float(share_spent(seen, self._first_missed, self._error))
        last = max(seen, self._draws[-1] if self._draws else 0)

        def is_rare(drawn: int) -> bool:
            stops = self._stop_at(drawn, seen)
            return self._sum_chances(missed, *stops) <= self._error * share

        if seen < _MOST_FALLING and is_rare(last):
            drawn = _find_last_step(seen, last, is_rare)
            self._draws, self._log_orders = self._stop_at(drawn, seen)
        else:
            drawn = self._rise(last, seen, missed, self._error * share)
        self._stops.append(drawn)

    def _rise(self, last: int, seen: int, missed: float, allowed: float) -> int:
        """Add a stop that comes after all before it, and return its draws."""
        log_orders = float(self._count_orders(last, np.array([seen]))[0])
        left = allowed - self._sum_chances(missed, self._draws, self._log_orders)
        limit = log(left) - log_orders + float(log_choose(self._rows, missed))
        limit += lgamma(missed - seen + 1)
        # Where negatives run out the chance is 0, so the last of these draws is enough.
        drawn = last + bisect_left(
            range(last, int(self._rows - missed) + seen + 1),
            True,
            key=lambda n: (
                lgamma(self._rows - n + 1) - lgamma(self._rows - n - missed + seen + 1) <= limit
            ),
        )
        self._draws.append(drawn)
        self._log_orders.append(log_orders)
        return drawn

    def _stop_at(self, drawn: int, seen: int) -> tuple[list[int], list[float]]:
        """Give the stops, and the orders of draws, if one more comes at so many draws."""
        kept = bisect_left(self._draws, drawn)
        orders = self._count_orders(drawn, np.arange(kept, seen + 1))
        moved = [drawn] * len(orders)
        return self._draws[:kept] + moved, self._log_orders[:kept] + orders.tolist()

    def _count_orders(self, drawn: int, seen: Codes) -> Floats:
        """Count the orders of draws that show so many positives and meet no stop, as logarithms."""
        kept = bisect_left(self._draws, drawn)
        every = log_choose(drawn, seen)
        later = drawn - np.array(self._draws[:kept], dtype=np.int64)
        more = seen[:, None] - np.arange(kept)
        ways = np.array(self._log_orders[:kept]) + log_choose(later, more) - every[:, None]
        stopped = np.where(more <= later, np.exp(ways), 0.0).sum(axis=1)
        return np.asarray(every + np.log(np.maximum(1 - stopped, _LEAST)))

    def _sum_chances(self, missed: float, draws: list[int], log_orders: list[float]) -> float:
        """Sum the chances of all these stops, if so many positives are among the rows."""
        chances = log_chance(self._rows, missed, draws, np.arange(len(draws)))
        return float(np.exp(log_orders + chances).sum())


def _find_last_step(least: int, start: int, holds: Callable[[int], bool]) -> int:
    """Find the least number for which something holds, that holds for all up to the start.

    It is looked for near the start first, in steps twice as large each time.
    """
    step = 1
    while start - step > least and holds(start - step):
        step *= 2
    return bisect_left(range(start), True, lo=max(least, start - step), key=holds)


@lru_cache(maxsize=256)
def boundary(rows: int, before: int, recall: float, error: float) -> Boundary:
    """Return the boundary of these numbers, which is kept for the next question."""
    return Boundary(rows, before, recall, error)
