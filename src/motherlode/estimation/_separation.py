"""How well scores tell positives from others: the area under the ROC curve, with its interval."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm, rankdata

from ._value import Estimate, MaybeEstimate, NoEstimate

_NEXT = 1e-12  # as near to 0 and 1 as an area is looked at


def estimate_separation(
    positive: ArrayLike, scores: ArrayLike, level: float = 0.95, speaks_for: str = ""
) -> MaybeEstimate:
    """Estimate the probability that a positive has a higher score than another row.

    Parameters
    ----------
    positive : array-like of bool of shape (m,)
        Which of some random rows are positive.
    scores : array-like of shape (m,)
        Their scores; ties count by half.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    speaks_for : str
        Of which rows it speaks, in a sentence.

    Returns
    -------
    Estimate or NoEstimate

    References
    ----------
    Newcombe (2006), Confidence intervals for an effect size measure based on the Mann-Whitney
    statistic, part 2, Statistics in Medicine 25, method 5: it keeps its coverage with few
    positives, and where all of them come first.

    Examples
    --------
    >>> print(estimate_separation([1, 1, 0, 0, 0, 0], [5, 3, 4, 2, 1, 0]))
    88 % (95 %: 36 to 99 %)
    >>> print(estimate_separation([1, 0, 0, 0], [3, 2, 1, 0]))
    at least 32 % (95 %: 32 to 100 %)
    """
    y, s = np.asarray(positive, dtype=bool), np.asarray(scores, dtype=np.float64)
    m, n = int(y.sum()), int((~y).sum())
    if not m or not n:
        what = "positive" if n else "negative"
        return NoEstimate(
            f"None of the {m + n:,} labelled control draws is {what}, so nothing tells how well "
            "the prior tells positives from others; label more control draws."
            if m + n
            else "No control draw is labelled, and other labels were not chosen at random; have "
            "some drawn."
        )
    area = float((rankdata(s)[y].sum() - m * (m + 1) / 2) / (m * n))
    wide = float(norm.ppf((1 + level) / 2))

    def spread(a: float) -> float:
        half = (m + n) / 2 - 1
        return float(
            np.sqrt(a * (1 - a) * (1 + half * ((1 - a) / (2 - a) + a / (1 + a))) / (m * n))
        )

    def beyond(a: float) -> float:
        return abs(a - area) - wide * spread(a)

    # A value next to the area seen is never refuted, and 0 and 1 are, unless they were seen.
    # At 0 and 1 themselves nothing is beyond either, which is no end of the interval.
    low = 0.0 if area == 0 else float(brentq(beyond, 0.0, min(area, 1 - _NEXT)))
    high = 1.0 if area == 1 else float(brentq(beyond, max(area, _NEXT), 1.0))
    return Estimate(
        area,
        low,
        high,
        level,
        "the share of pairs of a positive and another row in which the positive has the higher "
        "score, with Newcombe's interval",
        "the rows were drawn at random",
        speaks_for,
        "share",
    )
