"""``motherlode backup``: copy a project as a whole."""

from pathlib import Path

from ..project._data.backup import back_up
from ..project._data.folder import open_project
from ._screen import make_console, say


def backup(folder: Path, to: Path) -> None:
    """Make the copy, and say how much it holds."""
    with open_project(folder) as project:
        events, rows = back_up(project, to), project.settings.rows
    say(make_console(), f"{to} is a whole copy: {rows:,} rows, {events:,} events.")
