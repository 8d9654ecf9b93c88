"""The pictures of the results page: a dot for each arm and set, and mean learning curves."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.efficiency.summary import AREA, FOUND, Measure, Summary
from motherlode.arrays import Floats
from motherlode.simulation.curves import matplotlib
from motherlode.simulation.palette import styles

_GREY = "#b9bfc7"
_INK = "#1b2430"
_LOOK = {
    "svg.fonttype": "none",
    "svg.hashsalt": "motherlode",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


def dots(summary: Summary, path: Path) -> None:
    """Every rare set a line, every arm a dot on it, the rarest set on top; written as SVG.

    Motherlode's strategies have colours, the best peer is an open diamond, and the other peers
    are grey.
    """
    rare = [of for of in summary.comparison.prepared if of.dataset.name in summary.sets]
    sets = {of.dataset.name: of for of in sorted(rare, key=lambda of: of.ratio)}
    with matplotlib("style").context(_LOOK, after_reset=True):
        size = (7.5, 1.2 + 0.32 * len(sets))
        figure = matplotlib("figure").Figure(figsize=size, layout="constrained")
        ax = figure.add_subplot()
        for arm, look in _looks(summary, FOUND, "the best peer").items():
            shares = summary.by_set(arm, FOUND)
            at = [(shares[name], y + look.shift) for y, name in enumerate(sets) if name in shares]
            ax.plot(*zip(*at, strict=True), linestyle="none", clip_on=False, **look.dot)
        names = [f"{name}  1:{of.ratio:,.0f}" for name, of in sets.items()]
        ax.set_yticks(range(len(sets)), names)
        ax.set_ylim(-0.5, len(sets) - 0.5)
        ax.set_xlim(left=0)
        ax.set_xlabel("share of the positives found, mean over seeds")
        ax.grid(axis="y", linewidth=0.6, alpha=0.4)
        _finish(figure, path)


def curves(summary: Summary, path: Path) -> None:
    """Share found and average precision against labels, mean over the rare sets; as SVG."""
    with matplotlib("style").context(_LOOK, after_reset=True):
        figure = matplotlib("figure").Figure(figsize=(9.5, 4.2), layout="constrained")
        found, learned = figure.subplots(1, 2)
        for ax, measure, best, title in (
            (found, FOUND, "best peer at finding", "share of the positives found"),
            (learned, AREA, "best peer at learning", "average precision of the final model"),
        ):
            for arm, look in _looks(summary, measure, best).items():
                # An arm that skipped sets has no mean that can be compared.
                if len(summary.by_set(arm, measure)) == len(summary.sets):
                    ax.plot(*mean_curve(summary, arm, measure.metric), **look.line)
            ax.set_title(title, loc="left", fontsize=9.5)
            ax.set_xlabel("labels asked for")
            ax.set_ylim(bottom=0)
            ax.margins(x=0.01)
            ax.grid(axis="y", linewidth=0.6, alpha=0.4)
        _finish(figure, path)


def mean_curve(summary: Summary, arm: str, metric: str) -> tuple[Floats, Floats]:
    """The mean over rare sets of mean learning curves, where all of them were scored."""
    drawn = [summary.results.curve(name, arm, metric) for name in summary.sets]
    labels = reduce(np.intersect1d, [curve.labels for curve in drawn])
    heights = [curve.mean[np.isin(curve.labels, labels)] for curve in drawn]
    return labels, np.mean(heights, axis=0)


class _Look(NamedTuple):
    """How an arm is drawn: as a dot, so far above its line, and as a curve."""

    dot: dict[str, Any]
    line: dict[str, Any]
    shift: float = 0.0


def _looks(summary: Summary, measure: Measure, best_is: str) -> dict[str, _Look]:
    """How each arm is drawn, in the order of drawing: the grey ones first."""
    best, own = summary.best_peer(measure), summary.comparison.strategies
    others = [peer for peer in summary.comparison.peers if peer != best]
    looks = {}
    for peer in others:
        label = "other peers" if peer == others[0] else None
        looks[peer] = _look(_GREY, label, 0.9, markersize=4)
    drawn = styles(own, summary.results.baseline)
    for place, (name, style) in enumerate(drawn.items()):
        # Own arms stand a little apart, since they often find the same.
        shift = 0.28 * ((place + 0.5) / len(own) - 0.5)
        looks[name] = _look(style.light, name, 1.8, shift, markersize=6)
        if style.dash:
            looks[name].line["dashes"] = style.dash
    if best is not None:
        ring: dict[str, Any] = {
            "marker": "D",
            "markersize": 8,
            "markerfacecolor": "none",
            "markeredgewidth": 1.4,
        }
        looks[best] = _look(_INK, f"{best_is}: {best}", 2.0, **ring)
    return looks


def _look(colour: str, label: str | None, width: float, shift: float = 0.0, **dot: Any) -> _Look:
    both = {"color": colour, "label": label}
    return _Look({"marker": "o", **both, **dot}, {**both, "linewidth": width}, shift)


def _finish(figure: Any, path: Path) -> None:
    labelled: dict[str, Any] = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            labelled.setdefault(label, handle)
    where = {"loc": "outside lower center", "ncols": 3}
    figure.legend(labelled.values(), labelled.keys(), **where)
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(path, format="svg", metadata=nothing, facecolor="white")
    # matplotlib leaves blanks at line ends, which version control complains of.
    path.write_text("\n".join(map(str.rstrip, path.read_text().splitlines())) + "\n")


def write(summary: Summary, folder: Path) -> Sequence[str]:
    """Both pictures into a folder; their names."""
    dots(summary, folder / "found.svg")
    curves(summary, folder / "curves.svg")
    return "found.svg", "curves.svg"
