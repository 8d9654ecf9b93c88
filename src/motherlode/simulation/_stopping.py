"""The part of a report on stopping: where rules would have stopped, and what could be estimated."""

import math
from html import escape

from ..estimation import Estimate, positives
from ._page import key
from ._palette import Style
from ._record import Run
from ._results import Results
from ._stopping_rules import Record, titles_of


def table(results: Results, dataset: str, drawn: dict[str, Style]) -> str:
    """What rules and estimates made of each strategy's sessions; nothing for runs of old files."""
    cells = {s: list(results.cell(dataset, s).values()) for s in drawn}
    cells = {s: runs for s, runs in cells.items() if all(run.origins for run in runs)}
    if not cells:
        return ""
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles_of(results.rules))
    rows = "".join(
        _row(s, runs, list(results.stops(dataset, s).values()), drawn[s])
        for s, runs in cells.items()
    )
    promises = "".join(
        f"<li>{escape(f'{rule} ({rule.paper}). It promises: {rule.promises}')} "
        f"It assumes: {escape(rule.assumes)}</li>"
        for rule in results.rules
    )
    return (
        "<figure><figcaption>Where stopping rules would have ended these sessions, and how many "
        "positives the pool was estimated to hold. A rule that sets positives aside counts the "
        'rows drawn for them before the search too.</figcaption><div class="wide"><table><thead>'
        f'<tr><th scope="col">Strategy</th>{head}<th scope="col">Positives estimated</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div></figure>"
        f'<details class="muted"><summary>What the rules promise and assume</summary><ul>{promises}'
        "</ul></details>"
    )


def _row(strategy: str, runs: list[Run], ends: list[Record], style: Style) -> str:
    cells = "".join(f"<td>{_said(end)}</td>" for end in ends)
    name = f'<th scope="row">{key(strategy, style)}</th>'
    return f"<tr>{name}{cells}<td>{_estimated(runs)}</td></tr>"


def _said(found: Record) -> str:
    if not found.stopped:
        return f"never, in {found.runs}"
    kept = "" if math.isnan(found.kept) else f", {found.kept:.0f} kept its target"
    return (
        f"{found.stopped} of {found.runs} at {found.labels:,.0f} labels"
        f"<small>{found.recall:.0%} found{kept}</small>"
    )


def _estimated(runs: list[Run]) -> str:
    """Of the last session that has an estimate, and in how many the interval held the truth."""
    answers = [(run, positives(run.session)) for run in runs]
    made = [(run, answer) for run, answer in answers if isinstance(answer, Estimate)]
    if not made:
        return "none valid<small>no row was drawn at random</small>"
    held = sum(a.low <= run.all_positives <= a.high for run, a in made)
    run, answer = made[-1]
    return (
        f"{answer.value:,.0f} ({answer.low:,.0f} to {answer.high:,.0f})"
        f"<small>truly {run.all_positives:,}; {held} of {len(made)} intervals hold the truth"
        "</small>"
    )
