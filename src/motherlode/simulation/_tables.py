"""The tables of a report: final values, means over data sets, who beats whom, where rules stop."""

import math
from collections.abc import Sequence
from itertools import zip_longest
from statistics import fmean
from typing import NamedTuple

from .._rows.arrays import Floats
from ..estimation import Estimate, positives
from ._record import ROUND_METRICS, Run
from ._results import Results, SeedMean
from ._stops import StopSummary, name_rules

_OF_MODELS = [
    (metric, "final", about.title)
    for metric, about in ROUND_METRICS.items()
    if metric not in ("positives", "recall")
]
_OF_MODELS.insert(1, ("average_precision", "area", "AP area"))


class _Cell(NamedTuple):
    """A text, what stands below it in small print, and whether it is the best of its column."""

    text: str
    small: str = ""
    best: bool = False


class _Column(NamedTuple):
    """A heading, and a cell for each row."""

    heading: str
    cells: Sequence[_Cell]


class _Table(NamedTuple):
    """A caption, what the rows are of, their names, and the columns."""

    caption: str
    of: str
    rows: Sequence[str]
    columns: Sequence[_Column]


class _WinMatrix(NamedTuple):
    """A caption, and how often each strategy beats each other one."""

    caption: str
    shares: Floats


def tabulate_finals(results: Results, dataset: str) -> _Table:
    """Tabulate the state at the end of the budget."""
    shown = [s for s in results.strategies if results.cell(dataset, s)]
    runs = {s: results.cell(dataset, s).values() for s in shown}
    budget = max(run.rounds[-1].labels for of in runs.values() for run in of)
    columns = [
        _show_means("Positives found", [results.estimate(dataset, s, "positives") for s in shown]),
        _show("Share found", [results.estimate(dataset, s, "recall").mean for s in shown], ".0%"),
    ]
    if results.baseline is not None:
        ratios = [results.ratio_to_random(dataset, s) for s in shown]
        columns.append(_show("× random", ratios, ".1f"))
    needed = [results.labels_random_needs(dataset, s, "positives") for s in shown]
    columns.append(_show("Labels random needs", needed, ",.0f", mark_best=False))
    for metric, of, heading in _OF_MODELS:
        means = [results.estimate(dataset, s, metric, of) for s in shown]
        columns.append(_show_means(heading, means, ".3f"))
    seconds = [fmean(run.seconds for run in runs[s]) for s in shown]
    columns.append(_show("Seconds asking", seconds, ".1f", mark_best=False))
    caption = f"After {budget:,} labels: mean over seeds ± half a 95 % interval, the best in bold."
    return _Table(caption, "Strategy", shown, columns)


def tabulate_means(results: Results) -> _Table:
    """Tabulate the means over the data sets that every strategy was run on."""
    shared = [d for d in results.datasets if all(results.cell(d, s) for s in results.strategies)]
    columns = []
    for metric, of, heading in (("recall", "final", "Share found"), *_OF_MODELS):
        means = [
            fmean(results.estimate(d, s, metric, of).mean for d in shared) if shared else math.nan
            for s in results.strategies
        ]
        columns.append(_show(heading, means, ".0%" if metric == "recall" else ".3f"))
    caption = f"Means over {len(shared)} data sets, each counting alike; the best in bold."
    return _Table(caption, "Strategy", results.strategies, columns)


def tabulate_wins(results: Results) -> list[_WinMatrix]:
    """Compare strategies by what they found and by what their models learned."""
    share = "Share of data sets and seeds in which the row"
    found, learned = (
        results.win_matrix("positives"),
        results.win_matrix("average_precision", "area"),
    )
    return [
        _WinMatrix(f"{share} found more positives than the column.", found),
        _WinMatrix(f"{share} had the larger area under its average precision curve.", learned),
    ]


def tabulate_stops(results: Results, dataset: str) -> _Table | None:
    """Tabulate what rules and estimates made of the sessions; None for runs of old files."""
    cells = {s: list(results.cell(dataset, s).values()) for s in results.strategies}
    known = {s: runs for s, runs in cells.items() if runs and all(run.origins for run in runs)}
    if not known:
        return None
    # Rules are rows: there are many of them, and columns would not fit a page.
    rules = name_rules(results.rules)
    columns = []
    for strategy, runs in known.items():
        end = results.stops(dataset, strategy)
        ends = [_describe_stops(end[title]) for title in rules]
        columns.append(_Column(strategy, [*ends, _describe_estimates(runs)]))
    caption = (
        "Where stopping rules would have ended these sessions, and how many positives the pool was "
        "estimated to hold. A rule that sets positives aside counts the rows drawn for them before "
        "the search too."
    )
    return _Table(caption, "Rule", [*rules, "Positives estimated"], columns)


def _show(
    heading: str,
    numbers: Sequence[float],
    form: str,
    *,
    halves: Sequence[float] = (),
    mark_best: bool = True,
) -> _Column:
    """Write numbers by a format, with half of their intervals, and mark the highest."""
    known = {n for n in numbers if not math.isnan(n)}
    best = max(known) if mark_best and len(known) > 1 else None
    cells = [
        _Cell(
            "–" if math.isnan(number) else f"{number:{form}}",
            "" if half is None or math.isnan(half) else f"± {half:{form}}",
            number == best,
        )
        for number, half in zip_longest(numbers, halves)
    ]
    return _Column(heading, cells)


def _show_means(heading: str, means: Sequence[SeedMean], form: str = ".1f") -> _Column:
    return _show(heading, [m.mean for m in means], form, halves=[m.high - m.mean for m in means])


def _describe_stops(found: StopSummary) -> _Cell:
    if not found.stopped:
        return _Cell(f"never, in {found.runs}")
    kept = "" if math.isnan(found.kept) else f", {found.kept:.0f} kept its target"
    return _Cell(
        f"{found.stopped} of {found.runs} at {found.labels:,.0f} labels",
        f"{found.recall:.0%} found{kept}",
    )


def _describe_estimates(runs: Sequence[Run]) -> _Cell:
    """Give the last estimate that there is, and in how many runs the interval held the truth."""
    answers = [(run, positives(run.session)) for run in runs]
    made = [(run, answer) for run, answer in answers if isinstance(answer, Estimate)]
    if not made:
        return _Cell("none valid", "no row was drawn at random")
    held = sum(a.low <= run.all_positives <= a.high for run, a in made)
    run, answer = made[-1]
    return _Cell(
        answer.write(),
        f"truly {run.all_positives:,}; {held} of {len(made)} intervals hold the truth",
    )
