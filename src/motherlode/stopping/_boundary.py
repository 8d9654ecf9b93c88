"""After how many random draws a target recall is proved, when somebody looks after every draw.

A test at 5 % is right in 95 % of sessions if it is made once. Made after every draw it has many
chances to err. Here the chance of an error is spread over the positives that may be seen: with k
of them the test stops at one number of draws, the least for which the chances of all stops so far
stay below what may be spent by then. They are computed exactly, by counting the orders of draws
that lead there without a stop before.
"""

from bisect import bisect_left
from functools import lru_cache
from math import lgamma, log

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Floats
from ..estimation._exact import log_chance, log_choose

# How the error is spent. Of 35 shapes tried for errors of 1 to 20 %, none has a worst ratio of the
# draws to those of a test made once that is lower by 0.02 (``benchmarks/estimation/spending.py``).
_AT_NONE, _POWER = 0.7, 1 / 8
_SEEN = 4  # positives seen, at which a quarter of what was kept is still to be spent
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


def share_spent(seen: int, error: float) -> float:
    """Return the share of the error that may be spent by the stop at so many positives seen.

    If all were spent by the stop at none, it would come soonest if there is none to see, and late
    else.

    Examples
    --------
    >>> [round(share_spent(seen, 0.05), 2) for seen in (0, 1, 4, 12)]
    [0.48, 0.67, 0.87, 0.97]
    """
    kept = 1 - _AT_NONE * error**_POWER
    return 1 - kept * (_SEEN / (seen + _SEEN)) ** 2


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

    Examples
    --------
    With 20 found and 200 rows left, two missed positives must be ruled out:

    >>> boundary = Boundary(200, 20, 0.95, 0.05)
    >>> [boundary.draws(seen) for seen in range(4)]
    [169, 178, 183, 186]
    """

    def __init__(self, rows: int, before: int, recall: float, error: float) -> None:
        self._rows, self._before, self._recall, self._error = rows, before, recall, error
        self._draws: list[int] = []  # of each stop, by the positives seen
        self._log_orders: list[float] = []  # of draws up to the stop that meet none before

    @property
    def first(self) -> int:
        """The fewest draws after which a stop is possible."""
        return self.draws(0)

    def draws(self, seen: int) -> int:
        """Count the draws that prove the recall, if they show so many positives.

        Parameters
        ----------
        seen : int
            Positives among the draws.
        """
        while len(self._draws) <= seen:
            self._add_stage(len(self._draws))
        return self._draws[seen]

    def _add_stage(self, seen: int) -> None:
        start = max(seen, self._draws[-1] if self._draws else 0)
        log_orders = self._count_orders(start, seen)
        missed = float(least_missed(self._before + seen, self._before, self._recall))
        # Where negatives run out the chance is 0, so the last of these draws is enough. With fewer
        # rows than positives missed, the recall is reached for sure.
        tried = range(start, max(int(self._rows - missed) + seen + 1, start))
        if tried:
            left = self._error * share_spent(seen, self._error) - self._sum_chances(missed)
            limit = log(left) - log_orders + float(log_choose(self._rows, missed))
            limit += lgamma(missed - seen + 1)
            start += bisect_left(
                tried,
                True,
                key=lambda n: (
                    lgamma(self._rows - n + 1) - lgamma(self._rows - n - missed + seen + 1) <= limit
                ),
            )
        self._draws.append(start)
        self._log_orders.append(log_orders)

    def _count_orders(self, drawn: int, seen: int) -> float:
        """Count the orders of draws that show so many positives and meet no stop, as logarithm."""
        every = float(log_choose(drawn, seen))
        later = drawn - np.array(self._draws, dtype=np.int64)
        more = seen - np.arange(seen)
        way = np.where(more <= later, self._log_orders + log_choose(later, more) - every, -np.inf)
        return every + log(max(1 - np.exp(way).sum(), _LEAST))

    def _sum_chances(self, missed: float) -> float:
        """Sum the chances of all stops so far, if so many positives are among the rows."""
        chances = log_chance(self._rows, missed, self._draws, np.arange(len(self._draws)))
        return float(np.exp(self._log_orders + chances).sum())


@lru_cache(maxsize=256)
def boundary(rows: int, before: int, recall: float, error: float) -> Boundary:
    """Return the boundary of these numbers, which is kept for the next question."""
    return Boundary(rows, before, recall, error)
