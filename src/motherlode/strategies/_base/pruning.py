"""Which rows of a block may still be among the best, told by less work than their utilities.

A linear model of two classes gives log odds for one product. All measures of uncertainty fall with
the distance from even odds, and a committee disagrees no more than its log odds are apart. So once
some rows are known, a comparison passes over nearly all others, and only a few get probabilities.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._round.view import View
from ..._rows.arrays import Floats
from ...measures import most_kl_to_consensus
from ...models._committee import Committee

Mask = np.ndarray[Any, np.dtype[np.bool_]]

# Single precision and rounding may lift a utility by so much over its expected value.
_SLACK = 1e-5
_SIDE = np.logspace(-7, 2, 900)
_GRID = np.concatenate([-_SIDE[::-1], [0.0], _SIDE])


def prune_by_log_odds(
    view: View, key: Any, utility: Callable[[Floats], Floats], lowest: float
) -> Mask | None:
    """Tell for which candidates of a block a function of two probabilities may reach ``lowest``.

    ``utility`` takes probabilities (n, 2) to (n,), and only rises or only falls with the log odds,
    or rises up to even odds and falls beyond; ``key`` names it. None stands for a model that is not
    a linear one of two classes.
    """
    z, model = view.log_odds, view.model
    if z is None or model is None:
        return None
    known = view.once_a_round(("on a grid", key), lambda: utility(model.squash(_GRID)))
    high_enough = np.flatnonzero(known >= lowest - _SLACK)
    if not len(high_enough):
        return np.zeros(len(z), dtype=bool)
    # One point further on either side: the values between points are not known.
    first, last = high_enough[0] - 1, high_enough[-1] + 1
    low = _GRID[first] if first >= 0 else -np.inf
    high = _GRID[last] if last < len(_GRID) else np.inf
    return np.asarray((z >= low) & (z <= high))


def prune_by_spread(view: View, committee: Committee | None, lowest: float) -> Mask | None:
    """Tell at which candidates a committee may diverge from its mean by ``lowest``, or None."""
    z = view.committee_log_odds(committee)
    return None if z is None else np.asarray(most_kl_to_consensus(z) >= lowest - _SLACK)
