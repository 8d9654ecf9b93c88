"""What strategies share that ask a model fitted with presumed negatives."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..._round.training_set import Presumption
from ..._round.view import View
from ..._rows.arrays import Floats, Rows
from ...errors import InputError
from ...models._classifier import FittedClassifier
from .strategy import Strategy, positive_names


@dataclass(frozen=True)
class WithPresumedNegatives(Strategy):
    """A strategy that reads `View.fit_presuming`; one fit a round serves all of them.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at first, one less for every two labelled negatives. A
        model that is told which they are gets as many in every round.
    """

    presumed: int = 100

    family: ClassVar[str] = "minority"
    pointwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.presumed < 1:
            raise InputError(f"presumed is {self.presumed}; presume at least 1 row negative.")

    def utilities(self, view: View) -> Floats:
        """Judge the candidates by the model; all tie while no positive is known."""
        model = view.fit_presuming(self.presumption)
        return np.zeros(len(view)) if model is None else self._worth(view, model)

    def rankers(self, view: View) -> tuple[tuple[Strategy, str], ...]:
        """List this strategy, or nothing where a prior is asked of the likeliest rows alone."""
        asked_by_row = view.prior is not None and view.prior.lazy
        return () if asked_by_row else super().rankers(view)

    @abstractmethod
    def _worth(self, view: View, model: FittedClassifier) -> Floats: ...

    @property
    def presumption(self) -> Presumption:
        """How many rows are presumed negative in a round."""
        return Presumption(self.presumed)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the probability of the positive class, and the number of presumed negatives."""
        model = view.fit_presuming(self.presumption)
        if model is None:
            said = f"{self}: no {positive_names(view)} is labelled yet, exploring at random"
            return [said] * len(rows)
        said = f"with {view.count_presumed(self.presumption)} rows presumed negative"
        p = view.training.positive(view.predict_proba_by(model, rows))
        moved = self._say_moved(view, rows)
        named = positive_names(view)
        return [f"{self}: p({named}) = {q:.2g} {said}{m}" for q, m in zip(p, moved, strict=True)]

    def _say_moved(self, view: View, rows: Rows) -> list[str]:
        """Say of each row whether the prior moved it up."""
        return [""] * len(rows)
