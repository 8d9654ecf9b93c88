"""``motherlode teach``: record the labels of a file."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._files.class_names import ClassNames, Names
from .._files.formats import column
from .._files.reading import read_table
from .._files.writers import neutral
from .._inert.description import pluralise
from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._log.log import read_changes, read_state
from ..project._serving.teaching import TeachingResult
from ..project._serving.teaching import teach as teach_project
from ._choices import make_choices
from ._leaks import say_leaks
from ._screen import make_console, say
from ._who import find_annotator

if TYPE_CHECKING:
    import pyarrow as pa

_ROW = re.compile(r"-?(?:0|[1-9]\d{0,18})(?:\.0+)?", re.ASCII)


@dataclass(frozen=True)
class Request:
    """Which labels to record, as typed."""

    project: Path
    file: str
    label: str
    correct: bool
    who: str | None
    types: list[str] | None
    missing: list[str] | None
    encoding: str | None


def teach(request: Request) -> None:
    """Record the labels of a file, and say how many were new."""
    annotator = find_annotator(request.who)
    with open_project(request.project) as project:
        project.rows.check()
        settings = project.settings
        table = _read(request, settings.id)
        with project.database.reading() as connection:
            earlier = list(read_changes(connection).former_names())
        names = ClassNames(settings.classes, request.missing or [], earlier)
        labels = [names.find(value) for value in column(table, request.label).to_pylist()]
        given = [(r, name) for r, name in zip(_rows(project, table), labels, strict=True) if name]
        with project.database.writing() as connection:
            state = read_state(connection)
            result = teach_project(
                connection,
                state,
                project.settings_at(state),
                annotator,
                [row for row, _ in given],
                [name for _, name in given],
                time.time(),
                correct=request.correct,
                name=project.rows.name,
            )
        _conclude(result, len(labels) - len(given))
        if settings.kind == "table":
            with project.database.reading() as connection:
                labelled = read_state(connection).labelled()
            taught = {row: str(known.label) for row, known in labelled}
            say_leaks(make_console(), project.rows.table, settings.columns, taught)


def _read(request: Request, id: str | None) -> "pa.Table":
    # Read as text: a class may be named +1 or 007, and a row is no date or price. An export marks
    # an id's name like a formula.
    texts = {request.label, "row"} if id is None else {request.label, "row", id, neutral(id)}
    choices = make_choices(request.types, request.missing, request.encoding, frozenset(texts))
    return read_table(request.file, choices)


def _conclude(result: TeachingResult, blank: int) -> None:
    parts = [pluralise(result.new, "new label"), f"{result.known:,} known already"]
    if result.corrected:
        parts.append(f"{result.corrected:,} corrected")
    if blank:
        parts.append(f"{pluralise(blank, 'row')} without a label")
    say(make_console(), f"{', '.join(parts)}.")


def _rows(project: Project, table: "pa.Table") -> list[int]:
    """Find row numbers, by the id column if the file has it, else by the column ``row``."""
    id = project.settings.id
    # A CSV export marks the name of a column that looks like a formula.
    held = next((n for n in (id, neutral(id)) if n is not None and n in table.column_names), None)
    if held is not None:
        numbers = project.rows.numbers
        names = Names(numbers)
        texts = ["" if v is None else str(v) for v in table.column(held).to_pylist()]
        ids = [names.match(text) for text in texts]
        if None in ids:
            raise InputError(f"There is no row whose {id} is {texts[ids.index(None)]!r}.")
        return [numbers[name] for name in ids if name is not None]
    if "row" not in table.column_names:
        wanted = "row" if id is None else f"row or {id}"
        raise InputError(f"The file has no column {wanted}, which says what row a label is for.")
    return [_number(value, place) for place, value in enumerate(table.column("row").to_pylist())]


def _number(value: Any, place: int) -> int:
    # A table that once had gaps keeps whole numbers as 3.0.
    text = "" if value is None else str(value)
    if not _ROW.fullmatch(text):
        raise InputError(
            f"Label {place + 1} of the file is for row {text!r}; rows are numbers from 0 on."
        )
    return int(text.partition(".")[0])
