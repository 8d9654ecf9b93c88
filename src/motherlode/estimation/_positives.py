"""How rare the class is, how many positives are left, and what share of them is found."""

import numpy as np

from ..session import Group, Session
from ._exact import total_interval
from ._lure import pool_mean
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share

_ASSUMES = (
    "That these rows were drawn at random from all unlabelled ones and none was left out, and that "
    "labels are right."
)


def positives(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate how many positives the pool holds, found or not.

    Rows drawn at random (control draws, random sampling, the second phase of a target recall) give
    an interval of exact tails. Without any, rows drawn with other known probabilities give an
    unbiased estimate (`pool_mean`). Without those either, no valid estimate exists, and the
    answer says so.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Returns
    -------
    Estimate or NoEstimate

    Examples
    --------
    >>> from motherlode.session import Origin
    >>> print(positives(Session(1000, [True, False])))  # doctest: +ELLIPSIS
    No valid estimate exists: none of the rows was drawn at random, ...
    >>> draws = [Origin("control", "", 1 / (1000 - i), 1000 - i, i) for i in range(100)]
    >>> estimate = positives(Session(1000, [True] * 10 + [False] * 90, draws))
    >>> estimate.value, estimate.low, estimate.high
    (100.0, 55.0, 167.0)
    """
    check_share(level, "level")
    if not session.left:
        n = float(session.found)
        return Estimate(n, n, n, level, "Every row is labelled.", "That labels are right.")
    groups = session.groups()
    if not groups:
        return _estimate_unequal(session, level)
    most = session.found + session.left
    low, high = total_interval(groups, session.found, most, level)
    return Estimate(
        float(np.clip(_match_moment(groups), max(low, session.found), high)),
        float(low),
        float(high),
        level,
        f"From {sum(g.drawn for g in groups):,} rows drawn at random, "
        f"{sum(g.positives for g in groups):,} of them positive (hypergeometric, mid-p).",
        _ASSUMES,
    )


def _match_moment(groups: list[Group]) -> float:
    """Return the total at which the positives expected are as many as were seen."""
    rate = sum(g.drawn / g.rows for g in groups)
    return sum(g.positives + g.found * g.drawn / g.rows for g in groups) / rate


def _estimate_unequal(session: Session, level: float) -> MaybeEstimate:
    share = pool_mean(session, session.positive, level)
    if isinstance(share, NoEstimate):
        return share
    least, most = float(session.found), float(session.found + session.left)
    scaled = share.through(lambda p: p * session.pool_size)
    value, low, high = np.clip([scaled.value, scaled.low, scaled.high], least, most).tolist()
    return Estimate(value, low, high, level, share.method, share.assumes)


def prevalence(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate the share of the pool's rows that are positive.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    """
    return estimates_of_counts(session, level)["prevalence"]


def positives_left(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate how many positives are among the unlabelled rows.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    """
    return estimates_of_counts(session, level)["positives_left"]


def recall(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate the share of the pool's positives that are found.

    There is no estimate where the pool may hold no positive at all.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Examples
    --------
    >>> print(recall(Session(3, [False, False, False])))
    No positive is found, and none may exist, so a share of them means nothing yet.
    """
    return estimates_of_counts(session, level)["recall"]


def estimates_of_counts(session: Session, level: float = 0.95) -> dict[str, MaybeEstimate]:
    """Estimate `prevalence`, `positives_left` and `recall` at once, from one call of `positives`.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals.

    Returns
    -------
    dict of str to Estimate or NoEstimate
        By the names of the three functions.
    """
    total = positives(session, level)
    share_found: MaybeEstimate = total.through(lambda n: session.found / max(n, 1e-300))
    if isinstance(total, Estimate) and not session.found:
        share_found = NoEstimate(
            "No positive is found, and none may exist, so a share of them means nothing yet."
        )
    return {
        "prevalence": total.through(lambda n: n / max(session.pool_size, 1)),
        "positives_left": total.through(lambda n: n - session.found),
        "recall": share_found,
    }
