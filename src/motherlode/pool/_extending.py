"""New rows behind those of a pool, in the form in which these were handed in."""

from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse, vstack

from .._files.sources import ENDINGS
from .._files.tables import TableFiles, files_in
from .._rows.arrays import Matrix
from .._rows.blocks import Stored
from .._rows.matrix import is_frame, n_rows
from ..errors import InputError, first_line
from ._columns import open_frame
from ._features import count_rows, texts_or_none
from ._forms import as_known_form, as_numbers

_STAYS = (
    "write all rows to files, make a Pool of them and a learner of the pool, and teach it "
    "*learner.labelled."
)


def append_rows(data: Matrix, more: Any) -> Matrix:
    """Put new rows behind those of a pool; neither is changed.

    Parameters
    ----------
    data : Matrix
        The rows of a pool, as its ``data``.
    more : array, sparse matrix, frame, list or path
        Rows of the same kind.

    Raises
    ------
    InputError
        If there is no new row, or it is of another kind than those of the pool.
    """
    if isinstance(data, TableFiles):
        return TableFiles([*data.paths, *_list_files(more)])
    if isinstance(data, Stored) or _is_mapped(data):
        kind = "on Dask workers" if isinstance(data, Stored) else "in memory-mapped files"
        raise InputError(f"The rows of this pool stay {kind}, and none can be added; {_STAYS}")
    if isinstance(more, str | PathLike):
        from .._files.opening import open_rows

        more = open_rows(more)
        more = more.table() if isinstance(more, TableFiles) else more
    more = as_known_form(more)
    if not count_rows(more):
        raise InputError("There is no new row; give at least one.")
    if is_frame(data):
        return _append_frame(data, more)
    return _append_list(data, more) if isinstance(data, list) else _append_array(data, more)


def _is_mapped(data: Any) -> bool:
    """Tell whether an array is a memory map, or a view of one."""
    return isinstance(data, np.ndarray) and (
        isinstance(data, np.memmap) or isinstance(data.base, np.memmap)
    )


def _list_files(more: Any) -> list[Path]:
    if not isinstance(more, str | PathLike):
        raise InputError(
            "The rows of this pool stay in files; write the new ones to a Parquet or Arrow file "
            "with the same columns, and give its path."
        )
    path = Path(more)
    if path.is_dir():
        return files_in(path)
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"The rows of this pool stay in files, and {path} is no Parquet or Arrow file; write "
            "the new rows to one."
        )
    return [path]


def _append_list(data: list[Any], more: Any) -> list[Any]:
    of_texts = isinstance(data[0], str)
    items = texts_or_none(more) if of_texts else list(more)
    if items is None or not (of_texts or all(isinstance(item, Path) for item in items)):
        kind = "texts" if of_texts else "paths of images"
        raise InputError(
            f"This pool holds {kind} and the new rows are something else; give {kind}."
        )
    return [*data, *items]


def _append_array(data: Any, more: Any) -> Any:
    if is_frame(more) or texts_or_none(more) is not None:
        raise InputError(
            f"This pool holds an array and the new rows are {type(more).__name__}; give an array "
            f"of {data.shape[1]} columns."
        )
    new = as_numbers(more) if data.dtype.kind in "biuf" else np.asarray(more)
    if new.shape[1:] != data.shape[1:]:
        raise InputError(
            f"The new rows have {new.shape[1]} features and those of the pool have "
            f"{data.shape[1]}; give the same ones, in the same order."
        )
    if data.dtype.kind == "f" and new.dtype.kind in "biuf":
        new = new.astype(data.dtype)
    if issparse(data) or issparse(new):
        return vstack([data, new], format="csr")
    return np.concatenate([data, new])


def _append_frame(data: Any, more: Any) -> Any:
    if not is_frame(more):
        raise InputError(
            f"This pool holds a frame and the new rows are {type(more).__name__}; give a frame "
            "with the same columns."
        )
    frame = open_frame(data)
    new = _as_kind_of(frame, open_frame(more))
    missing = [name for name in frame.columns if name not in new.columns]
    added = [name for name in new.columns if name not in frame.columns]
    if missing or added:
        odd = f"no column {missing[0]!r}" if missing else f"a column {added[0]!r} more"
        raise InputError(f"The new rows have {odd}; give the columns of the pool.")
    new = new.select(frame.columns)
    for name in frame.columns:
        frame, new = _agree(name, frame, new)
    try:
        joined = nw.concat([frame, new], how="vertical").to_native()
    except Exception as problem:
        why = first_line(problem)
        raise InputError(f"The new rows do not go below those of the pool: {why}") from None
    return joined.reset_index(drop=True) if hasattr(joined, "reset_index") else joined


def _as_kind_of(frame: "nw.DataFrame[Any]", new: "nw.DataFrame[Any]") -> "nw.DataFrame[Any]":
    """Turn new rows into the kind of frame that the pool holds."""
    if new.implementation == frame.implementation:
        return new
    kind = frame.implementation
    turned = new.to_pandas() if kind.is_pandas() else new.to_polars() if kind.is_polars() else None
    return open_frame(new.to_arrow() if turned is None else turned)


def _agree(
    name: str, frame: "nw.DataFrame[Any]", new: "nw.DataFrame[Any]"
) -> "tuple[nw.DataFrame[Any], nw.DataFrame[Any]]":
    """Bring a column to one type: numbers of two types become float64."""
    old, other = frame.schema[name], new.schema[name]
    if old == other:
        return frame, new
    if old.is_numeric() and other.is_numeric():
        as_float = nw.col(name).cast(nw.Float64)
        return frame.with_columns(as_float), new.with_columns(as_float)
    if new.get_column(name).null_count() == n_rows(new):
        return frame, new.with_columns(nw.col(name).cast(old))
    words = (nw.String, nw.Categorical, nw.Enum)
    if old in words and other in words:
        as_text = nw.col(name).cast(nw.String)
        return frame.with_columns(as_text), new.with_columns(as_text)
    raise InputError(
        f"Column {name!r} holds {other} in the new rows and {old} in the pool; give it as {old}."
    )
