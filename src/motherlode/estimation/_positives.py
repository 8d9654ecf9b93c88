"""How rare the class is, how many positives are left, and what share of them is found."""

import numpy as np

from ..session import Group, Session
from ._estimates import Estimates
from ._exact import total_interval
from ._lure import pool_mean
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share

_ASSUMES = (
    "That these rows were drawn at random from all unlabelled ones and none was left out, and that "
    "labels are right."
)


_FEWEST = 10  # random draws, below which an interval spans nearly everything


def positives(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate how many positives the pool holds, found or not.

    Rows drawn at random (control draws, random sampling, the second phase of a target recall) give
    an interval of exact tails. Without any, rows drawn with other known probabilities give an
    unbiased estimate (`pool_mean`). Without those either, or with fewer than ten draws, no valid
    estimate exists, and the answer says so.

    Where rows came to the pool after others had been drawn, rows are estimated by when they came,
    and the estimates are added up. Rows that no draw could reach are left out, and the answer says
    of how many it speaks.

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
        return Estimate(
            n, n, n, level, "Every row is labelled.", "That labels are right.", kind="count"
        )
    if not session.labels:
        return NoEstimate("No row is labelled, so nothing is known yet.")
    parts = _reached(session)
    known = sum(int(part.uniform.sum()) for part in parts)
    drawn = max(known, int(session.at_random.sum()))
    if 0 < drawn < _FEWEST:
        return NoEstimate(
            f"Drawn at random {'is 1 row' if drawn == 1 else f'are {drawn} rows'}, and from fewer "
            f"than {_FEWEST} next to nothing follows about the others."
        )
    if not known:
        return _estimate_unequal(session, level)
    method = (
        f"From {known:,} rows drawn at random, {sum(_count_drawn(part) for part in parts):,} of "
        f"them positive (hypergeometric, mid-p{', by arrival' if len(parts) > 1 else ''})."
    )
    value, low, high = _add_up([_estimate_uniform(part, level) for part in parts])
    speaks_for = _explain_reach(sum(part.pool_size for part in parts), session.pool_size)
    return Estimate(value, low, high, level, method, _ASSUMES, speaks_for, "count")


def _reached(session: Session) -> list[Session]:
    """Split a session by when its rows arrived, and keep the parts that something is known of."""
    if session.arrivals is None:
        return [session]
    parts = [session.of_arrival(place) for place in range(len(session.arrivals.sizes))]
    return [part for part in parts if not part.left or part.uniform.any()]


def _count_drawn(session: Session) -> int:
    return int(session.positive[session.uniform].sum())


def _estimate_uniform(session: Session, level: float) -> tuple[float, float, float]:
    """Estimate the positives of a session from uniform draws: a value, and an interval's ends."""
    if not session.left:
        return (float(session.found),) * 3
    groups = session.groups()
    most = session.found + session.left
    low, high = total_interval(groups, session.found, most, level)
    value = np.clip(_match_moment(groups), max(low, session.found), high)
    return float(value), float(low), float(high)


def _add_up(parts: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Estimate a sum of independent numbers, from the estimate and the interval of each.

    References
    ----------
    Zou, Huang & Zhang (2009), A note on confidence interval estimation for a linear function of
    binomial proportions, Computational Statistics & Data Analysis 53 (the squares of the distances
    to each end add up).

    Examples
    --------
    >>> _add_up([(10.0, 7.0, 14.0), (20.0, 16.0, 23.0)])
    (30.0, 25.0, 35.0)
    """
    values, lows, highs = np.array(parts).T
    value = values.sum()
    low, high = (np.sqrt(((values - end) ** 2).sum()) for end in (lows, highs))
    return float(value), float(value - low), float(value + high)


def _explain_reach(rows: int, pool_size: int) -> str:
    later = pool_size - rows
    if not later:
        return ""
    came = "1 row has come" if later == 1 else f"{later:,} rows have come"
    return f"It speaks for {rows:,} of {pool_size:,} rows: {came} that no draw has reached yet."


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
    return Estimate(value, low, high, level, share.method, share.assumes, kind="count")


def prevalence(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate the share of the pool's rows that are positive.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    """
    return estimate_counts(session, level).prevalence


def positives_left(session: Session, level: float = 0.95) -> MaybeEstimate:
    """Estimate how many positives are among the unlabelled rows.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    """
    return estimate_counts(session, level).positives_left


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
    return estimate_counts(session, level).recall


def estimate_counts(session: Session, level: float = 0.95, *, name: str = "positives") -> Estimates:
    """Estimate positives, prevalence, positives left and recall at once.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals.
    name : str
        What the positive rows are called, as in "fraudulent payments".

    Returns
    -------
    Estimates
        The four, with what they rest on.

    Examples
    --------
    >>> from motherlode.session import Origin
    >>> draws = [Origin("control", "", 1 / (1000 - i), 1000 - i, i) for i in range(100)]
    >>> found = estimate_counts(Session(1000, [True] * 10 + [False] * 90, draws), name="refunds")
    >>> found.positives_left.low
    45.0
    >>> print(found)
    Estimates(refunds)
      refunds in the pool: 100 (95 %: 55 to 170)
      prevalence (share of refunds among all rows): 10 % (95 %: 5.5 to 17 %)
      refunds left: 90 (95 %: 45 to 160)
      recall (share of refunds found): 10 % (95 %: 5.9 to 19 %)
    """
    total = positives(session, level)
    # Of an estimate that speaks for some rows, the share and the rest are of these.
    rows, found = _count_reached(session) if _is_partial(total) else _count(session)
    share_found: MaybeEstimate = total.through(lambda n: found / max(n, 1e-300), "share")
    if isinstance(total, Estimate) and not found:
        share_found = NoEstimate(
            "No positive is found, and none may exist, so a share of them means nothing yet."
        )
    return Estimates(
        positives=total,
        prevalence=total.through(lambda n: n / max(rows, 1), "share"),
        positives_left=total.through(lambda n: n - found),
        recall=share_found,
        name=name,
    )


def _is_partial(total: MaybeEstimate) -> bool:
    return isinstance(total, Estimate) and bool(total.speaks_for)


def _count(session: Session) -> tuple[int, int]:
    return session.pool_size, session.found


def _count_reached(session: Session) -> tuple[int, int]:
    """Count the rows, and the positives found, that the estimate speaks of."""
    counts = np.array([_count(part) for part in _reached(session)])
    rows, found = counts.sum(axis=0).tolist()
    return rows, found
