"""A comparison of strategies as one HTML file that opens anywhere and links to nothing."""

from os import PathLike
from typing import Any

from .._inert.description import pluralise
from .._inert.written_numbers import write_span
from ..displays._drawing import import_for_charts
from ..displays._palette import PALETTE, assign_styles
from ..errors import InputError
from ._charts import draw_chart
from ._record import ROUND_METRICS
from ._results import Results, write_file
from ._tables import tabulate_finals, tabulate_means, tabulate_stops, tabulate_wins

_CHARTS = ("positives", "average_precision")


def write_report(
    results: Results,
    path: str | PathLike[str],
    title: str = "Strategies compared on simulated labelling sessions",
    lead: str = "",
) -> None:
    """Write learning curves, tables and settings into one self-contained HTML file.

    Charts are inline SVG; there is no script and no link, and the page follows the reader's
    light or dark setting.

    Parameters
    ----------
    results : Results
        The runs that are compared.
    path : str or path
        The HTML file; overwritten if it exists.
    title : str
        The heading of the page.
    lead : str
        What came out, in a sentence or two that stand first.

    Raises
    ------
    InputError
        If there is no run to report, no file can be written, or matplotlib or Jinja2 is missing.
    """
    if not results.runs:
        raise InputError("There is no run to report; simulate some first.")
    jinja2 = import_for_charts("jinja2")
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    page = templates.get_template("report.html").render(
        title=title,
        lead=lead,
        compared=_summarise(results),
        palette=PALETTE,
        drawn=assign_styles(results.strategies, results.baseline),
        overview=tabulate_means(results) if len(results.datasets) > 1 else None,
        datasets=[_describe(results, name, i) for i, name in enumerate(results.datasets)],
        rules=results.rules,
        wins=tabulate_wins(results) if len(results.datasets) > 1 < len(results.strategies) else [],
        meanings={
            **{metric.title: metric.meaning for metric in ROUND_METRICS.values()},
            "AP area": "mean height of average precision's curve, from no label to the last",
            "Labels random needs": "until random asking has found as many positives, on average",
            "Seconds asking": "time a run spends in choosing rows and fitting the model that asks",
        },
        settings=results.settings,
    )
    write_file(path, page)


def _summarise(results: Results) -> str:
    compared = ", ".join(
        [
            pluralise(len(results.datasets), "data set"),
            pluralise(len(results.strategies), "strategy", "strategies"),
            pluralise(len({run.seed for run in results.runs}), "seed"),
        ]
    )
    settings = results.settings
    if not {"budget", "batch", "start"} <= settings.keys():
        return f"{compared}."
    return (
        f"{compared}; up to {pluralise(settings['budget'], 'label')} in batches of "
        f"{settings['batch']}, {_describe_start(settings['start'])}."
    )


def _describe_start(start: Any) -> str:
    if isinstance(start, list | tuple):
        positives = pluralise(start[0], "known positive")
        return f"from {positives} and {pluralise(start[1], 'known negative')}"
    if isinstance(start, int):
        return f"from {pluralise(start, 'random label')}"
    return "from one known positive" if start == "one" else "from nothing known"


def _describe(results: Results, name: str, number: int) -> dict[str, Any]:
    runs = [run for run in results.runs if run.dataset == name]
    to_find = [run.pool_positives for run in runs]  # starting rows differ by seed
    rows = [run.pool_rows - run.known for run in runs]
    share = sum(to_find) / sum(rows)
    return {
        "name": name,
        "size": f"{write_span(to_find)} positives to find among {write_span(rows)} unlabelled rows "
        f"({100 * share:.2g} %, 1 in {1 / share:,.0f}). Shaded: 95 % interval of the mean.",
        "charts": [draw_chart(results, metric, name, f"d{number}-{metric}") for metric in _CHARTS],
        "finals": tabulate_finals(results, name),
        "stops": tabulate_stops(results, name),
    }
