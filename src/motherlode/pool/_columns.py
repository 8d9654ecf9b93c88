"""One column of a frame as plain numbers or strings, the same for pandas, polars and Arrow."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, first_line
from ._natives import as_plain_series, type_of

Kind = Literal["numbers", "dates", "strings", "nothing"]

# Squares of larger numbers overflow, and so would the variance.
_LARGEST = 1e100
_EXACT = 2**53  # up to which float64 keeps each whole number
_ROW_NAME = re.compile(r"(.*_)?id|index|row|unnamed: 0|", re.IGNORECASE)
_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS = 86_400
_MICROSECONDS = 86_400e6


@dataclass(frozen=True)
class Column:
    """The values of one column: float64 with NaN where missing, or str objects with None.

    It is ``rounded`` if it holds whole numbers above 2^53, which float64 keeps 16 digits of.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    rounded: bool = False

    @property
    def present(self) -> list[Any]:
        """The values that are not missing."""
        return [value for value in self.values if value is not None]


def open_frame(frame: Any) -> "nw.DataFrame[Any]":
    """Wrap a pandas, polars or Arrow frame with a text as the name of each column.

    An `InputError` is raised if it is none, is not collected, or its columns have no name each.
    """
    try:
        return nw.from_native(_name_columns(frame), eager_only=True)
    except TypeError:
        raise InputError(
            f"A pandas, polars or Arrow frame is needed, not {type(frame).__name__}; give "
            "rows as a frame, one row as frame[3:4], and collect a lazy frame first."
        ) from None


def _name_columns(frame: Any) -> Any:
    """Check the names of columns, and make those of a pandas frame texts."""
    is_pandas = hasattr(frame, "iloc") and hasattr(frame, "columns")
    if not is_pandas and not hasattr(frame, "column_names"):
        return frame  # polars checks the names itself
    names = list(frame.columns if is_pandas else frame.column_names)
    levels = frame.columns.nlevels if is_pandas else 1
    if levels > 1:
        raise InputError(
            f"The frame's columns have names of {levels} levels, as {names[0]!r}; join them first, "
            "as by frame.columns = ['_'.join(map(str, name)) for name in frame.columns]."
        )
    first: dict[str, Any] = {}
    for name in names:
        if str(name) in first:
            both = " and ".join(dict.fromkeys([repr(first[str(name)]), repr(name)]))
            raise InputError(
                f"The frame has two columns of one name, {both}; give each a name of its own."
            )
        first[str(name)] = name
    if all(isinstance(name, str) for name in names):
        return frame
    renamed = frame.copy(deep=False)
    renamed.columns = list(first)
    return renamed


def read_column(name: str, series: "nw.Series[Any]", low: int = 0) -> Column:
    """Turn a column, or its rows from row ``low`` on, into numbers, days or strings.

    Dates and times of day become days since 1970, durations become days, a period the day that it
    begins. Categories, intervals and dictionary-encoded values become strings. An `InputError` is
    raised for an infinite value, and for lists, structs, bytes and complex numbers.
    """
    try:
        plain = as_plain_series(series)
        if plain.null_count() == len(plain):
            return Column(name, "nothing", np.full(len(plain), None, dtype=object))
        kind, values, rounded = _plain(name, plain)
    except InputError:
        raise
    except Exception as error:  # of whichever library holds the column
        why = first_line(error)
        raise InputError(
            f"Column {name!r} of type {type_of(series)} cannot be read ({why.rstrip('.')}); turn "
            "it into numbers, dates or texts, or leave it out."
        ) from None
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
    return Column(name, kind, values, rounded)


def is_row_name(name: str) -> bool:
    """Tell whether a column is named like an index."""
    return _ROW_NAME.fullmatch(name) is not None


def _plain(name: str, series: "nw.Series[Any]") -> tuple[Kind, NDArray[Any], bool]:
    dtype = series.dtype
    if dtype.is_numeric() or dtype == nw.Boolean:
        values = read_floats(series)
        rounded = dtype.is_integer() and bool((np.abs(values) > _EXACT).any())
        return "numbers", values, rounded
    if dtype == nw.Date or dtype == nw.Datetime:
        stamps = series.cast(nw.Datetime("us")) if dtype == nw.Date else series
        return "dates", read_floats(stamps.dt.timestamp("us")) / _MICROSECONDS, False
    if dtype == nw.Duration:
        return "dates", read_floats(series.dt.total_microseconds()) / _MICROSECONDS, False
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        # Some versions of pandas make the text "None" of a gap in objects that are cast.
        texts = series if dtype == nw.String else series.cast(nw.String)
        return "strings", read_objects(texts), False
    if dtype in (nw.Object, nw.Time, nw.Unknown):
        return _from_objects(name, type_of(series), read_objects(series))
    raise _refuse(name, str(dtype))


def _refuse(name: str, kind: str) -> InputError:
    return InputError(
        f"Column {name!r} holds {kind} values; give one plain value a row, or leave it out."
    )


def read_floats(series: "nw.Series[Any]") -> NDArray[np.float64]:
    """Read a column of numbers, with NaN for its gaps."""
    if series.implementation.is_pyarrow():
        # The others round whole numbers above 2^53 without being asked to.
        return np.array(series.to_native().cast("float64", safe=False), dtype=np.float64)
    return np.array(series.cast(nw.Float64).to_numpy(), dtype=np.float64)


def read_objects(series: "nw.Series[Any]") -> NDArray[Any]:
    """Read a column as objects, with None for its gaps."""
    values = np.empty(len(series), dtype=object)
    values[:] = series.to_list()
    values[series.is_null().to_numpy()] = None
    return values


def _from_objects(name: str, dtype: str, values: NDArray[Any]) -> tuple[Kind, NDArray[Any], bool]:
    """Read a column of objects, which is how pandas keeps dates and booleans with gaps."""
    plain = np.empty(len(values), dtype=object)
    plain[:] = [_as_python(value) for value in values]
    present = [value for value in plain if value is not None]
    if all(isinstance(v, int | float | Decimal) for v in present):
        rounded = any(isinstance(v, int) and abs(v) > _EXACT for v in present)
        return "numbers", _convert(plain, float), rounded
    if all(isinstance(v, date | time | timedelta) for v in present):
        return "dates", _convert(plain, _days), False
    odd = next((v for v in present if not isinstance(v, str | int | float | Decimal)), None)
    if odd is not None:
        held = type(odd).__name__
        if isinstance(odd, date | time | timedelta):  # plain, but not beside texts or numbers
            held = " and ".join(list(dict.fromkeys(type(v).__name__ for v in present))[:2])
        raise _refuse(name, held if dtype.lower() in ("object", held) else f"{held} ({dtype})")
    strings = np.empty(len(values), dtype=object)
    strings[:] = [None if value is None else str(value) for value in plain]
    return "strings", strings, False


def _as_python(value: Any) -> Any:
    """Make plain Python values of numpy's and pandas' own, and None of a NaN."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return None if np.isnat(value) else value.astype(f"{value.dtype.str[1:3]}[us]").item()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float | Decimal) and value != value:
        return None
    if isinstance(value, UUID) or type(value).__name__ == "Interval":
        return str(value)
    return value.to_timestamp() if type(value).__name__ == "Period" else value


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
