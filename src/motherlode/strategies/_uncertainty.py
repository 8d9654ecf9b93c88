"""Uncertainty sampling: ask where the model does not know.

For two classes least confidence, margin and entropy rank alike; they differ from three classes
on. With rare positives the place where "uncertain" lies matters more than the measure: an
unweighted model seldom says more than one half, so the rows nearest to 0.5 are the likeliest
positives, while a re-weighted model moves that boundary into the majority. `threshold` says
where to look.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import measures
from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from ._base.pruning import by_odds
from ._base.strategy import Strategy


@dataclass(frozen=True)
class _Uncertainty(Strategy):
    """An uncertainty measure, most uncertain at a threshold.

    Parameters
    ----------
    threshold : float, "prior" or "separating"
        For two classes, the minority probability that is most uncertain: 0.5; "prior", the mean
        predicted probability of the candidates; "separating", the cut that best separates the
        labelled rows; or a number in (0, 1). Rows fall off in log odds on both sides.
    """

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
        """Always but for the threshold "prior", a mean over the candidates."""
        return self.threshold != "prior"

    def utilities(self, view: View) -> Floats:
        """The measure of the candidates' probabilities."""
        P = view.probabilities
        if self.threshold != 0.5:
            if len(view.classes) != 2 or len(view.minority) != 1:
                raise InputError(
                    f"{self} sets a threshold, which is defined for two classes, one of them "
                    f"sought; there are {len(view.classes)} classes, so leave it at 0.5."
                )
            P = measures.shift(P, view.threshold(self.threshold), view.minority[0])
        return self._measure(P)

    def contenders(self, view: View, lowest: float) -> Any:
        """Those near enough to even odds, without a threshold."""
        if self.threshold != 0.5 or type(self).utilities is not _Uncertainty.utilities:
            return None
        return by_odds(view, self, self._measure, lowest)

    @abstractmethod
    def _measure(self, P: Floats) -> Floats: ...


@dataclass(frozen=True)
class LeastConfidence(_Uncertainty):
    """The rows whose likeliest class is least likely.

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

    References
    ----------
    Settles (2009), Active learning literature survey, section 3.1.
    """

    paper: ClassVar[str] = "Shannon 1948; Settles 2009"

    def _measure(self, P: Floats) -> Floats:
        return measures.entropy(P)
