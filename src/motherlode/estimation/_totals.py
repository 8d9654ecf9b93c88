"""Totals and means from rows that had known, unequal chances to be in a sample."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .._rows.arrays import Floats
from ..errors import InputError
from ._value import Answer, Estimate, NoEstimate, check_level


def horvitz_thompson(values: ArrayLike, inclusion: ArrayLike, level: float = 0.95) -> Answer:
    """Total over the pool: ``sum(value / inclusion)``, unbiased.

    Parameters
    ----------
    values : array-like of shape (m,)
        Of the rows in the sample.
    inclusion : array-like of shape (m,)
        The probability with which each row came into the sample, in (0, 1].
    level : float

    Returns
    -------
    Estimate or NoEstimate
        The interval takes the draws for independent (Poisson sampling) and the total for normal:
        with few rows that are not zero it is too narrow. Where no row that chance had a part in
        differs from the others there is no valid interval, and a `NoEstimate` says so.

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
    y, pi = _checked(values, inclusion)
    total = float((y / pi).sum())
    error = float(np.sqrt(((1 - pi) * (y / pi) ** 2).sum()))
    return _normal(total, error, pi, level, "Horvitz–Thompson")


def hajek(values: ArrayLike, inclusion: ArrayLike, level: float = 0.95) -> Answer:
    """Mean over the pool: weighted mean with weights ``1 / inclusion``; nearly unbiased.

    Its weights add up to one, so that it stays within the range of the values, and it needs no
    pool size.

    Parameters
    ----------
    values, inclusion, level
        As for `horvitz_thompson`.

    References
    ----------
    Hájek (1971), Comment on an essay of D. Basu.

    Examples
    --------
    >>> hajek([1, 0, 1], [0.5, 0.5, 1.0]).value
    0.6
    """
    y, pi = _checked(values, inclusion)
    if not len(y):
        raise InputError("There is no row to average; give at least one.")
    w = 1 / pi
    mean = float((w * y).sum() / w.sum())
    error = float(np.sqrt(((1 - pi) * (w * (y - mean)) ** 2).sum()) / w.sum())
    return _normal(mean, error, pi, level, "Hájek")


# Below this share of the value an error is but one of rounding.
_ALIKE = 1e-9


def _checked(values: ArrayLike, inclusion: ArrayLike) -> tuple[Floats, Floats]:
    y, pi = np.asarray(values, dtype=np.float64), np.asarray(inclusion, dtype=np.float64)
    if y.shape != pi.shape or y.ndim != 1:
        raise InputError(f"There are {y.size} values and {pi.size} probabilities; give one each.")
    if not np.isfinite(y).all():
        raise InputError("A value is not a finite number; give one for each row of the sample.")
    if not ((pi > 0) & (pi <= 1)).all():
        raise InputError(
            "An inclusion probability is not in (0, 1]; a row without one has no place."
        )
    return y, pi


def _normal(value: float, error: float, pi: Floats, level: float, method: str) -> Answer:
    check_level(level)
    chance = int((pi < 1).sum())
    if not len(pi) or (chance and error <= _ALIKE * abs(value)):
        return NoEstimate(
            "No valid interval exists: "
            + ("there is no row" if not chance else f"all of {chance} rows drawn are alike")
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
