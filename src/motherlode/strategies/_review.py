"""Technology-assisted review: find nearly all positives, starting from a single one."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.stated_prior import MATERIAL
from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.unlabelled import Unlabelled
from ..measures import fuse_ranks
from ..models._classifier import FittedClassifier
from ._base.presumed_negatives import WithPresumedNegatives


@dataclass(frozen=True)
class ContinuousLearning(WithPresumedNegatives):
    """Continuous active learning: most likely first, by a model with presumed negatives.

    Each round the query model is fitted on the labelled rows and on some random unlabelled rows
    that are taken for negative and forgotten after the fit; candidates are ranked by
    ``P(positive | x)``. One positive is enough to start. With none, rows are asked at random.

    A model of several members, as the default one is, is read by ranks. The probabilities of its
    members are on scales of their own, and with few positives one member with extreme probabilities
    would decide alone. The utility is then minus the mean logarithm, by the members' weights, of a
    row's place among a sample of the unlabelled rows. A row that all members put first beats a row
    that one member puts first.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at first, one less for every two labelled negatives.

    Notes
    -----
    The model is fitted anew each round, whatever the learner's ``refit_every``. A round costs one
    fit and one prediction of the candidates, linear in both. With several classes the presumed rows
    take the commonest labelled class that is not positive. At a prevalence of some 5 % the presumed
    rows hold several positives and begin to hurt.

    References
    ----------
    Cormack & Grossman (2014), Evaluation of machine-learning protocols for technology-assisted
    review in electronic discovery, SIGIR (CAL).
    Cormack & Grossman (2015), Autonomy and reliability of continuous active learning for
    technology-assisted review, arXiv:1504.06868 (AutoTAR).
    """

    paper: ClassVar[str] = "Cormack & Grossman 2015"

    def _worth(self, view: View, model: FittedClassifier) -> Floats:
        """Give the positive class's probability, or fused ranks of several members.

        With a prior these are always ranks, and what the prior adds.
        """
        if view.prior is not None:
            found = self._fuse_ranks(view, model)
            return found + view.prior_offset(self.presumption, found)
        if len(model.weights) > 1:
            return self._fuse_ranks(view, model)
        return view.training.positive(view.predict_proba_by(model, view.candidates))

    def _say_moved(self, view: View, rows: Rows) -> list[str]:
        if view.prior is None:
            return [""] * len(rows)
        up = view.prior_offset(self.presumption, rows=rows)
        return [
            f", moved up by the prior (odds times {np.exp(z):.2g})" if z >= MATERIAL else ""
            for z in up
        ]

    def _fuse_ranks(self, view: View, model: FittedClassifier) -> Floats:
        def by_member(rows: "Rows | Unlabelled") -> Floats:
            if len(model.weights) > 1:
                return view.training.positive(view.predict_members(model, rows))
            return view.training.positive(view.predict_proba_by(model, rows))[:, None]

        reference = view.once_a_round(
            ("reference", self.presumed), lambda: np.sort(by_member(view.reference), axis=0)
        )
        return fuse_ranks(by_member(view.candidates).T, reference.T, model.weights)
