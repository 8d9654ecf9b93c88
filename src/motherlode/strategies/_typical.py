"""The rows that are most like all others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ._base.strategy import Strategy, positions


@dataclass(frozen=True)
class Typical(Strategy):
    """The rows with the highest mean similarity to the pool.

    Some pools were collected by a search, as the abstracts for a review are. There the positives
    lie near the middle, and the farthest rows are mistakes of that search.

    Notes
    -----
    It reads neither model nor labels. The similarity is that of `InformationDensity`, computed once
    for a pool. In most pools the middle is the majority's, so use it as one part among others.

    References
    ----------
    Settles & Craven (2008), An analysis of active learning strategies for sequence labeling
    tasks, EMNLP, eq. 6 (the density alone).
    """

    family: ClassVar[str] = "density"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Settles & Craven 2008"
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Give the mean similarity to the pool."""
        return np.asarray(view.pool.mean_similarity()[view.rows])

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the mean similarity of each row in words."""
        u = self.compute_utilities(view)[positions(view.rows, rows)]
        return [f"{self}: mean similarity {value:.3g} to the pool" for value in u]
