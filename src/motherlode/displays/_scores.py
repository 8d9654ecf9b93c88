"""How the query model's probabilities are spread over the pool, and over the labels."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError
from ._drawing import BLUE, GREY, ORANGE, Display, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS = 20
_MOST = 20_000


class ScoreHistogramDisplay(Display):
    """Histograms of the probability of the positive class, for unlabelled and labelled rows.

    Make one with `from_learner`. The model has seen the labelled rows, so that it tells these apart
    better than others. The heights of rows that are not labelled are no estimate of how many are
    positive.

    Parameters
    ----------
    unlabelled, positive, negative : ndarray of shape (m,)
        Probabilities of unlabelled rows, and of labelled ones that are positive and negative.
    drawn_from : int, optional
        Of how many unlabelled rows the `unlabelled` are a random sample; by default they are all.

    Attributes
    ----------
    edges : ndarray of shape (21,)
        The edges of the bins.
    counts : dict of str to ndarray of shape (20,)
        Rows in each bin, for "unlabelled", "positive" and "negative".
    ax_ : matplotlib Axes
        Where the histograms are drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    """

    def __init__(
        self,
        *,
        unlabelled: Floats,
        positive: Floats,
        negative: Floats,
        drawn_from: int | None = None,
    ) -> None:
        self.unlabelled, self.positive, self.negative = unlabelled, positive, negative
        self.drawn_from = len(unlabelled) if drawn_from is None else drawn_from
        self.edges = np.linspace(0, 1, _BINS + 1)
        each = {"unlabelled": unlabelled, "negative": negative, "positive": positive}
        # A sum of probabilities may pass 1 in its last digit.
        self.counts = {
            name: np.histogram(np.clip(p, 0, 1), self.edges)[0] for name, p in each.items()
        }

    @classmethod
    def from_learner(cls, learner: Any, *, ax: "Axes | None" = None) -> "ScoreHistogramDisplay":
        """Draw the probabilities by the query model; of a large pool those of 20,000 random rows.

        Parameters
        ----------
        learner : ActiveLearner
            It needs labels of two classes.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        ScoreHistogramDisplay

        Raises
        ------
        InputError
            While labels of two classes are missing.
        """
        rows, positive = learner.labelled[0], learner.session().positive
        if not learner.training_set.suffices():
            raise InputError("A histogram of scores needs labels of two classes; teach some first.")
        left = learner.unlabelled
        sample = left
        if len(left) > _MOST:
            sample = np.random.default_rng(learner.seed).choice(left, _MOST, replace=False)
        P = learner.predict_proba(np.concatenate([rows, sample]))
        scores = P[:, list(learner.positive_class.codes)].sum(axis=1)
        known = scores[: len(rows)]
        display = cls(
            unlabelled=scores[len(rows) :],
            positive=known[positive],
            negative=known[~positive],
            drawn_from=len(left),
        )
        return display.plot(ax)

    def _draw(self, ax: "Axes") -> None:
        looks = {"unlabelled": GREY, "negative": BLUE, "positive": ORANGE}
        scale = {"unlabelled": self.drawn_from / max(len(self.unlabelled), 1)}
        for name, color in looks.items():
            heights = self.counts[name] * scale.get(name, 1.0)
            ax.stairs(heights, self.edges, label=name, color=color, linewidth=1.8)
        ax.set_yscale("symlog", linthresh=1.0)
        ax.set_ylim(0, None)
        ax.legend(frameon=False)
        title(ax, "Scores of the query model", "probability of the positive class", "rows")
