"""``motherlode add``: add rows to a project, once or again and again."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .._files.choices import Choices
from .._files.sources import is_address, split_part
from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._data.rows import Progress, say_nothing
from ..project._data.sources import read_source
from ..project._log.log import read_changes, read_state
from ..project._prediction.drift import note_added
from ..project._serving.adding import (
    Added,
    Known,
    Run,
    Source,
    add_rows,
    check_has_names,
    run_alone,
)
from ..project._serving.watching import describe_added, watch
from ._choices import make_choices
from ._encoding import show_encoding
from ._screen import make_console, say
from ._who import find_annotator

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_LEAST, _MOST = 1.0, 7 * 86_400.0


@dataclass(frozen=True)
class Request:
    """What to add, as typed."""

    project: Path
    source: str | None
    watched: str | None
    every: str
    update: bool
    types: list[str] | None
    missing: list[str] | None
    encoding: str | None
    who: str | None


def add(request: Request) -> None:
    """Add rows once, or until Ctrl-C."""
    if (request.source is None) == (request.watched is None):
        raise InputError("Name the rows to add, or a source by --watch; one of both.")
    who = find_annotator(request.who)
    choices = make_choices(request.types, request.missing, request.encoding)
    with open_project(request.project) as project:
        if request.watched is not None:
            known: Known = "update" if request.update else "leave"
            look = make_look(project, request.watched, choices, who, run_alone(project), known)
            _watch(project, request.watched, look, read_seconds(request.every))
            return
        _add_once(project, str(request.source), choices, who, request.update)


def _add_once(project: Project, source: str, choices: Choices, who: str, update: bool) -> None:
    console = make_console()
    fitted, name, root = read_source(project, source, choices)
    for note in fitted.notes:
        say(console, note)
    known: Known = "update" if update else "refuse"
    rows = Source(fitted.table, name, root)

    def run(progress: Progress) -> Added:
        return add_rows(project, rows, who, run_alone(project), known=known, progress=progress)

    encoder, kind = project.settings.recipe.encoder, project.settings.kind
    if encoder is None:
        done = run(say_nothing)
    else:
        with show_encoding(console, len(fitted.table), encoder, kind) as progress:
            done = run(progress)
    say(console, describe_added(done))
    if done.added and done.first is not None:
        drift = note_added(project, done.first, done.added)
        if drift is not None:
            say(console, drift)
    if done.changed:
        _say_outdated(project, done)


def _say_outdated(project: Project, done: Added) -> None:
    with project.database.reading() as connection:
        state = read_state(connection)
    rows = [row for row in done.changed if state.is_outdated(row)]
    if rows:
        named = ", ".join(project.rows.name(row) for row in rows[:10]) + ", …" * (len(rows) > 10)
        many = "1 of the changed rows has" if len(rows) == 1 else f"{len(rows):,} changed rows have"
        say(
            make_console(),
            f"{many} an answer, given to the content of before, which stays: {named}. Look at them "
            "again; what they held is in the log (motherlode export --events).",
        )


def make_look(
    project: Project, source: str, choices: Choices, who: str, run: Run, known: Known
) -> Callable[[], Added]:
    """Make what looks at a source once, and adds what is new."""
    check_has_names(project)

    def look() -> Added:
        with project.database.reading() as connection:  # of others who added rows
            project.in_force.after(read_changes(connection))
        fitted, name, root = read_source(project, source, choices)
        return add_rows(project, Source(fitted.table, name, root), who, run, known=known)

    return look


def find_file(source: str) -> Path | None:
    """Give the file that a source is; None for a folder or a database."""
    path = Path(split_part(source, Choices())[0])
    return None if is_address(source) or path.is_dir() else path


def read_seconds(text: str) -> float:
    """Read a span of time such as 10m."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", text)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not _LEAST <= seconds <= _MOST:
        raise InputError(f"--every is {text!r}; give 1s to 7d, as in 30s, 10m or 2h.")
    return seconds


def say_now(sentence: str) -> None:
    """Print a sentence with the time of day."""
    console = make_console()
    say(console, f"{datetime.now():%H:%M:%S} {sentence}")
    console.file.flush()


def _watch(project: Project, source: str, look: Callable[[], Added], seconds: float) -> None:
    say_now(f"Watching for rows for {project.folder}; Ctrl-C ends it.")

    def rest() -> bool:
        time.sleep(seconds)
        return False

    with suppress(KeyboardInterrupt):
        watch(look, say_now, rest, find_file(source))
