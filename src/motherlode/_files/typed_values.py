"""Columns of values that have types already: of JSON, of a workbook, of a database."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pyarrow as pa

from .cells import Evidence
from .choices import Choices

Texts = Literal["all", "dates", "none"]
"""Which texts are looked at as the cells of a text file are."""

EXACT = 2**53
"""Beyond it not every whole number is a floating number."""


class Digits(str):
    """A number as it is written, with digits that no floating number keeps."""


_PLAIN: dict[frozenset[type], pa.DataType] = {
    frozenset([bool]): pa.bool_(),
    frozenset([int]): pa.int64(),
    frozenset([float]): pa.float64(),
    frozenset([int, float]): pa.float64(),
    frozenset([dt.date]): pa.date32(),
    frozenset([dt.timedelta]): pa.duration("us"),
    frozenset([bytes]): pa.binary(),
}


def make_table(
    columns: Mapping[str, Sequence[Any]], choices: Choices, texts: Texts
) -> tuple[pa.Table, dict[str, str]]:
    """Make a table of values; return it with the reasons of columns, by name.

    A column of values of several types becomes one of texts, which are then looked at as the cells
    of a text file are.
    """
    made, reasons = {}, {}
    for name, values in columns.items():
        made[name], reason = _make_column(name, [plain(v) for v in values], choices, texts)
        if reason is not None:
            reasons[name] = reason
    return pa.table(made), reasons


def plain(value: Any) -> Any:
    """Give a value as one of a few types, without a change."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if value != value else value
    if isinstance(value, Decimal):
        return _plain_decimal(value)
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if isinstance(value, dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value) if isinstance(value, UUID) else value


def _plain_decimal(value: Decimal) -> Any:
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and value.as_tuple().exponent == 0:
        return int(value)
    return as_float(str(value))


def as_float(digits: str) -> Any:
    """Read a decimal number, or keep its digits if they would be lost."""
    number = float(digits)
    return (
        number if len(digits) < 16 or Decimal(repr(number)) == Decimal(digits) else Digits(digits)
    )


def _make_column(
    name: str, values: list[Any], choices: Choices, texts: Texts
) -> tuple[pa.ChunkedArray, str | None]:
    kinds = frozenset(type(value) for value in values if value is not None)
    if not kinds:
        return pa.chunked_array([pa.nulls(len(values), pa.string())]), None
    if name in choices.texts or name in choices.kinds:
        return _read_cells(name, _as_cells(values), choices)
    if _is_too_long(values, kinds):
        return _as_cells(values), "it holds numbers of more digits than a number keeps"
    if kinds in _PLAIN:
        return pa.chunked_array([pa.array(values, _PLAIN[kinds])]), None
    if kinds == {list}:
        return _make_lists(values), None
    if kinds <= {dt.date, dt.datetime}:
        return _make_moments(values)
    cells = _as_cells(values)
    if texts == "none":
        return cells, None if kinds == {str} else "it holds values of several types"
    read, reason = _read_cells(name, cells, choices)
    is_kept = kinds == {str} and texts == "dates" and not pa.types.is_temporal(read.type)
    return (cells, None) if is_kept else (read, reason)


def _as_cells(values: list[Any]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(map(as_text, values), pa.string())])


def _read_cells(
    name: str, cells: pa.ChunkedArray, choices: Choices
) -> tuple[pa.ChunkedArray, str | None]:
    evidence = Evidence(name, choices)
    evidence.add(cells)
    decision = evidence.decide()
    return decision.convert(cells, choices), decision.reason


def _is_too_long(values: list[Any], kinds: frozenset[type]) -> bool:
    if not kinds <= {int, float, Digits} or int not in kinds:
        return Digits in kinds and kinds <= {float, Digits}
    if Digits in kinds:
        return True
    whole = [value for value in values if type(value) is int]
    most = EXACT + 1 if float in kinds else 2**63
    return max(whole) >= most or min(whole) < -most


def _make_moments(values: list[Any]) -> tuple[pa.ChunkedArray, str | None]:
    zones = {v.utcoffset() is None for v in values if isinstance(v, dt.datetime)}
    if len(zones) > 1:
        return _as_cells(values), "it holds times with and without a zone"
    moments = [dt.datetime(v.year, v.month, v.day) if type(v) is dt.date else v for v in values]
    kind = pa.timestamp("us", None if zones == {True} else "UTC")
    try:
        return pa.chunked_array([pa.array(moments, kind)]), None
    except (pa.ArrowInvalid, OverflowError):
        return _as_cells(values), "it holds times before or after what can be kept"


def _make_lists(values: list[Any]) -> pa.ChunkedArray:
    """Keep lists of numbers; others become texts, their parts separated by semicolons."""
    kinds = {type(one) for value in values if value is not None for one in value}
    if kinds and kinds <= {int, float}:
        inner = pa.int64() if kinds == {int} else pa.float64()
        try:
            return pa.chunked_array([pa.array(values, pa.list_(inner))])
        except (pa.ArrowInvalid, OverflowError):
            pass
    return _as_cells(values)


def join(value: Any) -> str | None:
    """Write a list as one text."""
    if value is None:
        return None
    if any(isinstance(one, list | dict) for one in value):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "; ".join(as_text(one) or "" for one in value)


def as_text(value: Any) -> str | None:
    """Write a value with the digits that it has."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return join(value)
    return str(value)
