"""Writers of tables: each turns batches of lines into the parts of a file, in order.

A writer is a function of a pyarrow schema and of batches, which are lists of dicts from column
names to values. It is registered in `WRITERS` under the ending that it writes.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyarrow import parquet

Batches = Iterable[list[dict[str, Any]]]
# A spreadsheet does not show quotes before a formula, so it is a formula with them too.
_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]")
# Where a spreadsheet that separates cells by another sign than the comma begins a cell.
_CELL_END = re.compile(r"([;|\t\n\r])")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
AS_IS = {b"csv": b"as it is"}
"""Metadata of a column whose cells stay as they are: declared classes, and ids to join by."""


def write_csv(schema: pa.Schema, batches: Batches) -> Iterator[bytes]:
    """Write a header line and a line for each row, in which no spreadsheet finds a formula.

    Columns with the metadata `AS_IS` stay as they are.
    """
    as_is = {f.name for f in schema if f.metadata == AS_IS}

    def cell(line: dict[str, Any], name: str) -> Any:
        return line[name] if name in as_is else neutral(line[name])

    yield _csv_lines([[neutral(name) for name in schema.names]])
    for batch in batches:
        yield _csv_lines([cell(line, name) for name in schema.names] for line in batch)


def write_json_lines(schema: pa.Schema, batches: Batches) -> Iterator[bytes]:
    """Write an object a line; what is not a number (NaN) becomes null."""
    for batch in batches:
        yield "".join(_json_line({n: line[n] for n in schema.names}) for line in batch).encode()


def write_parquet(schema: pa.Schema, batches: Batches) -> Iterator[bytes]:
    """Write a Parquet file, a row group for each batch."""
    return _arrow_parts(schema, batches, parquet.ParquetWriter)


def write_arrow(schema: pa.Schema, batches: Batches) -> Iterator[bytes]:
    """Write an Arrow (IPC) file, uncompressed, so that it can be mapped into memory."""
    return _arrow_parts(schema, batches, pa.ipc.new_file)


def neutral(value: Any) -> Any:
    """Put a quote before what a spreadsheet takes for a formula; numbers stay as they are.

    Examples
    --------
    >>> neutral("=1+1"), neutral(-1), neutral("-1"), neutral("a-b")
    ("'=1+1", -1, '-1', 'a-b')
    >>> neutral("a;=1+1")
    "a;'=1+1"
    """
    if not isinstance(value, str):
        return value
    parts = _CELL_END.split(value)
    return "".join(f"'{part}" if _is_formula(part) else part for part in parts)


def unquote(cell: str) -> str:
    """Undo `neutral`.

    Examples
    --------
    >>> unquote("'=1+1"), unquote("'tis")
    ('=1+1', "'tis")
    """
    parts = _CELL_END.split(cell)
    return "".join(p[1:] if p[:1] == "'" and _is_formula(p[1:]) else p for p in parts)


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


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


def _arrow_parts(schema: pa.Schema, batches: Batches, writer_of: Any) -> Iterator[bytes]:
    parts = _Parts()
    with writer_of(parts, schema) as writer:
        for batch in batches:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            yield parts.take()
    yield parts.take()


def _json_line(line: dict[str, Any]) -> str:
    finite = {n: None if isinstance(v, float) and v != v else v for n, v in line.items()}
    return json.dumps(finite, ensure_ascii=False, default=str) + "\n"


def _csv_lines(lines: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
