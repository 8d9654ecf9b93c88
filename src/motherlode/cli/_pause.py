"""``motherlode pause`` and ``motherlode resume``: give nobody rows, or go on."""

import time
from pathlib import Path

from .._inert.shell_words import as_typed
from ..project._data.folder import open_project
from ..project._log.log import read_state
from ..project._serving.changing import change_settings
from ..project._serving.pausing import PAUSED, find_pause
from ._screen import make_console, say
from ._who import find_annotator


def pause(folder: Path, who: str | None, *, paused: bool) -> None:
    """Begin or end a pause."""
    name, console = find_annotator(who), make_console()
    with open_project(folder) as project, project.database.writing() as connection:
        state = read_state(connection)
        before = find_pause(project.settings_at(state), state)
        values = {PAUSED: paused}
        events = change_settings(project, connection, state, name, values, time.time())
    if not events:
        say(console, "Nothing is paused." if before is None else f"{before}.")
    elif paused:
        say(console, "Nobody is given rows now; answers to rows on the page are still kept.")
        say(console, f"To go on: motherlode resume {as_typed(folder)}.")
    else:
        say(console, f"{before}; it goes on now.")
