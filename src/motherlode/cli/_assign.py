"""``motherlode assign``: ask an annotator about a part of the rows alone."""

import time
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from ..errors import InputError
from ..project._data.assigned import (
    ASSIGNED,
    WHERE,
    Assignment,
    assign_rows,
    assign_share,
    say_assignment,
)
from ..project._data.folder import Project, open_project
from ..project._log.fold import State
from ..project._log.log import read_state
from ..project._serving.changes_in_words import describe_change, list_notes
from ..project._serving.changing import change_settings, plan_assigned
from ..project._serving.reach import Reaches, check_assignment
from ._screen import make_console, make_table, say, say_json
from ._text_files import read_text
from ._who import find_annotator


@dataclass(frozen=True)
class Request:
    """Which rows; one of these."""

    where: str | None
    rows: Path | None
    share: float | None
    all_rows: bool

    @property
    def parts(self) -> int:
        """How many of them are given."""
        given = [self.where is not None, self.rows is not None, self.share is not None]
        return sum([*given, self.all_rows])


def assign(folder: Path, name: str | None, request: Request, who: str | None, json: bool) -> None:
    """Assign rows, take an assignment back, or list what is assigned."""
    if name is None and request.parts:
        raise InputError("Say to whom, as in `motherlode assign PROJECT ann --share 25`.")
    if name is not None and request.parts != 1:
        raise InputError("Give one of --where, --rows, --share and --all-rows.")
    with open_project(folder) as project:
        if name is None:
            _list(project, json)
            return
        by, console = find_annotator(who), make_console()
        with project.database.writing() as connection:
            state = read_state(connection)
            settings = project.settings_at(state)
            others = [part for other, part in settings.assigned.items() if other != name]
            assignment = _make(project, request, others)
            n = settings.rows
            if assignment is not None:
                n = check_assignment(project, assignment, settings)
            values = {ASSIGNED: plan_assigned(project, state, name, assignment)}
            events = change_settings(project, connection, state, by, values, time.time())
    if not events:
        say(console, "Nothing was changed: these rows are assigned already.")
        return
    say(console, f"{name} is asked about {n:,} of {settings.rows:,} rows.")
    for event in events:
        say(console, describe_change(event))
    for note in list_notes(events, state, settings.positive_classes):
        say(console, note)


def _make(project: Project, request: Request, others: list[Assignment]) -> Assignment | None:
    if request.all_rows:
        return None
    if request.where is not None:
        return {WHERE: request.where.strip()}
    if request.share is not None:
        return assign_share(request.share / 100, others)
    assert request.rows is not None
    return assign_rows(_read_rows(project, request.rows))


def _read_rows(project: Project, path: Path) -> list[int]:
    """Read ids, one a line."""
    numbers, found = project.rows.numbers, []
    for place, line in enumerate(read_text(path).splitlines(), 1):
        id = line.strip()
        if not id or (place == 1 and id in ("row", project.settings.id)):
            continue
        if id not in numbers:
            raise InputError(f"{path}, line {place}: there is no row {id!r}; nothing was assigned.")
        found.append(numbers[id])
    return found


def _list(project: Project, json: bool) -> None:
    with project.database.reading() as connection:
        state = read_state(connection)
    settings, console = project.settings_at(state), make_console()
    listed = [
        (name, part, *_count(project, state, name)) for name, part in settings.assigned.items()
    ]
    if json:
        say_json(
            console,
            [
                {"annotator": name, "assigned": part, "rows": n, "left": left}
                for name, part, n, left in listed
            ],
        )
        return
    if not listed:
        say(console, "Everybody is asked about all rows.")
        return
    table = make_table("Annotator")
    table.add_column("Asked about", overflow="fold")
    for heading in ("Rows", "Without an answer"):
        table.add_column(heading, justify="right")
    for name, part, n, left in listed:
        table.add_row(Text(name), Text(say_assignment(part)), f"{n:,}", f"{left:,}")
    console.print(table)
    say(console, "All others are asked about all rows.")


def _count(project: Project, state: State, name: str) -> tuple[int, int]:
    """Count the rows of an annotator, and those of them that nobody has answered."""
    settings = project.settings_at(state)
    reach = Reaches(project).find(settings, name)
    if reach is None:
        return settings.rows, settings.rows - len(state.rows)
    return len(reach), reach.count_left(state)
