"""Thresholds whose precision is promised: wrong in a stated share of cases at most.

The threshold that looks best on some labels is precise on these by luck, too, and so falls short on
others. Here thresholds are tested one after the other, from the strictest on, and the first one
that the labels do not prove ends the tests. So the chance that any threshold passes that should
not is the chance that a first one does.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv
from scipy.stats import binom

from .._inert.description import Described, Description
from .._rows.arrays import Floats
from ..errors import InputError
from ..session import Arrivals, Session
from ._exact import binomial_interval, total_interval
from ._value import Estimate, NoEstimate, check_share

_STARTS = 4  # places, each at twice as many rows as the one before, from which tests go on
_STEP = 1.1  # from one threshold to the next, in rows above it
_MOST_NEEDED = 1_000_000
_OF_SAMPLE = (
    "That the rows were drawn at random, that no model saw them, and that labels are right."
)
_OF_POOL = (
    "That new rows are like those of the pool and labels right, and that rows held out of the fit "
    "are to it as new ones are."
)


@dataclass(frozen=True, repr=False)
class Promise(Described):
    """A threshold whose precision is promised.

    Attributes
    ----------
    threshold : float
        Rows with at least this score are to be called positive.
    precision : Estimate
        The precision there. Its interval begins at what is promised, or above it.
    called : int
        Rows at hand with at least this score.
    """

    threshold: float
    precision: Estimate
    called: int

    def _describe(self) -> Description:
        p = self.precision
        summary = (
            f"From {self.threshold:.4g} on the precision is {100 * p.low:.3g} % or more, with "
            f"{100 * p.level:.3g} % confidence"
        )
        facts = [
            ("precision", p.write()),
            ("rows called", f"{self.called:,}"),
        ]
        return Description("Promise", summary, facts)


def promise_precision(
    scores: ArrayLike, positive: ArrayLike, precision: float, confidence: float = 0.95
) -> Promise | NoEstimate:
    """Find the lowest threshold whose precision on new rows is high enough, beyond doubt.

    In a share `confidence` of cases or more, the precision on new rows is at least `precision`.
    This is exact, however few rows there are and whatever the scores.

    Parameters
    ----------
    scores : array-like of shape (m,)
        What a model, which was not fitted on them, says of rows that were drawn at random: from
        all rows, or from those whose scores are high.
    positive : array-like of bool of shape (m,)
        Whether each of them is positive.
    precision : float in (0, 1)
        The least share of positives among the rows called positive.
    confidence : float in (0, 1), default 0.95
        In which share of cases the promise is to hold.

    Returns
    -------
    Promise or NoEstimate
        There is no promise where the rows are too few, or too few of the highest are positive.

    References
    ----------
    Angelopoulos, Bates, Candès, Jordan & Lei (2021), Learn then test: calibrating predictive
    algorithms to achieve risk control, arXiv:2110.01052. Wiens & Dmitrienko (2005), The fallback
    procedure for evaluating a single family of hypotheses, Journal of Biopharmaceutical Statistics
    15 (tests in order, from several places on).

    Examples
    --------
    Of 100 rows, all of the upper 60 are positive, and none of the others:

    >>> scores = np.arange(100) / 100
    >>> promise = promise_precision(scores, scores >= 0.4, 0.8)
    >>> round(promise.threshold, 3), promise.called
    (0.375, 62)
    >>> print(promise_precision(scores[90:], scores[90:] > 0, 0.8))
    From these labels no threshold follows with a precision of 80 % or more, at 95 % confidence;
    about 88 labelled rows above it that were drawn at random would do, if 90 % of them are
    positive.
    """
    s, labels = np.asarray(scores, dtype=np.float64), np.asarray(positive)
    if s.ndim != 1 or s.shape != labels.shape:
        raise InputError(f"There are {s.size} scores and {labels.size} labels; give one each.")
    if not np.isfinite(s).all():
        raise InputError("A score is NaN or infinite; leave such rows out.")
    if not np.isin(labels, (0, 1)).all():
        raise InputError("Say of each row whether it is positive: true or false, or 1 or 0.")
    y = labels == 1
    _check(precision, confidence)
    tail = np.sort(s)[::-1]
    hits = np.concatenate([[0], np.cumsum(y[np.argsort(-s, kind="stable")])])

    def passes(rows: int, error: float) -> bool:
        return bool(binom.sf(hits[rows] - 1, rows, precision) <= error)

    rows = _find_laxest(tail, precision, 1 - confidence, passes)
    if rows is None:
        need = count_needed(precision, confidence)
        return NoEstimate(
            f"{_say_none(precision, confidence)}; about {need:,} labelled rows above it that were "
            f"drawn at random would do, if {50 * (1 + precision):.3g} % of them are positive."
        )
    found = int(hits[rows])
    high = binomial_interval(found, rows, confidence)[1]
    method = (
        f"From {rows:,} rows above the threshold, {found:,} of them positive (learn then test)."
    )
    estimate = Estimate(found / rows, precision, high, confidence, method, _OF_SAMPLE, kind="share")
    return Promise(_cut(tail, rows), estimate, rows)


def promise_on_pool(
    session: Session, labelled: Floats, left: Floats, precision: float, confidence: float = 0.95
) -> Promise | NoEstimate:
    """Find such a threshold from the labels of a search, in which the highest rows are known.

    Of the rows of the pool above a threshold, some are labelled, and random draws bound the
    positives among the others. That number, as one of so many independent rows, bounds the
    precision on new rows. Each of the two bounds fails in half of the cases allowed.

    Parameters
    ----------
    session : Session
        The m labels so far, and how their rows were found.
    labelled : ndarray of shape (m,)
        Scores of the labelled rows, each by a model that was not fitted on it.
    left : ndarray of shape (n,)
        Scores of the rows without a label.
    precision, confidence : float in (0, 1)
        As for `promise_precision`.

    Returns
    -------
    Promise or NoEstimate
    """
    _check(precision, confidence)
    tail = np.sort(np.concatenate([labelled, left]))[::-1]

    def bound(rows: int, error: float) -> tuple[int, int]:
        part = _above(session, labelled, tail[rows - 1], rows)
        if not part.left:
            return part.found, part.found
        most = part.found + part.left
        return total_interval(part.groups(), part.found, most, 1 - error, mid_p=False)

    def passes(rows: int, error: float) -> bool:
        low = bound(rows, error)[0]
        return low > 0 and float(betaincinv(low, rows - low + 1, error / 2)) >= precision

    rows = _find_laxest(tail, precision, 1 - confidence, passes)
    if rows is None:
        return NoEstimate(_advise(session, labelled, tail, precision, confidence))
    low, high = bound(rows, 1 - confidence)
    upper = binomial_interval(high, rows, (1 + confidence) / 2)[1]
    known = int((labelled >= tail[rows - 1]).sum())
    method = (
        f"Of {rows:,} rows of the pool above the threshold {known:,} are labelled, and {low:,} or "
        "more are positive (learn then test)."
    )
    estimate = Estimate(low / rows, precision, upper, confidence, method, _OF_POOL, kind="share")
    return Promise(_cut(tail, rows), estimate, rows)


def count_needed(precision: float, confidence: float = 0.95) -> int:
    """Count the rows that prove a precision, if the share of positives is halfway from it to one.

    Parameters
    ----------
    precision, confidence : float in (0, 1)
        As for `promise_precision`.
    """
    error, share = (1 - confidence) / _STARTS, (1 + precision) / 2

    def suffice(rows: int) -> bool:
        return bool(binom.sf(int(share * rows) - 1, rows, precision) <= error)

    first = _count_least(precision, error)
    return first + bisect_left(range(first, _MOST_NEEDED), True, key=suffice)


def _check(precision: float, confidence: float) -> None:
    check_share(precision, "precision")
    check_share(confidence, "confidence")


def _count_least(precision: float, error: float) -> int:
    """Count the rows that prove a precision if all of them are positive."""
    return int(np.ceil(np.log(error) / np.log(precision)))


def _find_laxest(
    tail: Floats, precision: float, error: float, passes: Callable[[int, float], bool]
) -> int | None:
    """Find the largest set of highest rows that passes.

    Tests begin at several places, each with its part of the error. One that passes hands all of its
    part on to the next test.
    """
    part, found, carried = error / _STARTS, None, 0.0
    starts = [_count_least(precision, part) * 2**i for i in range(_STARTS)]
    for rows, begin in _list_sizes(tail, starts):
        allowed = carried + part * begin
        carried = 0.0
        if allowed and passes(rows, allowed):
            found, carried = rows, allowed
    return found


def _list_sizes(tail: Floats, starts: Sequence[int]) -> list[tuple[int, int]]:
    """List how many rows lie above each threshold in turn, and how many starts come before it.

    Rows of equal score lie on the same side.
    """
    ascending, out, size, begun = -tail, [], float(starts[0]), 0
    while size <= len(tail):
        rows = int(np.searchsorted(ascending, ascending[int(size) - 1], side="right"))
        before = int(np.searchsorted(starts, rows, side="right"))
        out.append((rows, before - begun))
        begun = before
        size = max(size * _STEP, rows + 1.0)
    return out


def _cut(tail: Floats, rows: int) -> float:
    """Place the threshold between the last row above it and the next."""
    return float(tail[-1] if rows == len(tail) else (tail[rows - 1] + tail[rows]) / 2)


def _above(session: Session, labelled: Floats, least: float, rows: int) -> Session:
    """Return the session of the rows above a threshold, as if there were no others."""
    split = Arrivals(
        (rows, session.pool_size - rows),
        np.where(labelled >= least, 0, 1),
        np.where(session.at_random, 2, 0),
    )
    return replace(session, arrivals=split, captures=None, predictions=()).of_arrival(0)


def _say_none(precision: float, confidence: float) -> str:
    return (
        f"From these labels no threshold follows with a precision of {100 * precision:.3g} % or "
        f"more, at {100 * confidence:.3g} % confidence"
    )


def _advise(
    session: Session, labelled: Floats, tail: Floats, precision: float, confidence: float
) -> str:
    """Say why there is no promise, and which labels would make one possible."""
    reason = _say_none(precision, confidence)
    need = count_needed(precision, confidence)
    if need > len(tail):
        return f"{reason}: that takes about {need:,} rows, and the pool has {len(tail):,}."
    above = labelled >= tail[need - 1]
    found, missing = int(session.positive[above].sum()), need - int(above.sum())
    if missing <= 0:
        return (
            f"{reason}: of the {need:,} rows that the model ranks highest {found:,} are positive; "
            "teach more, so that it ranks better, or ask for less."
        )
    return (
        f"{reason}: of the {need:,} rows that the model ranks highest {missing:,} have no label; "
        f"label these, which will do if {50 * (1 + precision):.3g} % of the {need:,} are positive."
    )
