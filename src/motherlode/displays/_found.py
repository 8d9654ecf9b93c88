"""How many positives are found after each label, and how many a random search would have found."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError
from ..estimation import Estimate, MaybeEstimate, NoEstimate, prevalence
from ._drawing import GREY, Display, draw_curve, title
from ._palette import assign_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class _Curve(NamedTuple):
    """Labels, the positives among them, and the ends of an interval where they are a mean."""

    labels: Floats
    found: Floats
    low: Floats | None = None
    high: Floats | None = None


class FoundCurveDisplay(Display):
    """Positives found against labels.

    Make one with `from_learner` or `from_results`.

    Parameters
    ----------
    curves : dict of str to tuple
        For each line its labels and the positives found, and perhaps the ends of the 95 % interval,
        each an ndarray.
    at_random : Estimate or NoEstimate
        The share of positives in the pool, which a search at random finds among its labels on
        average. It is drawn as a grey line with its interval, if there is an estimate.
    name : str
        Named in the title.
    baseline : str, optional
        The line drawn grey and dashed.

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
        curves: Mapping[str, tuple[Any, ...]],
        at_random: MaybeEstimate | None = None,
        name: str = "",
        baseline: str | None = None,
    ) -> None:
        self.curves = {label: _Curve(*curve) for label, curve in curves.items()}
        self.at_random = NoEstimate("Nothing is known.") if at_random is None else at_random
        self.name = name
        self.baseline = baseline

    @classmethod
    def from_learner(cls, learner: Any, *, ax: "Axes | None" = None) -> "FoundCurveDisplay":
        """Draw the positives among a learner's labels, in the order taught.

        Parameters
        ----------
        learner : ActiveLearner
            Of which the labels are.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        FoundCurveDisplay
        """
        session = learner.session()
        labels = np.arange(session.labels + 1)
        found = np.asarray(session.found_before(labels))
        display = cls(
            curves={"found": (labels.astype(np.float64), found.astype(np.float64))},
            at_random=prevalence(session),
            name=" and ".join(map(str, learner.positive_class.classes)),
        )
        return display.plot(ax)

    @classmethod
    def from_results(
        cls, results: Any, *, dataset: str | None = None, ax: "Axes | None" = None
    ) -> "FoundCurveDisplay":
        """Draw what each strategy found in simulations: means over seeds, and their intervals.

        Parameters
        ----------
        results : motherlode.simulation.Results
            The runs.
        dataset : str, optional
            May be left out if there is only one.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        FoundCurveDisplay

        Raises
        ------
        InputError
            If the data set is unknown, or left out where there are several.
        """
        chosen = choose_dataset(results, dataset)
        curves = {
            strategy: results.curve(chosen, strategy, "positives")
            for strategy in results.strategies
            if results.cell(chosen, strategy)
        }
        display = cls(
            curves={s: (c.labels, c.mean, c.low, c.high) for s, c in curves.items()},
            name=chosen,
            baseline=results.baseline,
        )
        return display.plot(ax)

    def _draw(self, ax: "Axes") -> None:
        styles = assign_styles(list(self.curves), self.baseline)
        most = max(float(curve.labels[-1]) for curve in self.curves.values())
        if isinstance(self.at_random, Estimate):
            ends = np.array([0.0, most])
            share = self.at_random
            interval = ends * share.low, ends * share.high
            draw_curve(ax, ends, ends * share.value, interval, color=GREY, label="at random")
        for label, curve in self.curves.items():
            style = styles[label]
            interval_of = None
            if curve.low is not None and curve.high is not None:
                interval_of = np.maximum(curve.low, 0), np.maximum(curve.high, 0)
            step: dict[str, Any] = {"drawstyle": "steps-post"} if interval_of is None else {}
            line = draw_curve(
                ax, curve.labels, curve.found, interval_of, color=style.light, label=label, **step
            )
            if style.dash:
                line.set_dashes(style.dash)
        title(ax, f"Positives found · {self.name}", "labels", "positives found")
        highest = max(float(curve.found.max()) for curve in self.curves.values())
        ax.set_ylim(0, 1.05 * max(highest, 1.0))
        if len(self.curves) > 1 or isinstance(self.at_random, Estimate):
            ax.legend(frameon=False)


def choose_dataset(results: Any, dataset: str | None) -> str:
    """Take the data set that is named, or the only one."""
    if dataset is None and len(results.datasets) == 1:
        return str(results.datasets[0])
    if dataset is None or dataset not in results.datasets:
        raise InputError(
            f"dataset={dataset!r} is not among the results; use one of {results.datasets}."
        )
    return dataset
