"""The tables of a report: final values, means over data sets, and who beats whom."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from .._rows.arrays import Floats
from ._page import key, name
from ._palette import Style
from ._results import Estimate, Results

_MODEL_METRICS = (
    ("average_precision", "final", "Average precision"),
    ("average_precision", "area", "AP area"),
    ("balanced_accuracy", "final", "Balanced accuracy"),
    ("g_mean", "final", "G-mean"),
    ("mcc", "final", "MCC"),
    ("f1", "final", "F1"),
    ("wss", "final", "WSS@95"),
)


class Column(NamedTuple):
    """A heading, one number per row, how each is written, and whether the highest is best."""

    heading: str
    numbers: Sequence[float]
    cells: Sequence[str]
    highest_is_best: bool = True


def finals(results: Results, dataset: str, drawn: dict[str, Style]) -> str:
    """The state at the end of the budget, one row a strategy."""
    shown = [s for s in results.strategies if results.cell(dataset, s)]
    budget = max(r.rounds[-1].labels for s in shown for r in results.cell(dataset, s).values())
    found = [results.estimate(dataset, s, "positives") for s in shown]
    share = [results.estimate(dataset, s, "recall").mean for s in shown]
    columns = [
        Column("Positives found", [e.mean for e in found], [_estimate(e, 1) for e in found]),
        Column("Share found", share, [f"{v:.0%}" for v in share]),
    ]
    if results.baseline is not None:
        ratio = [results.ratio_to_random(dataset, s) for s in shown]
        columns.append(Column("× random", ratio, [_or("–", v, "{:.1f}") for v in ratio]))
    needed = [results.labels_random_needs(dataset, s, "positives") for s in shown]
    cells = [_or("–", v, "{:,.0f}") for v in needed]
    columns.append(Column("Labels random needs", needed, cells, highest_is_best=False))
    for metric, of, heading in _MODEL_METRICS:
        estimates = [results.estimate(dataset, s, metric, of) for s in shown]
        columns.append(
            Column(heading, [e.mean for e in estimates], [_estimate(e, 3) for e in estimates])
        )
    columns.append(_seconds(results, dataset, shown))
    caption = f"After {budget:,} labels: mean over seeds ± half a 95 % interval, the best in bold."
    return _table(caption, shown, columns, drawn)


def _seconds(results: Results, dataset: str, shown: list[str]) -> Column:
    mean = [
        float(np.mean([run.seconds for run in results.cell(dataset, s).values()])) for s in shown
    ]
    return Column("Seconds asking", mean, [f"{v:.1f}" for v in mean], highest_is_best=False)


def overview(results: Results, drawn: dict[str, Style]) -> str:
    """Means over the data sets that every strategy was run on."""
    shared = [d for d in results.datasets if all(results.cell(d, s) for s in results.strategies)]
    columns = []
    for metric, of, heading in (("recall", "final", "Share found"), *_MODEL_METRICS):
        means = [
            float(np.mean([results.estimate(d, s, metric, of).mean for d in shared]))
            if shared
            else math.nan
            for s in results.strategies
        ]
        form = "{:.0%}" if metric == "recall" else "{:.3f}"
        columns.append(Column(heading, means, [_or("–", v, form) for v in means]))
    caption = f"Means over {len(shared)} data sets, each counting alike; the best in bold."
    return _table(caption, results.strategies, columns, drawn)


def wins(results: Results, metric: str, of: str, caption: str, drawn: dict[str, Style]) -> str:
    """The win matrix, coloured by who wins more often."""
    matrix = results.win_matrix(metric, of)
    head = "".join(f'<th scope="col">{name(s)}</th>' for s in results.strategies)
    rows = []
    for i, strategy in enumerate(results.strategies):
        cells = "".join(_win(matrix, i, j) for j in range(len(results.strategies)))
        rows.append(f'<tr><th scope="row">{key(strategy, drawn[strategy])}</th>{cells}</tr>')
    return (
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="wide"><table class="wins">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></figure>"
    )


def _win(matrix: Floats, i: int, j: int) -> str:
    if math.isnan(matrix[i, j]):
        return '<td class="muted">·</td>'
    lead = float(matrix[i, j] - matrix[j, i])
    side = "win" if lead >= 0 else "loss"
    return (
        f'<td style="background: rgba(var(--{side}), {0.55 * abs(lead):.2f})">'
        f"{matrix[i, j]:.0%}</td>"
    )


def _table(
    caption: str, strategies: Sequence[str], columns: Sequence[Column], drawn: dict[str, Style]
) -> str:
    head = "".join(f'<th scope="col">{escape(column.heading)}</th>' for column in columns)
    rows = []
    for i, strategy in enumerate(strategies):
        cells = "".join(_cell(column, i) for column in columns)
        rows.append(f'<tr><th scope="row">{key(strategy, drawn[strategy])}</th>{cells}</tr>')
    return (
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="wide"><table><thead><tr>'
        f'<th scope="col">Strategy</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table></div></figure>"
    )


def _cell(column: Column, i: int) -> str:
    numbers = [n for n in column.numbers if not math.isnan(n)]
    differ = column.highest_is_best and len(set(numbers)) > 1
    best = differ and column.numbers[i] == max(numbers)
    return f"<td><b>{column.cells[i]}</b></td>" if best else f"<td>{column.cells[i]}</td>"


def _estimate(estimate: Estimate, digits: int) -> str:
    half = estimate.high - estimate.mean
    spread = "" if math.isnan(half) else f"<small>± {half:.{digits}f}</small>"
    return f"{estimate.mean:.{digits}f}{spread}"


def _or(otherwise: str, value: float, form: str) -> str:
    return otherwise if math.isnan(value) else form.format(value)
