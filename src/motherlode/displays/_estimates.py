"""What the labels told of the pool after each number of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from ..estimation import Estimate, MaybeEstimate, estimate_counts
from ..estimation._estimates import QUANTITIES, name_quantity
from ._drawing import BLUE, Display, draw_curve, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class EstimatesDisplay(Display):
    """An estimate against labels, with its interval; a gap where there is no valid one.

    Make one with `from_learner`.

    Parameters
    ----------
    labels : sequence of int
        Numbers of labels.
    estimates : sequence of Estimate or NoEstimate
        What was known after each of them.
    quantity : {"positives_left", "positives", "prevalence", "recall"}
        What is estimated.

    Attributes
    ----------
    values, low, high : ndarray of shape (m,)
        The estimates and the ends of their intervals; NaN where there is none.
    ax_ : matplotlib Axes
        Where the curve is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    """

    def __init__(
        self, *, labels: Sequence[int], estimates: Sequence[MaybeEstimate], quantity: str
    ) -> None:
        self.labels = np.asarray(labels, dtype=np.int64)
        self.estimates, self.quantity = list(estimates), quantity
        numbers = [
            (e.value, e.low, e.high) if isinstance(e, Estimate) else (np.nan,) * 3
            for e in self.estimates
        ]
        self.values, self.low, self.high = np.array(numbers, dtype=np.float64).reshape(-1, 3).T

    @classmethod
    def from_learner(
        cls,
        learner: Any,
        *,
        quantity: str = "positives_left",
        points: int = 40,
        ax: "Axes | None" = None,
    ) -> "EstimatesDisplay":
        """Draw what could be estimated after the first labels, as their number grew.

        Parameters
        ----------
        learner : ActiveLearner
            Of which the labels are.
        quantity : {"positives_left", "positives", "prevalence", "recall"}
            What is estimated.
        points : int, default 40
            At how many numbers of labels.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        EstimatesDisplay

        Raises
        ------
        InputError
            If the quantity is unknown, or there is no estimate at any point; then with its reason.
        """
        if quantity not in QUANTITIES:
            raise InputError(f"quantity is {quantity!r}; use one of {', '.join(QUANTITIES)}.")
        session = learner.session()
        labels = np.unique(np.linspace(1, max(session.labels, 1), points).round().astype(int))
        labels = labels[labels <= session.labels]
        known = [estimate_counts(session.first(int(m))) for m in labels]
        found = [getattr(each, quantity) for each in known]
        if not any(isinstance(each, Estimate) for each in found):
            raise InputError(str(getattr(estimate_counts(session), quantity)))
        return cls(labels=labels.tolist(), estimates=found, quantity=quantity).plot(ax)

    def _draw(self, ax: "Axes") -> None:
        interval = self.low, self.high
        draw_curve(ax, self.labels, self.values, interval, color=BLUE, label=self.quantity)
        title(ax, f"{name_quantity(self.quantity)}, with intervals", "labels", "")
        top = float(np.nanmax(self.high))
        ax.set_ylim(0, 1.05 * (top if top > 0 else 1.0))
        ax.set_xlim(0, None)
