"""The boundary of a class so rare that its negatives are taken on trust."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import measures
from ..arrays import Floats, Rows
from ..errors import InputError
from ..view import View
from .base import Strategy, sought_names


@dataclass(frozen=True)
class PresumedMargin(Strategy):
    """Smallest margin under a model with presumed negatives.

    ``u(x) = 1 - |p(1) - p(2)|`` of the two likeliest classes, by the query model fitted on the
    labelled rows and on `presumed` random unlabelled rows that are taken for negative, as
    `ContinuousLearning` does it. A boundary drawn by a few labels alone wanders through rows that
    nobody would take for positive; the presumed rows keep it near the class sought, so it can be
    asked for from the first positive on.

    Parameters
    ----------
    presumed : int
        Unlabelled rows presumed negative at each fit.

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

    presumed: int = 100

    family: ClassVar[str] = "minority"
    paper: ClassVar[str] = "Scheffer et al. 2001; Cormack & Grossman 2015"
    pointwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.presumed < 1:
            raise InputError(f"presumed is {self.presumed}; presume at least 1 row negative.")

    def utilities(self, view: View) -> Floats:
        """Minus the margin of the candidates, plus one."""
        model = view.presuming(self.presumed)
        if model is None:
            return np.zeros(len(view))
        return measures.margin(view.predicted_by(model, view.candidates))

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """The probability that is near one half."""
        model = view.presuming(self.presumed)
        if model is None:
            said = f"{self}: no {sought_names(view)} is labelled yet, exploring at random"
            return [said] * len(rows)
        p = view.predicted_by(model, rows)[:, list(view.minority)].sum(axis=1)
        said = f"with {self.presumed} rows presumed negative"
        return [f"{self}: p({sought_names(view)}) = {q:.2g} {said}" for q in p]
