"""How rare the class is, how many positives are left, and what share of them is found."""

from dataclasses import replace

import numpy as np

from ..session import Group, Session
from ._anytime import Evidence, anytime_interval
from ._bounds import bound_passed_over
from ._estimates import Estimates
from ._exact import total_interval
from ._lure import pool_mean
from ._parting import speak_for_newest
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share

_ASSUMES = (
    "That these rows were drawn at random from all unlabelled ones and none was left out, and that "
    "labels are right."
)


_FEWEST = 10  # random draws, below which an interval spans nearly everything


def positives(session: Session, level: float = 0.95, *, every_look: bool = True) -> MaybeEstimate:
    """Estimate how many positives the pool holds, found or not.

    Rows drawn at random (control draws, random sampling, the second phase of a target recall) give
    an interval that holds at every look. Without any, rows drawn with other known probabilities
    give an unbiased estimate (`pool_mean`) whose interval holds at one look. Without those either,
    or with fewer than ten draws, no valid estimate exists, and the answer says so.

    Where rows came to the pool after others had been drawn, rows are estimated by when they came,
    and the estimates are added up. Rows that no draw could reach are left out, and the answer says
    of how many it speaks.

    Rows that were asked and got no label are no part of the pool. `Estimate.bounds` hold whatever
    they are: all of them are taken for negative, then all for positive.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    every_look : bool, default True
        Whether the interval is to hold at every look, for somebody who watches. If False it holds
        at one look, at a moment fixed beforehand, and is narrower: for a report at the end.

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
    (100.0, 33.0, 218.0)
    >>> once = positives(Session(1000, [True] * 10 + [False] * 90, draws), every_look=False)
    >>> once.low, once.high
    (55.0, 167.0)
    """
    check_share(level, "level")
    return bound_passed_over(session, lambda of: _estimate_positives(of, level, every_look))


def _estimate_positives(session: Session, level: float, every_look: bool) -> MaybeEstimate:
    if not session.left:
        n = float(session.found)
        known_all = ("Every row is labelled.", "That labels are right.")
        return Estimate(n, n, n, level, *known_all, kind="count", holds="always")
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
    value = sum(_estimate_value(part) for part in parts)
    low, high = (_bound_at_every_look if every_look else _bound_once)(parts, level)
    return Estimate(
        float(np.clip(value, low, high)),
        low,
        high,
        level,
        f"From {known:,} rows drawn at random, {sum(_count_drawn(part) for part in parts):,} of "
        f"them positive ({'martingale' if every_look else 'hypergeometric, mid-p'}"
        f"{', by arrival' if len(parts) > 1 else ''}).",
        _ASSUMES,
        _explain_reach(sum(part.pool_size for part in parts), session.pool_size),
        "count",
        "always" if every_look else "once",
        limits=_limit(parts),
    )


def _limit(parts: list[Session]) -> tuple[float, float]:
    """Give the fewest and the most positives that are possible: those found, and all rows left."""
    found = sum(part.found for part in parts)
    return float(found), float(found + sum(part.left for part in parts))


def _reached(session: Session) -> list[Session]:
    """Split a session by when its rows arrived, and keep the parts that something is known of."""
    if session.arrivals is None:
        return [session]
    parts = [session.of_arrival(place) for place in range(len(session.arrivals.sizes))]
    return [part for part in parts if not part.left or part.uniform.any()]


def _count_drawn(session: Session) -> int:
    return int(session.positive[session.uniform].sum())


def _estimate_value(session: Session) -> float:
    """Estimate the positives of a session from uniform draws."""
    if not session.left:
        return float(session.found)
    value = _match_moment(session.groups())
    return float(np.clip(value, session.found, session.found + session.left))


def _bound_at_every_look(parts: list[Session], level: float) -> tuple[float, float]:
    evidence = tuple(
        Evidence(part.pool_size, tuple(part.groups()), part.found, part.found + part.left)
        for part in parts
    )
    low, high = anytime_interval(evidence, level)
    return float(low), float(high)


def _bound_once(parts: list[Session], level: float) -> tuple[float, float]:
    bounds = []
    for part in parts:
        low, high = part.found, part.found
        if part.left:
            low, high = total_interval(part.groups(), part.found, part.found + part.left, level)
        value = float(np.clip(_estimate_value(part), low, high))
        bounds.append((value, float(low), float(high)))
    return _add_up(bounds)


def _add_up(parts: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Bound a sum of independent numbers, from the estimate and the interval of each.

    References
    ----------
    Zou, Huang & Zhang (2009), A note on confidence interval estimation for a linear function of
    binomial proportions, Computational Statistics & Data Analysis 53 (the squares of the distances
    to each end add up).

    Examples
    --------
    >>> _add_up([(10.0, 7.0, 14.0), (20.0, 16.0, 23.0)])
    (25.0, 35.0)
    """
    values, lows, highs = np.array(parts).T
    value = values.sum()
    low, high = (np.sqrt(((values - end) ** 2).sum()) for end in (lows, highs))
    return float(value - low), float(value + high)


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
    limits = least, most
    return Estimate(
        value, low, high, level, share.method, share.assumes, kind="count", limits=limits
    )


def prevalence(session: Session, level: float = 0.95, *, every_look: bool = True) -> MaybeEstimate:
    """Estimate the share of the pool's rows that are positive.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    every_look : bool, default True
        Whether the interval is to hold at every look, for somebody who watches. If False it holds
        at one look, at a moment fixed beforehand, and is narrower: for a report at the end.
    """
    return _estimate_all(session, level, every_look).prevalence


def positives_left(
    session: Session, level: float = 0.95, *, every_look: bool = True
) -> MaybeEstimate:
    """Estimate how many positives are among the unlabelled rows.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    every_look : bool, default True
        Whether the interval is to hold at every look, for somebody who watches. If False it holds
        at one look, at a moment fixed beforehand, and is narrower: for a report at the end.
    """
    return _estimate_all(session, level, every_look).positives_left


def recall(session: Session, level: float = 0.95, *, every_look: bool = True) -> MaybeEstimate:
    """Estimate the share of the pool's positives that are found.

    There is no estimate where the pool may hold no positive at all.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.
    every_look : bool, default True
        Whether the interval is to hold at every look, for somebody who watches. If False it holds
        at one look, at a moment fixed beforehand, and is narrower: for a report at the end.

    Examples
    --------
    >>> print(recall(Session(3, [False, False, False])))
    No positive is found, and none may exist, so a share of them means nothing yet.
    """
    return _estimate_all(session, level, every_look).recall


def estimate_counts(
    session: Session,
    level: float = 0.95,
    *,
    name: str = "positives",
    every_look: bool = True,
) -> Estimates:
    """Estimate positives, prevalence, positives left and recall at once.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals.
    name : str
        What the positive rows are called, as in "fraudulent payments".
    every_look : bool, default True
        Whether the interval is to hold at every look, for somebody who watches. If False it holds
        at one look, at a moment fixed beforehand, and is narrower: for a report at the end.

    Returns
    -------
    Estimates
        The four, with what they rest on, and the prevalence among the rows that came last.

    Examples
    --------
    >>> from motherlode.session import Origin
    >>> draws = [Origin("control", "", 1 / (1000 - i), 1000 - i, i) for i in range(100)]
    >>> found = estimate_counts(Session(1000, [True] * 10 + [False] * 90, draws), name="refunds")
    >>> found.positives_left.low
    23.0
    >>> print(found)
    Estimates(refunds)
      refunds in the pool: 100 (95 %: 33 to 220)
      prevalence (share of refunds among all rows): 10 % (95 %: 3.3 to 22 %)
      refunds left: 90 (95 %: 23 to 210)
      recall (share of refunds found): 10 % (95 %: 4.5 to 31 %)
    """
    newest = _estimate_newest(session, level, every_look)
    return replace(_estimate_all(session, level, every_look), newest=newest, name=name)


def _estimate_all(session: Session, level: float, every_look: bool) -> Estimates:
    """Estimate what is known of all rows, whenever they came."""
    total = positives(session, level, every_look=every_look)
    # Of an estimate that speaks for some rows, the share and the rest are of these.
    count = _count_reached if _is_partial(total) else _count
    rows, found = count(session)
    share_found: MaybeEstimate = total.through(lambda n: found / max(n, 1e-300), "share")
    if isinstance(total, Estimate) and not found:
        share_found = NoEstimate(
            "No positive is found, and none may exist, so a share of them means nothing yet."
        )
    share = total.through(lambda n: n / max(rows, 1), "share")
    if isinstance(share, Estimate) and share.bounds is not None:
        # Rows that were passed over are part of the pool again, whatever they are.
        again = rows / count(session.complete(False))[0]
        share = replace(share, bounds=(share.bounds[0] * again, share.bounds[1] * again))
    return Estimates(
        positives=total,
        prevalence=share,
        positives_left=total.through(lambda n: n - found),
        recall=share_found,
    )


def _estimate_newest(session: Session, level: float, every_look: bool) -> MaybeEstimate | None:
    """Estimate the prevalence among the rows that came last, if not all came together."""
    if session.arrivals is None or len(session.arrivals.sizes) < 2:
        return None
    place = len(session.arrivals.sizes) - 1

    def estimate(of: Session) -> MaybeEstimate:
        # A draw that was passed over may part the last rows once more, so that others came last.
        if of.arrivals is None or len(of.arrivals.sizes) != place + 1:
            return NoEstimate("Other rows came last.")
        last = of.of_arrival(place)
        share = positives(last, level, every_look=every_look).through(
            lambda n: n / max(last.pool_size, 1), "share"
        )
        return speak_for_newest(share, last.pool_size)

    return bound_passed_over(session, estimate)


def _is_partial(total: MaybeEstimate) -> bool:
    return isinstance(total, Estimate) and bool(total.speaks_for)


def _count(session: Session) -> tuple[int, int]:
    return session.pool_size, session.found


def _count_reached(session: Session) -> tuple[int, int]:
    """Count the rows, and the positives found, that the estimate speaks of."""
    counts = np.array([_count(part) for part in _reached(session)])
    rows, found = counts.sum(axis=0).tolist()
    return rows, found
