"""Candidates of a pool that is not in memory, brought into memory with what is labelled.

Strategies that measure distances or densities need rows side by side. Where the pool is too large
for that they work on the candidates: densities are then those among candidates and labelled rows.
"""

from dataclasses import dataclass, replace

import numpy as np

from .._round.view import View
from .._rows.arrays import Rows
from .._rows.blocks import Stored
from ..pool._copies import NO_COPIES
from ..strategies._base.strategy import Strategy

_MOST = 200_000  # rows that are brought into memory


@dataclass(frozen=True, eq=False)
class Gathered:
    """A round among rows in memory, and the global ids of those rows."""

    view: View
    ids: Rows | None = None

    def global_ids(self, rows: Rows) -> Rows:
        """Ids in the whole pool of rows of the view."""
        return rows if self.ids is None else self.ids[rows]


def gathered(view: View, strategy: Strategy) -> Gathered:
    """The round as it is, or, if the strategy needs rows side by side, with these in memory.

    A pool in memory, a pointwise strategy and more than 200,000 candidates are left alone. A pool
    of up to 200,000 rows is brought into memory once for all rounds, which share its geometry.
    """
    stored = isinstance(view.matrix, Stored)
    if not stored or strategy.rankers(view) or len(view) > _MOST:
        return Gathered(view)
    if len(view.pool) <= _MOST:
        here = replace(view.training, pool=view.pool.in_memory)
        return Gathered(view.replace(training=here, model=lambda: view.model))
    ids = np.unique(np.concatenate([view.rows, view.labelled_rows, view.skipped]))

    def local(rows: Rows) -> Rows:
        return np.searchsorted(ids, rows)

    asked_by = {int(local(np.array([row]))[0]): arm for row, arm in view.asked_by.items()}
    here = replace(
        view.training, pool=view.pool.only(ids), rows=local(view.labelled_rows),
        skipped=local(view.skipped), copies=NO_COPIES,
    )  # fmt: skip
    few = view.replace(
        training=here, rows=local(view.rows), model=lambda: view.model, asked_by=asked_by
    )
    return Gathered(few, ids)
