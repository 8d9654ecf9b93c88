"""Totals and means from rows that were in a sample with known, unequal probabilities."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .._rows.arrays import Floats
from ..errors import InputError
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share


def horvitz_thompson(values: ArrayLike, inclusion: ArrayLike, level: float = 0.95) -> MaybeEstimate:
    """Estimate a total over the pool without bias: ``sum(value / inclusion)``.

    Parameters
    ----------
    values : array-like of float of shape (m,)
        The quantity of each row in the sample.
    inclusion : array-like of float of shape (m,)
        The probability with which each row came into the sample, in (0, 1].
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Returns
    -------
    Estimate or NoEstimate
        The interval takes the draws for independent (Poisson sampling) and the total for normal:
        with few rows that are not zero it is too narrow. If all rows drawn at random are alike
        there is no valid interval, and a `NoEstimate` says so.

    References
    ----------
    Horvitz & Thompson (1952), A generalization of sampling without replacement from a finite
    universe, JASA 47.

    Examples
    --------
    >>> estimate = horvitz_thompson([1, 0, 1], [0.5, 0.5, 1.0])
    >>> estimate.value, round(estimate.half_width / 1.96, 3)
    (3.0, 1.414)
    """
    y, pi = _check(values, inclusion)
    total = float((y / pi).sum())
    error = float(np.sqrt(((1 - pi) * (y / pi) ** 2).sum()))
    return _normal(total, error, pi, level, "Horvitz–Thompson")


def hajek(values: ArrayLike, inclusion: ArrayLike, level: float = 0.95) -> MaybeEstimate:
    """Estimate a mean over the pool, by weights ``1 / inclusion``; nearly unbiased.

    Its weights add up to one, so that it stays within the range of the values, and it needs no
    pool size.

    Parameters
    ----------
    values : array-like of float of shape (m,)
        The quantity of each row in the sample.
    inclusion : array-like of float of shape (m,)
        The probability with which each row came into the sample, in (0, 1].
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Returns
    -------
    Estimate or NoEstimate
        With the interval of `horvitz_thompson`, and its limits.

    References
    ----------
    Hájek (1971), Comment on an essay of D. Basu.

    Examples
    --------
    >>> hajek([1, 0, 1], [0.5, 0.5, 1.0]).value
    0.6
    """
    y, pi = _check(values, inclusion)
    if not len(y):
        raise InputError("There is no row to average; give at least one.")
    w = 1 / pi
    mean = float((w * y).sum() / w.sum())
    error = float(np.sqrt(((1 - pi) * (w * (y - mean)) ** 2).sum()) / w.sum())
    return _normal(mean, error, pi, level, "Hájek")


# Below this share of the value an error comes from rounding alone.
_ALIKE = 1e-9


def _check(values: ArrayLike, inclusion: ArrayLike) -> tuple[Floats, Floats]:
    y, pi = np.asarray(values, dtype=np.float64), np.asarray(inclusion, dtype=np.float64)
    if y.shape != pi.shape or y.ndim != 1:
        raise InputError(f"There are {y.size} values and {pi.size} probabilities; give one each.")
    if not np.isfinite(y).all():
        raise InputError("A value is not a finite number; give one for each row of the sample.")
    if not ((pi > 0) & (pi <= 1)).all():
        raise InputError(
            "An inclusion probability is not in (0, 1]; leave out rows that could not be drawn."
        )
    return y, pi


def _normal(value: float, error: float, pi: Floats, level: float, method: str) -> MaybeEstimate:
    check_share(level, "level")
    drawn = int((pi < 1).sum())
    if not len(pi) or (drawn and error <= _ALIKE * abs(value)):
        return NoEstimate(
            "No valid interval exists: "
            + ("there is no row" if not drawn else f"all of {drawn} rows drawn are alike")
            + ", so that nothing says how far the others may be from them; draw more, or use "
            "pool_mean, which allows for rows that nobody has seen."
        )
    half = float(ndtri((1 + level) / 2)) * error
    return Estimate(
        value,
        value - half,
        value + half,
        level,
        f"{method}, normal interval.",
        "That rows came into the sample independently, with the probabilities given.",
    )
