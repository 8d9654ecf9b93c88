"""How cells are spelled: blanks around them, and codes for a value that is missing."""

from collections import Counter

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


def say_some(n: int, of: int, one: str, many: str, example: str) -> str:
    """Say how many values are not like the others, with one of them."""
    return f"{n:,} of {of:,} values {one if n == 1 else many}, as {example!r}"


def strings_of(chunk: pa.Array) -> pa.StringArray:
    """Give a chunk of strings with short offsets."""
    return chunk if chunk.type == pa.string() else chunk.cast(pa.string())


def trim(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave out white space around cells."""
    return pc.utf8_trim_whitespace(cells.cast(pa.string()))
