"""The boundary of a class so rare that its negatives are taken on trust."""

from dataclasses import dataclass
from typing import ClassVar

from .. import measures
from .._round.view import View
from .._rows.arrays import Floats
from ..models._classifier import FittedClassifier
from ._base.presumed_score import Presuming


@dataclass(frozen=True)
class PresumedMargin(Presuming):
    """Smallest margin under a model with presumed negatives.

    ``u(x) = 1 - |p(1) - p(2)|`` of the two likeliest classes, by the query model fitted on the
    labelled rows and on `presumed` random unlabelled rows that are taken for negative, as
    `ContinuousLearning` does it. A boundary drawn by a few labels alone wanders through rows that
    nobody would take for positive; the presumed rows keep it near the positive class, so it can be
    asked for from the first positive on.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at first, one less for every two labelled negatives.

    Notes
    -----
    For any number of classes; the presumed rows take the commonest labelled one that is not
    sought. While no positive is labelled rows are asked at random. One fit and one prediction of
    the candidates a round; `ContinuousLearning` shares the fit.

    References
    ----------
    Scheffer, Decomain & Wrobel (2001), Active hidden Markov models for information extraction,
    IDA, section 3 (margin).
    Cormack & Grossman (2015), Autonomy and reliability of continuous active learning for
    technology-assisted review, arXiv:1504.06868 (presumed negatives).
    """

    paper: ClassVar[str] = "Scheffer et al. 2001; Cormack & Grossman 2015"

    def _worth(self, view: View, model: FittedClassifier) -> Floats:
        return measures.margin(view.predicted_by(model, view.candidates))
