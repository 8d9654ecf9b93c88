"""Candidates of a pool that is not in memory, brought into memory with what is labelled.

Strategies that measure distances or densities need rows side by side. If the pool is too large for
that, they work on the candidates: densities are then those among candidates and labelled rows.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .._round.view import View
from .._rows.arrays import Rows
from .._rows.blocks import Stored
from ..pool._copies import NO_COPIES
from ..strategies._base.strategy import Strategy

_MOST = 200_000  # rows that are brought into memory


class _InMemory(NamedTuple):
    """A round among rows in memory, and the global ids of those rows; None if they are the same."""

    view: View
    ids: Rows | None = None

    def global_ids(self, rows: Rows) -> Rows:
        """Find the ids in the whole pool of rows of the view."""
        return rows if self.ids is None else self.ids[rows]


def bring_into_memory(view: View, strategy: Strategy) -> _InMemory:
    """Bring the rows of a round into memory, if the strategy needs them side by side.

    A round in memory, one of a pointwise strategy and one of more than 200,000 candidates stay as
    they are. A pool of up to 200,000 rows is brought into memory once for all rounds.
    """
    stored = isinstance(view.matrix, Stored)
    if not stored or strategy.rankers(view) or len(view) > _MOST:
        return _InMemory(view)
    if len(view.pool) <= _MOST:
        here = replace(view.training, pool=view.pool.in_memory)
        return _InMemory(view.replace(training=here, model=lambda: view.model))
    ids = np.unique(np.concatenate([view.rows, view.labelled_rows, view.skipped]))

    def local(rows: Rows) -> Rows:
        return np.searchsorted(ids, rows)

    here = replace(
        view.training, pool=view.pool.only(ids), rows=local(view.labelled_rows),
        skipped=local(view.skipped), copies=NO_COPIES,
    )  # fmt: skip
    few = view.replace(
        training=here, rows=local(view.rows), model=lambda: view.model,
        asked_by={int(np.searchsorted(ids, row)): arm for row, arm in view.asked_by.items()},
    )  # fmt: skip
    return _InMemory(few, ids)
