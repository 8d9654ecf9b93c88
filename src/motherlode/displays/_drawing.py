"""What all displays share: the axes that they draw in, and curves with intervals."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import ArrayLike

from ..errors import InputError
from ._palette import BASELINE, COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D

BLUE, ORANGE, GREEN = (light for light, _ in COLOURS[:3])
GREY = BASELINE[0]


class Display:
    """A picture that is drawn in axes of its own or in given ones, like those of scikit-learn."""

    ax_: "Axes"
    figure_: "Figure | SubFigure"

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        Display
            Itself.

        Raises
        ------
        InputError
            If matplotlib is missing.
        """
        ax = choose_axes(ax)
        self._draw(ax)
        ax.spines[["top", "right"]].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw(self, ax: "Axes") -> None:
        raise NotImplementedError


def choose_axes(ax: "Axes | None") -> "Axes":
    """Take the given axes, or those of a new figure."""
    if ax is None:
        made: Axes = import_for_charts("matplotlib.pyplot").subplots(layout="constrained")[1]
        return made
    return ax


def draw_curve(
    ax: "Axes",
    x: ArrayLike,
    y: ArrayLike,
    interval: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    color: str,
    label: str,
    shade: float = 0.16,
    **look: Any,
) -> "Line2D":
    """Draw a line, and behind it the interval of each of its points."""
    if interval is not None:
        ax.fill_between(x, *interval, alpha=shade, linewidth=0, color=color)
    (line,) = ax.plot(x, y, label=label, linewidth=1.8, color=color, **look)
    return line


def title(ax: "Axes", said: str, across: str, up: str) -> None:
    """Name the picture and its axes; dollar signs of users are no formulas."""
    ax.set_title(said, loc="left", parse_math=False)
    ax.set_xlabel(across)
    ax.set_ylabel(up, parse_math=False)
    ax.grid(axis="y", linewidth=0.6, alpha=0.5)


def import_for_charts(module: str) -> ModuleType:
    """Import a module that charts and reports need, or name the extra that brings it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(
            f"Charts and reports need {module.partition('.')[0]}, which is not installed: "
            'pip install "motherlode[plot]".'
        ) from error
