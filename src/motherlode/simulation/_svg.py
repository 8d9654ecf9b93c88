"""Learning curves as SVG to put into a page: its fonts, its colours, light and dark."""

import re
from html import escape
from io import StringIO

from ._curves import LearningCurvesDisplay, matplotlib
from ._palette import BASELINE, COLOURS
from ._record import METRICS
from ._results import Results

INK, MUTED, RULE = "#1b2430", "#5d6875", "#d9dee4"
"""Colours that are drawn here and handed over to the page's style sheet."""

_VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    BASELINE[0]: "baseline",
    **{light: f"c{i}" for i, (light, _) in enumerate(COLOURS)},
}

_LOOK = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.titlesize": 10.5,
    "axes.titlepad": 10,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "grid.color": RULE,
    "grid.alpha": 1.0,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
}


def chart(results: Results, metric: str, dataset: str, prefix: str) -> str:
    """Learning curves of one data set as an inline ``<svg>``, without a legend.

    Parameters
    ----------
    results : Results
    metric, dataset : str
    prefix : str
        Put before every id, so that several charts fit in one page.

    Returns
    -------
    str
        With no link to anything outside the page.
    """
    with matplotlib("style").context(_LOOK | {"svg.hashsalt": prefix}, after_reset=True):
        figure = matplotlib("figure").Figure(figsize=(5.2, 3.1), layout="constrained")
        ax = figure.add_subplot()
        LearningCurvesDisplay.from_results(
            results, metric=metric, dataset=dataset, ax=ax, legend=False
        )
        ax.set_title(METRICS[metric].title, loc="left", weight="bold")
        ax.tick_params(length=3)
        ax.grid(axis="y", alpha=1.0)
        file = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing, transparent=True)
    return _inline(file.getvalue(), prefix, f"{METRICS[metric].title} against labels, {dataset}")


def _inline(document: str, prefix: str, label: str) -> str:
    svg = document[document.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r"font: (?:\w+ )*?([\d.]+px) [^;\"]+", _font, svg)
    svg = re.sub("|".join(_VARIABLES), lambda found: f"var(--{_VARIABLES[found.group()]})", svg)
    head = f'<svg role="img" aria-label="{escape(label)}"'
    return re.sub(r'^<svg width="[^"]*" height="[^"]*"', lambda _: head, svg)


def _font(found: re.Match[str]) -> str:
    weight = "; font-weight: 650" if re.search(r"\b(bold|700)\b", found.group()) else ""
    return f"font-size: {found.group(1)}; font-family: inherit{weight}"
