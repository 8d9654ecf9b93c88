"""Rows from elsewhere with the columns of a project, and with its types."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ..._files.cell_texts import format_cells, kind_of_cells
from ..._files.cells import Decision, Evidence, decide_all
from ..._files.choices import CellKind, Choices
from ..._files.dates import Order, find_order
from ...errors import InputError
from .written import find_cells, list_other_percents

_LOOKED_AT = 1_000  # cells of the project, to see what stands first in its dates
_KINDS: dict[CellKind, str] = {
    "number": "numbers", "date": "dates", "boolean": "true and false", "text": "texts",
}  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """Rows that fit a project.

    Attributes
    ----------
    table : pyarrow.Table
        Its columns and no others.
    notes : tuple of str
        Sentences on columns that are left out or empty.
    """

    table: pa.Table
    notes: tuple[str, ...]


def fit_columns(
    table: pa.Table, held: pa.Table, needed: Collection[str], choices: Choices, name: str
) -> Fitted:
    """Give rows the columns of a project.

    Parameters
    ----------
    table : pyarrow.Table
        The rows. Of a text file, all cells are texts.
    held : pyarrow.Table
        The project's rows.
    needed : collection of str
        Columns that may not be missing; others are empty then.
    choices : Choices
        What was said of the rows.
    name : str
        What the rows are called in messages.

    Raises
    ------
    InputError
        If a column is missing, or holds what the project's does not.
    """
    written = find_cells(held)
    own = [one for one in held.column_names if one not in written.values()]
    for wanted in own:
        if wanted in needed and wanted not in table.column_names:
            raise _say_missing(wanted, table.column_names, name)
    found = {one: _plain(table.column(one)) for one in own if one in table.column_names}
    found_cells = {n: c for n, c in found.items() if _are_cells(c.type, held.schema.field(n).type)}
    decided = _decide(found_cells, held, choices, name)
    converted = {one: each.convert(found_cells[one], choices) for one, each in decided.items()}
    columns = {}
    for one in own:
        kind = held.schema.field(one).type
        if one in found:
            columns[one] = _cast(converted.get(one, found[one]), kind, one, name)
        else:
            columns[one] = pa.chunked_array([pa.nulls(len(table), kind)])
    for one, cells in written.items():
        texts = found_cells.get(one)
        columns[cells] = (
            pa.chunked_array([format_cells(columns[one])], pa.string())
            if texts is None
            else pc.if_else(pc.is_valid(columns[one]), pc.utf8_trim_whitespace(texts), None)
        )
    made = pa.table({one: columns[one] for one in held.column_names})
    notes = _list_notes(table.column_names, own, name) + list_other_percents(held, decided)
    return Fitted(made, tuple(notes))


def _list_notes(theirs: Sequence[str], ours: Sequence[str], name: str) -> list[str]:
    found = []
    if empty := [one for one in ours if one not in theirs]:
        found.append(f"{name} has no {_join(empty)}, which is empty in these rows.")
    if others := [one for one in theirs if one not in ours]:
        found.append(f"The project has no {_join(others)}, which is left out.")
    return found


def _join(names: Sequence[str], most: int = 10) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _say_missing(wanted: str, names: Sequence[str], name: str) -> InputError:
    close = difflib.get_close_matches(wanted, names, n=1)
    hint = f" (is it {close[0]!r}?)" if close else ""
    return InputError(
        f"{name} has no column {wanted!r}{hint}, which the rows of this project need; its columns "
        f"are: {_join(names, 20)}."
    )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give a column of a dictionary, or of large texts, as plain texts."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    return column.cast(pa.string()) if pa.types.is_large_string(kind) else column


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _are_cells(kind: pa.DataType, held: pa.DataType) -> bool:
    """Tell whether a column has texts from which values of the project's type are to be read."""
    plain = not (_is_text(held) or pa.types.is_nested(held) or pa.types.is_binary(held))
    return _is_text(kind) and plain


def _decide(
    cells: dict[str, pa.ChunkedArray], held: pa.Table, choices: Choices, name: str
) -> dict[str, Decision]:
    """Decide what cells are, by what the project holds."""
    evidence = {}
    for one, column in cells.items():
        kind = choices.kinds.get(one) or kind_of_cells(held.schema.field(one).type)
        told = replace(choices, texts=frozenset(), kinds={one: kind})
        evidence[one] = Evidence(one, told)
        evidence[one].add(column)
    try:
        decided = decide_all(list(evidence.values()), _find_order(held))
    except InputError as problem:
        raise InputError(f"{name}: {problem}") from None
    return dict(zip(evidence, decided, strict=True))


def _find_order(held: pa.Table) -> Order | None:
    """Find what stands first in the dates of the project's own file."""
    for name, cells in find_cells(held).items():
        if kind_of_cells(held.schema.field(name).type) == "date":
            few = held.slice(0, _LOOKED_AT)
            if (order := find_order(few.column(cells), few.column(name))) is not None:
                return order
    return None


def _cast(
    column: pa.ChunkedArray, held: pa.DataType, column_name: str, name: str
) -> pa.ChunkedArray:
    """Give a column the project's type, or all numbers where that has whole ones."""
    found = column.type
    if found == held:
        return column
    if pa.types.is_null(found) or column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), held)])
    if _is_text(held) and not (pa.types.is_nested(found) or pa.types.is_binary(found)):
        return pa.chunked_array([format_cells(column)], pa.string()).cast(held)
    kinds = [_say_kind(kind) for kind in (found, held)]
    if kinds[0] == kinds[1] or {*kinds} <= {_KINDS["number"], _KINDS["boolean"]}:
        try:
            if pa.types.is_floating(held):
                return column.cast(pa.float64()).cast(held, safe=False)
            return column.cast(held)
        except pa.ArrowException:
            if pa.types.is_integer(held) and pa.types.is_floating(found):
                return column.cast(pa.float64())
    said = kinds if kinds[0] != kinds[1] else [str(found), str(held)]
    raise InputError(
        f"Column {column_name!r} of {name} holds {said[0]}, and {said[1]} in the project; mend its "
        "cells, or name codes for missing values as missing."
    )


def _say_kind(kind: pa.DataType) -> str:
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return str(kind)
    return _KINDS[kind_of_cells(kind)]
