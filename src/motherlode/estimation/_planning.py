"""How many more random draws would make an interval narrow."""

from bisect import bisect_left
from dataclasses import replace

import numpy as np

from ..session import Group, Session
from ._anytime import Evidence, anytime_interval
from ._positives import positives_left, recall
from ._value import Estimate, check_share

_SIZES = 60  # numbers of draws that are looked at, a constant ratio apart
_GUESS = 0.5  # the recall that is planned for while nothing is known of it


def plan_draws(session: Session, half_width: float = 0.1, level: float = 0.95) -> int:
    """Count the random draws after which the recall is probably known within a half-width.

    The plan supposes that the draws show as many positives as the estimate so far expects among
    the unlabelled rows. Where there is no estimate yet, it supposes that half of the positives are
    found, and at least one is left.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    half_width : float in (0, 1), default 0.1
        Half the width of the interval of the recall.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Returns
    -------
    int
        Draws, to the next of some round steps; 0 if the interval is narrow already. At most the
        unlabelled rows, after which everything is known.

    Examples
    --------
    >>> session = Session(1000, [True] * 20 + [False] * 30)
    >>> plan_draws(session, 0.1) > plan_draws(session, 0.2) > 0
    True
    """
    check_share(half_width, "half_width")
    session = replace(session, passed_over=None)  # it is the interval that is to be narrow
    left = session.left
    sizes = np.unique(np.geomspace(min(10, left), left, _SIZES).round().astype(int)).tolist()
    sizes = [0, *sizes] if left else [0]
    share = _expect(session, level) / max(left, 1)
    place = bisect_left(
        range(len(sizes)),
        True,
        key=lambda i: _is_narrow(session, sizes[i], share, half_width, level),
    )
    return int(sizes[min(place, len(sizes) - 1)])


def _expect(session: Session, level: float) -> float:
    """Expect a number of positives among the unlabelled rows."""
    known = positives_left(session, level)
    if isinstance(known, Estimate):
        return known.value
    return max(session.found * (1 - _GUESS) / _GUESS, 1.0)


def _is_narrow(session: Session, draws: int, share: float, half_width: float, level: float) -> bool:
    if draws >= session.left:
        return True
    if not draws:
        known = recall(session, level)
        return isinstance(known, Estimate) and known.half_width <= half_width
    after = _add_draws(session, draws, round(draws * share))
    if not after.known:
        return False
    low, high = anytime_interval((after,), level)
    return after.known / max(low, 1) - after.known / max(high, 1) <= 2 * half_width


def _add_draws(session: Session, draws: int, positives: int) -> Evidence:
    """Add draws, of which so many are positive, to what a session says of the rows as they are."""
    # The plan is for the rows as they are now, and for the time when all drawn ones have labels.
    groups = replace(session, arrivals=None, held_back=None).groups()
    new = Group(session.left, draws, positives, session.found)
    known = session.found + positives
    return Evidence(session.pool_size, (*groups, new), known, known + session.left - draws)
