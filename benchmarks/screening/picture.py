"""The recall curves of every review, and their mean, as SVG."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.efficiency.pictures import LOOK, dress, finish
from benchmarks.screening import asreview
from benchmarks.screening.measures import curve
from benchmarks.screening.session import Session
from motherlode._rows.arrays import Floats
from motherlode.displays._drawing import import_for_charts

_SHARES = np.linspace(0.0, 1.0, 201)
_COLUMNS = 5
_INK = "#1b2430"
_OURS = ("#2a6fdb", "#d9822b", "#3c9d6b")


def recalls(sessions: Sequence[Session]) -> Floats:
    """The share of inclusions found at 0, half a percent, ... of the records; mean of sessions."""
    return np.mean([_recall(one) for one in sessions], axis=0)


def _recall(session: Session) -> Floats:
    found = np.concatenate([[0.0], curve(session)]) / session.inclusions
    return np.interp(_SHARES * session.records, np.arange(len(found)), found)


def draw(sessions: Sequence[Session], path: Path) -> None:
    """The mean over reviews, and then a panel for each.

    Parameters
    ----------
    sessions : sequence of Session
        Of one start.
    path : Path
    """
    reviews = list(dict.fromkeys(one.review for one in sessions))
    arms = sorted({one.arm for one in sessions} - {asreview.ARM})
    looks: dict[str, dict[str, Any]] = {
        arm: {"color": color, "linewidth": 1.4} for arm, color in zip(arms, _OURS, strict=False)
    }
    looks[asreview.ARM] = {"color": _INK, "linewidth": 1.4}
    with import_for_charts("matplotlib.style").context(LOOK, after_reset=True):
        lines = -(-(len(reviews) + 1) // _COLUMNS)
        size = (2.2 * _COLUMNS, 0.7 + 1.9 * lines)
        figure = import_for_charts("matplotlib.figure").Figure(figsize=size, layout="constrained")
        grid = figure.subplots(lines, _COLUMNS, squeeze=False).ravel()
        for ax, review in zip(grid, [None, *reviews], strict=False):
            for arm, look in looks.items():
                by_review = [
                    [one for one in sessions if (one.review, one.arm) == (name, arm)]
                    for name in ([review] if review else reviews)
                ]
                if all(by_review):
                    heights = np.mean([recalls(each) for each in by_review], axis=0)
                    ax.plot(100 * _SHARES, heights, label=arm, **look)
            dress(ax, review or f"mean of {len(reviews)} reviews")
        for ax in grid[len(reviews) + 1 :]:
            ax.remove()
        figure.suptitle("recall after so many percent of the records", fontsize=9)
        finish(figure, path)
