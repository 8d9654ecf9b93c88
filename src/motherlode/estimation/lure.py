"""Unbiased estimates from rows that a strategy drew with known, unequal probabilities."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from ..arrays import Floats, Rows
from ..errors import InputError
from ..session import Session
from .value import Answer, Estimate, NoEstimate

_FEWEST = 2
_FAR = 1e-12


def lure_weights(probabilities: ArrayLike, pool_size: int) -> Floats:
    """Weights that undo the bias of M draws without replacement.

    ``v[m] = 1 + (N - M) / (N - m) * (1 / ((N - m + 1) q[m]) - 1)`` for m from 1 to M.

    Parameters
    ----------
    probabilities : array-like of shape (M,)
        Of each draw, given those before it, among all rows that were left.
    pool_size : int
        N, rows before the first draw.

    Returns
    -------
    ndarray of shape (M,)
        All 1 for uniform draws, and if the whole pool was drawn.

    References
    ----------
    Farquhar, Gal & Rainforth (2021), On statistical bias in active learning: how and when to
    fix it, ICLR, eq. 3.

    Examples
    --------
    Of three rows, the first was drawn with 1/2 and not 1/3, the second with 1/2:
    ``1 + 1/2 * (2/3 - 1)`` and ``1 + 1/1 * (1 - 1)``.

    >>> lure_weights([0.5, 0.5], 3).round(4).tolist()
    [0.8333, 1.0]
    """
    q = np.asarray(probabilities, dtype=np.float64)
    M, N = len(q), pool_size
    if M > N or not ((q > 0) & (q <= 1 + 1e-9)).all():
        raise InputError(
            f"There are {M} draws from {N} rows; each needs a probability above 0 and at most 1."
        )
    m = np.arange(1, M + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        v = 1 + (N - M) / (N - m) * (1 / ((N - m + 1) * q) - 1)
    return np.where(m == N, 1.0, v)


def lure(losses: ArrayLike, probabilities: ArrayLike, pool_size: int) -> float:
    """Unbiased mean over the pool of any loss a row, from M draws: ``mean(v * loss)``.

    Examples
    --------
    >>> lure([1.0, 1.0, 1.0], [0.6, 0.5, 1.0], 3)
    1.0
    """
    values = np.asarray(losses, dtype=np.float64)
    if not len(values):
        raise InputError("There is no loss to average; draw at least one row.")
    return float((lure_weights(probabilities, pool_size) * values).mean())


def draws(session: Session) -> Floats:
    """What each draw by lot weighs among the estimates that one draw each gives; adds up to 1."""
    left = session.drawn_from[session.by_lot].astype(np.float64)
    # LURE weighs a draw by 1 / (N - m) - 1 / (N - m + 1), N - m + 1 being the rows left.
    weights = 1.0 / (np.maximum(left - 1.0, 0.5) * left)
    return np.asarray(weights / weights.sum())


def _totals(session: Session, values: Floats) -> Floats:
    """Des Raj's estimates: what is known before a draw, and the draw over its probability."""
    mine = np.flatnonzero(session.by_lot)
    before = np.concatenate([[0.0], np.cumsum(values)])
    # Rows of one query are drawn one after the other, each knowing those before it.
    known = before[session.known_before[mine]] + _earlier_in_query(session, values, mine)
    return np.asarray(known + values[mine] / session.probabilities[mine])


def _earlier_in_query(session: Session, values: Floats, mine: Rows) -> Floats:
    query = session.known_before[mine]
    left = session.drawn_from[mine]
    sums = np.zeros(len(mine))
    for start in np.unique(query):
        of_query = np.flatnonzero(query == start)
        order = of_query[np.argsort(-left[of_query], kind="stable")]
        # Draws that were made at once, as stratified controls are, do not know each other.
        counted_before = np.searchsorted(-left[order], -left[order], side="left")
        running = np.concatenate([[0.0], np.cumsum(values[mine[order]])])
        sums[order] = running[counted_before]
    return sums


def pool_mean(session: Session, losses: ArrayLike, level: float = 0.95) -> Answer:
    """Mean of a loss over the whole pool, from the labels that chance had a part in.

    Every draw with a known probability gives an unbiased estimate of the pool's total: the
    losses known before it, and its own loss over its probability. Rows that were picked without
    chance enter as known. Where all labels are draws, this is LURE to the last digit.

    Parameters
    ----------
    session : Session
    losses : array-like of shape (m,)
        Of every labelled row, in the order labelled: squared error, an error's 0 or 1, whether
        the row is positive.
    level : float

    Returns
    -------
    Estimate or NoEstimate
        The interval is Student's, corrected for skewness (Hall 1992): with rare large losses
        the plain one lies too low.

    References
    ----------
    Farquhar, Gal & Rainforth (2021), ICLR, theorem 3. Des Raj (1956), Some estimators in
    sampling with varying probabilities without replacement, JASA 51. Hall (1992), On the
    removal of skewness by transformation, JRSS B 54.
    """
    values = np.asarray(losses, dtype=np.float64)
    if len(values) != session.labels:
        raise InputError(
            f"There are {session.labels} labels and {len(values)} losses; give one each."
        )
    M = int(session.by_lot.sum())
    if not session.left:
        exact = float(values.mean())
        return Estimate(exact, exact, exact, level, "Every row is labelled.", "Nothing.")
    if M < _FEWEST:
        return NoEstimate(no_chance(M))
    totals, weights = _totals(session, values), draws(session)
    terms = M * weights * totals / session.pool_size
    low, high = skewed_interval(terms, float(terms.mean()), M * weights, level)
    return Estimate(
        float(terms.mean()),
        low,
        high,
        level,
        f"LURE, from {M:,} draws with recorded probabilities.",
        "That the recorded probabilities are those the rows were drawn with; with fewer than "
        "some ten rows of the kind that matters the interval is too narrow.",
    )


def no_chance(draws: int) -> str:
    """Why there is no estimate, and what to do."""
    seen = "none of the rows was" if not draws else "a single row was"
    return (
        f"No valid estimate exists: {seen} drawn by lot, and from rows that a strategy picks "
        "without chance nothing follows about the others; use ActiveLearner(control=0.1) or "
        "selection=Stochastic()."
    )


def skewed_interval(
    terms: Floats, centre: float, weights: Floats, level: float
) -> tuple[float, float]:
    """Interval of the mean of uncorrelated terms, Student's after Hall's cubic transformation.

    Parameters
    ----------
    terms : ndarray of shape (M,)
    centre : float
        Their mean; term i estimates ``weights[i]`` times what the mean estimates.
    weights : ndarray of shape (M,)
        With mean 1.
    level : float
    """
    M = len(terms)
    spread = terms - weights * centre
    variance = float((spread**2).sum() / (M - 1))
    if variance <= _FAR:
        return centre, centre
    error = np.sqrt(variance / M)
    skew = float((spread**3).mean() / variance**1.5)
    t = float(stdtrit(M - 1, (1 + level) / 2))
    low = centre - error * _unskewed(t, skew, M)
    high = centre - error * _unskewed(-t, skew, M)
    return float(low), float(high)


def _unskewed(t: float, skew: float, M: int) -> float:
    """The quantile of the studentised mean whose transform is t (Hall 1992, with a = 1/3)."""
    h = skew / (3 * np.sqrt(M))
    if abs(h) < _FAR:
        return t
    inner = 1 + 3 * h * (t - skew / (6 * np.sqrt(M)))
    return float((np.cbrt(inner) - 1) / h)
