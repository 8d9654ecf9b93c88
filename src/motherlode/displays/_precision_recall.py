"""Precision and recall of the final model on the pool, by threshold, with intervals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Floats
from ..errors import InputError
from ..estimation import NoEstimate, pool_mean
from ..session import Session
from ._drawing import BLUE, ORANGE, Display, draw_curve, title
from ._refits import make_scorer, score_held_out, score_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class PrecisionRecallDisplay(Display):
    """Precision and recall against the threshold, each with its interval.

    Make one with `from_learner`.

    Parameters
    ----------
    thresholds : array-like of shape (m,)
        Probabilities from which on a row is called positive.
    precision, recall : array-like of shape (m, 3)
        The estimate at each threshold, and the lower and upper end of its interval.
    level : float in (0, 1)
        Nominal coverage of each interval.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the curves are drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    """

    def __init__(
        self,
        *,
        thresholds: ArrayLike,
        precision: ArrayLike,
        recall: ArrayLike,
        level: float = 0.95,
    ) -> None:
        self.thresholds = np.asarray(thresholds, dtype=np.float64)
        self.precision = np.asarray(precision, dtype=np.float64)
        self.recall = np.asarray(recall, dtype=np.float64)
        self.level = level

    @classmethod
    def from_learner(
        cls,
        learner: Any,
        *,
        points: int = 15,
        folds: int = 5,
        level: float = 0.95,
        ax: "Axes | None" = None,
    ) -> "PrecisionRecallDisplay":
        """Estimate precision and recall on the whole pool from rows drawn at random.

        The final model is fitted, and once more without each fold, so that no labelled row is
        scored by a model that knows its label. The pool is read once.

        Parameters
        ----------
        learner : ActiveLearner
            Some of its labels must be of rows drawn at random, as by ``control=0.1``.
        points : int, default 15
            How many thresholds; they are scores of labelled positives.
        folds : int, default 5
            Parts of the labels that are held out in turn.
        level : float in (0, 1), default 0.95
            Nominal coverage of each interval.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        PrecisionRecallDisplay

        Raises
        ------
        InputError
            If too few rows were drawn at random, or no model can be fitted without a fold.
        """
        session = learner.session()
        known = pool_mean(session, session.positive, level) if session.labels else None
        if known is None or isinstance(known, NoEstimate):
            raise InputError("No row is labelled." if known is None else str(known))
        labelled = score_held_out(learner, min(folds, max(2, session.labels)))
        positive = np.unique(labelled[session.positive])
        if np.isnan(labelled).any() or not len(positive):
            raise InputError(
                "Without some labels held out, too few are left for a model; teach more positives."
            )
        left = score_rows(make_scorer(learner), learner.pool, learner.unlabelled)
        places = np.unique(np.linspace(0, len(positive) - 1, points).round().astype(int))
        thresholds = positive[places]
        each = [_Calls(session, labelled >= t, int((left >= t).sum()), level) for t in thresholds]
        display = cls(
            thresholds=thresholds,
            precision=[calls.precision() for calls in each],
            recall=[calls.recall() for calls in each],
            level=level,
        )
        return display.plot(ax)

    def _draw(self, ax: "Axes") -> None:
        for name, color in (("precision", BLUE), ("recall", ORANGE)):
            value, low, high = getattr(self, name).T
            draw_curve(ax, self.thresholds, value, (low, high), color=color, label=name, marker=".")
        said = f"Precision and recall on the pool, {self.level:.0%} intervals"
        title(ax, said, "threshold", "")
        ax.set_ylim(0, 1.02)
        ax.legend(frameon=False)


@dataclass(frozen=True)
class _Calls:
    """What a model calls positive at one threshold.

    Attributes
    ----------
    session : Session
        The labels.
    called : ndarray of bool of shape (m,)
        Which labelled rows are called positive.
    left : int
        How many unlabelled rows are called positive.
    level : float in (0, 1)
        Nominal coverage of intervals.
    """

    session: Session
    called: "np.ndarray[Any, np.dtype[np.bool_]]"
    left: int
    level: float

    def precision(self) -> tuple[float, float, float]:
        """Estimate it: of the rows called positive, whose number is known, the positives."""
        n = max(int(self.called.sum()) + self.left, 1)
        value, low, high = self._count(self.called, self.left, self.level) / n
        return value, low, high

    def recall(self) -> tuple[float, float, float]:
        """Estimate it: of the positives, those that are called so.

        Both numbers have an interval in which they lie at once (Bonferroni).
        """
        level = (1 + self.level) / 2
        hits = self._count(self.called, self.left, level)
        missed = self._count(~self.called, self.session.left - self.left, level)
        shares = [
            hit / (hit + miss) if hit + miss else np.nan
            for hit, miss in zip(hits, missed[[0, 2, 1]], strict=True)
        ]
        return shares[0], shares[1], shares[2]

    def _count(self, among: Any, left: int, level: float) -> Floats:
        """Estimate the positives among some labelled and so many unlabelled rows."""
        found = self.session.positive & among
        share = pool_mean(self.session, found, level)
        assert not isinstance(share, NoEstimate)
        known = int(found.sum())
        ends = np.array([share.value, share.low, share.high]) * self.session.pool_size
        return np.clip(ends, known, known + left)
