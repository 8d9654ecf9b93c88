"""The rows that a person's prior puts first."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtr

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ._base.strategy import Strategy


@dataclass(frozen=True)
class ByPrior(Strategy):
    """The rows that the stated prior puts first; see `motherlode.priors`.

    Without a prior all rows tie, and are asked at random. A prior that is asked row by row, as a
    judge is, sees a random part of the pool that grows with the labels.

    Notes
    -----
    Labels change nothing here: this is where a search begins, as long as nothing is found.
    """

    family: ClassVar[str] = "prior"
    needs: ClassVar[str] = "nothing"
    paper: ClassVar[str] = "the user's own knowledge"
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Give the standardised scores of the prior."""
        if view.prior is None:
            return np.zeros(len(view))
        if not view.prior.lazy:
            return view.prior.at(view.rows)
        seen = np.isin(view.rows, view.prior.first_in_question(len(view.labelled_rows), view.batch))
        found = np.full(len(view), -_LOWEST)
        found[seen] = view.prior.at(view.rows[seen])
        return found

    def rankers(self, view: View) -> tuple[tuple[Strategy, str], ...]:
        """List this strategy, or nothing where the prior is asked row by row."""
        asked_by_row = view.prior is not None and view.prior.lazy
        return () if asked_by_row else super().rankers(view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say how far before the pool the prior puts each row."""
        if view.prior is None:
            return [f"{self}: no prior is stated, exploring at random"] * len(rows)
        stated = view.prior.prior.describe()
        before = 1.0 - ndtr(view.prior.at(rows))
        return [
            f"{self}: among the first {share:.2%} of the pool by {stated}"
            if is_told
            else f"{self}: nothing is told of it by {stated}, exploring at random"
            for share, is_told in zip(before, view.prior.speaks_of(rows), strict=True)
        ]


_LOWEST = 10.0  # below every normal score
