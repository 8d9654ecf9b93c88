"""``motherlode export``: write the labels with their provenance."""

from pathlib import Path

from .._files.formats import choose_format
from .._inert.description import pluralise
from ..project._data.folder import open_project
from ..project._export import Export
from ._outputs import name_output, prepare_rows
from ._screen import make_console, say


def export(folder: Path, to: Path, format: str | None, events: bool, all_rows: bool) -> None:
    """Write the file."""
    choose_format(to, format)
    with open_project(folder) as project:
        prepare_rows(to)
        found = Export(project, events=events, all_rows=all_rows)
        lines = found.write(to, format)
        console = make_console(to)
        if all_rows and found.model[1] is not None:
            say(console, f"There are no probabilities. {found.model[1]}")
    say(console, f"{pluralise(lines, 'event' if events else 'row')}: {name_output(to)}")
