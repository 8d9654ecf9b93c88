"""Find the dialect of a CSV text: its separator, its header, and how quotes are written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import pyarrow as pa

from .csv_records import Dialect, Record, records
from .quotes import cut_records
from .titles import find_header

SEPARATORS = ",;\t|"
_DECLARED = re.compile(rb'"?sep=([^\r\n"])"?(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_HEAD = 2**16  # bytes that the separator is found in
_SAMPLE = 100  # records of them


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
    cuts : tuple of int
        Places between records, at most some MB apart unless a record is longer; of a plain text
        alone. A reader of what stands between two of them needs no look at quotes.
    title : str or None
        What stands alone above the header.
    """

    dialect: Dialect
    header: list[str]
    start: int
    line: int
    is_plain: bool
    cuts: tuple[int, ...] = ()
    title: str | None = None

    def parts(self) -> Iterator[tuple[int, int]]:
        """Give where each part of a plain text starts and ends, after the header."""
        return pairwise((self.start, *self.cuts))


def find_layout(content: pa.Buffer, separators: str) -> Layout:
    """Find the layout of a text that is not blank; the first separators win where many fit."""
    view = memoryview(content)
    declared = _DECLARED.match(view)
    start, line = (declared.end(), 2) if declared else (0, 1)
    if declared:
        separators = declared[1].decode("latin-1")
    start, line, title = _skip_title(view, separators, start, line)
    separator = max(separators, key=lambda sign: _fit(view, sign, start))
    dialect = Dialect(separator)
    first = next((one for one in records(view, dialect, start, line) if not one.is_blank), None)
    if first is None:
        return Layout(dialect, [], len(view), line, True)
    if len(first.cells) > 1 and all(cell.startswith(b" ") for cell in first.cells[1:]):
        dialect = Dialect(separator, spaced=True)
    cuts = cut_records(content, first.end, separator)
    plain = cuts is not None
    if not plain and _escapes_quotes(content, first.end, dialect):
        dialect = Dialect(separator, dialect.spaced, backslashes=True)
    header = next(one for one in records(view, dialect, start, line) if not one.is_blank)
    names = [cell.decode().strip() for cell in header.cells]
    return Layout(dialect, names, header.end, _line_after(view, header), plain, cuts or (), title)


def _skip_title(
    view: memoryview, separators: str, start: int, line: int
) -> tuple[int, int, str | None]:
    """Find where the header begins, and the title above it, whatever separates the cells."""
    head = bytes(view[start : start + _HEAD])
    for separator in separators:
        found: list[Record] = []
        cells = _list_cells(records(head, Dialect(separator), 0, line), found)
        place, title = find_header(cells)
        if title is not None:
            return start + found[place - 1].end, found[place].line, title
    return start, line, None


def _list_cells(read: Iterable[Record], found: list[Record]) -> Iterator[list[str]]:
    """Give the cells of each record as texts, and keep the records that were looked at."""
    for one in read:
        found.append(one)
        yield [cell.decode(errors="replace") for cell in one.cells]  # the head may end in one


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


def _escapes_quotes(content: pa.Buffer, start: int, dialect: Dialect) -> bool:
    """Tell whether quotes after a backslash explain why other quotes are odd."""
    view = memoryview(content)[start:]
    if re.search(rb'\\"', view) is None:
        return False
    # A backslash and what follows it are two letters, as far as quotes go.
    text = pa.py_buffer(re.sub(rb"\\[\\\"]", b"__", view))
    return cut_records(text, 0, dialect.separator) is not None
