"""Rows in random order, from the first on that nobody has answered."""

from collections.abc import Iterator

import numpy as np

from ..._rows.arrays import Rows
from .._data.settings import Settings
from .._log.fold import State


def make_rng(settings: Settings) -> np.random.Generator:
    """Make the generator that orders the rows, the same one at each start."""
    return np.random.default_rng([settings.recipe.seed, settings.rows])


def shuffle_rows(settings: Settings) -> Rows:
    """Put all rows into a random order, the same one at each start."""
    return make_rng(settings).permutation(settings.rows)


class RandomOrder:
    """Some rows in a random order, of which those that have an answer are passed only once.

    Parameters
    ----------
    rows : ndarray of int64 of shape (n,)
        The rows in their order.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._from = self._retractions = 0

    def __len__(self) -> int:
        return len(self._rows)

    def list_from(self, state: State) -> Iterator[int]:
        """Give the rows from the first on that has no answer."""
        if state.retractions != self._retractions:
            self._from, self._retractions = 0, state.retractions
        while self._from < len(self._rows) and int(self._rows[self._from]) in state.rows:
            self._from += 1
        for place in range(self._from, len(self._rows)):
            yield int(self._rows[place])

    def begin_again(self) -> None:
        """Look at all rows again, since answers that were counted are not recorded."""
        self._from = 0
