"""``motherlode answers``: list the answers that were given."""

from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from .._files.formats import choose_format
from .._inert.description import pluralise
from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._insight.answers_file import describe_line, write_answers
from ..project._insight.listed_answers import Wanted, list_answers
from ..project._log.events import Event
from ..project._log.fold import State
from ..project._log.log import read_state
from ._outputs import name_output, prepare_rows
from ._query import shorten
from ._screen import make_console, say, say_json

_MOST_SHOWN = 20


def answers(
    folder: Path, wanted: Wanted, n: int | None, to: Path | None, format: str | None, json: bool
) -> None:
    """Print the answers, the last first, or write them to a file."""
    if to is not None:
        choose_format(to, format)
        prepare_rows(to)
    console = make_console(to)
    with open_project(folder) as project:
        project.rows.check()
        with project.database.reading() as connection:
            state = read_state(connection)
        if wanted.annotator is not None and wanted.annotator not in state.annotators:
            known = ", ".join(sorted(state.annotators)) or "nobody yet"
            raise InputError(
                f"{wanted.annotator!r} has given no answer; those who have are: {known}."
            )
        found = list_answers(project, state, wanted)
        if to is not None:
            write_answers(project, state, found[:n], to, format)
            say(
                console,
                f"{pluralise(len(found[:n]), 'answer')}, the last first: {name_output(to)}",
            )
        elif json:
            say_json(console, [_line(project, state, event) for event in found[:n]])
        else:
            shown = found[: n or _MOST_SHOWN]
            if shown:
                console.print(_table(project, state, shown))
            more = f"; these are the last {len(shown):,}" if len(shown) < len(found) else ""
            say(console, f"{pluralise(len(found), 'answer')}{more}.")


def _line(project: Project, state: State, event: Event) -> dict[str, object]:
    name = project.settings.id
    tags = list(event.each_tag)
    return {
        **({} if name is None else {name: project.rows.name(event.row)}),
        **describe_line(state, event),
        "tags": tags,
        "content": project.rows.content(event.row),
    }


def _table(project: Project, state: State, events: list[Event]) -> Table:
    settings = project.settings
    shown = [name for name in settings.shown if name != settings.id][:2]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in (settings.id or "row", *shown, "answer", "annotator", "when", "note", "tags"):
        table.add_column(Text(name), overflow="fold")
    for event in events:
        content, line = project.rows.content(event.row), describe_line(state, event)
        said = event.label or event.kind
        cells = [project.rows.name(event.row), *(content[name] for name in shown)]
        cells.append(f"{said} (disputed)" if line["disputed"] else said)
        cells += [event.annotator, str(line["answered_at"])[:16], event.note]
        cells.append((event.tags or "").replace("\n", ", "))
        table.add_row(*(Text(shorten(cell)) for cell in cells))
    return table
