"""``motherlode check``: see that a project is whole."""

from pathlib import Path

from ..project._data import backup
from ..project._data.folder import open_project
from ._screen import make_console, say


def check(folder: Path) -> None:
    """Check a project, and say how much it holds."""
    with open_project(folder) as project:
        events, rows = backup.check(project), project.settings.rows
    say(make_console(), f"{folder} is whole: {rows:,} rows, {events:,} events.")
