"""``motherlode export``: labels with where they came from."""

from pathlib import Path

from ..project._data.folder import opened
from ..project._export import Export
from ._outputs import prepare
from ._screen import say, screen


def export(folder: Path, to: Path, events: bool) -> None:
    """Write the file."""
    with opened(folder) as project:
        prepare(to)
        lines = Export(project, events=events).write(to)
    say(screen(), f"{lines:,} {'events' if events else 'rows'}: {to}")
