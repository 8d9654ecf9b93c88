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
_STEP = 1.0  # between two of them, in standard deviations of a Poisson number, at least
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
    hills = _Hills(parts)
    return _bound_sum(hills, limit) if len(parts) > 1 else hills.bound(limit)


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


def _find_first(first: Codes, last: Codes, holds: Callable[[Codes], NDArray[np.bool_]]) -> Codes:
    """Find for each part the first number for which something holds, that then holds for all.

    Where it holds for none, the last number is given. ``holds`` takes a row of numbers a part.
    """
    while (first < last).any():
        tried = _spread(first, last, _TRIED)
        found = np.count_nonzero(~holds(tried), axis=1)
        before = tried[np.arange(len(tried)), np.maximum(found - 1, 0)]
        after = tried[np.arange(len(tried)), np.minimum(found, _TRIED - 1)]
        # A part that is found already tries its number again and again.
        ended = first >= last
        last = np.where(ended | (found == _TRIED), last, after)
        first = np.where(ended | (found == 0), first, before + 1)
    return first


class _Hills:
    """The chance of all draws in each part, which rises to one top and falls, ever steeper.

    All parts are computed at once: one by one they would take many times as long.
    """

    def __init__(self, parts: tuple[Evidence, ...]) -> None:
        groups = [group for part in parts for group in part.groups]
        self._groups = np.array(groups, dtype=np.float64).reshape(-1, 4)
        self._owner = np.repeat(np.arange(len(parts)), [len(part.groups) for part in parts])
        self._first = np.array([part.known for part in parts], dtype=np.int64)
        self._last = np.array([part.most for part in parts], dtype=np.int64)
        self.tops = _find_first(
            self._first, self._last, lambda K: self._heights(K + 1) <= self._heights(K)
        )
        self.heights = self._heights(self.tops[:, None])[:, 0]

    def _heights(self, totals: Codes) -> Floats:
        """Compute the heights of each part, a row, at numbers of its own."""
        chances = log_chances(self._groups, totals[self._owner].astype(np.float64))
        out = np.zeros(totals.shape)
        begins = np.flatnonzero(np.diff(self._owner, prepend=-1))
        if len(begins):
            out[self._owner[begins]] = np.add.reduceat(chances, begins, axis=0)
        return out

    def bound(self, limit: float) -> tuple[int, int]:
        """Return the first and the last number above a height, of a single part."""
        low, high = self.bound_each(np.array([limit]))
        return int(low[0]), int(high[0])

    def bound_each(self, limits: Floats) -> tuple[Codes, Codes]:
        """Return the first and the last number of each part above a height; the top, if none is."""
        over = limits[:, None]
        is_flat = self.heights <= limits
        first, last = (np.where(is_flat, self.tops, end) for end in (self._first, self._last))
        low = _find_first(first, self.tops, lambda K: self._heights(K) > over)
        high = _find_first(self.tops, last, lambda K: self._heights(K + 1) <= over)
        return low, high

    def descend(self, ends: Codes, way: int) -> tuple[Floats, Floats]:
        """Give the ways from the tops to some numbers as straight pieces: steps, loss by each step.

        Between the numbers at which the height is computed the way runs along two tangents, which
        lie above it, so that no loss is overstated.
        """
        steps = _spread(np.zeros_like(ends), np.abs(ends - self.tops) + 1, _PIECES)
        loss, after, before = (
            self.heights[:, None] - self._heights(self.tops[:, None] + way * (steps + more))
            for more in (0, 1, -1)
        )
        first, last = (after - loss)[:, :-1], (loss - before)[:, 1:]
        length, lost = np.diff(steps, axis=1), np.diff(loss, axis=1)
        bends = (last > first) & (length > 0)
        with np.errstate(invalid="ignore"):
            along = (last * length - lost) / np.where(bends, last - first, 1)
        along = np.clip(np.where(bends, along, length), 0, length)
        there = np.concatenate([length, length], axis=1) > 0
        lengths = np.concatenate([along, length - along], axis=1)[there]
        return lengths, np.concatenate([first, last], axis=1)[there]


def _spread(first: Codes, end: Codes, count: int) -> Codes:
    """Spread so many whole numbers evenly from the first to the one before the end, in each row."""
    return np.floor(np.linspace(first, np.maximum(end - 1, first), count, axis=1)).astype(np.int64)


def _bound_sum(hills: _Hills, limit: float) -> tuple[int, int]:
    """Bound a sum of numbers, each with its own evidence.

    The likeliest sum of its size is one in which no part would lose less by one more than others
    have lost. So the pieces of all ways down are gone along in the order of their steepness.
    """
    top, spare = int(hills.tops.sum()), float(hills.heights.sum()) - limit
    if spare <= 0:
        return top, top
    low, high = hills.bound_each(hills.heights - spare)

    def reach(ends: Codes, way: int) -> int:
        lengths, steep = hills.descend(ends, way)
        order = np.argsort(steep, kind="stable")
        steps = np.concatenate([[0.0], np.cumsum(lengths[order])])
        lost = np.concatenate([[0.0], np.cumsum((lengths * steep)[order])])
        if lost[-1] < spare:
            return round(float(steps[-1]))
        return int(np.ceil(np.interp(spare, lost, steps) + _ROUNDING)) - 1

    return top - reach(low, -1), top + reach(high, 1)
