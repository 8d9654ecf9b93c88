"""Frames for people: rows of a pool with columns of ours, in the library that the pool came in."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from os import PathLike
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse

from .._rows.arrays import Rows
from .._rows.matrix import is_frame
from ..errors import InputError
from ._columns import open_frame
from ._pool import Pool

_LIBRARIES = ("pandas", "pyarrow", "polars")


def make_frame(columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> Any:
    """Make a frame of columns in pandas, or in pyarrow or polars where that is not installed."""
    return _make(columns, _find_library())


def make_frame_of_rows(
    pool: Pool,
    rows: Rows,
    columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]],
) -> Any:
    """Make a frame of rows of a pool: their ids, their own columns, and the given ones.

    It is of the library that the pool was given in. A column of ours that has the name of one of
    the pool's gets an underscore behind its name. Sparse rows and pictures have no columns.
    """
    own = _take_columns(pool, rows)
    named = {"row": rows, **columns}
    if own is None:
        return make_frame(named)
    if isinstance(own, dict):
        library, names = _find_library(), list(own)
    else:
        library, names = own.implementation.value, own.columns
    ours = _make({_free(name, names): values for name, values in named.items()}, library)
    theirs = _make(own, library) if isinstance(own, dict) else _without_index(own)
    return _join(ours, theirs)


def list_own_columns(pool: Pool, rows: Rows) -> dict[str, list[Any]]:
    """Return the rows' own columns, by name, to be shown; empty if they have none."""
    own = _take_columns(pool, rows)
    if own is None:
        return {}
    if isinstance(own, dict):
        return {name: np.asarray(values, dtype=object).tolist() for name, values in own.items()}
    return {name: own[name].to_list() for name in own.columns}


def _take_columns(pool: Pool, rows: Rows) -> Any:
    """Take the rows as a wrapped frame or as columns by name; None if they have no columns."""
    data = pool[rows]
    if is_frame(data):
        return open_frame(data)
    if issparse(data):
        return None
    if isinstance(data, np.ndarray) and data.ndim == 2:
        return {f"x{i}": data[:, i] for i in range(data.shape[1])}
    values = data.tolist() if isinstance(data, np.ndarray) and data.ndim == 1 else data
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return {"text": values}
    if isinstance(values, list) and all(isinstance(value, PathLike) for value in values):
        return {"path": [str(value) for value in values]}
    return None


def _free(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _find_library() -> str:
    for name in _LIBRARIES:
        try:
            import_module(name)
        except ModuleNotFoundError:
            continue
        return name
    raise InputError("A frame needs pandas, which is not installed: pip install pandas.")


def _make(columns: Mapping[str, Any], library: Any) -> Any:
    if library != "pandas":
        values = {name: _as_list(column) for name, column in columns.items()}
        return nw.to_native(nw.from_dict(values, backend=library))
    pandas = import_module("pandas")
    return pandas.DataFrame({name: _with_gaps(column, pandas) for name, column in columns.items()})


def _with_gaps(column: Any, pandas: Any) -> Any:
    """Keep whole numbers and flags as they are where some are missing."""
    if isinstance(column, np.ndarray) or not any(value is None for value in column):
        return column
    return pandas.array(list(column))


def _as_list(column: Any) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)


def _without_index(frame: "nw.DataFrame[Any]") -> Any:
    """Take an index away, since columns of pandas are joined by it."""
    native = frame.to_native()
    return native.reset_index(drop=True) if frame.implementation.is_pandas() else native


def _join(ours: Any, theirs: Any) -> Any:
    first, own = (nw.from_native(frame, eager_only=True) for frame in (ours, theirs))
    whole = nw.concat([first, own], how="horizontal")
    rest = [name for name in first.columns if name != first.columns[0]]
    return whole.select([first.columns[0], *own.columns, *rest]).to_native()
