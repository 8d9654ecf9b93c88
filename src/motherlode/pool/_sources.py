"""Tables as an encoder reads them: a frame in memory, or files a block at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import narwhals.stable.v2 as nw
import numpy as np

from ._columns import Column, open_frame, read_column
from ._tables import TableFiles

_ROWS = 65_536  # of a file's table in memory at a time


class Frame:
    """A pandas, polars or Arrow frame in memory."""

    def __init__(self, frame: Any) -> None:
        self._table = open_frame(frame)
        self._labels = {str(label): label for label in self._table.columns}
        self.columns = list(self._labels)

    def __len__(self) -> int:
        return len(self._table)

    def blocks(self) -> "Iterator[tuple[int, nw.DataFrame[Any]]]":
        """All rows at once."""
        yield 0, self._table.rename({v: k for k, v in self._labels.items() if k != v})

    def column(self, name: str) -> Column:
        """One column."""
        return read_column(name, self._table.get_column(self._labels[name]))

    def texts(self, name: str) -> Sequence[str]:
        """A column of strings, empty where missing."""
        return texts_of(self.column(name))


class Files:
    """Table files, of which one block of rows is in memory at a time."""

    def __init__(self, files: TableFiles) -> None:
        self._files = files
        self.columns = files.columns

    def __len__(self) -> int:
        return self._files.shape[0]

    def blocks(self) -> "Iterator[tuple[int, nw.DataFrame[Any]]]":
        """Blocks of 65,536 rows."""
        for low, table in self._files.blocks(_ROWS):
            yield low, nw.from_native(table, eager_only=True)

    def column(self, name: str) -> Column:
        """One column, whole."""
        return read_column(name, nw.from_native(self._files.column(name), series_only=True))

    def texts(self, name: str) -> Sequence[str]:
        """A column of strings, read from the files whenever it is gone through."""
        return _TextsOfFiles(self._files, name)


class _TextsOfFiles(Sequence[str]):
    def __init__(self, files: TableFiles, name: str) -> None:
        self._files, self._name = files, name

    def __len__(self) -> int:
        return self._files.shape[0]

    def __iter__(self) -> Iterator[str]:
        for _, table in self._files.blocks(_ROWS, [self._name]):
            yield from self._read(table)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        rows = np.arange(len(self))[index]
        found = self._read(self._files.take(np.atleast_1d(rows), [self._name]))
        return found if isinstance(index, slice) else found[0]

    def _read(self, table: Any) -> list[str]:
        frame = nw.from_native(table, eager_only=True)
        return texts_of(read_column(self._name, frame.get_column(self._name)))


def source_of(data: Any) -> Frame | Files:
    """``data`` as an encoder reads it."""
    return Files(data) if isinstance(data, TableFiles) else Frame(data)


def texts_of(column: Column) -> list[str]:
    """A column's strings, empty where missing."""
    return ["" if value is None else value for value in column.values]
