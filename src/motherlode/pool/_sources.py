"""Tables as an encoder reads them: a frame in memory, or files a block of rows at a time."""

from collections.abc import Iterator
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from .._files.tables import TableFiles
from .._rows.arrays import Floats
from ._columns import Column, open_frame, read_column

_ROWS = 65_536  # of a file's table in memory at a time


class Source:
    """A pandas, polars or Arrow frame, or table files, read block by block."""

    def __init__(self, data: Any) -> None:
        self._files = data if isinstance(data, TableFiles) else None
        if self._files is None:
            self._frame = open_frame(data)
        self.columns: list[str] = list((self._files or self._frame).columns)

    def blocks(self, columns: list[str] | None = None) -> "Iterator[tuple[int, nw.DataFrame[Any]]]":
        """Read the number of the first row, and some columns, of one block after the other."""
        if self._files is None:
            yield 0, self._frame if columns is None else self._frame.select(columns)
        else:
            for low, table in self._files.blocks(_ROWS, columns):
                yield low, nw.from_native(table, eager_only=True)

    def read(self, name: str) -> Iterator[Column]:
        """Read one column, block by block."""
        if self._files is None:
            yield read_column(name, self._frame.get_column(name))
            return
        for low, block in self.blocks([name]):
            yield read_column(name, block.get_column(name), low)

    def numbers(self, name: str) -> Floats:
        """Read a column of numbers as a whole."""
        return np.concatenate([part.values.astype(np.float64) for part in self.read(name)])

    def texts(self, name: str) -> "_Texts":
        """Give one column of strings."""
        return _Texts(self, name)


class _Texts:
    """A column of strings, empty where missing, that is read whenever it is gone through."""

    def __init__(self, source: Source, name: str) -> None:
        self._source, self._name = source, name

    def __iter__(self) -> Iterator[str]:
        for part in self._source.read(self._name):
            yield from texts_of(part)


def texts_of(column: Column) -> list[str]:
    """List a column's strings, empty where missing."""
    return ["" if value is None else value for value in column.values]
