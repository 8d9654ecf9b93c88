"""Positives drawn at random before a search that does not know them."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Rows
from ..errors import InputError
from ..learner._learner import ActiveLearner
from ..session import Session


class SetAside:
    """A random sample of the pool, labelled and kept from the learner, for QBCB and ``Target``.

    The rule counts how many of the sample's positives the search has found by itself. So teach
    their labels only when the learner asks for these rows; `answer` has them then, and nobody
    labels a row twice.

    Parameters
    ----------
    learner : ActiveLearner
        The learner that leads the search.
    seed : int, default 0
        Seed of the sample.

    Notes
    -----
    Control draws of a search cannot serve: their labels are taught, the model learns from them, and
    a labelled row cannot be found again. A labelling project teaches every label, so it has no such
    sample; `motherlode.stopping.TargetRecall` gives it the same guarantee.

    References
    ----------
    Lewis, Yang & Frieder (2021), Certifying one-phase technology-assisted reviews, CIKM.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> y = (X[:, 0] > 1).astype(int)
    >>> learner = ActiveLearner(X, [0, 1], strategy="most_likely", minority=1)
    >>> aside = SetAside(learner)
    >>> rows = aside.ask(100)
    >>> aside.teach(rows, y[rows] == 1)
    >>> aside.session().set_aside - int(y[rows].sum()), aside.session().refound
    (0, 0)
    """

    def __init__(self, learner: ActiveLearner, seed: int = 0) -> None:
        self._learner = learner
        self._order = np.random.default_rng([seed, 7]).permutation(len(learner.pool))
        self._positive: dict[int, bool] = {}

    def ask(self, n: int) -> Rows:
        """Draw the next ``n`` rows of the sample; they stay the same until some of them are taught.

        Parameters
        ----------
        n : int
            How many rows.
        """
        done = len(self._positive)
        if not 1 <= n <= len(self._order) - done:
            raise InputError(
                f"ask({n}) asks for rows and {len(self._order) - done} are left to be drawn."
            )
        return self._order[done : done + n].astype(np.int64)

    def teach(self, rows: ArrayLike, positive: ArrayLike) -> None:
        """Record for all rows that `ask` drew whether they are positive.

        Parameters
        ----------
        rows : array-like of int of shape (n,)
            Global row ids, in any order.
        positive : array-like of bool of shape (n,)
            Whether each is positive.
        """
        ids, flags = np.atleast_1d(np.asarray(rows)), np.atleast_1d(np.asarray(positive))
        done = len(self._positive)
        drawn = self._order[done : done + len(ids)]
        if len(ids) != len(flags) or sorted(ids.tolist()) != sorted(drawn.tolist()):
            raise InputError("Teach a label for each of the rows that ask() gave, and no others.")
        self._positive.update(zip(ids.tolist(), map(bool, flags.tolist()), strict=True))

    def answer(self, row: int) -> bool | None:
        """Tell whether a row of the sample is positive; None for any other row.

        Parameters
        ----------
        row : int
            Global row id.
        """
        return self._positive.get(int(row))

    def session(self) -> Session:
        """Make the learner's session, with how many of the positives set aside it has found."""
        aside = [row for row, positive in self._positive.items() if positive]
        again = np.isin(aside, self._learner.labelled[0])
        return replace(self._learner.session(), set_aside=len(aside), refound=int(again.sum()))
