"""The fitted query model; where a learner refits seldom, it stays while labels come."""

from typing import NamedTuple

import numpy as np

from .._round.training_set import TrainingSet
from ..models._classifier import FittedClassifier


class QueryFit(NamedTuple):
    """A fit of the query model.

    Attributes
    ----------
    fitted : FittedClassifier
        The model.
    training : TrainingSet
        What was known when it was fitted.
    """

    fitted: FittedClassifier
    training: TrainingSet

    @property
    def events(self) -> int:
        """How many events the learner's record held then."""
        return self.training.seed[1]

    def knows_any(self, rows: list[int]) -> bool:
        """Say whether some of these rows were labelled or skipped by then."""
        known = np.concatenate([self.training.rows, self.training.skipped])
        return bool(np.isin(rows, known).any())
