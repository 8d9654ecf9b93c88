"""Rules that look at the model alone: nothing changes any more, or nothing is in doubt.

A model that calls every row negative changes nothing and doubts nothing, from the first label
on. So each of these rules first asks for some positives found, and for a model that calls at
least one row positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from .._rows.arrays import Floats
from ..errors import InputError
from ..session import Session
from ._base import Advice, WhileRowsAreLeft, counted, share


def kappa(one: ArrayLike, other: ArrayLike) -> float:
    """Cohen's kappa of two sets of decisions; 0 where neither ever says yes, or ever says no.

    Parameters
    ----------
    one, other : array-like of bool of shape (n,)

    Examples
    --------
    Agreement 0.75, by chance 0.5:

    >>> kappa([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    a, b = np.asarray(one, dtype=bool), np.asarray(other, dtype=bool)
    if a.shape != b.shape:
        raise InputError(f"There are {a.size} decisions and {b.size}; compare the same rows.")
    if not len(a):
        return 0.0
    agreed = float((a == b).mean())
    chance = float(a.mean() * b.mean() + (~a).mean() * (~b).mean())
    # Two models that call everything alike agree for certain, which says nothing.
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0


def f_change_bound(agreement: float, precision: float | None = None) -> float:
    """How much F1 can differ between two models of that kappa.

    ``4 (1 - T) / T``, and ``4 (1 - T) / ((p + 1) T)`` if the older has precision p.

    Parameters
    ----------
    agreement : float
        Cohen's kappa of their decisions, T.
    precision : float, optional

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

    reads = frozenset({"predictions"})

    def _early(self, session: Session, rounds: int) -> Advice | None:
        if not len(session.predictions):
            return Advice(
                False,
                "What models say of a fixed set of rows is not kept.",
                "Probabilities of these rows, an array a round, as the predictions of the session.",
            )
        if len(session.predictions) < rounds:
            seen = counted(len(session.predictions), "round")
            return Advice(
                False,
                f"Predictions of {seen} are kept, of {rounds} that it compares.",
                f"{counted(rounds - len(session.predictions), 'more round')}.",
            )
        _check_predictions(session.predictions[-rounds:])
        if session.found < self.least_found:
            return Advice(
                False,
                f"{counted(session.found, 'positive')} of {self.least_found} are found, so the "
                "model may only look settled.",
                f"{counted(self.least_found - session.found, 'more positive')}.",
            )
        if not all((np.asarray(p) >= 0.5).any() for p in session.predictions[-rounds:]):
            why = "A model of the last rounds calls no row positive, and nothing can change then."
            return Advice(False, why, "A model that calls some row positive.")
        return None

    def _check(self) -> None:
        if self.least_found < 1:
            raise InputError(f"least_found is {self.least_found}; ask for at least 1 positive.")


@dataclass(frozen=True)
class StabilisingPredictions(_OfModel):
    """Decisions on a fixed set of rows have stopped changing.

    Parameters
    ----------
    kappa : float, default 0.99
        Mean agreement (Cohen's kappa) of successive models, over the last `window` pairs.
    window : int, default 3
    least_found : int, default 10
        Positives below which it never stops.

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
        share(self.kappa, "kappa")
        self._check()
        if self.window < 1:
            raise InputError(f"window is {self.window}; compare at least 1 pair of models.")

    @property
    def promises(self) -> str:
        """The bound, in numbers."""
        return (
            f"That F1 changed by at most {f_change_bound(self.kappa):.3f} from one model to the "
            "next on the rows compared; nothing about positives that no model knows of."
        )

    def _advise(self, session: Session) -> Advice:
        """Mean kappa of the last pairs."""
        early = self._early(session, self.window + 1)
        if early is not None:
            return early
        calls = [np.asarray(p) >= 0.5 for p in session.predictions[-self.window - 1 :]]
        mean = float(np.mean([kappa(a, b) for a, b in pairwise(calls)]))
        why = (
            f"Successive models agree to kappa {mean:.3f}, by which F1 changes by at most "
            f"{f_change_bound(mean):.3f}."
        )
        if mean >= self.kappa:
            return Advice(True, why, self.assumes)
        return Advice(False, why, f"A kappa of {self.kappa:g}.")


@dataclass(frozen=True)
class OverallUncertainty(_OfModel):
    """The model doubts hardly any row: mean normalised entropy below a threshold.

    Parameters
    ----------
    threshold : float, default 0.05
    least_found : int, default 10
    """

    threshold: float = 0.05
    least_found: int = 10

    paper = "Zhu, Wang & Hovy 2008 (overall uncertainty)"
    promises = "Nothing that is proved."
    assumes = "That the model's probabilities are honest, which few models' are."

    def __post_init__(self) -> None:
        share(self.threshold, "threshold")
        self._check()

    def _advise(self, session: Session) -> Advice:
        """Mean entropy of the last round."""
        early = self._early(session, 1)
        if early is not None:
            return early
        doubt = mean_entropy(session.predictions[-1])
        why = f"The mean entropy is {doubt:.3f} of 1."
        if doubt < self.threshold:
            return Advice(True, why, self.assumes)
        return Advice(False, why, f"A mean entropy below {self.threshold:g}.")


def mean_entropy(probabilities: ArrayLike) -> float:
    """Mean binary entropy in bits, from 0 for no doubt to 1.

    Examples
    --------
    >>> mean_entropy([0.5, 0.0, 1.0, 0.5])
    0.5
    """
    p: Floats = np.asarray(probabilities, dtype=np.float64)
    _check_predictions([p])
    return float((entr(p) + entr(1 - p)).mean() / np.log(2)) if len(p) else 1.0


@dataclass(frozen=True)
class ClassificationChange(_OfModel):
    """No decision on a fixed set of rows has flipped since the last model.

    Parameters
    ----------
    least_found : int, default 10
    """

    least_found: int = 10

    paper = "Zhu, Wang & Hovy 2008 (classification change)"
    promises = "Nothing that is proved."
    assumes = "That a model that is still learning changes some decision from round to round."

    def __post_init__(self) -> None:
        self._check()

    def _advise(self, session: Session) -> Advice:
        """Count the flips."""
        early = self._early(session, 2)
        if early is not None:
            return early
        before, now = (np.asarray(p) >= 0.5 for p in session.predictions[-2:])
        flips = int((before != now).sum())
        why = f"{counted(flips, 'decision')} of {len(now):,} flipped since the last model."
        return Advice(flips == 0, why, self.assumes if not flips else "A round without a flip.")
