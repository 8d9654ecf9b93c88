"""A shortlist by a fast model, for a query model that takes long for each row."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._inert.whole_numbers import check_whole
from .._round.view import View
from .._rows.arrays import Rows
from ..models._default import default_model
from ..strategies._boundary import PresumedMargin
from ..strategies._compose import Interleave
from ..strategies._review import ContinuousLearning
from ._candidates import Candidates
from ._shortlist import shortlist

_BY_LOT = 10  # one row in so many


@dataclass(frozen=True)
class LikelyRows(Candidates):
    """The rows that a fast model calls likely or is unsure of, and some at random.

    It is for a query model that takes long for each row, as the pretrained networks of other
    libraries do. Each round the fast model ranks the whole pool, and nine of ten candidates are its
    likeliest rows and those at its boundary, in turns. The tenth is a fresh random row, so that
    none is left out for long. While no positive is labelled, all rows are candidates.

    Parameters
    ----------
    size : int
        How many rows are candidates; a batch that is larger has as many as it needs.
    by : scikit-learn classifier, optional
        The fast model; by default the default model of the pool.
    """

    size: int = 1_000
    by: Any = None

    def __post_init__(self) -> None:
        check_whole(self.size, "size")

    def rows(self, view: View) -> Rows:
        """Choose all rows of a small pool, or the likely ones and some at random."""
        size = max(self.size, view.batch)
        if len(view) <= size or not view.labelled_minority.any():
            return view.rows
        found = self._list_likely(view, size - size // _BY_LOT)
        by_lot = view.sample(size // _BY_LOT, view.rng("candidates"))
        both = np.union1d(found, by_lot)
        if len(both) >= view.batch:
            return both
        # Rows of the sample were likely too, so a batch of this size needs a larger one.
        return np.union1d(found, view.sample(view.batch, view.rng("candidates")))

    def _list_likely(self, view: View, n: int) -> Rows:
        fast = view.replace(
            training=replace(view.training, prior=None),
            unfitted=default_model(view.pool) if self.by is None else self.by,
            model=None,
            batch=n,
        )
        turns = Interleave(ContinuousLearning(), PresumedMargin())
        short = shortlist(fast, turns, n)
        u = turns.compute_utilities(short)
        return np.sort(short.rows[np.argsort(-u, kind="stable")[:n]])
