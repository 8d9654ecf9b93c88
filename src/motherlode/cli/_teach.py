"""``motherlode teach``: record the labels of a file."""

import time
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._files.choices import Choices
from .._files.formats import column
from .._files.reading import read_table
from .._files.writers import neutral
from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._log.log import read_state
from ..project._serving.teaching import TeachingResult
from ..project._serving.teaching import teach as teach_project
from ._screen import make_console, say
from ._who import find_annotator

if TYPE_CHECKING:
    import pyarrow as pa


def teach(folder: Path, file: Path, label: str, correct: bool, who: str | None) -> None:
    """Record the labels of a file, and say how many were new."""
    name = find_annotator(who)
    with open_project(folder) as project:
        project.rows.check()
        id = project.settings.id
        # Read as text: a class may be named +1 or 007.
        texts = {label} if id is None else {label, id, neutral(id)}
        table = read_table(file, Choices(texts=frozenset(texts)))
        classes = project.settings.classes
        labels = [_read_name(value, classes) for value in column(table, label).to_pylist()]
        rows = _rows(project, table)
        given = [(r, text) for r, text in zip(rows, labels, strict=True) if text]
        with project.database.writing() as connection:
            result = teach_project(
                connection,
                read_state(connection),
                project.settings,
                name,
                [row for row, _ in given],
                [text for _, text in given],
                time.time(),
                correct=correct,
            )
    _conclude(result, len(labels) - len(given))


def _conclude(result: TeachingResult, blank: int) -> None:
    parts = [f"{result.new:,} new labels", f"{result.known:,} known already"]
    if result.corrected:
        parts.append(f"{result.corrected:,} corrected")
    if blank:
        parts.append(f"{blank:,} rows without a label")
    say(make_console(), f"{', '.join(parts)}.")


def _rows(project: Project, table: "pa.Table") -> list[int]:
    """Find row numbers, by the id column if the file has it, else by the column ``row``."""
    id = project.settings.id
    # A CSV export marks the name of a column that looks like a formula.
    held = next((n for n in (id, neutral(id)) if n is not None and n in table.column_names), None)
    if held is not None:
        numbers = project.rows.numbers
        names = [_read_name(value, numbers) for value in table.column(held).to_pylist()]
        unknown = next((name for name in names if name not in numbers), None)
        if unknown is not None:
            raise InputError(f"There is no row whose {id} is {unknown!r}.")
        return [numbers[name] for name in names]
    if "row" not in table.column_names:
        wanted = "row" if id is None else f"row or {id}"
        raise InputError(f"The file has no column {wanted}, which says what row a label is for.")
    return [_number(value, place) for place, value in enumerate(table.column("row").to_pylist())]


def _number(value: Any, place: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise InputError(f"Line {place + 1} of the file has the row {value!r}; rows are numbers.")
    return int(value)


def _read_name(value: Any, known: Container[str]) -> str:
    """Read a label or id in the form that is known: 1.0 may be 1, and true may be True."""
    if value is None or value != value:
        return ""
    text = str(value).strip()
    return next((form for form in (str(value), text, *_other_forms(text)) if form in known), text)


def _other_forms(text: str) -> tuple[str, ...]:
    """Give other forms that a number or a truth value may have had."""
    if text.lower() in ("true", "false"):
        return text.capitalize(), text.lower()
    try:
        number = float(text)
    except ValueError:
        return ()
    return (str(int(number)),) if number.is_integer() else ()
