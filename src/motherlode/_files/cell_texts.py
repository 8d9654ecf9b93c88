"""The values of a column as people and other programs read them: every digit, and nothing added.

The page, the terminal, the API and all exports show values by these functions. A whole number has
all its digits and no grouping. A floating number has the fewest digits that mean it, at its own
width. A date is written as in ISO 8601.
"""

import re
from typing import Any

import numpy as np
import pyarrow as pa

from .choices import CellKind

_TRAILING = re.compile(r"(:\d\d)(\.\d*?)0+(?=\D|$)")


def format_cells(column: pa.ChunkedArray) -> list[str | None]:
    """Write each value as text; None where there is none.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Of any type; of bytes and lists the text says how large they are.

    Examples
    --------
    >>> format_cells(pa.chunked_array([[2**63 - 1, None, 2003]]))
    ['9223372036854775807', None, '2003']
    >>> format_cells(pa.chunked_array([pa.array([0.1, float("nan")], pa.float32())]))
    ['0.1', None]
    """
    return [_text(value) for value in list_values(column)]


def list_values(column: pa.ChunkedArray) -> list[Any]:
    """Write each value as one of JSON: a number, a text, true, false, or None where there is none.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Of any type; what JSON has no number for, as infinity, is text.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return list_values(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return [_number(value) for value in _shortest(column)]
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        # A cell at a time may have nanoseconds, which Python's own times have not.
        return [t and _TRAILING.sub(_trim, t) for t in column.cast(pa.string()).to_pylist()]
    return [_plain(value) for value in column.to_pylist()]


def kind_of_cells(kind: pa.DataType) -> CellKind:
    """Tell what the cells of a type are to people."""
    if pa.types.is_dictionary(kind):
        return kind_of_cells(kind.value_type)
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_temporal(kind):
        return "date"
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return "number" if any(holds(kind) for holds in numbers) else "text"


def _shortest(column: pa.ChunkedArray) -> list[float | None]:
    """Read numbers narrower than Python's as those that have the same shortest digits."""
    if pa.types.is_float64(column.type):
        return column.to_pylist()
    narrow = np.float16 if pa.types.is_float16(column.type) else np.float32
    return [None if v is None else float(str(narrow(v))) for v in column.to_pylist()]


def _number(value: float | None) -> float | str | None:
    if value is None or value != value:
        return None
    return value if np.isfinite(value) else str(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, list | dict):
        return f"{len(value):,} {'numbers' if isinstance(value, list) else 'values'}"
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _trim(found: "re.Match[str]") -> str:
    return found[1] + found[2].rstrip(".")
