"""``motherlode predict`` and ``motherlode rank``: the model at work."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .._files.disk_copies import temporary_file
from .._files.formats import choose_format
from .._files.sources import is_address
from .._inert.description import pluralise
from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._log.log import read_state
from ..project._prediction.model_at_hand import AtHand, find_model
from ..project._prediction.new_rows import open_new_rows
from ..project._prediction.rest import Rest
from ..project._prediction.scored_lines import ScoredRows
from ._choices import check_kinds, make_choices
from ._outputs import name_output, prepare_rows
from ._progress import show_progress
from ._query import shorten
from ._screen import make_console, say, say_json

_STDIN = "-"


@dataclass(frozen=True)
class Request:
    """What to score, as typed."""

    project: Path
    data: str
    to: Path
    format: str | None
    model: Path | None
    types: list[str] | None
    missing: list[str] | None
    encoding: str | None


def predict(request: Request) -> None:
    """Score the rows of a file, and write them with what the model says."""
    choose_format(request.to, request.format)
    with open_project(request.project) as project:
        given = [] if is_address(request.data) else [Path(request.data)]
        prepare_rows(request.to, tuple(given))
        source = _source(request.data)
        with _named_as_typed(source, request.data):
            _score(project, request, source)


def _score(project: Project, request: Request, source: str) -> None:
    console = make_console(request.to)
    choices = make_choices(request.types, request.missing, request.encoding)
    rows = open_new_rows(project, source, choices)
    check_kinds(choices, rows.schema.names)
    at_hand = _say_model(console, project, request.model)
    with show_progress("Rows scored") as told:
        scored = ScoredRows(project, at_hand.found, rows, told)
        scored.write(request.to, request.format)
    for note in (*scored.notes(), scored.drift):
        if note is not None:
            say(console, note)
    say(console, f"{pluralise(len(rows), 'row')}: {name_output(request.to)}")


def rank(
    folder: Path, n: int | None, to: Path | None, format: str | None, model: Path | None, json: bool
) -> None:
    """Rank the rest, and write or print it."""
    if to is not None:
        choose_format(to, format)
        prepare_rows(to)
    console = make_console(to)
    with open_project(folder) as project:
        project.rows.check()
        at_hand = find_model(project, model) if json else _say_model(console, project, model)
        with project.database.reading() as connection:
            state = read_state(connection)
        most = n if n is not None or to is not None else 10
        with show_progress("Rows looked at") as told:
            rest = Rest(project, at_hand.found, state, most, told)
            if to is not None:
                rest.write(to, format)
        if to is not None:
            say(console, f"{pluralise(len(rest), 'row')}, likeliest first: {name_output(to)}")
        elif json:
            say_json(console, _lines(project, rest))
        else:
            _print(console, project, rest)


def _source(data: str) -> str:
    """Name the file of the rows; what comes from standard input is kept in one, as CSV."""
    if data != _STDIN:
        return data
    path = temporary_file("input.csv")
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return str(path)


@contextmanager
def _named_as_typed(source: str, data: str) -> Iterator[None]:
    """Name standard input in errors, and not the file that it is kept in."""
    try:
        yield
    except InputError as problem:
        said = str(problem)
        if data != _STDIN or source not in said:
            raise
        said = said.replace(source, "standard input")
        raise InputError(said[0].upper() + said[1:]) from problem


def _say_model(console: Console, project: Project, file: Path | None) -> AtHand:
    at_hand = find_model(project, file)
    about = at_hand.found.about
    if at_hand.file is None:
        say(
            console,
            f"There is no saved model in {project.folder}, so one was fitted on all labels, for "
            "now; `motherlode train` without --to saves one there, and --model names another file.",
        )
    else:
        with project.database.reading() as connection:
            newer = read_state(connection).last - about.last_event
        verb = "is" if newer == 1 else "are"
        behind = f"; {pluralise(newer, 'newer event')} {verb} not in it" if newer > 0 else ""
        say(console, f"Model: {at_hand.file}{behind}.")
        other_version = at_hand.found.say_other_version()
        if other_version is not None:
            say(console, other_version)
    return at_hand


def _lines(project: Project, rest: Rest) -> list[dict[str, object]]:
    name = project.settings.id
    return [
        {
            "row": one.row,
            **({} if name is None else {name: project.rows.name(one.row)}),
            "probability": one.probability,
            "decision": one.decision,
            "reasons": one.reasons,
            "content": project.rows.content(one.row),
        }
        for one in rest
    ]


def _print(console: Console, project: Project, rest: Rest) -> None:
    settings = project.settings
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    shown = [name for name in settings.shown if name != settings.id][:3]
    for name in (settings.id or "row", *shown, "probability", "what speaks for it"):
        table.add_column(Text(name), overflow="fold")
    for one in rest:
        content = project.rows.content(one.row)
        cells = [project.rows.name(one.row), *(content[name] for name in shown)]
        cells += [f"{one.probability:.3f}", one.reasons]
        table.add_row(*(Text(shorten(cell)) for cell in cells))
    console.print(table)
