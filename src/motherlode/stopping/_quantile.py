"""Positives of a random sample, set aside, say how far a search has come."""

from dataclasses import dataclass
from itertools import count
from typing import ClassVar

import numpy as np
from scipy.stats import binom

from .._inert.description import pluralise
from .._inert.whole_numbers import check_whole
from .._inert.written_numbers import write_level
from ..errors import InputError
from ..estimation._value import check_share
from ..session import Session
from ._base import Advice, OfRecall, Rule, WhileRowsAreLeft


def positives_to_refind(sample: int, recall: float = 0.95, confidence: float = 0.95) -> int | None:
    """Count the positives, of ``sample`` set aside, that must be found again.

    The smallest j with ``P(Binomial(sample, recall) <= j - 1) >= confidence``: the j-th of the
    sample to be found is then an upper confidence bound of the recall's quantile of ranks. The
    paper has the same, with the quantile t for the recall and 1 - α for the confidence.

    Parameters
    ----------
    sample : int
        Positives in a simple random sample of all positives.
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        The share of sessions in which the bound holds.

    Returns
    -------
    int or None
        None if the sample is too small for any j.

    References
    ----------
    Lewis, Yang & Frieder (2021), Certifying one-phase technology-assisted reviews, CIKM,
    arXiv:2108.12746, section 5.

    Examples
    --------
    ``0.8 ** 14 = 0.044``: all of 14 must be found again, and 13 are too few for any certainty.

    >>> positives_to_refind(14, recall=0.8), positives_to_refind(13, recall=0.8)
    (14, None)
    >>> positives_to_refind(30, recall=0.8)
    28
    """
    check_share(recall, "recall")
    check_share(confidence, "confidence")
    if sample < 0:
        raise InputError(f"The sample is {sample}; give a number of positives, at least 0.")
    below = binom.cdf(np.arange(sample), sample, recall)
    enough = np.flatnonzero(below >= confidence)
    return int(enough[0]) + 1 if len(enough) else None


def smallest_sample(recall: float = 0.95, confidence: float = 0.95) -> int:
    """Count the positives that must be set aside before any bound can be given.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        The share of sessions in which the bound holds.

    Examples
    --------
    >>> smallest_sample(0.8), smallest_sample(0.9), smallest_sample(0.95)
    (14, 29, 59)
    """
    return next(n for n in count(1) if positives_to_refind(n, recall, confidence) is not None)


@dataclass(frozen=True)
class QuantileBound(OfRecall):
    """Stop when enough of the positives set aside are found again (QBCB).

    Before the search, rows are drawn at random until enough positives are among them, and the
    strategy is not told (`motherlode.searches.SetAside`). The rule says stop when the strategy
    has found enough of those by itself: the quantile binomial confidence bound, in one phase.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives to be found.
    confidence : float in (0, 1), default 0.95
        The share of sessions in which the promise holds.

    Notes
    -----
    59 positives are the least that can certify a recall of 95 %, and 14 one of 80 %. At one
    positive in a thousand rows that takes 14,000 labels for the latter.

    Examples
    --------
    >>> QuantileBound(recall=0.8).advise(Session(900, [True], set_aside=30, refound=28)).stop
    True
    """

    paper = "Lewis, Yang & Frieder 2021"
    reads = frozenset({"set_aside"})
    assumes = (
        "That the positives set aside are a simple random sample of all, that nobody told the "
        "strategy of them, and that the sample was of a size fixed beforehand."
    )
    valid: ClassVar[bool] = True

    @property
    def promises(self) -> str:
        """What holds when the rule says stop."""
        return (
            f"In {write_level(self.confidence)} of sessions at least {write_level(self.recall)} of "
            "the positives are found."
        )

    @property
    def sets_aside(self) -> int:
        """The fewest positives that can certify the recall."""
        return smallest_sample(self.recall, self.confidence)

    def _advise(self, session: Session) -> Advice:
        needed = positives_to_refind(session.set_aside, self.recall, self.confidence)
        if needed is None:
            aside = pluralise(session.set_aside, "positive")
            why = f"{aside} set aside certify no recall of {write_level(self.recall)}."
            return Advice(False, why, f"Set aside at least {self.sets_aside}, drawn at random.")
        return _compare_refound(self, session, needed)


@dataclass(frozen=True)
class Target(WhileRowsAreLeft):
    """Stop when all of ten positives set aside are found again: the target method.

    `motherlode.searches.SetAside` sets them aside.

    Parameters
    ----------
    positives : int, default 10
        The fewest positives to set aside.
    recall : float in (0, 1), default 0.7
        The share of the positives that the promise speaks of.

    Notes
    -----
    With ten of ten the probability to have found less than 70 % is ``0.7 ** 10 = 0.028``, which is
    the paper's argument for T = 10. Where more are set aside all of them are to be found.

    Examples
    --------
    >>> Target().advise(Session(900, [True], set_aside=10, refound=9)).needs
    '1 more of them must be found again.'
    """

    positives: int = 10
    recall: float = 0.7

    paper = "Cormack & Grossman 2016 (target)"
    reads = frozenset({"set_aside"})
    assumes = (
        "That the positives set aside were drawn at random, and that the strategy was not told of "
        "them."
    )
    valid: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_share(self.recall, "recall")
        check_whole(self.positives, "positives")

    @property
    def promises(self) -> str:
        """What holds when the rule says stop."""
        sure = 1 - self.recall**self.positives
        return (
            f"In {100 * sure:.1f} % of sessions at least {write_level(self.recall)} of the "
            "positives are found."
        )

    @property
    def sets_aside(self) -> int:
        """As many as `positives` says."""
        return self.positives

    def _advise(self, session: Session) -> Advice:
        if session.set_aside < self.positives:
            why = f"{pluralise(session.set_aside, 'positive')} of {self.positives} are set aside."
            return Advice(False, why, f"Draw at random until {self.positives} are.")
        return _compare_refound(self, session, session.set_aside)


def _compare_refound(rule: Rule, session: Session, needed: int) -> Advice:
    why = f"{session.refound} of {session.set_aside} positives set aside are found again."
    if session.refound >= needed:
        return Advice(True, why, rule.assumes)
    return Advice(False, why, f"{needed - session.refound} more of them must be found again.")
