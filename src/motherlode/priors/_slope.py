"""How far a prior is right, by the labels: its slope in log odds, shrunk while labels are few."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from .._rows.arrays import Floats

START = 0.5
"""The slope before any label, in log odds for one deviation of the prior: that of an AUC of .64."""
SPREAD = 0.8
"""How far, before any label, the slope may be from `START`: a standard deviation."""
_INTERCEPT = 3.0  # the same of the intercept, around 0
_STEPS = 50
_WIDE = 1.959963984540054  # deviations to each side of a 95 % interval


@dataclass(frozen=True)
class Slope:
    """The slope of a prior: log odds for one deviation of it, with its 95 % interval.

    Attributes
    ----------
    value : float
        0 for a prior that tells nothing beside the model, negative for one that is the wrong way
        round.
    low, high : float
        The ends of the interval.
    labels : int
        Labels that it was fitted on.
    """

    value: float = START
    low: float = START - _WIDE * SPREAD
    high: float = START + _WIDE * SPREAD
    labels: int = 0


def fit_slope(positive: ArrayLike, scores: ArrayLike, offset: ArrayLike = 0.0) -> Slope:
    r"""Fit the slope of a prior by penalised logistic regression.

    With *y* the labels, *z* the standardised scores and *o* what the model says without the prior,
    in log odds, it maximises

    .. math::
        \sum_i \log p(y_i \mid o_i + a + s z_i) - \frac{a^2}{2 \sigma_a^2}
        - \frac{(s - s_0)^2}{2 \sigma_s^2}.

    Parameters
    ----------
    positive : array-like of bool of shape (m,)
        Which labels are positive.
    scores : array-like of shape (m,)
        Standardised scores of the same rows, 0 where nothing is known.
    offset : array-like of shape (m,), optional
        Log odds of the same rows by models that were not fitted on them.

    Returns
    -------
    Slope

    References
    ----------
    Gelman, Jakulin, Pittau & Su (2008), A weakly informative default prior distribution for
    logistic and other regression models, Annals of Applied Statistics 2(4).

    Examples
    --------
    >>> round(fit_slope([], []).value, 2)
    0.5
    >>> fit_slope([True] * 20 + [False] * 20, [-1.0] * 20 + [1.0] * 20).high < 0
    True
    """
    y = np.asarray(positive, dtype=np.float64)
    z = np.asarray(scores, dtype=np.float64)
    o = np.broadcast_to(np.asarray(offset, dtype=np.float64), y.shape)
    X: Floats = np.column_stack([np.ones(len(y)), z])
    weight = np.array([_INTERCEPT**-2, SPREAD**-2])
    centre = np.array([0.0, START])
    at = centre.copy()
    for _ in range(_STEPS):
        step = np.linalg.solve(_bend(X, o + X @ at, weight), _climb(X, y, o, at, weight, centre))
        # The objective is concave; a step of bounded length cannot leap over its top for good.
        step /= max(1.0, float(np.abs(step).max()))
        at = at + step
        if np.abs(step).max() < 1e-10:
            break
    spread = float(np.sqrt(np.linalg.inv(_bend(X, o + X @ at, weight))[1, 1]))
    s = float(at[1])
    return Slope(s, s - _WIDE * spread, s + _WIDE * spread, len(y))


def _climb(X: Floats, y: Floats, o: Floats, at: Floats, weight: Floats, centre: Floats) -> Floats:
    return np.asarray(X.T @ (y - expit(o + X @ at)) - weight * (at - centre))


def _bend(X: Floats, log_odds: Floats, weight: Floats) -> Floats:
    p = expit(log_odds)
    return np.asarray((X.T * (p * (1.0 - p))) @ X + np.diag(weight))
