"""The pictures of the results page: learning curves of every rare set, and their mean."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from benchmarks.efficiency.summary import Measure, Summary, area, found_after, share_found
from motherlode._rows.arrays import Floats
from motherlode.displays._drawing import import_for_charts
from motherlode.displays._palette import assign_styles

_GREY = "#b9bfc7"
_INK = "#1b2430"
LOOK = {
    "svg.fonttype": "none",
    "svg.hashsalt": "motherlode",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
_COLUMNS = 4

Curve: TypeAlias = tuple[Floats, Floats]


def found_curve(summary: Summary, name: str, arm: str) -> Curve:
    """Positives found after each batch, mean over seeds."""
    runs = list(summary.results.cell(name, arm).values())
    asked = min(len(run.rows) - run.known for run in runs)
    labels = np.arange(0, asked + 1, summary.comparison.setting.batch)
    return labels, np.array([summary.on_set(name, arm, found_after(m)).mean for m in labels])


def share_curve(summary: Summary, name: str, arm: str) -> Curve:
    """The same as a share of the positives that could be found in the end."""
    labels, found = found_curve(summary, name, arm)
    end = summary.on_set(name, arm, share_found).mean
    # Where nothing was found, the curve is flat at nought either way.
    return labels, found * (end / found[-1] if found[-1] else 0.0)


def precision_curve(summary: Summary, name: str, arm: str) -> Curve:
    """Average precision where it was judged, mean over seeds."""
    curve = summary.results.curve(name, arm, "average_precision")
    return curve.labels, curve.mean


def mean_curve(summary: Summary, arm: str, of: Callable[[Summary, str, str], Curve]) -> Curve:
    """The mean over rare sets of their curves, at the labels that all of them have."""
    drawn = [of(summary, name, arm) for name in summary.sets]
    labels = reduce(np.intersect1d, [at for at, _ in drawn])
    heights = [height[np.isin(at, labels)] for at, height in drawn]
    return labels, np.mean(heights, axis=0)


class Panels(NamedTuple):
    """A picture: its curves, those of its mean, what its best peer is chosen by, and its words."""

    curve: Callable[[Summary, str, str], Curve]
    of_mean: Callable[[Summary, str, str], Curve]
    measure: Measure
    title: str
    mean_is: str


FOUND = Panels(found_curve, share_curve, share_found, "positives found", "mean share")
LEARNED = Panels(precision_curve, precision_curve, area, "average precision", "mean")


def draw(summary: Summary, panels: Panels, path: Path) -> None:
    """The mean over the rare sets, and then a panel for each, the rarest last; as SVG.

    Motherlode's arms have colours, the best peer is black and the other peers are grey.
    """
    ratios = {of.dataset.name: of.ratio for of in summary.comparison.prepared}
    sets = sorted(summary.sets, key=ratios.__getitem__)
    looks = _looks(summary, panels.measure)
    with import_for_charts("matplotlib.style").context(LOOK, after_reset=True):
        rows = -(-(len(sets) + 1) // _COLUMNS)
        size = (2.6 * _COLUMNS, 0.7 + 1.9 * rows)
        figure = import_for_charts("matplotlib.figure").Figure(figsize=size, layout="constrained")
        grid = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for ax, name in zip(grid, [None, *sets], strict=False):
            for arm, look in looks.items():
                # An arm that skipped sets has no mean that can be compared.
                if name is None and len(summary.by_set(arm, panels.measure)) == len(sets):
                    ax.plot(*mean_curve(summary, arm, panels.of_mean), **look)
                elif name is not None and summary.results.cell(name, arm):
                    ax.plot(*panels.curve(summary, name, arm), **look)
            of_mean = f"{panels.mean_is} of {len(sets)} sets"
            dress(ax, f"{name}  1:{ratios[name]:,.0f}" if name else of_mean)
        for ax in grid[len(sets) + 1 :]:
            ax.remove()
        figure.suptitle(f"{panels.title} after so many labels", fontsize=9)
        finish(figure, path)


def dress(ax: Any, title: str) -> None:
    ax.set_title(title, loc="left", fontsize=8)
    ax.set_ylim(bottom=0)
    ax.margins(x=0.01)
    ax.grid(axis="y", linewidth=0.6, alpha=0.4)


def _looks(summary: Summary, measure: Measure) -> dict[str, dict[str, Any]]:
    """How the line of each arm is drawn, in the order of drawing: the grey ones first."""
    best = summary.best_peer(measure)
    others = [peer for peer in summary.peers if peer != best]
    looks: dict[str, dict[str, Any]] = {
        peer: {"color": _GREY, "linewidth": 0.8, "label": "other peers"} for peer in others
    }
    for name, style in assign_styles(summary.own, "random").items():
        wide = 1.8 if name.startswith("auto") else 1.1
        looks[name] = {"color": style.light, "linewidth": wide, "label": name}
        if style.dash:
            looks[name]["dashes"] = style.dash
    if best is not None:
        looks[best] = {"color": _INK, "linewidth": 1.8, "label": f"best peer: {best}"}
    return looks


def finish(figure: Any, path: Path) -> None:
    labelled: dict[str, Any] = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            labelled.setdefault(label, handle)
    figure.legend(labelled.values(), labelled.keys(), loc="outside lower center", ncols=5)
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(path, format="svg", metadata=nothing, facecolor="white")
    # matplotlib leaves blanks at line ends, which version control complains of.
    path.write_text("\n".join(map(str.rstrip, path.read_text().splitlines())) + "\n")


def write(summaries: list[Summary], folder: Path) -> dict[str, str]:
    """The pictures of every start, found by the first final model, learned by it and by a plain
    one: name to title.

    Parameters
    ----------
    summaries : list of Summary
        One for each start and final model.
    folder : Path
    """
    written = {}
    for one in summaries:
        if not one.sets or one.final == "labelled":
            continue
        if one.final == one.comparison.setting.finals[0]:
            name = f"found-from-{one.start}.svg"
            draw(one, FOUND, folder / name)
            written[name] = f"Positives found, from {one.start}"
        name = f"learned-from-{one.start}-{one.final}.svg"
        draw(one, LEARNED, folder / name)
        written[name] = f"Average precision of the {one.final} model, from {one.start}"
    return written
