"""Uncertainty sampling: rows of which the model is least sure.

For two classes least confidence, margin and entropy rank alike; from three classes on they differ.
With rare positives the place where "uncertain" lies matters more than the measure. An unweighted
model seldom gives more than one half, so the rows nearest to 0.5 are the likeliest positives, while
a re-weighted model moves that boundary into the majority. `threshold` says where to look.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import measures
from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from ..models._threshold import best_threshold
from ._base.pruning import prune_by_log_odds
from ._base.strategy import Strategy


@dataclass(frozen=True)
class _Uncertainty(Strategy):
    """An uncertainty measure, highest at a threshold; rows fall off in log odds on both sides."""

    threshold: float | str = 0.5

    family: ClassVar[str] = "uncertainty"

    def __post_init__(self) -> None:
        rule = self.threshold
        known = (
            rule in ("prior", "separating")
            if isinstance(rule, str)
            else isinstance(rule, float | int | np.number) and 0 < rule < 1
        )
        if not known:
            raise InputError(
                f"threshold is {rule!r}; give 'prior', 'separating' or a number between 0 and 1."
            )

    @property
    def pointwise(self) -> bool:  # type: ignore[override]
        """Whether a row counts alone: not for "prior", which is a mean over the candidates."""
        return self.threshold != "prior"

    def utilities(self, view: View) -> Floats:
        """Measure the uncertainty of the candidates' probabilities."""
        P = view.probabilities
        if self.threshold != 0.5:
            if len(view.classes) != 2 or len(view.minority) != 1:
                raise InputError(
                    f"{self} sets a threshold, which is defined for two classes, one of them "
                    f"positive; there are {len(view.classes)} classes, so leave it at 0.5."
                )
            P = measures.shift(P, _threshold_of(view, self.threshold), view.minority[0])
        return self._measure(P)

    def prune(self, view: View, lowest: float) -> Any:
        """Keep rows near enough to even odds; only without a threshold."""
        if self.threshold != 0.5 or type(self).utilities is not _Uncertainty.utilities:
            return None
        return prune_by_log_odds(view, self, self._measure, lowest)

    @abstractmethod
    def _measure(self, P: Floats) -> Floats: ...


def _threshold_of(view: View, rule: float | str) -> float:
    """Find the probability of the positive class at which to call a row uncertain.

    It lies inside (0, 1), and is 0.5 while the rule has nothing to go by. "separating" is the cut
    with the best balanced accuracy on the labelled rows.
    """
    if not isinstance(rule, str):
        return float(rule)
    if view.model is None:
        return 0.5
    if rule == "prior":
        cut = float(view.minority_probability.mean())
    elif view.labelled_minority.all() or not view.labelled_minority.any():
        return 0.5
    else:
        scores = view.training.positive(view.labelled_probabilities)
        cut = best_threshold(scores, view.labelled_minority, "balanced_accuracy")
    return min(max(cut, measures.SMALLEST), 1.0 - measures.SMALLEST)


@dataclass(frozen=True)
class LeastConfidence(_Uncertainty):
    """The rows whose likeliest class is least likely.

    Parameters
    ----------
    threshold : float, "prior" or "separating"
        Where uncertainty lies for two classes, as a probability of the positive class; see
        `Margin`.

    References
    ----------
    Lewis & Gale (1994), A sequential algorithm for training text classifiers, SIGIR.
    """

    paper: ClassVar[str] = "Lewis & Gale 1994"

    def _measure(self, P: Floats) -> Floats:
        return measures.least_confidence(P)


@dataclass(frozen=True)
class Margin(_Uncertainty):
    """The rows whose two likeliest classes are closest.

    Parameters
    ----------
    threshold : float, "prior" or "separating"
        Where uncertainty lies for two classes, as a probability of the positive class: 0.5 by
        default; "prior", the mean of the candidates; "separating", the cut that best separates
        the labelled rows; or a number in (0, 1).

    References
    ----------
    Scheffer, Decomain & Wrobel (2001), Active hidden Markov models for information extraction.
    """

    paper: ClassVar[str] = "Scheffer et al. 2001"

    def _measure(self, P: Floats) -> Floats:
        return measures.margin(P)


@dataclass(frozen=True)
class Entropy(_Uncertainty):
    """The rows whose class is most uncertain over all classes.

    Parameters
    ----------
    threshold : float, "prior" or "separating"
        Where uncertainty lies for two classes, as a probability of the positive class; see
        `Margin`.

    References
    ----------
    Settles (2009), Active learning literature survey, section 3.1.
    """

    paper: ClassVar[str] = "Shannon 1948; Settles 2009"

    def _measure(self, P: Floats) -> Floats:
        return measures.entropy(P)
