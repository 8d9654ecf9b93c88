"""Learning curves as a chart, in the manner of scikit-learn's displays."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..displays._drawing import choose_axes, draw_curve
from ..displays._found import choose_dataset
from ..displays._palette import assign_styles
from ._record import ROUND_METRICS
from ._results import Curve, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D


class LearningCurvesDisplay:
    """A metric against the labels asked for, a curve for each strategy, with 95 % intervals.

    Make one with `from_results`.

    Parameters
    ----------
    curves : dict of str to Curve
        The mean learning curve of each strategy, by its name.
    metric : str
        A key of `ROUND_METRICS`.
    dataset : str
        Named in the title.
    baseline : str, optional
        The strategy drawn grey and dashed.
    order : sequence of str, optional
        The strategies in whose order colours are given; by default those of `curves`. One order
        for several charts gives a strategy the same colour in all of them.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the curves are drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    lines_ : dict of str to Line2D
        The line of each strategy, by its name.
    """

    ax_: "Axes"
    figure_: "Figure | SubFigure"
    lines_: "dict[str, Line2D]"

    def __init__(
        self,
        *,
        curves: dict[str, Curve],
        metric: str,
        dataset: str,
        baseline: str | None = None,
        order: Sequence[str] | None = None,
    ) -> None:
        self.curves = curves
        self.metric = metric
        self.dataset = dataset
        self.baseline = baseline
        self.order = list(curves) if order is None else list(order)

    @classmethod
    def from_results(
        cls,
        results: Results,
        *,
        metric: str = "positives",
        dataset: str | None = None,
        ax: "Axes | None" = None,
        legend: bool = True,
    ) -> "LearningCurvesDisplay":
        """Draw the mean learning curves of one data set.

        Parameters
        ----------
        results : Results
            The runs.
        metric : str, default "positives"
            A key of `ROUND_METRICS`.
        dataset : str, optional
            May be left out if there is only one.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.
        legend : bool, default True
            Whether to draw a legend.

        Returns
        -------
        LearningCurvesDisplay

        Raises
        ------
        InputError
            If matplotlib is missing, or the metric or data set unknown.
        """
        dataset = choose_dataset(results, dataset)
        display = cls(
            curves={
                strategy: results.curve(dataset, strategy, metric)
                for strategy in results.strategies
                if results.cell(dataset, strategy)
            },
            metric=metric,
            dataset=dataset,
            baseline=results.baseline,
            order=results.strategies,
        )
        return display.plot(ax, legend=legend)

    def plot(self, ax: "Axes | None" = None, *, legend: bool = True) -> "LearningCurvesDisplay":
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.
        legend : bool, default True
            Whether to draw a legend.

        Returns
        -------
        LearningCurvesDisplay
            Itself.

        Raises
        ------
        InputError
            If matplotlib is missing.
        """
        ax = choose_axes(ax)
        drawn = assign_styles(self.order, self.baseline)
        self.lines_ = {}
        shade = 0.16 if len(self.curves) <= 4 else 0.09
        for strategy, curve in self.curves.items():
            style = drawn[strategy]
            # An interval of means can leave the range of what it is an interval of.
            most = np.inf if self.metric == "positives" else 1.0
            least = -np.inf if self.metric in ("mcc", "wss") else 0.0
            interval = tuple(np.clip([curve.low, curve.high], least, most))
            look: dict[str, Any] = {"color": style.light, "shade": shade, "label": strategy}
            order = 2 if style.dash else 3
            line = draw_curve(ax, curve.labels, curve.mean, interval, zorder=order, **look)
            if style.dash:
                line.set_dashes(style.dash)
            self.lines_[strategy] = line
        self._dress(ax)
        if legend:
            ax.legend(frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _dress(self, ax: "Axes") -> None:
        title = f"{ROUND_METRICS[self.metric].title} · {self.dataset}"
        ax.set_title(title, loc="left", parse_math=False)
        ax.set_xlabel("labels asked for")
        top = max(float(curve.mean.max()) for curve in self.curves.values())
        bottom = min(float(curve.mean.min()) for curve in self.curves.values())
        # Metrics that cannot be negative start at 0; a flat zero still needs some height.
        ax.set_ylim(bottom=0 if bottom >= 0 else None)
        if top <= 0 and bottom >= 0:
            ax.set_ylim(0, 1)
        ax.margins(x=0.01)
        ax.locator_params(axis="y", nbins=6, steps=[1, 2, 2.5, 5, 10])
        ax.grid(axis="y", linewidth=0.6, alpha=0.5)
        ax.spines[["top", "right"]].set_visible(False)
