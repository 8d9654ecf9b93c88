"""Tests on rows drawn at random: whether the target recall is reached."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._inert.description import pluralise
from .._rows.arrays import Floats
from ..estimation._exact import log_choose
from ..estimation._value import check_share
from ..session import Session
from ._base import HEURISTIC, Advice, OfRecall

# A p-value of exactly the level does not count as below it.
_ROUNDING = 1e-10
# Tails with more positives than this are far from refuting anything, and cost a term each.
_FEW = 200


def least_missed(found: int, before: ArrayLike, recall: float) -> Floats:
    """Return the fewest positives among the rows that the search left, if the recall is missed.

    ``floor(found / recall - before + 1)``: with one fewer the target would be met. `found` are
    the positives known by now, `before` those known before the draws began.

    References
    ----------
    Callaghan & Müller-Hansen (2020), Statistical stopping criteria for automated screening in
    systematic reviews, Systematic Reviews 9, 273, eq. 2.

    Examples
    --------
    With 19 found of 20 a recall of 95 % is met; the first total that misses it is 21.

    >>> float(least_missed(19, 19, 0.95))
    2.0
    """
    # 19 / 0.95 must be 20, also where the quotient comes out as 20.000000000000004.
    return np.asarray(np.floor(found / recall - np.asarray(before) + 1 + 1e-9))


def tail(rows: ArrayLike, positives: ArrayLike, drawn: ArrayLike, seen: ArrayLike) -> Floats:
    """Return ``P(X <= seen)`` for X positives among rows drawn without replacement.

    Examples
    --------
    No positive in 5 of 10 rows that hold 1:

    >>> round(float(tail(10, 1, 5, 0)), 9)
    0.5
    """
    N, K, n, k = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (rows, positives, drawn, seen))
    )
    fewest = np.maximum(n - (N - K), 0.0)
    x, log_p = fewest, log_choose(K, fewest) + log_choose(N - K, n - fewest) - log_choose(N, n)
    total = np.zeros(N.shape)
    for _ in range(int((k - fewest).max(initial=-1)) + 1):
        total = total + np.where(x <= k, np.exp(log_p), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.log((K - x) * (n - x) / ((x + 1) * (N - K - n + x + 1)))
        # Past the last possible number of positives every probability is 0.
        log_p = np.where((x < K) & (x < n), log_p + step, -np.inf)
        x = x + 1
    # There cannot be more positives than rows, so the hypothesis is refuted.
    return np.where(K > N, 0.0, np.minimum(total, 1.0))


def draws_needed(rows: int, positives: int, confidence: float) -> int:
    """Count the rows to draw, none of them positive, to refute that so many positives are left.

    Parameters
    ----------
    rows : int
        Unlabelled rows.
    positives : int
        Positives supposed among them.
    confidence : float in (0, 1)
        The probability with which the draws are to refute it.

    Examples
    --------
    >>> draws_needed(1000, 1, 0.95), draws_needed(1000, 10, 0.95)
    (951, 258)
    """
    check_share(confidence, "confidence")
    if positives > rows:
        return 0

    def refuted(drawn: int) -> bool:
        return float(tail(rows, positives, drawn, 0)) < 1 - confidence - _ROUNDING

    return bisect_left(range(rows), True, key=refuted)


@dataclass(frozen=True)
class TargetRecall(OfRecall):
    """Stop when a test on rows drawn at random after the search says that the recall is reached.

    In the first phase a strategy searches. In the second, rows are drawn at random from all that
    are left. The rule says stop when so few positives among these rows would be unlikely if the
    recall were missed (a hypergeometric test). Rows drawn at random during the search, before the
    strategy's last row, count as found by the search.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        The share of sessions in which the promise holds.

    Examples
    --------
    20 are found and 200 rows are left; two missed ones would show among 155 draws, by 95 %.

    >>> from motherlode.session import Origin
    >>> search = [Origin("query")] * 20
    >>> draws = [Origin("control", "", 1 / (200 - i), 200 - i, 20 + i) for i in range(155)]
    >>> TargetRecall().advise(Session(220, [True] * 20 + [False] * 154, search + draws[:154])).stop
    False
    >>> TargetRecall().advise(Session(220, [True] * 20 + [False] * 155, search + draws)).stop
    True
    """

    paper = "Callaghan & Müller-Hansen 2020"
    assumes = (
        "That the rows of the second phase are drawn at random from all that are unlabelled, "
        "that none of them is left out, and that labels are right."
    )
    valid: ClassVar[bool] = True

    @property
    def promises(self) -> str:
        """What holds when the rule says stop."""
        return (
            f"In {self.confidence:.0%} of sessions at least {self.recall:.0%} of the positives are "
            "found, however badly the model ranks."
        )

    def _advise(self, session: Session) -> Advice:
        session = session.without_held_back()  # they count as left
        drawn = count_trailing_draws(session)
        rows = session.left + drawn
        before = int(session.found_before(session.labels - drawn))
        missed, seen = int(least_missed(session.found, before, self.recall)), session.found - before
        if not session.found:
            why = "No positive is found yet, so no share of them can be said to be."
            return Advice(False, why, "Find at least one, by search if need be.")
        p = float(tail(rows, missed, drawn, seen)) if drawn else 1.0
        if missed > rows or p < 1 - self.confidence - _ROUNDING:
            why = (
                f"{pluralise(seen, 'positive')} in {pluralise(drawn, 'draw')} at random would have "
                f"a probability of {p:.2g} if less than {self.recall:.0%} were found."
            )
            return Advice(True, why, self.assumes)
        more = draws_needed(session.left, max(missed - seen, 1), self.confidence)
        why = (
            f"Since the search, {pluralise(drawn, 'row')} drawn at random cannot rule out "
            f"{pluralise(missed - seen, 'positive')} among the {session.left:,} left (p = {p:.2g})."
        )
        # Draws so far count too, so that a fresh start is the most it can take.
        needs = f"At most {pluralise(more, 'more draw')} at random without a positive."
        return Advice(False, why, needs)


def count_trailing_draws(session: Session) -> int:
    """Count the last labels that are uniform draws, with no other label after the first."""
    other = np.flatnonzero(~session.uniform)
    drawn = session.labels - (int(other[-1]) + 1 if len(other) else 0)
    # Rows of one query were asked together, with the search's rows or without.
    last = session.known_before[session.labels - drawn :]
    return int((last >= session.labels - drawn).sum())


@dataclass(frozen=True)
class QuasiSampling(OfRecall):
    """Stop by the test of `TargetRecall`, as if the last rows screened were a random sample.

    This is a heuristic. Every tail of the screened list is taken for a sample of what was
    unscreened before it, and the smallest p-value counts. Where a model ranks well, the rows
    screened last hold more positives than a random sample would, so the test errs on the safe
    side. Where a group of positives is ranked last it does not: ``benchmarks/estimation`` shows
    how often it then stops too early.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        One minus the p-value below which the rule says stop.

    Examples
    --------
    >>> QuasiSampling().advise(Session(1000, [True] * 20 + [False] * 780)).stop
    True
    """

    paper = "Callaghan & Müller-Hansen 2020 (ranked quasi-sampling)"
    assumes = (
        "That the last rows screened are at least as rich in positives as those left, which "
        "fails where the model ranks a group of them last."
    )

    @property
    def promises(self) -> str:
        """What the rule aims at; nothing is proved."""
        return f"Nothing that is proved; it aims at {self.recall:.0%} of the positives."

    def p_value(self, session: Session) -> float:
        """Return the smallest p-value over all tails of the list.

        Parameters
        ----------
        session : Session
            The labels so far, in the order screened.
        """
        i = np.arange(session.labels)
        before = session.found_before(i)
        missed = least_missed(session.found, before, self.recall)
        seen = session.found - before
        # A run of positives is never the best place to begin: only tails that follow one are.
        useful = np.concatenate([[True], session.positive[:-1]]) & (seen <= _FEW)
        i, missed, seen = i[useful], missed[useful], seen[useful]
        if not len(i):
            return 1.0
        return float(tail(session.pool_size - i, missed, session.labels - i, seen).min())

    def _advise(self, session: Session) -> Advice:
        if not session.found:
            return Advice(False, "No positive is found yet.", "Find at least one.")
        p = self.p_value(session)
        why = (
            "Had the rows screened last been random, so few positives among them would have "
            f"a probability of {p:.2g} if less than {self.recall:.0%} were found."
        )
        if p < 1 - self.confidence - _ROUNDING:
            return Advice(True, why, HEURISTIC)
        missed = int(least_missed(session.found, session.found, self.recall))
        more = draws_needed(session.left, missed, self.confidence)
        return Advice(False, why, f"At most {pluralise(more, 'more row')} without a positive.")


def certain_recall(session: Session, confidence: float = 0.95) -> float:
    """Return a lower bound of the recall, from the random draws after the search.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    confidence : float in (0, 1), default 0.95
        The probability with which the bound holds.

    Returns
    -------
    float
        0 if no positive is found; 1 if every row is labelled.
    """
    check_share(confidence, "confidence")
    if not session.left:
        return 1.0
    session = session.without_held_back()  # they count as left
    drawn = count_trailing_draws(session)
    before = int(session.found_before(session.labels - drawn))
    seen, rows = session.found - before, session.left + drawn
    left = np.arange(session.left + 1)
    possible = tail(rows, seen + left, drawn, seen) >= 1 - confidence - _ROUNDING
    most = int(left[possible].max(initial=0))
    return session.found / (session.found + most) if session.found else 0.0
