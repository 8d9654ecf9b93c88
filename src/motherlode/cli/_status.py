"""``motherlode status``: where a project stands."""

import json as json_format
from pathlib import Path
from typing import Any

from ..project._data.folder import opened
from ..project._insight.advice import forecast_of
from ..project._insight.origins import session_of
from ..project._insight.status import status as status_of
from ..project._insight.taken import positive_class_of
from ..project._log.log import present
from ._screen import plain_table, say, screen


def status(folder: Path, json: bool) -> None:
    """Print the counts, what is left and whether to stop, as text or as JSON."""
    with opened(folder) as project, project.database.reading() as connection:
        state = present(connection)
        found = status_of(connection, project.settings, state)
        positive_class = positive_class_of(connection, project.settings, state)
        ahead = forecast_of(session_of(state, project.settings, positive_class), project.settings)
    if json:
        both = {**found, "forecast": ahead.to_dict()}
        screen().print_json(json_format.dumps(both, ensure_ascii=False))
        return
    _print(found)
    for line in ahead.lines():
        say(screen(), line)
    if ahead.left:
        say(screen(), f"Rows drawn at random alone: motherlode query {folder} --at-random -n N.")


def _print(found: dict[str, Any]) -> None:
    console = screen()
    share = found["labelled"] / found["rows"]
    say(console, f"{found['project']}: {found['labelled']:,} of {found['rows']:,} rows labelled"
                 f" ({share:.1%}).")  # fmt: skip
    table = plain_table("Class", "Labels")
    positive_class = found["positive_class"]
    for label, count in found["classes"].items():
        table.add_row(
            f"{label} (sought)" if label == positive_class["class"] else label, f"{count:,}"
        )
    console.print(table)
    if not positive_class["named"]:
        say(
            console, f"Class sought: {positive_class['said']}. {positive_class['request']}".rstrip()
        )
    passed = {"skipped": "skipped", "unsure": "unsure", "disagreements": "to settle"}
    counts = [f"{found[key]:,} {said}" for key, said in passed.items() if found[key]]
    if counts:
        say(console, f"Rows {', '.join(counts)}.")
    if found["annotators"]:
        who = ", ".join(f"{name} {count:,}" for name, count in found["annotators"].items())
        say(console, f"Answers: {who}.")
    agreed = found["agreement"]
    if agreed["fleiss"] is not None:
        say(console, f"Agreement on {agreed['rows']:,} rows labelled by several: Fleiss' kappa "
                     f"{agreed['fleiss']:.2f}.")  # fmt: skip
    say(console, _ranking(found["ranking"]))


def _ranking(ranking: dict[str, Any] | None) -> str:
    if ranking is None:
        return "No model has ranked the rows yet."
    if ranking.get("problem"):
        return f"The trainer cannot rank: {ranking['problem']}"
    return (
        f"Ranked by {ranking['strategy']} {ranking['age_seconds']:,.0f} s ago, "
        f"{ranking['events_behind']:,} answers behind."
    )
