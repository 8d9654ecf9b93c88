"""What strategies share that ask a model fitted with presumed negatives."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..._round.view import View
from ..._rows.arrays import Floats, Rows
from ...errors import InputError
from ...models._classifier import FittedClassifier
from .strategy import Strategy, positive_names


@dataclass(frozen=True)
class Presuming(Strategy):
    """A strategy that reads `View.presuming`; one fit a round serves all of them.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at first, one less for every two labelled negatives.
    """

    presumed: int = 100

    family: ClassVar[str] = "minority"
    pointwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.presumed < 1:
            raise InputError(f"presumed is {self.presumed}; presume at least 1 row negative.")

    def utilities(self, view: View) -> Floats:
        """What the model makes of the candidates; all alike while no positive is known."""
        model = view.presuming(self.presumed)
        return np.zeros(len(view)) if model is None else self._worth(view, model)

    @abstractmethod
    def _worth(self, view: View, model: FittedClassifier) -> Floats: ...

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """The probability of the positive class, and what it was fitted with."""
        model = view.presuming(self.presumed)
        if model is None:
            said = f"{self}: no {positive_names(view)} is labelled yet, exploring at random"
            return [said] * len(rows)
        said = f"with {view.presumed(self.presumed)} rows presumed negative"
        p = view.predicted_by(model, rows)[:, list(view.minority)].sum(axis=1)
        return [f"{self}: p({positive_names(view)}) = {q:.2g} {said}" for q in p]
