"""A workbook for spreadsheets (.xlsx), written row by row."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import InputError
from .formulas import neutral
from .lines import Lines, values_of
from .needed import need
from .part_files import read_parts

_MOST_ROWS = 2**20
_MOST_CHARACTERS = 32_767
_MOST_DIGITS = 15  # of a number, that spreadsheets keep
# What no XML file can hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_workbook(lines: Lines) -> Iterator[bytes]:
    """Write a sheet with a line of names.

    Texts are cells of text, which are no formulas whatever they begin with. Ids, labels and numbers
    of more than 15 digits are text too. Control characters are left out.

    Raises
    ------
    InputError
        If openpyxl is not installed, or the lines are more than a sheet holds.
    """
    need("openpyxl", "excel", "Workbooks need openpyxl")
    return _write(lines)


def _write(lines: Lines) -> Iterator[bytes]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("labels")

    def cell(name: str, value: Any) -> Any:
        if isinstance(value, float) and name not in lines.as_is:
            made = WriteOnlyCell(sheet, repr(value))
            made.data_type = "n"  # openpyxl itself would write 16 digits of 17
            return made
        made = WriteOnlyCell(sheet, _fit(name, value, is_text=name in lines.as_is))
        if isinstance(made.value, str):
            made.data_type = "s"  # no formula, and no error such as #N/A
            if name in lines.as_is or neutral(str(value)) != value:
                made.number_format = "@"  # it stays a text when somebody edits it
        return made

    try:
        sheet.append([cell(name, name) for name in lines.schema.names])
        count = 1
        for table in lines.tables:
            count += len(table)
            _check_count(count)
            for line in values_of(table):
                sheet.append([cell(name, value) for name, value in line.items()])
    finally:
        sheet.close()  # a sheet left open complains once it is forgotten
    with tempfile.TemporaryDirectory(prefix="motherlode-") as folder:
        path = Path(folder) / "labels.xlsx"
        book.save(path)
        yield from read_parts(path)


def _check_count(count: int) -> None:
    if count > _MOST_ROWS:
        raise InputError(
            f"A sheet holds {_MOST_ROWS - 1:,} rows and there are more; export as .csv."
        )


def _fit(name: str, value: Any, *, is_text: bool) -> Any:
    """Turn a value into one that a cell holds whole, or refuse it."""
    if isinstance(value, int) and not isinstance(value, bool):
        is_text = is_text or len(str(abs(value))) > _MOST_DIGITS
    if is_text and value is not None:
        value = str(value)
    if not isinstance(value, str):
        return value
    if len(value) > _MOST_CHARACTERS:
        raise InputError(
            f"A text in column {name!r} has {len(value):,} characters and a cell holds "
            f"{_MOST_CHARACTERS:,}; export as .csv."
        )
    return _FORBIDDEN.sub("", value)
