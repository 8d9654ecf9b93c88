"""The rows that may still be asked, without a list of them."""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Rows


class Unlabelled:
    """All rows of a pool of ``n`` but the known ones, whose ids come in any order.

    The ids of a pool of 10⁹ rows would take 8 GB. A round that reads one block of rows at a time
    needs only those of the block.

    Examples
    --------
    >>> left = Unlabelled(6, [4, 1])
    >>> len(left), left.ids.tolist(), left.within(1, 4).tolist()
    (4, [0, 2, 3, 5], [2, 3])
    >>> left.without([2, 4]).ids.tolist(), left.holds([2, 4]).tolist()
    ([0, 3, 5], [True, False])
    """

    def __init__(self, n: int, known: ArrayLike) -> None:
        self.n = n
        self.known: Rows = _sort_once(np.asarray(known, dtype=np.int64))

    def __len__(self) -> int:
        return self.n - len(self.known)

    @cached_property
    def ids(self) -> Rows:
        """All ids, in increasing order."""
        return self.within(0, self.n)

    def within(self, low: int, high: int) -> Rows:
        """List those from ``low`` to below ``high``, in increasing order."""
        first, last = np.searchsorted(self.known, (low, high))
        every = np.arange(low, high)
        return np.delete(every, self.known[first:last] - low) if last > first else every

    def holds(self, rows: ArrayLike) -> NDArray[np.bool_]:
        """Tell whether each of some ids is among them."""
        ids = np.asarray(rows, dtype=np.int64)
        if not len(self.known):
            return np.ones(len(ids), dtype=bool)
        place = np.minimum(np.searchsorted(self.known, ids), len(self.known) - 1)
        return np.asarray(self.known[place] != ids)

    def without(self, rows: ArrayLike) -> "Unlabelled":
        """Leave out some more ids; some of them may be missing already."""
        return Unlabelled(self.n, np.concatenate([self.known, np.asarray(rows, dtype=np.int64)]))

    def at(self, places: ArrayLike) -> Rows:
        """Look up the ids at the given places of `ids`, without making that list."""
        places = np.asarray(places, dtype=np.int64)
        before = self.known - np.arange(len(self.known))  # how many come before each known row
        return places + np.searchsorted(before, places, side="right")

    def sample(self, size: int, rng: np.random.Generator) -> Rows:
        """Draw a uniform sample without replacement, in the order drawn."""
        return self.at(rng.choice(len(self), size=size, replace=False))


def _sort_once(ids: Rows) -> Rows:
    """Sort ids and keep each once; for a million ten times faster than `numpy.unique`."""
    ordered = np.sort(ids, kind="stable")  # sets that were joined are sorted in runs
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
