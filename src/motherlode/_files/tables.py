"""Tables on disk: Parquet and Arrow files, one or a folder of them, read a block at a time."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._rows.arrays import Rows
from .._rows.blocks import Stored
from ..errors import InputError
from .choices import Choices, Found, check_names
from .sources import ENDINGS, PARQUET
from .unpacking import check_arrow, read_bounded_parquet

if TYPE_CHECKING:
    import pyarrow as pa

_BUFFER = 2**18  # bytes of a column read at a time; without it a whole row group is


class TableFiles(Stored):
    """The rows of Parquet or Arrow files with the same columns, one file after the other."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)
        opened = [_File(path) for path in self.paths]
        self.schema = opened[0].schema
        self.columns: list[str] = list(self.schema.names)
        for path, file in zip(self.paths, opened, strict=True):
            _check_columns(path, file.schema, self.paths[0], self.schema)
        #: The first row of every part that can be read by itself, and which file and part it is.
        sizes = [size for file in opened for size in file.sizes]
        self._starts = [0, *accumulate(sizes)]
        self._parts = [(f, i) for f, file in enumerate(opened) for i in range(len(file.sizes))]
        self.shape = (self._starts[-1], len(self.columns))
        self.bytes = sum(file.bytes for file in opened)
        self.__dict__["_open"] = opened  # another process opens them anew
        if not self.shape[0]:
            raise InputError(f"{self.paths[0]} holds no rows.")

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "_open"}

    def __repr__(self) -> str:
        return f"TableFiles({self.shape[0]:,} rows of {len(self.columns)} columns)"

    @cached_property
    def _open(self) -> "list[_File]":
        return [_File(path) for path in self.paths]

    def tables(self, columns: Sequence[str] | None = None) -> "Iterator[pa.Table]":
        """Read all rows in order, in tables of the sizes that the files have."""
        for file in self._open:
            yield from file.tables(columns)

    def blocks(
        self, size: int, columns: Sequence[str] | None = None
    ) -> "Iterator[tuple[int, pa.Table]]":
        """Read blocks of ``size`` rows: the id of the first row, and the rows."""
        import pyarrow as pa

        low, held, waiting = 0, 0, []
        for table in self.tables(columns):
            waiting.append(table)
            held += len(table)
            while held >= size:
                together = pa.concat_tables(waiting)
                yield low, together.slice(0, size)
                low, held = low + size, held - size
                waiting = [together.slice(size)]
        if held:
            yield low, pa.concat_tables(waiting)

    def take(self, rows: Rows, columns: Sequence[str] | None = None) -> "pa.Table":
        """Take the given rows, in the given order; each part of a file is read once at most."""
        import pyarrow as pa

        ids, place = np.unique(np.asarray(rows, dtype=np.int64), return_inverse=True)
        found = [self.schema.empty_table().select(list(columns or self.columns))]
        start = 0
        while start < len(ids):
            part = bisect_right(self._starts, int(ids[start])) - 1
            stop = int(np.searchsorted(ids, self._starts[part + 1]))
            file, number = self._parts[part]
            within = ids[start:stop] - self._starts[part]
            found.append(self._open[file].part(number, columns, within))
            start = stop
        return pa.concat_tables(found).take(place)

    def table(self) -> "pa.Table":
        """Read all rows as one table, or refuse files that unpack to far more than they hold."""
        import pyarrow as pa

        return pa.concat_tables([table for file in self._open for table in file.whole()])


class _File:
    """A Parquet or Arrow file."""

    def __init__(self, path: Path) -> None:
        self.path, self.parquet = path, path.suffix.lower() in PARQUET
        self._sound: set[tuple[int, tuple[str, ...]]] = set()
        with _explain_errors(path):
            if path.stat().st_size == 0:
                raise InputError(f"{path} is empty.")
            self._file = self._open()
        self.schema = self._file.schema_arrow if self.parquet else self._file.schema
        if self.parquet:
            groups = [
                self._file.metadata.row_group(i) for i in range(self._file.metadata.num_row_groups)
            ]
            self.sizes = [group.num_rows for group in groups]
            self.bytes = sum(group.total_byte_size for group in groups)
        else:
            count = self._file.num_record_batches
            self.sizes = [self._file.get_batch(i).num_rows for i in range(count)]
            self.bytes = path.stat().st_size

    def _open(self) -> Any:
        if self.parquet:
            from pyarrow import parquet

            return parquet.ParquetFile(self.path, buffer_size=_BUFFER, pre_buffer=False)
        from pyarrow import ipc, memory_map

        check_arrow(self.path)
        return ipc.open_file(memory_map(str(self.path)))

    def tables(self, columns: Sequence[str] | None) -> "Iterator[pa.Table]":
        import pyarrow as pa

        with _explain_errors(self.path):
            if self.parquet:
                for batch in self._file.iter_batches(2**14, columns=columns, use_threads=False):
                    yield pa.Table.from_batches([batch])
            else:
                for i in range(len(self.sizes)):
                    yield self._batch(i, columns)

    def whole(self) -> "Iterator[pa.Table]":
        with _explain_errors(self.path):
            yield from read_bounded_parquet(self.path) if self.parquet else self.tables(None)

    def part(self, number: int, columns: Sequence[str] | None, within: Rows) -> "pa.Table":
        """Read some rows of a row group or record batch."""
        with _explain_errors(self.path):
            if self.parquet:
                return _take(
                    self._file.iter_batches(
                        2**14, row_groups=[number], columns=columns, use_threads=False
                    ),
                    within,
                )
            return self._batch(number, columns).take(within)

    def _batch(self, number: int, columns: Sequence[str] | None) -> "pa.Table":
        import pyarrow as pa

        table = pa.Table.from_batches([self._file.get_batch(number)])
        table = table if columns is None else table.select(list(columns))
        wanted = (number, tuple(table.column_names))
        if wanted not in self._sound:
            # An offset that points outside of a column would end the process that follows it.
            table.validate(full=True)
            self._sound.add(wanted)
        return table


def _take(batches: "Iterator[pa.RecordBatch]", within: Rows) -> "pa.Table":
    """Take rows of a row group, which is read batch by batch up to the last of them."""
    import pyarrow as pa

    low, found = 0, []
    for batch in batches:
        first, last = np.searchsorted(within, (low, low + batch.num_rows))
        if last > first:
            found.append(pa.Table.from_batches([batch]).take(within[first:last] - low))
        low += batch.num_rows
        if last == len(within):
            break
    return pa.concat_tables(found)


@contextmanager
def _explain_errors(path: Path) -> Iterator[None]:
    from pyarrow import ArrowInvalid

    try:
        yield
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except MemoryError:
        raise InputError(
            f"{path} unpacks to more than the memory holds; leave out columns or rows."
        ) from None
    except (ArrowInvalid, OSError):
        kind = "a Parquet" if path.suffix.lower() in PARQUET else "an Arrow"
        raise InputError(f"{path} is not {kind} file, or is damaged.") from None


def _check_columns(path: Path, schema: Any, first: Path, expected: Any) -> None:
    names = list(schema.names)
    check_names(path, names)
    if not schema.equals(expected):
        here, there = (dict(zip(s.names, s.types, strict=True)) for s in (schema, expected))
        odd = next((n for n in {**here, **there} if here.get(n) != there.get(n)), names[0])
        raise InputError(
            f"{path} and {first} differ in column {odd!r}; files of one pool need the same columns "
            "of the same types, in the same order."
        )


def read_files(path: Path, choices: Choices) -> Found:
    """Read a Parquet or Arrow (IPC, Feather) file, or a folder of them, as one table."""
    return Found(TableFiles(files_in(path) if path.is_dir() else [path]).table())


def files_in(folder: Path) -> list[Path]:
    """List the table files of a folder and the folders in it, in the order of their names."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    if not found:
        raise InputError(f"The folder {folder} holds no {', '.join(ENDINGS)} file.")
    return found
