"""Which rows of a block may still be among the best, told by what costs less than their utilities.

A line of two classes gives log odds for one product. All uncertainties fall with the distance from
even odds, and a committee disagrees no more than its log odds are apart. So once some rows are
known, a comparison passes over nearly all others, and only a few get probabilities.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._round.view import View
from ..._rows.arrays import Floats
from ...measures import most_kl_to_consensus
from ...models._committee import Committee

Mask = np.ndarray[Any, np.dtype[np.bool_]]

# By how much single precision and rounding may lift a utility over what is expected of it.
_SLACK = 1e-5
_SIDE = np.logspace(-7, 2, 900)
_GRID = np.concatenate([-_SIDE[::-1], [0.0], _SIDE])


def by_odds(
    view: View, key: Any, utility: Callable[[Floats], Floats], lowest: float
) -> Mask | None:
    """Candidates for which a function of two probabilities may be ``lowest`` or more.

    Parameters
    ----------
    view : View
        Of a block.
    key : hashable
        Of the function.
    utility : callable
        From probabilities (n, 2) to (n,): only rising or only falling with the log odds, or rising
        up to even odds and falling beyond.
    lowest : float

    Returns
    -------
    ndarray of bool, or None
        None where the model is no line of two classes.
    """
    z, model = view.log_odds, view.model
    if z is None or model is None:
        return None
    known = view.once_a_round(("on a grid", key), lambda: utility(model.squash(_GRID)))
    reach = np.flatnonzero(known >= lowest - _SLACK)
    if not len(reach):
        return np.zeros(len(z), dtype=bool)
    first, last = reach[0] - 1, reach[-1] + 1  # what lies between points of the grid is not known
    low = _GRID[first] if first >= 0 else -np.inf
    high = _GRID[last] if last < len(_GRID) else np.inf
    return np.asarray((z >= low) & (z <= high))


def by_spread(view: View, committee: Committee | None, lowest: float) -> Mask | None:
    """Candidates at which a committee may diverge from its mean by ``lowest`` or more, or None."""
    z = view.committee_log_odds(committee)
    return None if z is None else np.asarray(most_kl_to_consensus(z) >= lowest - _SLACK)
