"""Rules that look at the model alone: nothing changes any more, or nothing is in doubt.

A model that calls every row negative changes nothing and doubts nothing, from the first label
on. So each of these rules first asks for some positives found, and for a model that calls at
least one row positive.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from .._inert.description import pluralise
from .._inert.whole_numbers import check_whole
from .._rows.arrays import Floats
from ..errors import InputError
from ..estimation._value import check_share
from ..session import Session
from ._base import Advice, WhileRowsAreLeft


def kappa(one: ArrayLike, other: ArrayLike) -> float:
    """Compute Cohen's kappa of two sets of decisions; 0 where all decisions are the same.

    Parameters
    ----------
    one, other : array-like of bool of shape (n,)
        The decisions on the same rows.

    Examples
    --------
    Agreement 0.75, expected at random 0.5:

    >>> kappa([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    a, b = np.asarray(one, dtype=bool), np.asarray(other, dtype=bool)
    if a.shape != b.shape:
        raise InputError(f"There are {a.size} decisions and {b.size}; compare the same rows.")
    # Two models that call everything alike always agree, which says nothing.
    if len(np.unique([a, b])) < 2:
        return 0.0
    from sklearn.metrics import cohen_kappa_score  # a server names rules before it has loaded it

    return float(cohen_kappa_score(a, b))


def f_change_bound(agreement: float, precision: float | None = None) -> float:
    """Bound how much F1 can differ between two models of that kappa.

    ``4 (1 - T) / T``, and ``4 (1 - T) / ((p + 1) T)`` if the older has precision p.

    Parameters
    ----------
    agreement : float
        Cohen's kappa of their decisions, T.
    precision : float in [0, 1], optional
        Precision of the older model, p.

    Returns
    -------
    float
        Infinite for a kappa of 0 or less.

    References
    ----------
    Bloodgood & Grothendieck (2013), Analysis of stopping active learning based on stabilizing
    predictions, CoNLL, arXiv:1504.06329, theorems 3.3 and 3.4.

    Examples
    --------
    >>> round(f_change_bound(0.99), 4)
    0.0404
    """
    if not agreement <= 1 or not (precision is None or 0 <= precision <= 1):
        raise InputError(
            f"The agreement is {agreement} and the precision {precision}; neither may exceed 1, "
            "and a precision is at least 0."
        )
    if agreement <= 0:
        return float("inf")
    return 4 * (1 - agreement) / ((1.0 if precision is None else precision + 1) * agreement)


def mean_entropy(probabilities: ArrayLike) -> float:
    """Compute the mean binary entropy in bits, from 0 for no doubt to 1.

    Parameters
    ----------
    probabilities : array-like of float of shape (n,)
        Probability of the positive class, from 0 to 1.

    Examples
    --------
    >>> mean_entropy([0.5, 0.0, 1.0, 0.5])
    0.5
    """
    p: Floats = np.asarray(probabilities, dtype=np.float64)
    _check_predictions([p])
    return float((entr(p) + entr(1 - p)).mean() / np.log(2)) if len(p) else 1.0


def _check_predictions(rounds: Sequence[ArrayLike]) -> None:
    said = [np.asarray(p, dtype=np.float64) for p in rounds]
    same = said[0].ndim == 1 and len({p.shape for p in said}) == 1
    if not same or not all(((p >= 0) & (p <= 1)).all() for p in said):
        raise InputError(
            "The predictions must be probabilities from 0 to 1, one of each row, and of the same "
            "rows in every round."
        )


class _OfModel(WhileRowsAreLeft):
    """A rule on the predictions of the last rounds, with the guards against all-majority."""

    # A field of each rule and not of this class, whose fields would stand before theirs.
    least_found: int
    window: int = 1  # pairs of rounds that are compared

    reads = frozenset({"predictions"})

    def __post_init__(self) -> None:
        check_whole(self.least_found, "least_found")

    @abstractmethod
    def _compare(self, rounds: Sequence[Floats]) -> Advice:
        """Say whether to stop, from the predictions of the last rounds."""

    def _advise(self, session: Session) -> Advice:
        kept, needed = len(session.predictions), self.window + 1
        if not kept:
            return Advice(
                False,
                "What models say of a fixed set of rows is not kept.",
                "Probabilities of these rows, an array a round, as the predictions of the session.",
            )
        if kept < needed:
            return Advice(
                False,
                f"Predictions of {pluralise(kept, 'round')} are kept, of {needed} that it "
                "compares.",
                f"{pluralise(needed - kept, 'more round')}.",
            )
        _check_predictions(session.predictions[-needed:])
        if session.found < self.least_found:
            return Advice(
                False,
                f"{pluralise(session.found, 'positive')} of {self.least_found} are found, so the "
                "model may only look settled.",
                f"{pluralise(self.least_found - session.found, 'more positive')}.",
            )
        rounds = [np.asarray(p, dtype=np.float64) for p in session.predictions[-needed:]]
        if not all((p >= 0.5).any() for p in rounds):
            why = "A model of the last rounds calls no row positive, and nothing can change then."
            return Advice(False, why, "A model that calls some row positive.")
        return self._compare(rounds)


@dataclass(frozen=True)
class StabilisingPredictions(_OfModel):
    """Stop when decisions on a fixed set of rows have stopped changing.

    Parameters
    ----------
    kappa : float in (0, 1), default 0.99
        Mean agreement (Cohen's kappa) of successive models, over the last `window` pairs.
    window : int, default 3
        Pairs of models that are compared.
    least_found : int, default 10
        Positives below which the rule never says stop.

    References
    ----------
    Bloodgood & Vijay-Shanker (2009), A method for stopping active learning based on stabilizing
    predictions and the need for user-adjustable stopping, CoNLL, arXiv:1409.5165.
    Bloodgood & Grothendieck (2013), arXiv:1504.06329.
    """

    kappa: float = 0.99
    window: int = 3
    least_found: int = 10

    paper = "Bloodgood & Vijay-Shanker 2009; Bloodgood & Grothendieck 2013"
    assumes = "That the rows compared are a random sample, large enough to hold some positives."

    def __post_init__(self) -> None:
        check_share(self.kappa, "kappa")
        super().__post_init__()
        check_whole(self.window, "window")

    @property
    def promises(self) -> str:
        """What holds when the rule says stop: a bound on the change of F1."""
        return (
            f"That F1 changed by at most {f_change_bound(self.kappa):.3f} from one model to the "
            "next on the rows compared; nothing about positives that no model knows of."
        )

    def _compare(self, rounds: Sequence[Floats]) -> Advice:
        mean = float(np.mean([kappa(a >= 0.5, b >= 0.5) for a, b in pairwise(rounds)]))
        why = (
            f"Successive models agree to kappa {mean:.3f}, by which F1 changes by at most "
            f"{f_change_bound(mean):.3f}."
        )
        if mean >= self.kappa:
            return Advice(True, why, self.assumes)
        return Advice(False, why, f"A kappa of {self.kappa:g}.")


@dataclass(frozen=True)
class OverallUncertainty(_OfModel):
    """Stop when the model doubts hardly any row: the mean normalised entropy is low.

    Parameters
    ----------
    threshold : float in (0, 1), default 0.05
        The mean entropy below which the rule says stop; 1 is the highest possible.
    least_found : int, default 10
        Positives below which the rule never says stop.
    """

    threshold: float = 0.05
    least_found: int = 10

    window = 0
    paper = "Zhu, Wang & Hovy 2008 (overall uncertainty)"
    promises = "Nothing that is proved."
    assumes = "That the model's probabilities are honest, which few models' are."

    def __post_init__(self) -> None:
        check_share(self.threshold, "threshold")
        super().__post_init__()

    def _compare(self, rounds: Sequence[Floats]) -> Advice:
        doubt = mean_entropy(rounds[-1])
        why = f"The mean entropy is {doubt:.3f} of 1."
        if doubt < self.threshold:
            return Advice(True, why, self.assumes)
        return Advice(False, why, f"A mean entropy below {self.threshold:g}.")


@dataclass(frozen=True)
class ClassificationChange(_OfModel):
    """Stop when no decision on a fixed set of rows has flipped since the last model.

    Parameters
    ----------
    least_found : int, default 10
        Positives below which the rule never says stop.
    """

    least_found: int = 10

    paper = "Zhu, Wang & Hovy 2008 (classification change)"
    promises = "Nothing that is proved."
    assumes = "That a model that is still learning changes some decision from round to round."

    def _compare(self, rounds: Sequence[Floats]) -> Advice:
        before, now = (p >= 0.5 for p in rounds)
        flips = int((before != now).sum())
        why = f"{pluralise(flips, 'decision')} of {len(now):,} flipped since the last model."
        return Advice(flips == 0, why, self.assumes if not flips else "A round without a flip.")
