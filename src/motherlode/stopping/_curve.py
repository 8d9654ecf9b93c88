"""Rules that look at the shape of the curve of positives found: heuristics, all of them."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from .._inert.description import pluralise
from .._inert.whole_numbers import check_whole
from ..errors import InputError
from ..session import Session
from ._base import HEURISTIC, Advice, WhileRowsAreLeft

_NONE_FOUND = Advice(False, "No positive is found yet.", "Find at least one.")


@dataclass(frozen=True)
class NegativesInARow(WhileRowsAreLeft):
    """Stop after so many labels in a row without a positive.

    Parameters
    ----------
    n : int, default 50
        Labels without a positive.

    Notes
    -----
    The commonest rule in practice. Callaghan & Müller-Hansen (2020) measured that 50 in a row
    missed 95 % recall in 39 % of reviews. How many are safe depends on the prevalence, which
    nobody knows.

    Examples
    --------
    >>> NegativesInARow(2).advise(Session(9, [True, False, False])).stop
    True
    """

    n: int = 50

    paper = "Practice; see Callaghan & Müller-Hansen 2020"
    promises = "Nothing that is proved."
    assumes = "That positives left in the pool would have shown up among the last rows asked."

    def __post_init__(self) -> None:
        check_whole(self.n, "n")

    def _advise(self, session: Session) -> Advice:
        if not session.found:
            return _NONE_FOUND
        run = session.labels - _last_found(session)
        why = f"{pluralise(run, 'label')} without a positive, of {self.n}."
        return _wait(run, self.n, why)


@dataclass(frozen=True)
class DrySpell(WhileRowsAreLeft):
    """Stop after many times as many labels without a positive as it took to find one so far.

    The mean spacing is that of the positives up to the last one found. A fixed number of
    negatives in a row is too many where the class is common and too few where it is rare. This
    rule uses what the session itself has seen.

    Parameters
    ----------
    spacings : float, default 30
        Mean spacings that must pass without a positive.
    least : int, default 200
        Labels that must pass without a positive, however small the spacing.

    Notes
    -----
    Ours. The defaults were set on readings of public sets (``benchmarks/estimation``). On other
    sets they reached 95 % recall in three of four readings only; `Knee` reads more and held.

    Examples
    --------
    Two positives in ten labels are one in five; 30 spacings are 150 labels.

    >>> rule = DrySpell(least=100)
    >>> labels = [True] + [False] * 8 + [True] + [False] * 149
    >>> rule.advise(Session(9000, labels)).needs
    '1 more negative in a row.'
    >>> rule.advise(Session(9000, [*labels, False])).stop
    True
    """

    spacings: float = 30.0
    least: int = 200

    paper = "motherlode (dry spell)"
    promises = "Nothing that is proved."
    assumes = "That positives thin out as reading goes on, with no second group far behind."

    def __post_init__(self) -> None:
        if not self.spacings > 0:
            raise InputError(f"spacings is {self.spacings!r}; give a number above 0.")
        check_whole(self.least, "least")

    def _advise(self, session: Session) -> Advice:
        if not session.found:
            return _NONE_FOUND
        last = _last_found(session)
        spacing, run = last / session.found, session.labels - last
        why = (
            f"{pluralise(run, 'label')} without a positive, which came every {spacing:.1f} labels "
            "before."
        )
        return _wait(run, max(ceil(self.spacings * spacing), self.least), why)


def _last_found(session: Session) -> int:
    """Return how many labels there were when the last positive was found."""
    return int(np.flatnonzero(session.positive)[-1]) + 1


def _wait(run: int, needed: int, why: str) -> Advice:
    if run >= needed:
        return Advice(True, why, HEURISTIC)
    return Advice(False, why, f"{pluralise(needed - run, 'more negative')} in a row.")


def knee(found: ArrayLike) -> tuple[int, float]:
    """Find the knee of a gain curve, and how much flatter the curve is behind it.

    Parameters
    ----------
    found : array-like of int of shape (s,)
        Positives among the first 1, 2, …, s labels.

    Returns
    -------
    rank : int
        Where the curve lies farthest above the straight line from the origin to its end.
    ratio : float
        ``(found[i] / i) / ((1 + found[s] - found[i]) / (s - i))``; 0 where there is no knee.

    References
    ----------
    Cormack & Grossman (2016), Engineering quality and reliability in technology-assisted
    review, SIGIR. Satopää, Albrecht, Irwin & Raghavan (2011), Finding a "kneedle" in a
    haystack, ICDCSW.

    Examples
    --------
    Ten positives in ten labels, then nothing in ninety: ``(10 / 10) / (1 / 90)``.

    >>> knee([*range(1, 11), *[10] * 90])
    (10, 90.0)
    """
    curve = np.asarray(found, dtype=np.float64)
    s = len(curve)
    if s < 2 or curve[-1] == 0:
        return s, 0.0
    above = curve - np.arange(1, s + 1) * curve[-1] / s
    i = int(above[:-1].argmax()) + 1
    if above[i - 1] <= 0:
        return s, 0.0
    behind = (1 + curve[-1] - curve[i - 1]) / (s - i)
    return i, float(curve[i - 1] / i / behind)


@dataclass(frozen=True)
class Knee(WhileRowsAreLeft):
    """Stop when the curve of positives found has bent sharply.

    The rule says stop when the slope before the knee is ``156 - min(found, 150)`` times the slope
    behind it, and at least `least` labels are given.

    Parameters
    ----------
    least : int, default 1000
        Labels before which the rule never says stop.

    Notes
    -----
    Slopes, bound and least labels are the paper's (ρ ≥ 156 - min(relret, 150) with relret the
    positives found so far, and 1,000 labels). Published code differs in where it looks for the knee
    (largest ρ, or a smoothed curve), and two implementations count rounds instead of labels. Here
    it is the label where the curve lies farthest above its chord, as in the paper.

    Examples
    --------
    >>> Knee(least=100).advise(Session(9000, [True] * 160 + [False] * 1000)).stop
    True
    """

    least: int = 1000

    paper = "Cormack & Grossman 2016 (knee)"
    promises = (
        "Nothing that is proved; its authors aim at a recall of 70 % in 95 % of reviews. On public "
        "sets it found 95 % in 98 of 100 readings."
    )
    assumes = "That positives come thick at first and thin later, with no second group behind."

    def __post_init__(self) -> None:
        check_whole(self.least, "least")

    def _advise(self, session: Session) -> Advice:
        if not session.found:
            return _NONE_FOUND
        i, ratio = knee(np.cumsum(session.positive))
        needed = 156 - min(session.found, 150)
        why = (
            f"Up to label {i:,}, positives came {ratio:.3g} times as often as after it; the rule "
            f"waits for {needed} times."
            if ratio > 1
            else "Positives do not come more rarely yet than they did at first."
        )
        if self.least > session.pool_size:
            return Advice(
                False,
                why,
                f"A larger pool: it never stops before {self.least:,} labels, and this has "
                f"{pluralise(session.pool_size, 'row')}.",
            )
        if session.labels < self.least:
            more = pluralise(self.least - session.labels, "more label")
            return Advice(False, why, f"{more}, before which it never stops.")
        if ratio >= needed:
            return Advice(True, why, HEURISTIC)
        return Advice(False, why, "A longer stretch with few positives.")
