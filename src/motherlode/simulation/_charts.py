"""Learning curves as SVG to put into a page: its fonts, its colours, light and dark."""

import re
from html import escape
from io import StringIO

from ..displays._drawing import import_for_charts
from ..displays._palette import PALETTE
from ._curves import LearningCurvesDisplay
from ._record import ROUND_METRICS
from ._results import Results

# Colours that are drawn here and replaced by the variables of the page's style sheet.
_INK, _MUTED, _RULE = "#1b2430", "#5d6875", "#d9dee4"
_VARIABLES = {_INK: "ink", _MUTED: "muted", _RULE: "rule"} | {
    light: name for name, (light, _) in PALETTE.items()
}

_LOOK = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _MUTED,
    "axes.titlesize": 10.5,
    "axes.titlepad": 10,
    "xtick.color": _RULE,
    "ytick.color": _RULE,
    "xtick.labelcolor": _MUTED,
    "ytick.labelcolor": _MUTED,
    "grid.color": _RULE,
    "grid.alpha": 1.0,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
}


def draw_chart(results: Results, metric: str, dataset: str, prefix: str) -> str:
    """Draw the learning curves of one data set as an inline ``<svg>``, without a legend.

    The prefix is put before every id, so that several charts fit in one page. Nothing in it links
    to anything outside the page.
    """
    style, figures = (import_for_charts(f"matplotlib.{name}") for name in ("style", "figure"))
    with style.context(_LOOK | {"svg.hashsalt": prefix}, after_reset=True):
        figure = figures.Figure(figsize=(5.2, 3.1), layout="constrained")
        ax = figure.add_subplot()
        LearningCurvesDisplay.from_results(
            results, metric=metric, dataset=dataset, ax=ax, legend=False
        )
        title = ROUND_METRICS[metric].title
        ax.set_title(title, loc="left", weight="bold")
        ax.tick_params(length=3)
        ax.grid(axis="y", alpha=1.0)
        file = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing, transparent=True)
    return _make_inline(file.getvalue(), prefix, f"{title} against labels, {dataset}")


def _make_inline(document: str, prefix: str, label: str) -> str:
    svg = document[document.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r"font: (?:\w+ )*?([\d.]+px) [^;\"]+", _replace_font, svg)
    svg = re.sub("|".join(_VARIABLES), lambda found: f"var(--{_VARIABLES[found.group()]})", svg)
    head = f'<svg role="img" aria-label="{escape(label)}"'
    return re.sub(r'^<svg width="[^"]*" height="[^"]*"', lambda _: head, svg)


def _replace_font(found: re.Match[str]) -> str:
    weight = "; font-weight: 650" if re.search(r"\b(bold|700)\b", found.group()) else ""
    return f"font-size: {found.group(1)}; font-family: inherit{weight}"
