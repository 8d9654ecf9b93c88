"""The boundary of a class so rare that unlabelled rows are presumed negative."""

from dataclasses import dataclass
from typing import ClassVar

from .. import measures
from .._round.view import View
from .._rows.arrays import Floats
from ..models._classifier import FittedClassifier
from ._base.presumed_negatives import WithPresumedNegatives


@dataclass(frozen=True)
class PresumedMargin(WithPresumedNegatives):
    """Smallest margin under a model with presumed negatives.

    ``u(x) = 1 - |p(1) - p(2)|`` of the two likeliest classes, by the query model fitted on the
    labelled rows and on `presumed` random unlabelled rows that are taken for negative, as
    `ContinuousLearning` does it. The boundary of a fit on few labels alone passes through rows that
    nobody would take for positive. The presumed rows keep it near the positive class, so rows at
    the boundary can be asked from the first positive on.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at first, one less for every two labelled negatives.

    Notes
    -----
    For any number of classes; the presumed rows take the commonest labelled one that is not
    positive. While no positive is labelled, rows are asked at random. A round costs one fit and one
    prediction of the candidates; `ContinuousLearning` shares the fit.

    References
    ----------
    Scheffer, Decomain & Wrobel (2001), Active hidden Markov models for information extraction,
    IDA, section 3 (margin).
    Cormack & Grossman (2015), Autonomy and reliability of continuous active learning for
    technology-assisted review, arXiv:1504.06868 (presumed negatives).
    """

    paper: ClassVar[str] = "Scheffer et al. 2001; Cormack & Grossman 2015"

    def _worth(self, view: View, model: FittedClassifier) -> Floats:
        return measures.margin(view.predict_proba_by(model, view.candidates))
