"""How rare the class is, how many positives are left, and what share of them is found."""

import numpy as np

from ..session import Group, Session
from ._exact import total_interval
from ._lure import pool_mean
from ._value import Answer, Estimate, NoEstimate, check_level

_BY_LOT = (
    "That these rows were drawn at random from all unlabelled ones and none was left out, and that "
    "labels are right."
)


def positives(session: Session, level: float = 0.95) -> Answer:
    """How many positives the pool holds, found or not.

    Rows drawn at random (control draws, random sampling, the second phase of a target recall) give
    an interval of exact tails. Without any, rows drawn with other known probabilities give an
    unbiased estimate (`pool_mean`). Without those either, no valid estimate exists, and the
    answer says so.

    Parameters
    ----------
    session : Session
    level : float

    Returns
    -------
    Estimate or NoEstimate

    Examples
    --------
    >>> from motherlode.session import Origin
    >>> print(positives(Session(1000, [True, False])))  # doctest: +ELLIPSIS
    No valid estimate exists: none of the rows was drawn at random, ...
    >>> lot = [Origin("control", "", 1 / (1000 - i), 1000 - i, i) for i in range(100)]
    >>> estimate = positives(Session(1000, [True] * 10 + [False] * 90, lot))
    >>> estimate.value, estimate.low, estimate.high
    (100.0, 55.0, 167.0)
    """
    check_level(level)
    if not session.left:
        n = float(session.found)
        return Estimate(n, n, n, level, "Every row is labelled.", "That labels are right.")
    groups = session.groups()
    if not groups:
        return _from_unequal(session, level)
    most = session.found + session.left
    low, high = total_interval(groups, session.found, most, level)
    return Estimate(
        float(np.clip(_moment(groups), max(low, session.found), high)),
        float(low),
        float(high),
        level,
        f"From {sum(g.drawn for g in groups):,} rows drawn at random, "
        f"{sum(g.positives for g in groups):,} of them positive (hypergeometric, mid-p).",
        _BY_LOT,
    )


def _moment(groups: list[Group]) -> float:
    """The total under which as many positives were to be expected as were seen."""
    rate = sum(g.drawn / g.rows for g in groups)
    return sum(g.positives + g.found * g.drawn / g.rows for g in groups) / rate


def _from_unequal(session: Session, level: float) -> Answer:
    share = pool_mean(session, session.positive, level)
    if isinstance(share, NoEstimate):
        return share
    least, most = float(session.found), float(session.found + session.left)
    scaled = share.through(lambda p: p * session.pool_size)
    value, low, high = np.clip([scaled.value, scaled.low, scaled.high], least, most).tolist()
    return Estimate(value, low, high, level, share.method, share.assumes)


def prevalence(session: Session, level: float = 0.95) -> Answer:
    """Share of the pool's rows that are positive; parameters as for `positives`."""
    return _prevalence(session, positives(session, level))


def positives_left(session: Session, level: float = 0.95) -> Answer:
    """Positives among the unlabelled rows; parameters as for `positives`."""
    return _positives_left(session, positives(session, level))


def recall(session: Session, level: float = 0.95) -> Answer:
    """Share of the pool's positives that are found; no estimate where there may be none at all.

    Parameters as for `positives`.

    Examples
    --------
    >>> print(recall(Session(3, [False, False, False])))
    No positive is found, and none may exist, so a share of them means nothing yet.
    """
    return _recall(session, positives(session, level))


def estimates_of_counts(session: Session, level: float = 0.95) -> dict[str, Answer]:
    """`prevalence`, `positives_left` and `recall` by their names, from one count of positives."""
    total = positives(session, level)
    return {
        "prevalence": _prevalence(session, total),
        "positives_left": _positives_left(session, total),
        "recall": _recall(session, total),
    }


def _prevalence(session: Session, total: Answer) -> Answer:
    return total.through(lambda n: n / max(session.pool_size, 1))


def _positives_left(session: Session, total: Answer) -> Answer:
    return total.through(lambda n: n - session.found)


def _recall(session: Session, total: Answer) -> Answer:
    if isinstance(total, Estimate) and not session.found:
        return NoEstimate(
            "No positive is found, and none may exist, so a share of them means nothing yet."
        )
    return total.through(lambda n: session.found / max(n, 1e-300))
