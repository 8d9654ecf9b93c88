"""The threshold from which on a row is called positive, for a stated target.

At one half a model of a rare class may call nothing positive, and after a search that labelled a
larger share of positives than the pool holds it calls too much positive. The threshold is chosen on
probabilities of rows that the model was not fitted on, weighted to the class shares of the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Floats
from ..errors import InputError


@dataclass(frozen=True)
class Outcomes:
    """Weights of the four outcomes at each of c thresholds, arrays of shape (c,)."""

    true_positives: Floats
    false_positives: Floats
    false_negatives: Floats
    true_negatives: Floats

    @property
    def recall(self) -> Floats:
        """The share of the positives that are called positive."""
        return self.true_positives / (self.true_positives + self.false_negatives)

    @property
    def specificity(self) -> Floats:
        """The share of the negatives that are called negative."""
        return self.true_negatives / (self.true_negatives + self.false_positives)

    @property
    def precision(self) -> Floats:
        """The share of the rows called positive that are; 1 where none is called so."""
        called = self.true_positives + self.false_positives
        return np.divide(self.true_positives, called, out=np.ones_like(called), where=called > 0)


class Target(Protocol):
    """What a threshold is chosen for."""

    def __call__(self, outcomes: Outcomes, /) -> Floats:
        """Rate each threshold by its outcomes, the higher the better."""


def f1(o: Outcomes) -> Floats:
    """Compute the harmonic mean of precision and recall (van Rijsbergen 1979)."""
    return 2 * o.true_positives / (2 * o.true_positives + o.false_positives + o.false_negatives)


def g_mean(o: Outcomes) -> Floats:
    """Compute the geometric mean of recall and specificity (Kubat & Matwin 1997)."""
    return np.sqrt(o.recall * o.specificity)


def balanced_accuracy(o: Outcomes) -> Floats:
    """Compute the arithmetic mean of recall and specificity."""
    return (o.recall + o.specificity) / 2


@dataclass(frozen=True)
class RecallAtPrecision:
    """The most recall at a precision of at least `precision`; else the highest precision.

    Parameters
    ----------
    precision : float in (0, 1]
        The least precision.
    confidence : float in (0, 1), optional
        How sure it shall be that new rows reach the precision. A final model then takes the lowest
        threshold that its labels prove, where they prove one; see
        `motherlode.ActiveLearner.judge_decisions`. By default, and in `best_threshold`, it is the
        one that looks best on the labels it is chosen on. That is optimistic: new rows often have
        a lower precision there.
    """

    precision: float
    confidence: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.precision <= 1:
            raise InputError(f"precision is {self.precision}; it must lie in (0, 1].")
        if self.confidence is not None and not (0 < self.confidence < 1 and self.precision < 1):
            raise InputError(
                f"{self} can't be promised; give a precision and a confidence between 0 and 1."
            )

    def __call__(self, outcomes: Outcomes) -> Floats:
        """Return recall where the precision is reached, and precision less 1 elsewhere."""
        # Where nothing is called positive, the precision of 1 is only a convention.
        precise = (outcomes.precision >= self.precision) & (outcomes.true_positives > 0)
        short = np.where(outcomes.true_positives > 0, outcomes.precision, 0.0) - 1.0
        return np.where(precise, outcomes.recall, short)


@dataclass(frozen=True)
class Cost:
    """The lowest cost of errors of two kinds (Elkan 2001).

    Parameters
    ----------
    false_positive, false_negative : float
        The cost of one, in any unit.
    """

    false_positive: float
    false_negative: float

    def __post_init__(self) -> None:
        if min(self.false_positive, self.false_negative) < 0:
            raise InputError(f"{self} holds a negative cost; errors cost 0 or more.")

    def __call__(self, outcomes: Outcomes) -> Floats:
        """Return minus the cost."""
        return -(
            self.false_positive * outcomes.false_positives
            + self.false_negative * outcomes.false_negatives
        )


TARGETS: dict[str, Target] = {"f1": f1, "g_mean": g_mean, "balanced_accuracy": balanced_accuracy}


def as_target(given: Any) -> Target:
    """Look up a target by its name, or return the target itself."""
    if isinstance(given, str) and given in TARGETS:
        return TARGETS[given]
    if isinstance(given, str) or not callable(given):
        raise InputError(
            f"threshold is {given!r}; give {', '.join(map(repr, TARGETS))}, RecallAtPrecision(p) "
            "or Cost(false_positive, false_negative) from motherlode.models."
        )
    target: Target = given
    return target


def best_threshold(
    scores: ArrayLike,
    positive: ArrayLike,
    target: Any = "f1",
    *,
    prevalence: float | None = None,
    weights: ArrayLike | None = None,
) -> float:
    """Choose the threshold of held-out probabilities that is best for a target.

    Parameters
    ----------
    scores : array-like of shape (m,)
        Probability of the positive class, by a model that was not fitted on the row.
    positive : array-like of bool of shape (m,)
        The truth; both values must occur.
    target : str or callable
        "f1", "g_mean", "balanced_accuracy", `RecallAtPrecision`, `Cost`, or your own `Target`.
    prevalence : float, optional
        Share of positives where the model is used; rows are weighted to it. By default that of
        the given rows.
    weights : array-like of shape (m,), optional
        How many rows each one represents, in place of a prevalence; see
        `motherlode.estimation.pool_weights`.

    Returns
    -------
    float
        Rows with at least this probability are to be called positive. It lies between the two
        scores that it separates; of equally good thresholds it is the middle one.

    Raises
    ------
    InputError
        If the rows, or those with a weight, are all of one kind, or the prevalence is not inside
        (0, 1).

    Examples
    --------
    >>> best_threshold([0.1, 0.2, 0.6, 0.8], [False, False, True, True])
    0.4

    A negative random draw represents a hundred rows, so it must not be called positive:

    >>> best_threshold([0.2, 0.6, 0.9], [True, False, True], weights=[1, 100, 1])
    0.75
    """
    s, y = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    if y.all() or not y.any():
        raise InputError("A threshold is chosen on rows of both kinds, and these are all of one.")
    if s.shape != y.shape:
        raise InputError(f"There are {s.size} scores and {y.size} rows; give one each.")
    share = float(y.mean()) if prevalence is None else prevalence
    if not 0 < share < 1:
        raise InputError(f"The prevalence is {share}; it must lie between 0 and 1.")
    order = np.argsort(s, kind="stable")
    s, y = s[order], y[order]
    w = np.ones(len(s)) if weights is None else _check_weights(weights, len(s))[order]
    if not w[y].any() or not w[~y].any():
        raise InputError(
            "All rows of one kind weigh 0, so no threshold is better than another; draw more at "
            "random."
        )
    new = np.flatnonzero(np.diff(s) > 0) + 1
    cuts = np.concatenate([[s[0]], (s[new - 1] + s[new]) / 2, [np.nextafter(s[-1], np.inf)]])
    below = np.concatenate([[0], new, [len(s)]])
    missed, spared = (np.concatenate([[0], np.cumsum(w * kind)])[below] for kind in (y, ~y))
    if weights is None:
        missed, spared = missed / missed[-1] * share, spared / spared[-1] * (1 - share)
    called = missed[-1] - missed, spared[-1] - spared
    value = as_target(target)(Outcomes(*called, missed, spared))
    best = np.flatnonzero(value >= value.max() - 1e-12)
    return float(cuts[best[len(best) // 2]])


def _check_weights(weights: Any, rows: int) -> Floats:
    if not np.ndim(weights):
        raise InputError(f"The weights must be numbers, one a row, and are: {weights}")
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (rows,) or not ((w >= 0) & np.isfinite(w)).all():
        raise InputError(f"Give a finite weight that is not below 0 for each of the {rows} rows.")
    return w
