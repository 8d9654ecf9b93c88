"""Precision and recall of the final model on the pool, by threshold, with intervals."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..estimation import MaybeEstimate, NoEstimate, pool_mean
from ..estimation._calls import Calls
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
        each = [Calls(session, labelled >= t, int((left >= t).sum()), level) for t in thresholds]
        display = cls(
            thresholds=thresholds,
            precision=[_ends(calls.precision()) for calls in each],
            recall=[_ends(calls.recall()) for calls in each],
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


def _ends(found: MaybeEstimate) -> tuple[float, float, float]:
    if isinstance(found, NoEstimate):
        return np.nan, np.nan, np.nan
    return found.value, found.low, found.high
