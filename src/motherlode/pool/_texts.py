"""The texts of a pool's rows, from texts or from the columns of text in a frame."""

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from .._rows.blocks import Stored
from .._rows.matrix import is_frame, n_rows, take
from ..errors import InputError
from . import Pool
from ._columns import Column, open_frame, read_column
from ._sources import texts_of

_BLOCK = 65_536  # rows of a table on disk at a time


def texts_of_rows(pool: Pool) -> list[str] | None:
    """List a text for each row, the columns of text together; None if the pool holds no text."""
    found: list[str] | None = pool.once("texts of rows", lambda: _texts(pool.data))
    return found


def _texts(data: Any) -> list[str] | None:
    if isinstance(data, Stored):
        n = n_rows(data)
        starts = range(0, n, _BLOCK)
        parts = [_texts(take(data, np.arange(low, min(low + _BLOCK, n)))) for low in starts]
        return None if None in parts else [text for part in parts for text in part or ()]
    if is_frame(data):
        frame = open_frame(data)
        columns = [_strings(name, frame.get_column(name)) for name in frame.columns]
        values = [texts_of(column) for column in columns if column is not None]
        return [" \n ".join(cells) for cells in zip(*values, strict=True)] if values else None
    return data if isinstance(data, list) and isinstance(data[0], str) else None


def _strings(name: str, series: "nw.Series[Any]") -> Column | None:
    """Read a column of strings; None for another, also one that no model can read."""
    if series.dtype.is_numeric() or series.dtype.is_temporal():
        return None
    try:
        column = read_column(name, series)
    except InputError:  # lists, bytes and the like, in rows that are passed through
        return None
    return column if column.kind == "strings" else None
