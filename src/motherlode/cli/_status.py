"""``motherlode status``: print where a project stands."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from .._inert.description import pluralise
from .._inert.shell_words import as_typed
from .._inert.written_numbers import write_share
from ..estimation import Estimate
from ..project._data.evaluated import read_aim
from ..project._data.folder import open_project
from ..project._data.stated import say_search
from ..project._insight.advice import make_forecast
from ..project._insight.annotators import judge_annotators
from ..project._insight.label_errors import correct_estimates
from ..project._insight.origins import build_session
from ..project._insight.positive_class import find_positive_class
from ..project._insight.prior import describe_prior
from ..project._insight.records import Record, describe_records, list_records
from ..project._insight.status import summarize
from ..project._log.log import read_state
from ..project._prediction.drift import describe_saved
from ..project._serving.leases import list_open_draws
from ..project._serving.pausing import find_pause
from ._screen import make_console, make_table, say, say_json


def status(folder: Path, json: bool) -> None:
    """Print the counts, what is left and whether to stop, as text or as JSON."""
    with open_project(folder) as project, project.database.reading() as connection:
        state = read_state(connection)
        settings = project.settings_at(state)
        judged, records = judge_annotators(state, settings), list_records(state)
        pause = find_pause(settings, state)
        found = summarize(connection, settings, state, judged=judged)
        positive_class = find_positive_class(connection, settings, state)
        prior = describe_prior(connection, settings, state)
        draws = list_open_draws(connection, state, time.time())
        session = build_session(state, settings, positive_class, draws)
        forecast = make_forecast(
            session, settings, correct_estimates(state, settings, positive_class, draws)
        )
        model = describe_saved(project)
    if json:
        people = describe_records(records, judged)
        ahead = {"prior": prior, "forecast": forecast.to_dict(), "people": people, "model": model}
        say_json(make_console(), {**found, **ahead})
        return
    console, typed = make_console(), as_typed(folder)
    if pause is not None:
        say(console, f"{pause}: nobody is given rows until `motherlode resume`.")
    _print(found)
    _print_records(records)
    if prior["said"] is not None:
        say(console, " ".join([f"{say_search(prior['stated'])}.", *prior["did"]]))
    if found["agreement"]["rows"]:
        known = [one for one in judged if one.confusion is not None]
        for said in [f"{one}." for one in known] or [str(e) for e in judged[0].errors.values()][:1]:
            say(console, said)
    aim = read_aim(folder)
    is_alone = aim is not None and aim.alone  # nothing is searched, so nothing is forecast
    for line in () if is_alone else forecast.lines():
        say(console, line)
    for line in model:
        say(console, line)
    if aim is not None:
        say(
            console,
            f"A model is evaluated here, of {aim.name}: `motherlode evaluate {typed}` says how "
            "good it is.",
        )
    if forecast.left and not is_alone:
        share = f"{100 * settings.control:.3g} %" if settings.control else "None"
        say(
            console,
            f"Rows drawn at random tell what is left: {share} of those that are asked are drawn "
            f"so, which `motherlode set {typed} --control N` changes; `motherlode query {typed} "
            "--at-random` draws nothing else.",
        )


def _print(found: dict[str, Any]) -> None:
    console = make_console()
    share = write_share(found["labelled"], found["rows"])
    say(console, f"{found['project']}: {found['labelled']:,} of {found['rows']:,} rows labelled"
                 f" ({share}).")  # fmt: skip
    table = make_table("Class", "Labels")
    positive_class = found["positive_class"]
    several = isinstance(found["minority"], tuple)
    positive_classes = found["minority"] if several else [positive_class["class"]]
    for label, count in found["classes"].items():
        table.add_row(
            f"{label} (positive class)" if label in positive_classes else label,
            f"{count:,}",
        )
    console.print(table)
    if not positive_class["named"]:
        say(
            console,
            f"Positive class: {positive_class['said']}. {positive_class['request']}".rstrip(),
        )
    passed = {
        "skipped": "skipped",
        "unsure": "unsure",
        "disagreements": "to settle",
        "content_changed": "with other content since their answer",
    }
    counts = [f"{found[key]:,} {said}" for key, said in passed.items() if found[key]]
    if counts:
        say(console, f"Rows: {', '.join(counts)}.")
    if found["arrivals"]:
        last = found["arrivals"][-1]
        say(console, f"Rows last added: {last['rows']:,} from {last['source']}, {last['at'][:16]}.")
    agreed = found["agreement"]
    if agreed["fleiss"] is not None:
        rows = pluralise(agreed["rows"], "row")
        kappa = f"{agreed['fleiss']:.2f}"
        say(console, f"Agreement on {rows} labelled by several: Fleiss' kappa {kappa}.")
    ranking = found["ranking"] or {}
    say(console, _ranking(ranking))
    if ranking.get("problem"):
        say(console, f"The ranking is not kept up to date: {ranking['problem']}")


def _print_records(records: Sequence[Record]) -> None:
    if not records:
        return
    table = make_table("Annotator", "Answers", "Median s", "An hour", "As settled")
    for one in records:
        table.add_row(
            Text(one.name),
            f"{one.answers:,}",
            "–" if one.median_seconds is None else f"{one.median_seconds:.1f}",
            "–" if one.answers_an_hour is None else f"{one.answers_an_hour:,.0f}",
            one.agreement.write() if isinstance(one.agreement, Estimate) else "–",
        )
    make_console().print(table)


def _ranking(ranking: dict[str, Any]) -> str:
    if "id" not in ranking:
        return "No model has ranked the rows yet."
    return (
        f"Ranked by {ranking['strategy']} {ranking['age_seconds']:,.0f} s ago, "
        f"{ranking['events_behind']:,} answers behind."
    )
