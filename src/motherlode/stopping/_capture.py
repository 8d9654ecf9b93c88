"""Capture and recapture: what several independent searches found, and what none did."""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .._inert.description import pluralise
from .._inert.whole_numbers import check_whole
from .._inert.written_numbers import write_level
from ..errors import InputError
from ..estimation._value import check_share
from ..session import Session
from ._base import Advice, OfRecall


@dataclass(frozen=True)
class Chao:
    """Chao's estimate of a population from how often each member was seen.

    Attributes
    ----------
    total : float
        A lower bound of the size, in expectation.
    low, high : float
        The ends of the interval of `total`.
    """

    total: float
    low: float
    high: float


def chao(captures: ArrayLike, level: float = 0.95) -> Chao:
    """Estimate how many positives there are, from which searches found which.

    ``D + (T - 1) / T * f1 (f1 - 1) / (2 (f2 + 1))`` with T searches, D positives found by at least
    one, f1 by exactly one and f2 by exactly two. It is ``D + (T - 1) / T * f1^2 / (2 f2)`` without
    its bias for few. The factor matters where searches are few: with two it halves what is added.

    Parameters
    ----------
    captures : array-like of bool of shape (found, sources)
        A row for each positive found, a column for each search.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Raises
    ------
    InputError
        If there are fewer than two searches.

    References
    ----------
    Chao (1987), Estimating the population size for capture-recapture data with unequal
    catchability, Biometrics 43 (the log-normal interval). Chao & Chiu (2016), Species richness:
    estimation and comparison, Wiley StatsRef, the bias-corrected form for incidences (Chao2) and
    its variance.

    Examples
    --------
    Five are found; two by one search only, three by two: ``5 + 1 / 2 * 2 * 1 / (2 * 4)``.

    >>> chao([[1, 0], [0, 1], [1, 1], [1, 1], [1, 1]]).total
    5.125
    """
    check_share(level, "level")
    seen = np.atleast_2d(np.asarray(captures, dtype=bool))
    if seen.shape[1] < 2:
        raise InputError("Capture and recapture needs what at least two searches found.")
    times = seen.sum(axis=1)
    D, f1, f2 = int((times > 0).sum()), int((times == 1).sum()), int((times == 2).sum())
    share = 1 - 1 / seen.shape[1]
    unseen = share * f1 * (f1 - 1) / (2 * (f2 + 1))
    if unseen == 0:
        return Chao(float(D), float(D), float(D))
    spread = _variance(f1, f2, D + unseen, share)
    # The number unseen is taken for log-normal, so that the interval stays above D.
    width = exp(float(ndtri((1 + level) / 2)) * sqrt(log(1 + spread / unseen**2)))
    return Chao(D + unseen, D + unseen / width, D + unseen * width)


def _variance(f1: int, f2: int, total: float, share: float) -> float:
    """Compute the variance of the bias-corrected estimate, by the same formula as the estimate."""
    once, twice = float(f1), f2 + 1.0
    first = share * once * (once - 1) / (2 * twice)
    second = share**2 * once * (2 * once - 1) ** 2 / (4 * twice**2)
    if f2:
        return first + second + share**2 * once**2 * f2 * (once - 1) ** 2 / (4 * twice**4)
    return max(first + second - share**2 * once**4 / (4 * total), 0.0)


@dataclass(frozen=True)
class CaptureRecapture(OfRecall):
    """Stop when several independent searches have found nearly all that they can find.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        Coverage of the two-sided interval whose upper end is taken for the total.
    least_found : int, default 10
        Positives below which the rule never says stop.

    Notes
    -----
    The searches should not lead one another: different models, features or people.
    `motherlode.searches.side_by_side` makes the session from several learners. The estimate does
    not count positives that no search can see; Chao's is a lower bound of the total.
    """

    least_found: int = 10

    paper = "Chao 1987; Bron et al. 2024"
    reads = frozenset({"captures"})
    assumes = (
        "That the searches are independent of each other and that each could find every positive."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(self.least_found, "least_found")

    @property
    def promises(self) -> str:
        """What holds when the rule says stop: an estimate, not a bound."""
        return (
            f"About {write_level(self.recall)} of the positives that such searches can find; "
            "none that all of them overlook."
        )

    def _advise(self, session: Session) -> Advice:
        if session.captures is None or session.captures.shape[1] < 2:
            why = "It is not known which of several searches found which positive."
            return Advice(False, why, "Two or more independent searches.")
        found = int(session.captures.any(axis=1).sum())
        if found < self.least_found:
            why = f"{pluralise(found, 'positive')} of {self.least_found} are found."
            return Advice(False, why, "More positives.")
        total = chao(session.captures, self.confidence)
        why = (
            f"{found} positives are found of some {total.total:.1f}, and hardly more than "
            f"{total.high:.1f}."
        )
        if found >= self.recall * total.high:
            return Advice(True, why, self.assumes)
        return Advice(False, why, "Fewer positives that one search alone has found.")
