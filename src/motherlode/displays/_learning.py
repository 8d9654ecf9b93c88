"""How good the final model would have been after fewer labels, on rows that are held out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from .._rows.arrays import Floats
from ..errors import InputError
from ._drawing import BLUE, Display, draw_curve, title
from ._refits import fit_on_some

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_METRICS = {
    "average_precision": ("Average precision", average_precision_score),
    "roc_auc": ("Area under the ROC curve", roc_auc_score),
}
_FEWEST = 5  # rows of each class, below which a bootstrap says too little
_RESAMPLES = 500
_Flags = NDArray[np.bool_]


class LearningCurveDisplay(Display):
    """A metric of the final model on held-out rows against labels, with 95 % intervals.

    Make one with `from_learner`. An interval says how far chance in the held-out rows goes
    (bootstrap within each class); it does not tell how another search would have gone.

    Parameters
    ----------
    labels : sequence of int
        Numbers of labels that models were fitted on.
    scores, low, high : array-like of shape (m,)
        The metric after each of them, and the ends of its interval.
    metric : {"average_precision", "roc_auc"}
        What the scores are.
    held_out : str
        On which rows, in some words.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the curve is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    """

    def __init__(
        self,
        *,
        labels: Sequence[int],
        scores: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        metric: str,
        held_out: str,
    ) -> None:
        self.labels = np.asarray(labels, dtype=np.int64)
        self.scores, self.low, self.high = map(np.asarray, (scores, low, high))
        self.metric, self.held_out = metric, held_out

    @classmethod
    def from_learner(
        cls,
        learner: Any,
        X: Any = None,
        y: Any = None,
        *,
        metric: str = "average_precision",
        points: int = 8,
        ax: "Axes | None" = None,
    ) -> "LearningCurveDisplay":
        """Fit the final model again on the first labels, ever more of them, and score each model.

        Rows that a strategy picked are no sample of anything, so they can't be what models are
        judged on. Give rows that were labelled apart from the search; or else the rows that were
        drawn at random are held out of all fits.

        Parameters
        ----------
        learner : ActiveLearner
            Its labels are taught again in their order. It is left as it is.
        X : array, frame or list, optional
            Rows labelled apart from the search, in the form of the pool's data.
        y : array-like, optional
            Their classes.
        metric : {"average_precision", "roc_auc"}
            What is drawn. Average precision depends on the share of positives in the rows.
        points : int, default 8
            After how many numbers of labels a model is fitted.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        LearningCurveDisplay

        Raises
        ------
        InputError
            If fewer than five held-out rows are positive, or negative, or no model can be fitted.
        """
        if metric not in _METRICS:
            raise InputError(f"metric is {metric!r}; use one of {', '.join(_METRICS)}.")
        if (X is None) != (y is None):
            raise InputError("Give X and y together: rows, and their classes.")
        session = learner.session()
        if X is None:
            apart = session.uniform
            X, truth = learner.pool[learner.labelled[0][apart]], session.positive[apart]
            held_out = f"{len(truth):,} rows drawn at random"
        else:
            apart = np.zeros(session.labels, dtype=bool)
            positive = set(learner.positive_class.classes)
            truth = np.array([label in positive for label in np.asarray(y).tolist()], dtype=bool)
            held_out = f"{len(truth):,} rows labelled apart"
        _check_enough(truth)
        order = np.flatnonzero(~apart)
        curve = []
        for count in np.unique(np.linspace(1, max(len(order), 1), points).round().astype(int)):
            kept = np.zeros(session.labels, dtype=bool)
            kept[order[:count]] = True
            score = fit_on_some(learner, kept)
            if score is not None:
                curve.append((int(count), *_judge(metric, truth, score(X), learner.seed)))
        if not curve:
            raise InputError(
                "No model can be fitted on the labels that are not held out; teach more of them."
            )
        labels, scores, low, high = zip(*curve, strict=True)
        display = cls(
            labels=labels, scores=scores, low=low, high=high, metric=metric, held_out=held_out
        )
        return display.plot(ax)

    def _draw(self, ax: "Axes") -> None:
        interval = self.low, self.high
        draw_curve(
            ax, self.labels, self.scores, interval, color=BLUE, label=self.metric, marker="o"
        )
        title(ax, f"{_METRICS[self.metric][0]} on {self.held_out}", "labels", "")
        ax.set_ylim(0, 1.02)


def _check_enough(truth: _Flags) -> None:
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if min(positives, negatives) < _FEWEST:
        raise InputError(
            f"The held-out rows are {positives} positives and {negatives} negatives, and fewer "
            f"than {_FEWEST} of one say nothing of a model; give X and y, or have more drawn at "
            "random, with control=0.1 of a learner."
        )


def _judge(metric: str, truth: _Flags, scores: Floats, seed: int) -> tuple[float, float, float]:
    """Compute a metric, and the ends of its bootstrap interval."""
    measure = _METRICS[metric][1]
    rng = np.random.default_rng(seed)
    classes = np.flatnonzero(truth), np.flatnonzero(~truth)
    values = []
    for _ in range(_RESAMPLES):
        drawn = np.concatenate([rng.choice(of, len(of)) for of in classes])
        values.append(measure(truth[drawn], scores[drawn]))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(measure(truth, scores)), float(low), float(high)
