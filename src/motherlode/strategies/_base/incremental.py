"""What grows with the labels, taken up where the last round left it."""

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

import numpy as np

from ..._round.view import View
from ..._rows.arrays import Rows

S = TypeVar("S")

# After labels the last two, since one may be taken back; after picks the last, which are often
# what is labelled next.
_KEPT = {False: 2, True: 1}


class Keeper(Protocol):
    """What keeps results: a pool for all rounds, a view for its own."""

    def once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """What ``compute`` gives, kept under ``key``."""


def keeper_of(view: View) -> Keeper:
    """The pool if the candidates are most of it, so that work on all of it pays; else the view."""
    return view.pool if 2 * len(view) >= len(view.pool) else view


def carried(
    keeper: Keeper,
    key: Hashable,
    rows: Rows,
    start: Callable[[], S],
    step: Callable[[S, int], S],
    *,
    ahead: bool = False,
    leap: Callable[[S, Rows], S] | None = None,
) -> S:
    """``step(… step(step(start(), rows[0]), rows[1]) …, rows[-1])``, without what is known of it.

    The last results under a key are kept. Where one of them was reached by the
    first of ``rows`` in the same order, only the rest is stepped through; else all are. So the
    answer never hangs on what was asked before, to the last bit, and a round costs what its new
    labels cost.

    Parameters
    ----------
    keeper : Pool or View
    key : hashable
        Names ``start`` and ``step`` and all that they read besides the pool or view.
    rows : ndarray of int64 of shape (m,)
        Global ids.
    start : callable
        Gives the state of no row.
    step : callable
        From a state and a row to the next state. The old one must stay as it was.
    ahead : bool
        Whether ``rows`` end in picks that are not labelled yet. In a batch of several arms only
        some of them will be, so what is known after the labels is not given up for them.
    leap : callable, optional
        From a state and several rows to the state that as many steps end in, to the last bit.
    """
    kept: list[tuple[Rows, S, bool]] = keeper.once(("carried", key), list)
    usable = [
        (len(known), state)
        for known, state, _ in kept
        if len(known) <= len(rows) and np.array_equal(known, rows[: len(known)])
    ]
    first, state = max(usable, key=lambda known: known[0]) if usable else (0, start())
    if leap is not None and len(rows) - first > 1:
        state = leap(state, rows[first:])
    else:
        for row in rows[first:].tolist():
            state = step(state, row)
    if not any(also == ahead and np.array_equal(known, rows) for known, _, also in kept):
        kept.append((np.array(rows), state, ahead))
        alike = [i for i, (_, _, also) in enumerate(kept) if also == ahead]
        for i in reversed(alike[: -_KEPT[ahead]]):
            del kept[i]
    return state
