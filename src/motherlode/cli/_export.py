"""``motherlode export``: write the labels with their provenance."""

from pathlib import Path

from ..project._data.folder import open_project
from ..project._export import Export
from ._outputs import prepare
from ._screen import make_console, say


def export(folder: Path, to: Path, events: bool) -> None:
    """Write the file."""
    with open_project(folder) as project:
        prepare(to)
        lines = Export(project, events=events).write(to)
    say(make_console(), f"{lines:,} {'events' if events else 'rows'}: {to}")
