"""Intervals for a number of positives that hold at every look, however a search goes on meanwhile.

If a pool holds K positives, a control draw finds one with the chance ``(K - found) / left``, given
all that happened before it, whatever a search did. So the chance of all draws so far is known for
each K. A wager names, before each draw, a chance of its own; the product of these, divided by the
chance under the true K, stays below ``1 / (1 - level)`` for ever in a share ``level`` of sessions
at least. All K for which it is higher are refuted.

The wager is a mixture over numbers of positives from 0 to all rows, each order of magnitude with
the same weight, of those that are possible still.

References
----------
Ville (1939), Étude critique de la notion de collectif. Waudby-Smith & Ramdas (2020), Confidence
sequences for sampling without replacement, NeurIPS. Robbins (1970), Statistical methods related to
the law of the iterated logarithm, Annals of Mathematical Statistics 41.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._rows.arrays import Codes, Floats
from ..session import Group
from ._exact import log_chances

_SUPPOSED = 500  # numbers of positives that the wager supposes, at most or nearly so
_STEP = 0.25  # between two of them, in standard deviations of a Poisson number, at least
_KEPT = 256  # groups of draws, after which what is computed is kept
_TRIED = 16  # numbers for which the chance of all draws is computed at once
_PIECES = 64  # of the way from the likeliest number to the end
_ROUNDING = 1e-9


class Evidence(NamedTuple):
    """What random draws say of the positives among some rows.

    Attributes
    ----------
    rows : int
        How many rows there are, labelled or not.
    groups : tuple of Group
        The draws.
    known, most : int
        Positives known by now, and these with the rows unlabelled: no fewer and no more exist.
    """

    rows: int
    groups: tuple[Group, ...]
    known: int
    most: int


@lru_cache(maxsize=256)
def anytime_interval(parts: tuple[Evidence, ...], level: float) -> tuple[int, int]:
    """Give the interval of the positives in all parts of a pool, valid at every look.

    Parameters
    ----------
    parts : tuple of Evidence
        What is known of each part of the pool.
    level : float in (0, 1)
        The share of sessions, at least, in which the interval holds at every look.

    Returns
    -------
    low, high : int

    Examples
    --------
    None in 50 of 100 rows. An interval for this one look would end at 4.

    >>> anytime_interval((Evidence(100, (Group(100, 50, 0, 0),), 0, 50),), 0.95)
    (0, 6)
    """
    limit = float(np.log(1 - level) + sum(log_wager(part.rows, part.groups) for part in parts))
    hills = [_Hill(part) for part in parts]
    return hills[0].bound(limit) if len(hills) == 1 else _bound_sum(hills, limit)


def log_wager(rows: int, groups: tuple[Group, ...]) -> float:
    """Compute the chance that the wager gave to all draws, as a logarithm."""
    return _wager(rows, groups)[1]


@lru_cache(maxsize=64)
def _wager(rows: int, groups: tuple[Group, ...]) -> tuple[Floats, float]:
    """Compute the weights of all numbers supposed after the draws, and the chance given to these.

    What was computed of the first draws is kept, since sessions grow at the end.
    """
    if not groups:
        return _suppose(rows)[1], 0.0
    known = (len(groups) - 1) // _KEPT * _KEPT
    weights, total = _wager(rows, groups[:known])
    draws, supposed = np.array(groups[known:], dtype=np.float64), _suppose(rows)[0]
    drawn_from, found = draws[:, 0, None], draws[:, 3, None]
    # The wager goes on with the numbers that are possible still: search may have found more.
    possible = (supposed >= found) & (supposed <= found + drawn_from)
    # While the same are possible, what is given to each draw is supported for the next.
    changes = (possible[1:] != possible[:-1]).any(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], changes]))
    possible, chances = possible[starts], np.add.reduceat(log_chances(draws, supposed), starts)
    logs = np.concatenate([weights[None], weights + np.cumsum(chances, axis=0)])
    # Where so few rows are left that no number supposed is possible, nothing more is refuted.
    with np.errstate(divide="ignore", invalid="ignore"):
        tops = np.where(possible, logs[:-1], -np.inf).max(axis=1, keepdims=True)
        supported = np.where(possible, np.exp(logs[:-1] - tops), 0.0).sum(axis=1)
        given = np.where(possible, np.exp(logs[1:] - tops), 0.0).sum(axis=1)
        gained = float(np.log(given / supported).sum())
    return logs[-1], total + gained if np.isfinite(gained) else -np.inf


@lru_cache(maxsize=16)
def _suppose(rows: int) -> tuple[Floats, Floats]:
    """Choose numbers of positives, and the logarithm of the weight of each."""
    step = max(_STEP, 2 * np.sqrt(rows) / _SUPPOSED)
    supposed = [0]
    while supposed[-1] < rows:
        supposed.append(min(rows, supposed[-1] + max(1, int(step * np.sqrt(supposed[-1])))))
    numbers = np.array(supposed, dtype=np.float64)
    weights = np.diff(numbers, append=rows + 1.0) / (numbers + 1)
    return numbers, np.log(weights / weights.sum())


def _find_first(first: int, last: int, holds: Callable[[Codes], NDArray[np.bool_]]) -> int:
    """Find the first number for which something holds, that then holds for all; or the last."""
    while first < last:
        tried = _spread(first, last, _TRIED)
        found = int(np.count_nonzero(~holds(tried)))
        last = int(tried[found]) if found < len(tried) else last
        first = int(tried[found - 1]) + 1 if found else first
    return first


class _Hill:
    """The chance of all draws in a part, which rises to one top and falls, each step steeper."""

    def __init__(self, part: Evidence) -> None:
        self._groups = np.array(part.groups, dtype=np.float64).reshape(-1, 4)
        self._first, self._last = part.known, part.most
        self.top = _find_first(
            part.known, part.most, lambda K: self._heights(K + 1) <= self._heights(K)
        )
        self.height = float(self._heights(np.array([self.top]))[0])

    def _heights(self, totals: Codes) -> Floats:
        return np.asarray(log_chances(self._groups, totals.astype(np.float64)).sum(axis=0))

    def bound(self, limit: float) -> tuple[int, int]:
        """Return the first and the last number above a height; the top, if none is."""
        if self.height <= limit:
            return self.top, self.top
        low = _find_first(self._first, self.top, lambda K: self._heights(K) > limit)
        high = _find_first(self.top, self._last, lambda K: self._heights(K + 1) <= limit)
        return low, high

    def descend(self, end: int) -> tuple[Floats, Floats]:
        """Give the way from the top to a number as straight pieces: steps, and loss by each step.

        Between the numbers at which the height is computed the way runs along two tangents, which
        lie above it, so that no loss is overstated.
        """
        way = 1 if end > self.top else -1
        steps = _spread(0, abs(end - self.top) + 1, _PIECES)
        loss, after, before = (
            self.height - self._heights(self.top + way * (steps + more)) for more in (0, 1, -1)
        )
        first, last = (after - loss)[:-1], (loss - before)[1:]
        length, lost = np.diff(steps), np.diff(loss)
        bends = last > first
        along = np.where(bends, (last * length - lost) / np.where(bends, last - first, 1), length)
        along = np.clip(along, 0, length)
        return np.concatenate([along, length - along]), np.concatenate([first, last])


def _spread(first: int, end: int, most: int) -> Codes:
    """Spread some whole numbers evenly from the first to the one before the end."""
    return np.unique(np.linspace(first, end - 1, min(end - first, most)).astype(np.int64))


def _bound_sum(hills: list[_Hill], limit: float) -> tuple[int, int]:
    """Bound a sum of numbers, each with its own evidence.

    The likeliest sum of its size is one in which no part would lose less by one more than others
    have lost. So the pieces of all ways down are gone along in the order of their steepness.
    """
    top, spare = sum(hill.top for hill in hills), sum(hill.height for hill in hills) - limit
    if spare <= 0:
        return top, top
    ends = [hill.bound(hill.height - spare) for hill in hills]

    def reach(side: int) -> int:
        ways = [hill.descend(end[side]) for hill, end in zip(hills, ends, strict=True)]
        lengths, steep = (np.concatenate(parts) for parts in zip(*ways, strict=True))
        order = np.argsort(steep, kind="stable")
        steps = np.concatenate([[0.0], np.cumsum(lengths[order])])
        lost = np.concatenate([[0.0], np.cumsum((lengths * steep)[order])])
        if lost[-1] < spare:
            return round(float(steps[-1]))
        return int(np.ceil(np.interp(spare, lost, steps) + _ROUNDING)) - 1

    return top - reach(0), top + reach(1)
