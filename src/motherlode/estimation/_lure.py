"""Unbiased estimates from rows that a strategy drew with known, unequal probabilities."""

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..session import Session
from ._likelihood import bound_total
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share

_FEWEST = 2


def lure_weights(probabilities: ArrayLike, pool_size: int) -> Floats:
    """Compute weights that undo the bias of M draws without replacement.

    ``v[m] = 1 + (N - M) / (N - m) * (1 / ((N - m + 1) q[m]) - 1)`` for m from 1 to M.

    Parameters
    ----------
    probabilities : array-like of float of shape (M,)
        q, the probability of each draw, given those before it, among all rows that were left.
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
    """Estimate the mean of any loss over the pool, from M draws: ``mean(v * loss)``.

    Parameters
    ----------
    losses : array-like of float of shape (M,)
        The loss of each row drawn.
    probabilities : array-like of float of shape (M,)
        The probability of each draw, given those before it, among all rows that were left.
    pool_size : int
        Rows before the first draw.

    Returns
    -------
    float
        Unbiased: the weights v are those of `lure_weights`.

    Examples
    --------
    >>> lure([1.0, 1.0, 1.0], [0.6, 0.5, 1.0], 3)
    1.0
    """
    values, weights = _check_losses(losses), lure_weights(probabilities, pool_size)
    if not len(values):
        raise InputError("There is no loss to average; draw at least one row.")
    if len(values) != len(weights):
        raise InputError(
            f"There are {len(values)} losses and {len(weights)} probabilities; give one each."
        )
    return float((weights * values).mean())


def _check_losses(losses: ArrayLike) -> Floats:
    values = np.asarray(losses, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise InputError("The losses must be finite numbers, one a row.")
    return values


def weigh_draws(session: Session) -> Floats:
    """Weigh each random draw's estimate in their mean; the weights add up to 1."""
    left = session.drawn_from[session.at_random].astype(np.float64)
    # LURE weighs a draw by 1 / (N - m) - 1 / (N - m + 1), N - m + 1 being the rows left.
    weights = 1.0 / (np.maximum(left - 1.0, 0.5) * left)
    return np.asarray(weights / weights.sum())


def _estimate_totals(session: Session, values: Floats) -> Floats:
    """Des Raj's estimates: what is known before a draw, and the draw over its probability."""
    mine = np.flatnonzero(session.at_random)
    before = np.concatenate([[0.0], np.cumsum(values)])
    # Rows of one query are drawn one after the other, each after those before it.
    known = before[session.known_before[mine]] + _sum_earlier(session, values, mine)
    return np.asarray(known + values[mine] / session.probabilities[mine])


def _sum_earlier(session: Session, values: Floats, mine: Rows) -> Floats:
    """Sum the values of the rows that the same query drew before each row."""
    query, left = session.known_before[mine], session.drawn_from[mine]
    sums = np.zeros(len(mine))
    for start in np.unique(query):
        of_query = np.flatnonzero(query == start)
        order = of_query[np.argsort(-left[of_query], kind="stable")]
        # Of draws that were made at once, as stratified controls are, none is before another.
        earlier = np.searchsorted(-left[order], -left[order], side="left")
        sums[order] = np.concatenate([[0.0], np.cumsum(values[mine[order]])])[earlier]
    return sums


def pool_mean(
    session: Session,
    losses: ArrayLike,
    level: float = 0.95,
    *,
    bounds: tuple[float, float] | None = None,
) -> MaybeEstimate:
    """Estimate the mean of a loss over the whole pool, from the labels of random draws.

    Every draw with a known probability gives an unbiased estimate of the pool's total: the
    losses known before it, and its own loss over its probability. Rows that were not drawn at
    random enter as known. Where all labels are draws, this is LURE to the last digit.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    losses : array-like of float of shape (m,)
        The loss of every labelled row, in the order labelled: squared error, an error's 0 or 1,
        whether the row is positive.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    bounds : (float, float), optional
        The least and the largest loss that any row can have. By default 0 and 1 if all losses
        seen lie there, and else the least and the largest seen.

    Returns
    -------
    Estimate or NoEstimate
        The interval is that of an empirical likelihood, in which a row of the pool that nobody
        has seen, with the worst loss possible, counts for a third of a draw. So it is wide where
        few rows matter and perhaps none of them was drawn.

    Notes
    -----
    An interval from the draws' variance, Student's or one corrected for skewness, covers in some
    60 % of sessions if fewer than one of the rows that matter is expected among the draws. This
    one covers in 94 % or more in all worlds of ``benchmarks/estimation``, and in up to 98.5 %
    where few such rows are drawn.

    References
    ----------
    Farquhar, Gal & Rainforth (2021), ICLR, theorem 3. Des Raj (1956), Some estimators in
    sampling with varying probabilities without replacement, JASA 51. Karampatziakis, Langford &
    Mineiro (2020), Empirical likelihood for contextual bandits, NeurIPS.
    """
    check_share(level, "level")
    values = _check_losses(losses)
    if len(values) != session.labels:
        raise InputError(
            f"There are {session.labels} labels and {len(values)} losses; give one each."
        )
    least, largest = _check_bounds(values, bounds)
    M = int(session.at_random.sum())
    if not session.pool_size:
        return NoEstimate("The pool has no row, so there is no mean over it.")
    if not session.left:
        exact = float(values.mean())
        return Estimate(exact, exact, exact, level, "Every row is labelled.", "Nothing.")
    if M < _FEWEST:
        return NoEstimate(explain_no_estimate(session))
    totals, weights = _estimate_totals(session, values), weigh_draws(session)
    known = float(values.sum())
    low, high = bound_total(
        totals,
        weights,
        _imagine_unseen(session, values, totals, (least, largest)),
        (known + session.left * least, known + session.left * largest),
        level,
    )
    n = session.pool_size
    return Estimate(
        float(weights @ totals) / n,
        low / n,
        high / n,
        level,
        f"LURE, from {M:,} draws with recorded probabilities (empirical likelihood).",
        "That the recorded probabilities are those the rows were drawn with, and that every loss "
        f"lies between {least:g} and {largest:g}.",
    )


def _check_bounds(values: Floats, given: tuple[float, float] | None) -> tuple[float, float]:
    least, largest = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if given is None:
        return (0.0, 1.0) if least >= 0 and largest <= 1 else (least, largest)
    if least < given[0] or largest > given[1]:
        raise InputError(
            f"The losses lie between {least:g} and {largest:g}, outside the bounds "
            f"{given[0]:g} and {given[1]:g}; give bounds that hold every row."
        )
    return float(given[0]), float(given[1])


def _imagine_unseen(
    session: Session, values: Floats, totals: Floats, bounds: tuple[float, float]
) -> tuple[float, float]:
    """Estimate the total as a draw would of a row with the least, and with the largest loss."""
    mine, weights = np.flatnonzero(session.at_random), weigh_draws(session)
    rarer = 1 / (session.drawn_from[mine] * session.probabilities[mine])
    known = float(weights @ (totals - values[mine] / session.probabilities[mine]))
    # A row that was half as likely to be drawn stands for twice as many rows of the pool.
    heavy = float((rarer**2).sum() / rarer.sum() * (weights @ session.drawn_from[mine]))
    return known + bounds[0] * heavy, known + bounds[1] * heavy


def explain_no_estimate(session: Session) -> str:
    """Say why there is no estimate, and what to do."""
    draws, before = int(session.at_random.sum()), int(session.drawn.sum())
    if before > draws:
        return (
            f"No valid estimate exists: of {before:,} rows drawn at random "
            f"{'none was' if not draws else 'one was'} drawn since the last rows came to the pool, "
            "and of those nothing follows from the others; have a share of those that are asked "
            "drawn at random again, as control draws."
        )
    seen = "none of the rows was" if not draws else "a single row was"
    return (
        f"No valid estimate exists: {seen} drawn at random, and from rows that a strategy picks "
        "nothing follows about the others; have a share of those that are asked drawn "
        "at random, as control draws."
    )
