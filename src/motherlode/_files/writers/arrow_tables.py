"""Parquet and Arrow, which keep the types of columns."""

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from .lines import Lines


def write_parquet(lines: Lines) -> Iterator[bytes]:
    """Write a Parquet file, a row group for each batch."""
    return _write(lines, parquet.ParquetWriter)


def write_arrow(lines: Lines) -> Iterator[bytes]:
    """Write an Arrow (IPC) file, uncompressed, so that it can be mapped into memory."""
    return _write(lines, pa.ipc.new_file)


class _Parts(io.RawIOBase):
    """A file that keeps what is written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = bytes(data)
        self._held.append(content)
        self._length += len(content)
        return len(content)

    def tell(self) -> int:
        return self._length

    def take(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


def _write(lines: Lines, writer_of: Any) -> Iterator[bytes]:
    parts = _Parts()
    with writer_of(parts, lines.schema) as writer:
        for table in lines.tables:
            writer.write_table(table)
            yield parts.take()
    yield parts.take()
