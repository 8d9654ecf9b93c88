"""Bounds on what a file unpacks to, since a small file can say that it is a huge table."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from .._rows.packed_arrow import count_packed_bytes
from ..errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

HELD = 2**25  # bytes: up to 32 MB are read into memory as a whole
LEAST_BOUND = 2 * 10**9  # bytes that every file may unpack to
MOST_TIMES = 100  # and a larger one this many times its size
_ROWS = 2**14
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}

_OPENERS: dict[str, Callable[[Path], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}


def packing_of(path: Path) -> str | None:
    """Tell by its ending how a file is packed; None if it is not."""
    ending = path.suffix.lower()
    return ending if ending in _OPENERS else None


@contextmanager
def open_packed(path: Path) -> Iterator[BinaryIO]:
    """Open a file, packed or not, and stop reading once it unpacks to too much."""
    packing = packing_of(path)
    if packing is None:
        with path.open("rb") as file:
            yield file
        return
    try:
        with _OPENERS[packing](path) as file:
            yield cast(BinaryIO, _Bounded(path, file))
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as problem:
        if isinstance(problem, OSError) and problem.errno is not None:
            raise
        raise InputError(f"{path} is not a {packing} file, or is damaged; pack it again.") from None


class _Bounded(io.RawIOBase):
    """A packed file that refuses to give more than a bound."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file, self._given = path, file, 0

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self._given += len(part)
        check_unpacked(self._path, self._given)
        return part


def check_zip(path: Path) -> None:
    """Refuse a zip file that says that it unpacks to far more than it holds."""
    try:
        with zipfile.ZipFile(path) as held:
            check_unpacked(path, sum(one.file_size for one in held.infolist()))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return  # whoever opens it says what is wrong


def check_arrow(path: Path) -> None:
    """Refuse an Arrow file that unpacks to far more than it holds; read its descriptions alone."""
    try:
        found = count_packed_bytes(path)
    except ValueError:
        return  # whoever opens it says what is wrong
    check_unpacked(path, found)


def read_bounded_parquet(path: Path) -> "Iterator[pa.Table]":
    """Read a Parquet file in tables of 16,384 rows, and stop once it unpacks to too much."""
    from pyarrow import parquet

    # Repeated texts stay one text until it is known how long all of them are.
    with parquet.ParquetFile(path) as file:
        check_unpacked(path, _count_described(file.metadata))
        texts = [column.path for column in file.schema if _is_plain_text(column)]
    with parquet.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file:
        held = 0
        for batch in file.iter_batches(_ROWS, use_threads=False):
            held += sum(map(_count_unpacked, batch.columns))
            check_unpacked(path, held)
            yield _unpack(batch)


def _is_plain_text(column: Any) -> bool:
    return bool(column.physical_type == "BYTE_ARRAY" and column.max_repetition_level == 0)


def _count_described(metadata: Any) -> int:
    """Count what the values of all columns take by the file's own description."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    columns = [group.column(i) for group in groups for i in range(group.num_columns)]
    return sum(
        max(c.total_uncompressed_size, c.num_values * _WIDTHS.get(c.physical_type, 0))
        for c in columns
    )


def _count_unpacked(values: "pa.Array") -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(values.type):
        return int(values.nbytes)
    lengths = np.asarray(pc.binary_length(values.dictionary).fill_null(0), dtype=np.int64)
    counts = np.bincount(np.asarray(values.indices.drop_null()), minlength=len(lengths))
    return int(counts @ lengths) + 4 * len(values)


def _unpack(batch: "pa.RecordBatch") -> "pa.Table":
    import pyarrow as pa

    columns = [
        c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns
    ]
    return pa.table(columns, names=batch.schema.names)


def check_unpacked(path: Path, found: int) -> None:
    """Refuse a file that unpacks to so many bytes, if that is far more than it holds."""
    size = path.stat().st_size
    if found > max(LEAST_BOUND, MOST_TIMES * size):
        raise InputError(
            f"{path} of {size / 1e6:,.1f} MB unpacks to more than {found / 1e9:,.1f} GB; leave "
            "out columns or rows, or write it without compression."
        )
