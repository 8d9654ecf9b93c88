"""The pool as a map, with the labels so far."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._rows.arrays import Floats, Rows
from ..pool._projection import STEPS, place_rows
from ._drawing import GREY, Display
from ._palette import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 20_000


class MapDisplay(Display):
    """Every row as a point, similar rows near each other, labelled rows in the colour of theirs.

    Make one with `from_learner`. Two directions hold a part of what rows differ in, so rows that
    are near each other here may be far apart in all others.

    Parameters
    ----------
    places : ndarray of shape (n, 2)
        The place of each row that is drawn, from 0 to 1 in both directions.
    rows : ndarray of int64 of shape (n,)
        Their ids.
    labels : dict of object to ndarray
        The ids of the labelled rows of each class.
    asked : ndarray of int64
        Rows that are marked by a ring.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the map is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    """

    def __init__(
        self, *, places: Floats, rows: Rows, labels: dict[Any, Rows], asked: ArrayLike = ()
    ) -> None:
        self.places, self.rows, self.labels = places, rows, labels
        self.asked: NDArray[np.int64] = np.asarray(asked, dtype=np.int64)

    @classmethod
    def from_learner(
        cls, learner: Any, *, query: Any = None, ax: "Axes | None" = None
    ) -> "MapDisplay":
        """Draw the map of a learner's pool; of a large one 20,000 random rows and all labelled.

        Parameters
        ----------
        learner : ActiveLearner
            Of which the pool and the labels are.
        query : Query, or array-like of int, optional
            Rows to mark, as those that are asked now.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        MapDisplay
        """
        rows, given = learner.labelled
        asked = np.asarray([] if query is None else getattr(query, "rows", query), dtype=np.int64)
        shown = np.arange(len(learner.pool))
        if len(shown) > _MOST:
            sample = np.random.default_rng(learner.seed).choice(shown, _MOST, replace=False)
            shown = np.unique(np.concatenate([sample, rows, asked]))
        places = place_rows(learner.pool)[shown] / STEPS
        labels = {label: rows[given == label] for label in learner.classes.tolist()}
        return cls(places=places, rows=shown, labels=labels, asked=asked).plot(ax)

    def _draw(self, ax: "Axes") -> None:
        place = dict(zip(self.rows.tolist(), self.places, strict=True))
        taken = {row for of in self.labels.values() for row in of.tolist()}
        rest = np.array([p for row, p in place.items() if row not in taken]).reshape(-1, 2)
        ax.scatter(
            rest[:, 0], rest[:, 1], s=6, color=GREY, alpha=0.4, linewidth=0, label="unlabelled"
        )
        markers = "os^vDPX*"
        for number, (label, rows) in enumerate(self.labels.items()):
            if not len(rows):
                continue
            at = np.array([place[row] for row in rows.tolist()])
            look: Any = {"marker": markers[number % len(markers)], "zorder": 3}
            color = COLOURS[number % len(COLOURS)][0]
            ax.scatter(
                at[:, 0], at[:, 1], s=28, color=color, label=_plain(label), linewidth=0, **look
            )
        if len(self.asked):
            at = np.array([place[row] for row in self.asked.tolist()])
            ring: Any = {"facecolors": "none", "edgecolors": "black", "zorder": 4}
            ax.scatter(at[:, 0], at[:, 1], s=70, label="asked", linewidth=1.2, **ring)
        legend = ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
        for text in legend.get_texts():
            text.set_parse_math(False)
        ax.set(xticks=[], yticks=[])
        ax.set_title("The pool as a map", loc="left")


def _plain(label: Any) -> str:
    """Write a class so that a legend shows it; names that begin with an underscore are hidden."""
    said = str(label)
    return f" {said}" if said.startswith("_") else said
