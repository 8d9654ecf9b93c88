"""An interval for a total from draws with unequal probabilities: empirical likelihood.

An interval from variances is false where what matters is rare. If no positive is among the draws,
their variance is 0, and the interval shuts out the truth. Here a total is refuted if no weights of
the draws can give it without making them unlikely. One unseen row of the worst kind is added to
the draws, and counts for a third of a draw.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit

from .._rows.arrays import Floats

UNSEEN = 1 / 3
"""Draws that the row nobody has seen counts for."""

_EDGE = 1e-10


def log_ratio(deviations: Floats, weights: Floats) -> float:
    """Compute twice the logarithm by which draws are likelier than if their mean were 0.

    ``2 max over c of sum(weights * log(1 + c * deviations))``: infinite if all lie on one side.

    References
    ----------
    Owen (1988), Empirical likelihood ratio confidence intervals for a single functional,
    Biometrika 75, eq. 2.

    Examples
    --------
    Of -1 and 3 with weights 3 and 1, the mean is 0 already. With equal weights c is 1/3, and
    ``2 log((1 - 1/3) * (1 + 1))`` is left, 0.5754.

    >>> x = np.array([-1.0, 3.0])
    >>> round(log_ratio(x, np.array([3.0, 1.0])), 9)
    0.0
    >>> round(log_ratio(x, np.array([1.0, 1.0])), 4)
    0.5754
    """
    lowest, highest = float(deviations.min()), float(deviations.max())
    if lowest >= 0 or highest <= 0:
        return 0.0 if lowest == highest == 0 else float("inf")
    inner = 1 - _EDGE

    def slope(c: float) -> float:
        return float((weights * deviations / (1 + c * deviations)).sum())

    low, high = -inner / highest, -inner / lowest
    # Where one side is next to nothing, the best c cannot be told from the end of the range.
    if slope(low) <= 0:
        c = low
    elif slope(high) >= 0:
        c = high
    else:
        c = float(brentq(slope, low, high, xtol=1e-300, rtol=1e-12))
    return max(float(2 * (weights * np.log1p(c * deviations)).sum()), 0.0)


def bound_total(
    totals: Floats,
    weights: Floats,
    unseen: tuple[float, float],
    limits: tuple[float, float],
    level: float,
) -> tuple[float, float]:
    """Give the interval of totals that unbiased estimates, one a draw, do not refute.

    `totals` are M estimates of the total, each unbiased given the draws before it, and `weights`
    their weights in the mean, which add up to 1. `unseen` is what a draw of a row of the least
    and of the largest loss would have said, and `limits` are those of the total.

    Notes
    -----
    The signed root of the log ratio is taken for Student's. With M equal draws, none of them
    positive, the upper end is 2.99 / M of the pool; mid-p tails say 3.00.

    References
    ----------
    Karampatziakis, Langford & Mineiro (2020), Empirical likelihood for contextual bandits,
    NeurIPS. Chen, Variyath & Abraham (2008), Adjusted empirical likelihood and its properties,
    JCGS 17 (a row added, so that every total can be weighed).
    """
    M = len(totals)
    centre = float(weights @ totals)
    enough = float(stdtrit(M - 1, (1 + level) / 2)) ** 2
    counts = np.append(np.ones(M), UNSEEN)

    def left(total: float, worst: float) -> float:
        """Say how far the ratio is from refuting a total, cut off where it refutes it by far."""
        deviations = np.append(M * weights * (totals - total), worst - total)
        away = float(counts @ deviations) * (total - centre) < 0
        return max(enough - (log_ratio(deviations, counts) if away else 0.0), -enough)

    def end(worst: float, limit: float) -> float:
        if limit == centre or left(limit, worst) > 0:
            return limit
        return float(brentq(left, centre, limit, (worst,), rtol=1e-9))

    return end(unseen[0], min(limits[0], centre)), end(unseen[1], max(limits[1], centre))
