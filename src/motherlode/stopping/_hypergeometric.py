"""Tests on rows drawn at random: whether the target recall is reached."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._inert.description import pluralise
from .._inert.written_numbers import write_level
from .._rows.arrays import Floats
from ..estimation._anytime import Evidence, anytime_interval
from ..estimation._exact import log_chance, log_choose
from ..estimation._value import check_share
from ..session import Session
from ._base import HEURISTIC, Advice, OfRecall
from ._boundary import Boundary, boundary, least_missed, share_spent
from ._phases import Phase, find_phases

# A p-value of exactly the level does not count as below it.
_ROUNDING = 1e-10
# Tails with more positives than this are far from refuting anything, and cost a term each.
_FEW = 200
# The share of the error that the first phase of draws has; each later one has half of the rest.
FIRST = 0.95
# The share of the draws to a first stop that begin a phase and are not tested.
_APART = 0.02


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
    """Stop when rows drawn at random after the search prove that the recall is reached.

    In the first phase a strategy searches. In the second, rows are drawn at random from all that
    are left. The rule says stop when so few positives are among these rows that a recall below
    the target is ruled out. It may be asked after every draw: the promise speaks of all sessions
    that it ever stops. Rows drawn at random during the search, before the strategy's last row,
    count as found by the search.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        The share of sessions in which the promise holds.

    Notes
    -----
    The tails are those of the paper, whose test keeps its level if it is made once. Asked after
    every draw, that test stopped short in up to 13 % of sessions at 95 % confidence. Here the
    chances of all stops together stay below 5 %, which costs a few per cent more draws, and up to
    28 % more where few are needed; no rule could do with less than 24 % there
    (``benchmarks/estimation``). At 80 % confidence these are 39 and 35 %. Where a handful is found
    before the draws, a stop with positives may come sooner than one with none, and takes up to 7 %
    more.

    If the search goes on after such draws, the next ones are a new phase. The first phase has 95 %
    of the error that is allowed, and each later one half of what is left. So that single control
    draws between rows of a search do not count as phases, the first draws of each, 2 % of those
    that lead to a first stop, belong to the search.

    Examples
    --------
    20 are found and 200 rows are left; two missed ones would show among 159 draws.

    >>> from motherlode.session import Origin
    >>> search = [Origin("query")] * 20
    >>> draws = [Origin("control", "", 1 / (200 - i), 200 - i, 20 + i) for i in range(159)]
    >>> TargetRecall().advise(Session(220, [True] * 20 + [False] * 158, search + draws[:158])).stop
    False
    >>> TargetRecall().advise(Session(220, [True] * 20 + [False] * 159, search + draws)).stop
    True
    """

    paper = "Callaghan & Müller-Hansen 2020, at every look"
    assumes = (
        "That the rows of the second phase are drawn at random from all that are unlabelled, "
        "that none of them is left out, and that labels are right."
    )
    valid: ClassVar[bool] = True

    @property
    def promises(self) -> str:
        """What holds when the rule says stop."""
        return (
            f"In {write_level(self.confidence)} of sessions at least {write_level(self.recall)} of "
            "the positives are found, however badly the model ranks and however often one looks."
        )

    def _advise(self, session: Session) -> Advice:
        session = session.without_held_back()  # they count as left
        if not session.found:
            why = "No positive is found yet, so no share of them can be said to be."
            return Advice(False, why, "Find at least one, by search if need be.")
        phase, needs = self._test(session)
        needed = needs.draws(phase.seen)
        missed = int(least_missed(session.found, phase.before, self.recall))
        if phase.drawn >= needed:
            why = (
                f"{pluralise(phase.seen, 'positive')} in the last {pluralise(phase.drawn, 'draw')} "
                f"at random are so few that, if less than {write_level(self.recall)} were found, "
                f"at most {1 - self.confidence:.2g} of sessions would ever show it."
            )
            return Advice(True, why, self.assumes)
        why = (
            f"The last {pluralise(phase.drawn, 'draw')} at random cannot rule out "
            f"{pluralise(missed - phase.seen, 'positive')} among the {session.left:,} left."
            if phase.drawn > 0
            else f"Too few rows were drawn at random since the search, and "
            f"{pluralise(missed, 'positive')} may be among the {session.left:,} left."
        )
        more = pluralise(needed - phase.drawn, "more draw")
        return Advice(False, why, f"At most {more} at random without a positive.")

    def _test(self, session: Session) -> tuple[Phase, Boundary]:
        """Return the draws that are tested now, and what they must show."""
        earlier, now, positive = find_phases(session)
        left = 1 - self.confidence
        error = left * FIRST
        for used in self._has_bet(earlier).tolist():
            if used:
                left -= error
                error = left / 2
        apart = int(count_apart([now], self.recall, self.confidence)[0])
        seen = int(positive[:apart].sum())
        tested = Phase(now.rows - apart, now.before + seen, now.drawn - apart, now.seen - seen)
        return tested, boundary(tested.rows, tested.before, self.recall, error)

    def _has_bet(self, phases: list[Phase]) -> NDArray[np.bool_]:
        """Tell which phases could have led to a stop that is an error."""
        rows, before, drawn, _, limit = np.array(phases, dtype=np.int64).reshape(-1, 5).T
        missed = least_missed(before, before, self.recall)
        # A phase that somebody ended, say since it showed a positive, could have gone on.
        tested = drawn > count_apart(phases, self.recall, self.confidence)
        error = (1 - self.confidence) * FIRST
        rare = np.log(error * share_spent(0, missed, error))
        possible = log_chance(rows, missed, np.minimum(limit, rows), 0) <= rare
        # A stop with positives seen can come sooner than one with none, yet not as soon as this.
        possible |= limit > rows * self.recall / 2
        return np.where(limit > 0, possible, tested) & (missed <= rows)


def count_apart(phases: list[Phase], recall: float, confidence: float) -> Floats:
    """Count the first draws of each phase, which count as found by the search.

    Sessions in which single rows are drawn between those of a search have many phases, all of
    them short. These are no tests, and use nothing of the error.
    """
    rows, before = np.array(phases, dtype=np.float64).reshape(-1, 5).T[:2]
    missed = least_missed(before, before, recall)
    error = (1 - confidence) * FIRST
    rare = error * share_spent(0, missed, error)
    # So many draws without a positive prove the recall, nearly.
    first_stop = rows * (1 - rare ** (1 / missed))
    return np.where(missed <= rows, np.maximum(np.floor(_APART * first_stop), 1.0), 0.0)


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
        return f"Nothing that is proved; it aims at {write_level(self.recall)} of the positives."

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
            f"a probability of {p:.2g} if less than {write_level(self.recall)} were found."
        )
        if p < 1 - self.confidence - _ROUNDING:
            return Advice(True, why, HEURISTIC)
        missed = int(least_missed(session.found, session.found, self.recall))
        more = draws_needed(session.left, missed, self.confidence)
        return Advice(False, why, f"At most {pluralise(more, 'more row')} without a positive.")


def certain_recall(session: Session, confidence: float = 0.95) -> float:
    """Return a lower bound of the recall, from the random draws so far, that holds at every look.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    confidence : float in (0, 1), default 0.95
        The share of sessions in which the bound never says too much.

    Returns
    -------
    float
        0 if no positive is found; 1 if every row is labelled.
    """
    check_share(confidence, "confidence")
    if not session.left:
        return 1.0
    session = session.without_held_back()  # they count as left
    most = session.found + session.left
    evidence = Evidence(session.pool_size, tuple(session.groups()), session.found, most)
    _, high = anytime_interval((evidence,), confidence)
    return session.found / max(high, 1)
