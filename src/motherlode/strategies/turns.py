"""Batches made pick by pick: arms in turns, each taking its best row that is not taken yet.

`Interleave` and `Mixture` let every arm name its whole ranking and count a row for the first that
names it. Here a turn is never lost: an arm whose best row is gone takes its next. So the shares
of the arms are exact, and the first picks of a large batch are those of a small one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from ..arrays import Codes, Floats, Rows
from ..view import View
from .base import Combined, Strategy, memo_key, positions, ranks, scorers_of_arms


def stepwise(picks: ArrayLike, others: Floats) -> Floats:
    """Utilities of a batch that was put together in steps.

    Parameters
    ----------
    picks : array-like of int of shape (b,)
        Positions among the candidates, first pick first.
    others : ndarray of shape (n,)
        What orders the candidates that are not picked, higher first.

    Returns
    -------
    ndarray of shape (n,)
        The picks have ``b + 1, b, ..., 2``; the others their share of ranks, in (0, 1].

    Examples
    --------
    >>> stepwise([2, 0], np.array([0.1, 0.2, 0.3, 0.4])).tolist()
    [2.0, 0.5, 3.0, 1.0]
    """
    out = np.asarray(rankdata(others) / max(len(others), 1), dtype=np.float64)
    chosen = np.asarray(picks, dtype=np.int64)
    out[chosen] = np.arange(len(chosen) + 1, 1, -1)
    return out


@dataclass(frozen=True)
class Turns:
    """Who asks what.

    Attributes
    ----------
    utilities : ndarray of shape (n,)
        Of the candidates; see `stepwise`.
    arms : ndarray of int64 of shape (n,)
        The arm that took each candidate; of one that nobody took, the arm that ranks it best.
    """

    utilities: Floats
    arms: Codes


def take_turns(places: Sequence[Codes], turns: Codes) -> Turns:
    """Let arms take rows in the given turns.

    Parameters
    ----------
    places : sequence of ndarray of int64 of shape (n,)
        For each arm the place of every candidate, 0 for its best; a permutation of 0 ... n-1.
    turns : ndarray of int64 of shape (b,)
        The arm of each turn; ``b`` at most ``n``.

    Examples
    --------
    >>> first, second = np.array([0, 1, 2, 3]), np.array([0, 2, 1, 3])
    >>> done = take_turns([first, second], np.array([0, 1, 0]))
    >>> np.argsort(-done.utilities)[:3].tolist(), done.arms.tolist()
    ([0, 2, 1], [0, 0, 1, 0])
    """
    b, best = len(turns), np.array(places)
    arms = best.argmin(axis=0)
    # Of an arm's best b rows the others take at most b - 1, so no arm ever looks further.
    queues = [iter(_first(place, b)) for place in places]
    picks: dict[int, int] = {}
    for arm in turns.tolist():
        row = next(row for row in queues[arm] if row not in picks)
        picks[row] = arm
    arms[list(picks)] = list(picks.values())
    return Turns(stepwise(list(picks), -best.min(axis=0).astype(np.float64)), arms)


def _first(place: Codes, b: int) -> list[int]:
    leading = np.flatnonzero(place < b)
    found: list[int] = leading[np.argsort(place[leading])].tolist()
    return found


@dataclass(frozen=True)
class PartsInTurn(Combined):
    """Strategies that take turns; a subclass says in which."""

    def utilities(self, view: View) -> Floats:
        """First the batch in the order taken, then all others by the best of their ranks."""
        return self._taken(view).utilities

    def scorers(self, view: View) -> tuple[tuple[Strategy, str], ...]:
        """Those of all parts: of an arm's best n rows the others take at most n - 1."""
        return scorers_of_arms(self._parts(), view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """The reason of the arm that asked."""
        arm = self._taken(view).arms[positions(view.rows, rows)]
        said = [""] * len(rows)
        for i, part in enumerate(self._parts()):
            mine = np.flatnonzero(arm == i)
            if len(mine):
                for j, text in zip(mine, part.reasons(view, rows[mine]), strict=True):
                    said[j] = text
        return said

    def arms(self, view: View, rows: Rows) -> list[str]:
        """The name of the arm that asked each row; the learner keeps it for `View.asked_by`."""
        names = [str(part) for part in self._parts()]
        return [names[arm] for arm in self._taken(view).arms[positions(view.rows, rows)]]

    def _taken(self, view: View) -> Turns:
        taken: Turns = view.once(("turns", memo_key(self)), lambda: self._take(view))
        return taken

    def _take(self, view: View) -> Turns:
        places = [
            ranks(part._utilities(view), view.lot(f"arm {i}"))
            for i, part in enumerate(self._parts())
        ]
        return take_turns(places, self._turns(view, min(view.batch, len(view))))

    def _turns(self, view: View, n: int) -> Codes:
        """The positions of the parts that take the next ``n`` turns."""
        raise NotImplementedError
