"""Learning curves as a chart, in the manner of scikit-learn's displays."""

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from ._palette import Style, styles
from ._record import METRICS
from ._results import Curve, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D


class LearningCurvesDisplay:
    """A metric against the labels asked for, one line a strategy, with shaded 95 % intervals.

    Make one with `from_results`.

    Parameters
    ----------
    curves : dict of str to Curve
        By strategy.
    metric : str
        A key of `METRICS`.
    dataset : str
        Named in the title.
    baseline : str, optional
        The strategy drawn grey and dashed.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : dict of str to Line2D
        By strategy.
    """

    ax_: "Axes"
    figure_: "Figure | SubFigure"
    lines_: "dict[str, Line2D]"

    def __init__(
        self, *, curves: dict[str, Curve], metric: str, dataset: str, baseline: str | None = None
    ) -> None:
        self.curves = curves
        self.metric = metric
        self.dataset = dataset
        self.baseline = baseline

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
        metric : str, default "positives"
            A key of `METRICS`.
        dataset : str, optional
            May be left out if there is only one.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.
        legend : bool, default True

        Returns
        -------
        LearningCurvesDisplay

        Raises
        ------
        InputError
            If matplotlib is missing, or the metric or data set unknown.
        """
        if metric not in METRICS:
            raise InputError(f"There is no metric {metric!r}; use one of {', '.join(METRICS)}.")
        if dataset is None and len(results.datasets) == 1:
            dataset = results.datasets[0]
        if dataset is None or dataset not in results.datasets:
            raise InputError(
                f"dataset={dataset!r} is not among the results; use one of {results.datasets}."
            )
        display = cls(
            curves={
                strategy: results.curve(dataset, strategy, metric)
                for strategy in results.strategies
                if results.cell(dataset, strategy)
            },
            metric=metric,
            dataset=dataset,
            baseline=results.baseline,
        )
        # Styles go by all strategies, so that one keeps its colour from chart to chart.
        return display.plot(ax, styled=styles(results.strategies, results.baseline), legend=legend)

    def plot(
        self,
        ax: "Axes | None" = None,
        *,
        styled: dict[str, Style] | None = None,
        legend: bool = True,
    ) -> "LearningCurvesDisplay":
        """Draw on ``ax``, or on a new figure; strategies are styled as given, or in order."""
        if ax is None:
            ax = matplotlib("pyplot").subplots(layout="constrained")[1]
        styled = styled or styles(list(self.curves), self.baseline)
        self.lines_ = {}
        shade = 0.16 if len(self.curves) <= 4 else 0.09
        for strategy, curve in self.curves.items():
            style = styled[strategy]
            look: dict[str, Any] = {"color": style.light, "zorder": 2 if style.dash else 3}
            # An interval of means can leave the range of what it is an interval of.
            most = np.inf if self.metric == "positives" else 1.0
            least = -np.inf if self.metric in ("mcc", "wss") else 0.0
            low, high = np.clip([curve.low, curve.high], least, most)
            ax.fill_between(curve.labels, low, high, alpha=shade, linewidth=0, color=style.light)
            (line,) = ax.plot(curve.labels, curve.mean, label=strategy, linewidth=1.8, **look)
            if style.dash:
                line.set_dashes(style.dash)
            self.lines_[strategy] = line
        self._dress(ax)
        if legend:
            ax.legend(frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _dress(self, ax: "Axes") -> None:
        ax.set_title(f"{METRICS[self.metric].title} · {self.dataset}", loc="left", parse_math=False)
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


def matplotlib(module: str) -> ModuleType:
    """A module of matplotlib, imported only now.

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    from importlib import import_module

    try:
        return import_module(f"matplotlib.{module}")
    except ModuleNotFoundError as error:
        raise InputError(
            'Charts need matplotlib, which is not installed: pip install "motherlode[plot]".'
        ) from error
