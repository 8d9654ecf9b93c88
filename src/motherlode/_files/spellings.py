"""How cells are spelled: blanks around them, and codes for a value that is missing."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BLANKS = ("", "#n/a", "n/a", "na", "nan", "null", "none", "<na>", "\\n", "nil")
"""What programs write for a missing value, in lower case."""

MISSING = (
    *BLANKS, "?", "-", "--", "---", ".", "..", "\u2013", "\u2014", "n.a.", "#na", "#null!",
    "#value!", "unknown", "missing", "not available", "not applicable",
)  # fmt: skip
"""Cells that hold no value in a column of numbers, booleans or dates, in lower case."""


class Gaps:
    """The cells of one column that hold no value, and how they are spelled."""

    def __init__(self, further: frozenset[str]) -> None:
        codes = {*MISSING, *(code.strip().lower() for code in further)}
        self._codes = pa.array(sorted(codes), pa.string())
        self._known = codes
        self._told = pa.array(sorted(further), pa.string())
        self._found: Counter[str] = Counter()

    def is_gap(self, cell: str) -> bool:
        """Tell whether a cell holds no value."""
        return cell.strip().lower() in self._known

    def holds_told(self, cells: pa.ChunkedArray) -> bool:
        """Tell whether a cell is a code that a person named, which may look like a number."""
        return len(self._told) > 0 and bool(pc.any(pc.is_in(cells, self._told)).as_py())

    def drop(self, cells: pa.ChunkedArray, *, count: bool = False) -> pa.ChunkedArray:
        """Trim cells, with null for those that hold no value; their spellings may be counted."""
        trimmed = trim(cells)
        is_gap = pc.fill_null(pc.is_in(pc.utf8_lower(trimmed), self._codes), False)
        if count:
            for found in pc.value_counts(trimmed.filter(is_gap)).to_pylist():
                self._found[found["values"]] += found["counts"]
        return pc.if_else(is_gap, None, trimmed)

    def explain(self) -> str | None:
        """Say which codes were taken for missing values, but for those that programs write."""
        odd = [(code, n) for code, n in self._found.most_common() if code.lower() not in BLANKS]
        if not odd:
            return None
        shown = (f"{code!r} ({n:,} row{'' if n == 1 else 's'})" for code, n in odd[:3])
        return f"read as missing: {', '.join(shown)}"


class Plain:
    """The cells of one column, cast at once if all are blank or as programs write them.

    What became of the last block is kept, so that to look at cells and to convert them afterwards
    takes one cast.
    """

    def __init__(
        self, gaps: Gaps, cast: Callable[[pa.ChunkedArray], pa.ChunkedArray | None]
    ) -> None:
        self._gaps, self._cast = gaps, cast
        self._last: tuple[pa.ChunkedArray, pa.ChunkedArray, pa.ChunkedArray | None] | None = None

    def read(
        self, cells: pa.ChunkedArray, *, count: bool = False
    ) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
        """Cast a block, if need be without codes for missing values.

        Returns the cells that the cast was tried on, and what it gave; None if some do not fit.
        """
        if self._last is None or self._last[0] is not cells:
            self._last = (cells, *self._read(cells, count))
        return self._last[1:]

    def _read(
        self, cells: pa.ChunkedArray, count: bool
    ) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
        if not self._gaps.holds_told(cells) and (made := self._cast(cells)) is not None:
            return cells, made
        dropped = self._gaps.drop(cells, count=count)
        return dropped, self._cast(dropped)


def say_some(n: int, of: int, one: str, many: str, example: str) -> str:
    """Say how many values are not like the others, with one of them."""
    return f"{n:,} of {of:,} values {one if n == 1 else many}, as {example!r}"


def strings_of(chunk: pa.Array) -> pa.StringArray:
    """Give a chunk of strings with short offsets."""
    return chunk if chunk.type == pa.string() else chunk.cast(pa.string())


def null_blanks(chunk: pa.StringArray) -> pa.StringArray:
    """Give a chunk of strings with null for each that is empty."""
    if chunk.null_count or not len(chunk):
        return pc.if_else(pc.equal(pc.binary_length(chunk), 0), None, chunk)
    ends = ends_of(chunk)
    filled = ends[1:] > ends[:-1]
    if filled.all():
        return chunk
    bits = np.packbits(np.r_[np.zeros(chunk.offset, bool), filled], bitorder="little")
    buffers = [pa.py_buffer(bits), *chunk.buffers()[1:]]
    return pa.Array.from_buffers(pa.string(), len(chunk), buffers, offset=chunk.offset)


def ends_of(chunk: pa.StringArray) -> "np.ndarray[Any, np.dtype[np.int32]]":
    """Give the places where the strings of a chunk begin in its bytes, and where the last ends."""
    offsets = chunk.buffers()[1]
    if offsets is None or not len(chunk):
        return np.zeros(1, np.int32)
    return np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]


def trim(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave out white space around cells."""
    return pc.utf8_trim_whitespace(cells.cast(pa.string()))
