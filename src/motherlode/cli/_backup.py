"""``motherlode backup`` and ``motherlode restore``: copy a project as a whole, and back."""

from pathlib import Path

from .._inert.description import pluralise
from ..project._care.backup import back_up
from ..project._care.backup import restore as restore_backup
from ..project._data.folder import open_project
from ._progress import show_progress
from ._screen import make_console, say


def backup(folder: Path, to: Path) -> None:
    """Make the copy, and say how much it holds."""
    with open_project(folder) as project, show_progress("Labels copied") as told:
        events, rows = back_up(project, to, told), project.settings.rows
    say(make_console(), f"{to} is a whole copy: {_count(rows, events)}.")


def restore(backup: Path, folder: Path, database: str | None) -> None:
    """Make a project of a backup, and say how much it holds."""
    with show_progress("Labels copied") as told:
        events = restore_backup(backup, folder, database, told)
    with open_project(folder) as project:
        rows = project.settings.rows
    say(make_console(), f"{folder} is as the backup was: {_count(rows, events)}.")


def _count(rows: int, events: int) -> str:
    return f"{pluralise(rows, 'row')}, {pluralise(events, 'event')}"
