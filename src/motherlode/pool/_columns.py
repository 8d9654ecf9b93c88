"""One column of a frame as plain numbers or strings, the same for pandas, polars and Arrow."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Kind = Literal["numbers", "dates", "strings", "nothing"]

# Squares of larger numbers overflow, and so would the variance.
_LARGEST = 1e100
_ROW_NAME = re.compile(r"(.*_)?id|index|unnamed: 0|", re.IGNORECASE)
_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS = 86_400
_MICROSECONDS = 86_400e6


@dataclass(frozen=True)
class Column:
    """The values of one column: float64 with NaN where missing, or str objects with None."""

    name: str
    kind: Kind
    values: NDArray[Any]

    @property
    def present(self) -> list[Any]:
        """The values that are not missing."""
        return [value for value in self.values if value is not None]


def open_frame(frame: Any) -> "nw.DataFrame[Any]":
    """Wrap a pandas, polars or Arrow frame, or raise an `InputError` if it is none."""
    try:
        return nw.from_native(frame, eager_only=True)
    except TypeError:
        raise InputError(
            f"A pandas, polars or Arrow frame is needed, not {type(frame).__name__}; "
            "collect a lazy frame first."
        ) from None
    except nw.exceptions.DuplicateError:
        raise InputError("The frame has two columns of one name; give each its own.") from None


def read_column(name: str, series: "nw.Series[Any]", low: int = 0) -> Column:
    """Turn a column, or its rows from row ``low`` on, into numbers, days or strings.

    Dates and times of day become days since 1970, durations become days. An `InputError` is raised
    for an infinite value, and for lists, structs and bytes.
    """
    if series.null_count() == len(series):
        return Column(name, "nothing", np.full(len(series), None, dtype=object))
    kind, values = read_plain(name, series)
    if kind == "numbers":
        missing = np.isnan(values)
        too_large = np.flatnonzero(~missing & ~(np.abs(values) < _LARGEST))
        if len(too_large):
            row = low + int(too_large[0])
            raise InputError(
                f"Column {name!r} holds {values[too_large[0]]} in row {row} (counted from 0); "
                "replace infinite and huge values, or leave them empty."
            )
        if missing.all():
            kind = "nothing"
    return Column(name, kind, values)


def is_row_name(name: str) -> bool:
    """Tell whether a column is named like an index."""
    return _ROW_NAME.fullmatch(name) is not None


def read_plain(name: str, series: "nw.Series[Any]") -> tuple[Kind, NDArray[Any]]:
    """Read a column as it is: numbers with NaN for gaps, or strings with None for gaps."""
    dtype = series.dtype
    if dtype.is_numeric() or dtype == nw.Boolean:
        return "numbers", read_floats(series)
    if dtype == nw.Date or dtype == nw.Datetime:
        stamps = series.cast(nw.Datetime("us")) if dtype == nw.Date else series
        return "dates", read_floats(stamps.dt.timestamp("us")) / _MICROSECONDS
    if dtype == nw.Duration:
        return "dates", read_floats(series.dt.total_microseconds()) / _MICROSECONDS
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        return "strings", read_objects(series.cast(nw.String))
    if dtype in (nw.Object, nw.Time):
        return _from_objects(name, read_objects(series))
    raise InputError(
        f"Column {name!r} holds {dtype} values; give one plain value a row, or leave it out."
    )


def read_floats(series: "nw.Series[Any]") -> NDArray[np.float64]:
    """Read a column of numbers, with NaN for its gaps."""
    return np.array(series.cast(nw.Float64).to_numpy(), dtype=np.float64)


def read_objects(series: "nw.Series[Any]") -> NDArray[Any]:
    """Read a column as objects, with None for its gaps."""
    values = np.empty(len(series), dtype=object)
    values[:] = series.to_list()
    values[series.is_null().to_numpy()] = None
    return values


def _from_objects(name: str, values: NDArray[Any]) -> tuple[Kind, NDArray[Any]]:
    """Read a column of objects, which is how pandas keeps dates and booleans with gaps."""
    present = [value for value in values if value is not None]
    if all(isinstance(v, bool | int | float | Decimal | np.number | np.bool_) for v in present):
        return "numbers", _convert(values, float)
    if all(isinstance(v, date | time | timedelta) for v in present):
        return "dates", _convert(values, _days)
    odd = next((v for v in present if not isinstance(v, str | int | float | Decimal)), None)
    if odd is not None:
        raise InputError(
            f"Column {name!r} holds {type(odd).__name__} values; give one plain value a row, "
            "or leave it out."
        )
    strings = np.empty(len(values), dtype=object)
    strings[:] = [None if value is None else str(value) for value in values]
    return "strings", strings


def _convert(values: NDArray[Any], number: Any) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else number(value) for value in values])


def _days(moment: date | time | timedelta) -> float:
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / _SECONDS
    if isinstance(moment, date):
        return float(moment.toordinal() - _EPOCH)
    if isinstance(moment, time):
        moment = timedelta(
            hours=moment.hour,
            minutes=moment.minute,
            seconds=moment.second,
            microseconds=moment.microsecond,
        )
    return moment / timedelta(days=1)
