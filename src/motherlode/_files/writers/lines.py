"""What a writer is handed: the lines of a table, some at a time, and what their columns are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ...errors import InputError
from ..cell_texts import format_cells, list_values


@dataclass(frozen=True)
class Lines:
    """The lines of a table.

    Parameters
    ----------
    schema : pyarrow.Schema
        Its columns, in order.
    tables : iterator of pyarrow.Table
        Its lines, a thousand or so at a time.
    main : tuple of str
        The columns of texts or images that a row is about; none where a row is all its columns.
    shown : tuple of str
        The columns that annotators see.
    is_image : bool
        Whether `main` holds images.
    named : tuple of str
        Columns by which a line is found again: the id, if rows have one, and the row number.
    label : str or None
        The column of labels; None where a line is an event.
    classes : tuple of str
        All classes.
    positive : tuple of str
        The positive classes that are named.
    as_is : frozenset of str
        Columns whose cells stay as they are in every format: declared classes, and ids.
    is_answered : bool
        Whether the labels are answers of people; else they are what a model says, which no tool may
        take for an answer.
    """

    schema: pa.Schema
    tables: Iterator[pa.Table]
    main: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    is_image: bool = False
    named: tuple[str, ...] = ()
    label: str | None = None
    classes: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    as_is: frozenset[str] = frozenset()
    is_answered: bool = True


Line = dict[str, object]


def texts_of(table: pa.Table) -> Iterator[dict[str, str | None]]:
    """Give the lines of a table with all values as text."""
    return _by_line(table, [format_cells(column) for column in table.columns])


def values_of(table: pa.Table) -> Iterator[Line]:
    """Give the lines of a table with values of JSON."""
    return _by_line(table, [list_values(column) for column in table.columns])


def _by_line(table: pa.Table, columns: list[list[Any]]) -> Iterator[dict[str, Any]]:
    for values in zip(*columns, strict=True):
        yield dict(zip(table.column_names, values, strict=True))


def require_labels(lines: Lines, format: str) -> None:
    """Refuse a log, in a format of rows and labels."""
    if lines.label is None:
        raise InputError(f"{format} holds rows and their labels, not the log; export it as .csv.")


def write_main(line: Line, lines: Lines) -> str:
    """Write what a row is about as one text: its texts, or all its columns by name."""
    if lines.main:
        return "\n\n".join(str(line[name]) for name in lines.main if line[name] is not None)
    return "\n".join(f"{name}: {line[name]}" for name in lines.shown if line[name] is not None)
