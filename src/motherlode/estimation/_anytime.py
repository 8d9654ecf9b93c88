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

from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .._rows.arrays import Floats
from ..session import Group
from ._exact import log_chance

_SUPPOSED = 500  # numbers of positives that the wager supposes, at most or nearly so
_STEP = 0.25  # between two of them, in standard deviations of a Poisson number, at least
_KEPT = 256  # groups of draws, after which what is computed is kept
_HALVINGS = 30
_LARGEST_LOSS = 1e6


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

    def likelihood(self) -> Callable[[int], float]:
        """Return the chance of all draws, as a logarithm, of the number of positives."""
        rows, drawn, seen, found = np.array(self.groups, dtype=np.float64).reshape(-1, 4).T
        return lambda total: float(log_chance(rows, total - found, drawn, seen).sum())


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
    hills = [_Hill(part.likelihood(), part.known, part.most) for part in parts]
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
    chances = np.stack([_tabulate(rows, group) for group in groups[known:]])
    logs = np.concatenate([weights[None], weights + np.cumsum(chances, axis=0)])
    drawn_from, _, _, found = np.array(groups[known:]).T[:, :, None]
    supposed = _suppose(rows)[0]
    # The wager goes on with the numbers that are possible still: search may have found more.
    possible = (supposed >= found) & (supposed <= found + drawn_from)
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


@lru_cache(maxsize=2048)
def _tabulate(rows: int, group: Group) -> Floats:
    """Compute the chance of a group's draws for each number supposed, as logarithms."""
    supposed, _ = _suppose(rows)
    return log_chance(group.rows, supposed - group.found, group.drawn, group.positives)


def _find_first(tried: range, holds: Callable[[int], bool]) -> int:
    return bisect_left(tried, True, key=holds)


class _Hill:
    """A function of whole numbers that rises to one top and falls, each step steeper."""

    def __init__(self, height: Callable[[int], float], first: int, last: int) -> None:
        self.height, self._first, self._last = height, first, last
        tried = range(first, last)
        self.top = first + _find_first(tried, lambda K: height(K + 1) <= height(K))

    def bound(self, limit: float) -> tuple[int, int]:
        """Return the first and the last number above a height; the top, if none is."""
        first, top, height = self._first, self.top, self.height
        if height(top) <= limit:
            return top, top
        low = first + _find_first(range(first, top), lambda K: height(K) > limit)
        high = top + _find_first(range(top, self._last), lambda K: height(K + 1) <= limit)
        return low, high

    def go(self, way: int, loss: float) -> int:
        """Go up or down from the top while a step loses no more than so much."""
        steps = range(self._last - self.top if way > 0 else self.top - self._first)
        return self.top + way * _find_first(
            steps,
            lambda i: (
                self.height(self.top + way * i) - self.height(self.top + way * (i + 1)) > loss
            ),
        )


def _bound_sum(hills: list[_Hill], limit: float) -> tuple[int, int]:
    """Bound a sum of numbers, each with its own evidence.

    The likeliest sum of its size is one in which every part would lose as much by one more. This
    loss is doubled and halved until the chance falls below the limit.
    """

    def reach(way: int, loss: float) -> tuple[int, float]:
        ends = [hill.go(way, loss) for hill in hills]
        return sum(ends), sum(hill.height(end) for hill, end in zip(hills, ends, strict=True))

    def bound(way: int) -> int:
        inside, outside = 0.0, 1.0
        while reach(way, outside)[1] > limit:
            if outside > _LARGEST_LOSS:
                return reach(way, outside)[0]
            inside, outside = outside, 2 * outside
        for _ in range(_HALVINGS):
            loss = (inside + outside) / 2
            inside, outside = (loss, outside) if reach(way, loss)[1] > limit else (inside, loss)
        # The sum there is refuted, and so are all beyond; the one before it may not be.
        return reach(way, outside)[0] - way

    top = sum(hill.top for hill in hills)
    if sum(hill.height(hill.top) for hill in hills) <= limit:
        return top, top
    return bound(-1), bound(1)
