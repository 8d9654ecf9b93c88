"""Sheets of workbooks: Excel (.xlsx, .xlsm, .xls) and OpenDocument (.ods)."""

import datetime as dt
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..errors import InputError
from .choices import Choices, Found, check_names
from .titles import find_header, is_blank, say_title
from .typed_values import make_table, written_in
from .unpacking import check_zip


def read_workbook(path: Path, choices: Choices) -> Found:
    """Read the first sheet, or the one that is named, whose first row names its columns.

    A title above that row is left out; see `find_header`.

    Numbers, dates and booleans are what their cells are; texts are looked at as the cells of a
    text file are. Columns without a name are left out if nothing is in them, rows if they are the
    last ones.
    """
    if find_spec("python_calamine") is None:
        raise InputError(
            'Reading workbooks needs python-calamine: pip install "motherlode[excel]".'
        )
    name, rows, sheets = _read_rows(path, choices.part)
    while rows and all(is_blank(cell) for cell in rows[-1]):
        rows.pop()
    first, above = find_header(rows)
    if len(rows) < first + 2:
        raise InputError(f"{path} holds no rows in its sheet {name!r}.")
    header, body = rows[first], rows[first + 1 :]
    columns: list[tuple[str, list[Any]]] = []
    for place, title in enumerate(header):
        column = [_value(row[place]) for row in body]
        if not is_blank(title):
            columns.append((_title(title), column))
        elif any(value is not None for value in column):
            columns.append((f"column_{place + 1}", column))
    check_names(path, [title for title, _ in columns])
    values = dict(columns)
    table, reasons = make_table(values, choices, "all")
    others = [sheet for sheet in sheets if sheet != name]
    notes = [f"It is the sheet {name!r}; others: {', '.join(others)}."] if others else []
    if above is not None:
        notes.append(say_title(above, first + 1))
    return Found(table, tuple(notes), reasons, written_in(values, table))


def _read_rows(path: Path, part: str | None) -> tuple[str, list[list[Any]], list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty.")
    check_zip(path)
    try:
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        name = (names[0] if names else "") if part is None else part
        if name not in names:
            there = ", ".join(map(repr, names))
            raise InputError(f"{path} has no sheet {name!r}; it has {there or 'none'}.")
        return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), names
    except PasswordError:
        raise InputError(f"{path} is locked by a password; save it without one.") from None
    except (CalamineError, ValueError, OSError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(f"{path} is not a workbook, or is damaged; save it again.") from None


def _title(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _value(cell: Any) -> Any:
    """Give a cell's value; a workbook keeps whole numbers as floating ones."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date()
    return None if isinstance(cell, str) and not cell else cell
