"""``motherlode teach``: labels from a file."""

import time
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..pool._files import column, read_table
from ..pool._writers import neutral
from ..project._data.folder import Project, opened
from ..project._log.log import present
from ..project._serving.teaching import Taught
from ..project._serving.teaching import teach as teach_project
from ._screen import say, screen
from ._who import annotator

if TYPE_CHECKING:
    import pyarrow as pa


def teach(folder: Path, file: Path, label: str, correct: bool, who: str | None) -> None:
    """Record the labels of a file, and say how many were new."""
    name = annotator(who)
    with opened(folder) as project:
        id = project.settings.id
        # As they are written: a class may be named +1 or 007.
        table = read_table(file, [label] if id is None else [label, id, neutral(id)])
        classes = project.settings.classes
        labels = [_written(value, classes) for value in column(table, label).to_pylist()]
        rows = _rows(project, table)
        given = [(r, text) for r, text in zip(rows, labels, strict=True) if text]
        with project.database.writing() as connection:
            taught = teach_project(
                connection,
                present(connection),
                project.settings,
                name,
                [row for row, _ in given],
                [text for _, text in given],
                time.time(),
                correct=correct,
            )
    _conclude(taught, len(labels) - len(given))


def _conclude(taught: Taught, blank: int) -> None:
    parts = [f"{taught.new:,} new labels", f"{taught.known:,} known already"]
    if taught.corrected:
        parts.append(f"{taught.corrected:,} corrected")
    if blank:
        parts.append(f"{blank:,} rows without a label")
    say(screen(), f"{', '.join(parts)}.")


def _rows(project: Project, table: "pa.Table") -> list[int]:
    """Row numbers, by the id column where the file has it and by ``row`` elsewhere."""
    id = project.settings.id
    # A CSV export marks the name of a column that looks like a formula.
    held = next((n for n in (id, neutral(id)) if n is not None and n in table.column_names), None)
    if held is not None:
        numbers = project.rows.numbers
        names = [_written(value, numbers) for value in table.column(held).to_pylist()]
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


def _written(value: Any, known: Container[str]) -> str:
    """A label or id as it is written, or else as it is known: 1.0 may be 1, and true True."""
    if value is None or value != value:
        return ""
    text = str(value).strip()
    return next((form for form in (str(value), text, *_also(text)) if form in known), text)


def _also(text: str) -> tuple[str, ...]:
    """How programs that saw a number or a truth value may have written it before."""
    if text.lower() in ("true", "false"):
        return text.capitalize(), text.lower()
    try:
        number = float(text)
    except ValueError:
        return ()
    return (str(int(number)),) if number.is_integer() else ()
