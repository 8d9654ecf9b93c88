"""Where points lie among each other: densities, as pure functions of a matrix of points.

Work goes in blocks of rows, so memory stays linear in the number of points.
"""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import logsumexp
from scipy.stats import rankdata
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.preprocessing import normalize

from .arrays import Floats, Matrix, Rows
from .errors import InputError

Bandwidth = float | Literal["scott", "silverman"]

_BLOCK_CELLS = 4_000_000  # distances held at a time: 32 MB


def bandwidth_of(rule: Bandwidth, n: int, d: int) -> float:
    """The width of a Gaussian kernel, in the units of standardised points.

    Parameters
    ----------
    rule : "scott", "silverman" or float
        Scott's ``n ** (-1 / (d + 4))``, Silverman's ``(n (d + 2) / 4) ** (-1 / (d + 4))``, or
        the width itself.
    n, d : int
        Number of points and of dimensions.

    Raises
    ------
    InputError
        If the rule is unknown or the width is not positive.

    References
    ----------
    Scott (1992), Multivariate density estimation. Silverman (1986), Density estimation for
    statistics and data analysis.

    Examples
    --------
    >>> round(bandwidth_of("scott", n=10_000, d=4), 4)
    0.3162
    """
    if rule == "scott":
        return float(n ** (-1.0 / (d + 4)))
    if rule == "silverman":
        return float((n * (d + 2) / 4.0) ** (-1.0 / (d + 4)))
    if not isinstance(rule, float | int | np.number) or not np.isfinite(rule) or rule <= 0:
        raise InputError(
            f"The bandwidth is {rule!r}; give 'scott', 'silverman' or a positive number."
        )
    return float(rule)


def log_density(points: Floats, bandwidth: float, *, of_others: bool = False) -> Floats:
    """Exact Gaussian kernel density at every point, as a logarithm.

    The values are those of ``sklearn.neighbors.KernelDensity(bandwidth=bandwidth)`` fitted on
    and scored at the same points, from blocked matrix products instead of a tree. Logarithms
    are kept throughout: in a hundred dimensions the density itself is zero in floating point.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    bandwidth : float
        In the units of the points.
    of_others : bool
        Whether a point's own kernel is left out of the density at it. It is the same for every
        point, so the order stays; but in many dimensions it drowns all others, and then no two
        points differ in floating point.

    Returns
    -------
    ndarray of shape (n,)
        Natural logarithm of the density.
    """
    n, d = points.shape
    # Centred points lose no digits in |x|² - 2xy + |y|².
    P = np.asarray(points, dtype=np.float64) - points.mean(axis=0)
    P /= bandwidth
    squares = np.einsum("ij,ij->i", P, P)
    out = np.empty(n)
    others = n - 1 if of_others and n > 1 else n
    step = max(1, _BLOCK_CELLS // n)
    for start in range(0, n, step):
        block = slice(start, start + step)
        exponent = -0.5 * np.maximum(squares[block, None] + squares - 2.0 * (P[block] @ P.T), 0.0)
        if others < n:
            within = np.arange(len(exponent))
            exponent[within, start + within] = -np.inf
        out[block] = logsumexp(exponent, axis=1)
    return np.asarray(out - np.log(others) - 0.5 * d * np.log(2 * np.pi) - d * np.log(bandwidth))


def ordered_log_density(points: Floats, bandwidth: float) -> Floats:
    """`log_density`, to 1e-9, with points in order that floating point alone would tie.

    In many dimensions a point's own kernel drowns all others and every density is the same
    number. The density of the other points still tells them apart, in the same order, so its
    ranks are added in the tenth decimal.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    bandwidth : float

    Returns
    -------
    ndarray of shape (n,)
    """
    n, d = points.shape
    others = log_density(points, bandwidth, of_others=True)
    if n == 1:
        return others
    own = -0.5 * d * np.log(2 * np.pi) - d * np.log(bandwidth)
    whole = np.logaddexp(np.log(n - 1) + others, own) - np.log(n)
    return np.asarray(whole + 1e-9 * rankdata(others) / n)


def local_outlier_factor(points: Floats, neighbours: int) -> Floats:
    """How much sparser a point's surroundings are than its neighbours' surroundings.

    About one inside a cluster, larger for outliers, below one for points denser than their
    neighbourhood. scikit-learn's ``LocalOutlierFactor``, with its sign turned to the paper's.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    neighbours : int
        The paper's MinPts; at most ``n - 1`` are used.

    Returns
    -------
    ndarray of shape (n,)
        Positive and finite.

    References
    ----------
    Breunig, Kriegel, Ng & Sander (2000), LOF: identifying density-based local outliers,
    SIGMOD, definition 7.
    """
    n = len(points)
    if n < 3:
        return np.ones(n)
    model = LocalOutlierFactor(n_neighbors=min(neighbours, n - 1))
    with warnings.catch_warnings():
        # Next to more equal rows than neighbours the factor is huge, in the paper infinite.
        warnings.filterwarnings("ignore", message="Duplicate values", category=UserWarning)
        model.fit(points)
    factor: Floats = -model.negative_outlier_factor_
    return factor


@dataclass(frozen=True)
class Neighbours:
    """The k nearest neighbours of every point, itself left out, nearest first.

    Attributes
    ----------
    ids : ndarray of int64 of shape (n, k)
    distances : ndarray of shape (n, k)
        Euclidean.
    """

    ids: Rows
    distances: Floats


def nearest_neighbours(points: Floats, k: int) -> Neighbours:
    """The exact k nearest neighbours of every point; at most ``n - 1`` there are.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    k : int

    Returns
    -------
    Neighbours
    """
    k = min(k, len(points) - 1)
    if k < 1:
        return Neighbours(np.empty((len(points), 0), np.int64), np.empty((len(points), 0)))
    index = NearestNeighbors(n_neighbors=k, algorithm="auto").fit(points)
    distances, ids = index.kneighbors()
    return Neighbours(ids.astype(np.int64), distances)


def mean_similarity(points: Matrix) -> Floats:
    """Mean similarity of every row to all rows, in linear time.

    The similarity is the cosine where no value is negative, as in text; elsewhere it is
    ``(1 + cosine) / 2``, so that a power of it is defined. The mean of ``cos(x, u)`` over ``u``
    is the product of ``x`` with the mean unit vector, so no pair is ever formed.

    Parameters
    ----------
    points : ndarray or scipy sparse matrix of shape (n, d)

    Returns
    -------
    ndarray of shape (n,)
        In [0, 1]; a row of zeros has cosine 0.
    """
    unit = normalize(points)
    cosine = np.asarray(unit @ np.asarray(unit.mean(axis=0)).ravel(), dtype=np.float64)
    return np.clip(cosine if points.min() >= 0 else (1.0 + cosine) / 2.0, 0.0, 1.0)
