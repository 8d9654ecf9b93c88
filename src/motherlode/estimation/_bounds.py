"""Bounds that hold whatever the rows are that were asked and got no label."""

from collections.abc import Callable
from dataclasses import replace

from ..session import Session
from ._value import Estimate, MaybeEstimate

_APART = 1.25  # times the width of the interval, from which on people are told


def bound_passed_over(
    session: Session, estimate: Callable[[Session], MaybeEstimate]
) -> MaybeEstimate:
    """Estimate the positives of a session, with bounds if rows were passed over.

    All of these rows are taken for negative, then all for positive. What they are in truth lies
    between, and so does every estimate that knows it.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    estimate : callable
        Estimates the positives of a session.
    """
    found = estimate(session)
    if session.passed_over is None or not isinstance(found, Estimate):
        return found
    # Rows that were added are sometimes reached by draws of rows that were passed over alone, so
    # that one of these may be no estimate.
    least, most = (estimate(session.complete(positive)) for positive in (False, True))
    return add_bounds(found, least, most)


def add_bounds(found: Estimate, least: MaybeEstimate, most: MaybeEstimate) -> Estimate:
    """Add bounds to an estimate: from the low end of the least possible to the high of the most.

    Parameters
    ----------
    found : Estimate
        Without the rows that were passed over.
    least, most : Estimate or NoEstimate
        With these rows labelled so that it is the least, and the most.
    """
    if not isinstance(least, Estimate) or not isinstance(most, Estimate):
        return found
    return replace(found, bounds=(min(least.low, found.low), max(most.high, found.high)))


def are_bounds_apart(estimate: MaybeEstimate) -> bool:
    """Say whether the rows that were passed over could change an estimate by much."""
    if not isinstance(estimate, Estimate) or estimate.bounds is None:
        return False
    least, most = estimate.bounds
    return most - least > _APART * (estimate.high - estimate.low)
