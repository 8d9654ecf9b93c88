"""``motherlode move``: keep the labels of a project in another database."""

from pathlib import Path

from ..project._care.moving import move as move_labels
from ._progress import show_progress
from ._screen import make_console, say

_FILE = "sqlite"


def move(folder: Path, database: str) -> None:
    """Move the labels, and say where the old ones are."""
    url = None if database == _FILE else database
    with show_progress("Labels moved and compared") as told:
        moved = move_labels(folder, url, told)
    say(
        make_console(),
        f"{moved.events:,} events were moved, and both databases say the same. The old one, "
        f"{moved.left}, is as it was and takes no more answers; remove it once you have a backup.",
    )
