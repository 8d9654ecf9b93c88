"""Technology-assisted review: find nearly all positives, from a single one on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..measures import fuse_ranks
from ..models._classifier import FittedClassifier
from ._base.presumed_score import Presuming

_REFERENCE = 5_000  # unlabelled rows that ranks are taken among: all of them in small pools


@dataclass(frozen=True)
class ContinuousLearning(Presuming):
    """Continuous active learning: most likely first, by a model with presumed negatives.

    Each round the query model is fitted on the labelled rows and on some random unlabelled rows
    that are taken for negative and forgotten after the fit; candidates are ranked by
    ``P(positive | x)``. One positive is enough to start. With none, rows are asked at random.

    A model of several kinds, as the default one is, is asked by rank: its members' probabilities
    are on scales of their own, and with few positives the loudest member would decide alone. The
    utility is then minus the mean logarithm, by the members' weights, of a row's place among a
    sample of the unlabelled rows; a row that all put first beats one that a single member does.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at first, one less for every two labelled negatives.

    Notes
    -----
    The fit is anew each round, whatever the learner's ``refit_every``: one fit and one prediction
    of the candidates a round, linear in both. For several classes the presumed rows take the
    commonest labelled class that is not positive. At a prevalence of some 5 % the presumed rows
    hold several positives and begin to hurt. `growing_batches` gives AutoTAR's batch sizes.

    References
    ----------
    Cormack & Grossman (2014), Evaluation of machine-learning protocols for technology-assisted
    review in electronic discovery, SIGIR (CAL).
    Cormack & Grossman (2015), Autonomy and reliability of continuous active learning for
    technology-assisted review, arXiv:1504.06868 (AutoTAR).
    """

    paper: ClassVar[str] = "Cormack & Grossman 2015"

    def _worth(self, view: View, model: FittedClassifier) -> Floats:
        """The minority's probability under the model with presumed negatives, or fused ranks."""
        if len(model.weights) > 1:
            return self._fused(view, model)
        return view.training.positive(view.predicted_by(model, view.candidates))

    def _fused(self, view: View, model: FittedClassifier) -> Floats:
        def by_member(rows: "Rows | Unlabelled") -> Floats:
            return view.training.positive(view.opinions_of(model, rows))

        def of_reference() -> Floats:
            left = view.unlabelled
            rows = left.sample(min(_REFERENCE, len(left)), view.rng("reference"))
            return np.sort(by_member(np.sort(rows)), axis=0)

        reference = view.once_a_round(("reference", self.presumed), of_reference)
        return fuse_ranks(by_member(view.candidates).T, reference.T, model.weights)


def growing_batches(budget: int) -> list[int]:
    """AutoTAR's batch sizes: one row, then each a tenth larger, rounded up.

    ``B[0] = 1``, ``B[i + 1] = B[i] + ceil(B[i] / 10)``; the last is cut to the budget. The number
    of fits grows with the logarithm of the labels.

    Parameters
    ----------
    budget : int
        Labels in all.

    Returns
    -------
    list of int
        Adds up to `budget`.

    References
    ----------
    Cormack & Grossman (2015), arXiv:1504.06868.

    Examples
    --------
    >>> growing_batches(20)
    [1, 2, 3, 4, 5, 5]
    """
    if budget < 0:
        raise InputError(f"The budget is {budget}; give a number of labels, at least 0.")
    sizes, size, left = [], 1, budget
    while left > 0:
        sizes.append(min(size, left))
        left -= size
        size += -(-size // 10)
    return sizes
