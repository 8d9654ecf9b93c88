"""Scores of any model, put on one scale without a change of their order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from .._inert.description import pluralise
from .._rows.arrays import Floats
from ..errors import InputError
from ._value import is_number

_HALF = 0.5


def read_scores(scores: ArrayLike) -> Floats:
    """Read scores as numbers, one a row; refuse gaps and what is no number."""
    try:
        found = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("The scores must be numbers, one a row.") from None
    if found.ndim != 1 or not len(found):
        raise InputError(
            f"The scores have the shape {found.shape}; give one number a row, as of the positive "
            "class."
        )
    if not np.isfinite(found).all():
        bad = np.flatnonzero(~np.isfinite(found))
        raise InputError(
            f"{len(bad):,} of {pluralise(len(found), 'score')} {'is' if len(bad) == 1 else 'are'} "
            "NaN or infinite, the first of row "
            f"{bad[0]}; leave these rows out, or give them the score that the model means."
        )
    return found


def decide(
    scores: Floats, threshold: float | None, decisions: ArrayLike | None
) -> NDArray[np.bool_] | None:
    """Find which rows the model calls positive; None if nothing says so."""
    if decisions is not None:
        if threshold is not None:
            raise InputError("Both a threshold and decisions are given; give one of them.")
        called = np.asarray(decisions)
        if called.shape != scores.shape or not np.isin(called, (0, 1)).all():
            raise InputError("The decisions must be true or false, or 1 or 0, one for each score.")
        return np.asarray(called == 1)
    if threshold is None:
        if scores.min() < 0 or scores.max() > 1:
            return None
        threshold = _HALF
    if not is_number(threshold) or not np.isfinite(threshold):
        raise InputError(f"The threshold is {threshold!r}; give a number.")
    return np.asarray(scores >= threshold)


def to_probabilities(scores: Floats, called: NDArray[np.bool_] | None) -> Floats:
    """Put scores on the scale of probabilities; the order stays, and ties stay ties.

    Probabilities stay as they are. Of other numbers the order alone counts: the row of rank r gets
    ``m / (m + r)``, where m rows are called positive.

    Examples
    --------
    >>> called = np.array([False, True, False])
    >>> to_probabilities(np.array([-2.0, 7.0, 3.0]), called).round(2).tolist()
    [0.25, 0.5, 0.33]
    """
    if scores.min() >= 0 and scores.max() <= 1:
        return scores
    m = 1.0 if called is None else max(float(called.sum()), 1.0)
    return np.asarray(m / (m + rankdata(-scores)))
