"""Find the dialect of a CSV text: its separator, its header, and how quotes are written."""

import re
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa

from .csv_records import Dialect, Record, records

SEPARATORS = ",;\t|"
_DECLARED = re.compile(rb'"?sep=([^\r\n"])"?(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_HEAD = 2**16  # bytes that the separator is found in
_SAMPLE = 100  # records of them
_BLOCK = 2**19  # bytes whose quotes are looked at together
_QUOTE = ord('"')


@dataclass(frozen=True)
class Layout:
    """Where what is in a CSV text.

    Parameters
    ----------
    dialect : Dialect
        How cells are separated.
    header : list of str
        The names in the first record, without spaces around them.
    start, line : int
        The place and the line of the first record after the header.
    is_plain : bool
        Whether every quote opens or closes a cell or is doubled, so that all readers agree.
    """

    dialect: Dialect
    header: list[str]
    start: int
    line: int
    is_plain: bool


def find_layout(content: pa.Buffer, separators: str) -> Layout:
    """Find the layout of a text that is not blank; the first separators win where many fit."""
    view = memoryview(content)
    declared = _DECLARED.match(view)
    start, line = (declared.end(), 2) if declared else (0, 1)
    if declared:
        separators = declared[1].decode("latin-1")
    separator = max(separators, key=lambda sign: _fit(view, sign, start))
    dialect = Dialect(separator)
    first = next((one for one in records(view, dialect, start, line) if not one.is_blank), None)
    if first is None:
        return Layout(dialect, [], len(view), line, True)
    if len(first.cells) > 1 and all(cell.startswith(b" ") for cell in first.cells[1:]):
        dialect = Dialect(separator, spaced=True)
    plain = _quotes_are_plain(content, first.end, dialect)
    if not plain and _escapes_quotes(content, first.end, dialect):
        dialect = Dialect(separator, dialect.spaced, backslashes=True)
    header = next(one for one in records(view, dialect, start, line) if not one.is_blank)
    names = [cell.decode().strip() for cell in header.cells]
    return Layout(dialect, names, header.end, _line_after(view, header), plain)


def _line_after(view: memoryview, header: Record) -> int:
    before = bytes(view[: header.end])
    return 1 + len(re.findall(rb"\r\n|\n|\r", before))


def _fit(view: memoryview, separator: str, start: int) -> tuple[bool, float, int]:
    """Tell how well a separator fits: what share of records is as wide as the header."""
    head = bytes(view[start : start + _HEAD])
    found = list(islice(records(head, Dialect(separator)), _SAMPLE))
    if len(view) > start + _HEAD and len(found) > 1 and found[-1].end >= len(head):
        found.pop()  # it goes on
    if not found or len(found[0].cells) == 1:
        return False, 0.0, 0
    width = len(found[0].cells)
    return True, sum(len(one.cells) == width for one in found) / len(found), width


def _quotes_are_plain(content: pa.Buffer, start: int, dialect: Dialect) -> bool:
    """Tell whether the quotes after a place are all openings, ends, or doubled."""
    values = np.frombuffer(content, np.uint8)
    # What may stand before an opening quote and after one that ends a cell.
    beside = np.zeros(256, dtype=bool)
    beside[[ord(dialect.separator), ord("\n"), ord("\r"), _QUOTE]] = True
    total = 0
    for low in range(start, len(values), _BLOCK):
        places = np.flatnonzero(values[low : low + _BLOCK] == _QUOTE) + low
        opens, ends = places[total % 2 :: 2], places[1 - total % 2 :: 2]
        opens = opens[opens > start]
        ends = ends[ends < len(values) - 1]
        if not (beside[values[opens - 1]].all() and beside[values[ends + 1]].all()):
            return False
        total += len(places)
    return total % 2 == 0


def _escapes_quotes(content: pa.Buffer, start: int, dialect: Dialect) -> bool:
    """Tell whether quotes after a backslash explain why other quotes are odd."""
    view = memoryview(content)[start:]
    if re.search(rb'\\"', view) is None:
        return False
    # A backslash and what follows it are two letters, as far as quotes go.
    return _quotes_are_plain(pa.py_buffer(re.sub(rb"\\[\\\"]", b"__", view)), 0, dialect)
