"""A comparison of strategies as one HTML file that opens anywhere and links to nothing."""

from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..stopping._base import pluralise
from . import _stopping as stopping
from . import _tables as tables
from ._page import definitions, legend, page
from ._palette import Style, styles
from ._record import METRICS
from ._results import Results
from ._svg import chart

_CHARTS = ("positives", "average_precision")


def write_report(
    results: Results,
    path: str | PathLike[str],
    title: str = "Strategies compared on simulated labelling sessions",
) -> None:
    """Write learning curves, tables and settings into one self-contained HTML file.

    Charts are inline SVG; there is no script and no link, and the page follows the reader's
    light or dark setting.

    Parameters
    ----------
    results : Results
    path : str or path
        The HTML file; overwritten if it exists.
    title : str

    Raises
    ------
    InputError
        If there is no run to report, or matplotlib is missing.
    """
    if not results.runs:
        raise InputError("There is no run to report; simulate some first.")
    drawn = styles(results.strategies, results.baseline)
    sections = [_overview(results, drawn)] if len(results.datasets) > 1 else []
    sections += [_dataset(results, name, i, drawn) for i, name in enumerate(results.datasets)]
    if len(results.strategies) > 1:
        sections.append(_wins(results, drawn))
    sections += [_reading(), _settings(results)]
    Path(path).write_text(page(title, _lead(results), sections), encoding="utf-8")


def _lead(results: Results) -> str:
    seeds = len({run.seed for run in results.runs})
    said = [
        pluralise(len(results.datasets), "data set"),
        pluralise(len(results.strategies), "strategy", "strategies"),
        pluralise(seeds, "seed"),
    ]
    settings = results.settings
    if not {"budget", "batch", "start"} <= settings.keys():
        return ", ".join(said) + "."
    return (
        f"{', '.join(said)}; up to {pluralise(settings['budget'], 'label')} in batches of "
        f"{settings['batch']}, {_start(settings['start'])}."
    )


def _start(start: Any) -> str:
    if isinstance(start, list | tuple):
        positives = pluralise(start[0], "known positive")
        return f"from {positives} and {pluralise(start[1], 'known negative')}"
    if isinstance(start, int):
        return f"from {pluralise(start, 'random label')}"
    return "from one known positive" if start == "one" else "from nothing known"


def _overview(results: Results, drawn: dict[str, Style]) -> str:
    return "<h2>All data sets</h2>\n" + tables.overview(results, drawn)


def _dataset(results: Results, name: str, number: int, drawn: dict[str, Style]) -> str:
    run = next(run for run in results.runs if run.dataset == name)
    share = run.pool_positives / (run.pool_rows - run.known)
    size = (
        f"{run.pool_positives:,} positives to find among {run.pool_rows - run.known:,} unlabelled "
        f"rows ({100 * share:.2g} %, 1 in {1 / share:,.0f}). Shaded: 95 % interval of the mean."
    )
    charts = "\n".join(chart(results, metric, name, f"d{number}-{metric}") for metric in _CHARTS)
    shown = {s: style for s, style in drawn.items() if results.cell(name, s)}
    return (
        f'<h2>{escape(name)}</h2>\n<p class="muted">{escape(size)}</p>\n{legend(shown)}\n'
        f'<div class="charts">\n{charts}\n</div>\n{tables.finals(results, name, shown)}\n'
        f"{stopping.table(results, name, shown)}"
    )


def _wins(results: Results, drawn: dict[str, Style]) -> str:
    share = "Share of data sets and seeds in which the row"
    found = tables.wins(
        results, "positives", "final", f"{share} found more positives than the column.", drawn
    )
    learned = tables.wins(
        results,
        "average_precision",
        "area",
        f"{share} had the larger area under its average precision curve.",
        drawn,
    )
    note = "Blue: the row wins more often than it loses; orange: it loses more often."
    return f'<h2>Who beats whom</h2>\n<p class="muted">{note}</p>\n{found}\n{learned}'


def _reading() -> str:
    meanings: dict[str, object] = {metric.title: metric.meaning for metric in METRICS.values()}
    meanings["AP area"] = "mean height of average precision's curve, from no label to the last"
    meanings["Labels random needs"] = "until random asking has found as many positives, on average"
    meanings["Seconds asking"] = (
        "time a run spends in choosing rows and fitting the model that asks"
    )
    note = (
        "Each data set is split anew for every seed, by class, into a pool that is asked about and "
        "a test part that is not. All strategies get the same splits and the same starting rows. "
        "Positives are counted in the pool, without those known at the start; the metrics of the "
        "model are taken on the test part."
    )
    return f"<h2>How to read this</h2>\n<p>{note}</p>\n{definitions(meanings)}"


def _settings(results: Results) -> str:
    return f"<h2>Settings and versions</h2>\n{definitions(dict(results.settings))}"
