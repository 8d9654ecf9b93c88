"""Columns of pandas and Arrow in types of their own, as types that every kind of frame has."""

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


def as_plain_series(series: "nw.Series[Any]") -> "nw.Series[Any]":
    """Give the values of a column in a type that is read like any other, where there is one."""
    native = series.to_native()
    if series.implementation.is_pandas():
        native = _plain_pandas(native)
    kind = getattr(native, "type", None)
    if kind is not None and type(native).__module__.startswith("pyarrow"):
        native = _plain_arrow(native)
    return series if native is series.to_native() else nw.from_native(native, series_only=True)


def type_of(series: "nw.Series[Any]") -> str:
    """Name the type of a column as its own library does."""
    native = series.to_native()
    return str(getattr(native, "dtype", getattr(native, "type", series.dtype)))


def _plain_pandas(native: Any) -> Any:
    import pandas as pd

    kind = native.dtype
    if isinstance(kind, pd.PeriodDtype):
        return native.dt.to_timestamp()
    if isinstance(kind, pd.CategoricalDtype):
        # By the categories themselves: beside a gap, 1 would be spelled 1.0.
        words = np.array([*map(str, kind.categories), None], dtype=object)
        return pd.Series(words[native.cat.codes.to_numpy()], dtype=object)
    if isinstance(kind, pd.SparseDtype):
        return native.sparse.to_dense()
    if isinstance(kind, np.dtype) and kind.kind == "f" and kind.itemsize > 8:
        return native.astype(np.float64)
    if hasattr(kind, "pyarrow_dtype"):
        import pyarrow as pa

        found = pa.array(native.array)
        return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])
    return native


def _plain_arrow(native: "pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow as pa
    from pyarrow.compute import run_end_decode

    kind = native.type
    if pa.types.is_dictionary(kind):
        parts = [_spell(chunk) for chunk in native.chunks]
        return pa.chunked_array(parts, None if parts else pa.large_string())
    if pa.types.is_run_end_encoded(kind):
        parts = [run_end_decode(chunk) for chunk in native.chunks]
        return _plain_arrow(pa.chunked_array(parts, kind.value_type))
    if pa.types.is_decimal(kind):
        return native.cast(pa.float64(), safe=False)
    if pa.types.is_date64(kind):
        return native.cast(pa.date32(), safe=False)
    if str(kind) == "string_view":  # pyarrow 16 and 17 can do little with it
        return pa.chunked_array([pa.array(native.to_pylist(), pa.large_string())])
    return native


def _spell(chunk: "pa.DictionaryArray") -> "pa.Array":
    """Make texts of a dictionary's values, which are categories; bytes and lists stay."""
    import pyarrow as pa

    values = chunk.dictionary.to_pylist()
    if any(isinstance(value, bytes | list | dict) for value in values):
        return pa.array(chunk.to_pylist(), chunk.type.value_type)
    words = [None if value is None else str(value) for value in values]
    return pa.array(words, pa.large_string()).take(chunk.indices)
