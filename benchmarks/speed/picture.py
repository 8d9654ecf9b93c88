"""Seconds of a later round by rows, as an SVG of small panels: ours in colour, peers in grey."""

from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

from benchmarks.speed.report import Medians
from benchmarks.speed.subjects import OURS

_COLUMNS = 6


def draw(found: Medians, path: Path) -> None:
    """Write the picture."""
    names = sorted({strategy for strategy, who in found if who == OURS})
    rows = -(-len(names) // _COLUMNS)
    look = {"svg.hashsalt": "speed", "svg.fonttype": "none", "font.size": 7}
    with style.context(look):
        figure = Figure(figsize=(11, 1.5 * rows), layout="constrained")
        axes = figure.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
        for ax, name in zip(axes, names, strict=False):
            for (strategy, who), by_rows in found.items():
                if strategy != name:
                    continue
                known = {
                    n: outcome["later"] for n, outcome in by_rows.items() if "later" in outcome
                }
                colour = "#1f6f8b" if who == OURS else "#8a8f98"
                ax.plot([*known], [*known.values()], "o-", color=colour, markersize=2, label=who)
            ax.set_title(name, fontsize=7)
            ax.set_xscale("log")
            ax.set_yscale("log")
            ax.grid(alpha=0.3)
        for ax in axes[len(names) :]:
            ax.set_axis_off()
        for ax in axes[max(len(names) - _COLUMNS, 0) : len(names)]:  # the lowest of each column
            ax.tick_params(labelbottom=True)
        figure.supxlabel("rows of the pool")
        figure.supylabel("seconds of a later round (peers in grey)")
        figure.savefig(path, format="svg", metadata={"Date": None})
