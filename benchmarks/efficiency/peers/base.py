"""What all peers share: rows that somebody else picked, as utilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from motherlode._round.view import View
from motherlode._rows.arrays import Floats
from motherlode.strategies import Strategy
from motherlode.strategies._base.strategy import positions


@dataclass(frozen=True)
class Peer(Strategy):
    """Another library's strategy, with a model of its own.

    Attributes
    ----------
    most_rows : int or None
        The largest pool it is asked to handle; None if there is no limit.
    """

    family: ClassVar[str] = "peer"
    needs: ClassVar[str] = "nothing"  # of motherlode: the view's model is never fitted for it

    @property
    def most_rows(self) -> int | None:
        """No limit."""
        return None


def picked_first(view: View, picks: Sequence[int]) -> Floats:
    """Utilities by which `picks` are asked in their order, and all other candidates after them.

    A row picked twice counts once. The others tie, so a pick that is short of the batch is
    filled up at random.

    Parameters
    ----------
    view : View
    picks : sequence of int
        Global ids, all among ``view.rows``.

    Returns
    -------
    ndarray of shape (len(view),)
    """
    distinct = list(dict.fromkeys(int(row) for row in picks))
    utilities = np.zeros(len(view))
    place = positions(view.rows, np.array(distinct, dtype=np.int64))
    utilities[place] = np.arange(len(distinct), 0, -1)
    return utilities


def seed_of(view: View) -> int:
    """A seed for the other library, another one each round."""
    return int(view.rng("peer").integers(2**31 - 1))
