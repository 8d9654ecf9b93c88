"""Results that grow with the labels, computed from where the last round left them."""

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

import numpy as np

from ..._round.view import View
from ..._rows.arrays import Rows

S = TypeVar("S")

# Two states after labels, since a label may be taken back; one after picks, which are often
# what is labelled next.
_KEPT = {False: 2, True: 1}


class Cache(Protocol):
    """What keeps results: a pool for all rounds, a view for its own."""

    def once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """Compute a result, or return the one that is kept under ``key``."""


def cache_of(view: View) -> Cache:
    """Return the pool if most of its rows are candidates, else the view."""
    return view.pool if 2 * len(view) >= len(view.pool) else view


def accumulate(
    cache: Cache,
    key: Hashable,
    rows: Rows,
    start: Callable[[], S],
    step: Callable[[S, int], S],
    *,
    tentative: bool = False,
    step_many: Callable[[S, Rows], S] | None = None,
) -> S:
    """Compute ``step(… step(step(start(), rows[0]), rows[1]) …, rows[-1])`` from what is kept.

    The last states under ``key`` are kept, which names all that ``start`` and ``step`` read. If one
    of them was reached by the first of ``rows`` in the same order, only the rest is stepped
    through. So the answer is the same to the last bit whatever was asked before, and a round costs
    what its new labels cost. A step must not change the state that it is given, and ``step_many``
    takes several rows to the state that as many steps end in.

    ``tentative`` rows end in picks that are not labelled yet. In a batch of several parts only some
    of them will be, so they do not drive out a state after labels.
    """
    kept: list[tuple[Rows, S, bool]] = cache.once(("incremental", key), list)
    usable = [
        (len(known), state)
        for known, state, _ in kept
        if len(known) <= len(rows) and np.array_equal(known, rows[: len(known)])
    ]
    first, state = max(usable, key=lambda known: known[0]) if usable else (0, start())
    if step_many is not None and len(rows) - first > 1:
        state = step_many(state, rows[first:])
    else:
        for row in rows[first:].tolist():
            state = step(state, row)
    if not any(also == tentative and np.array_equal(known, rows) for known, _, also in kept):
        kept.append((np.array(rows), state, tentative))
        alike = [i for i, (_, _, also) in enumerate(kept) if also == tentative]
        for i in reversed(alike[: -_KEPT[tentative]]):
            del kept[i]
    return state
