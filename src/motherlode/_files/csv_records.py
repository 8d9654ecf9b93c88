"""The records of a CSV text, read one by one: slower than pyarrow, but it knows every line.

What pyarrow refuses is read here, or refused with the number of the line. A quote opens a field
only if another closes it right before a separator or the end of the line; quotes elsewhere are
characters like others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import InputError

Buffer = Any  # bytes, or a view of bytes that are mapped into memory
_END_OF_LINE = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class Dialect:
    """How the cells of a CSV text are separated.

    Parameters
    ----------
    separator : str
        One character of ASCII.
    spaced : bool
        Whether a space after a separator is not part of a cell.
    backslashes : bool
        Whether quotes inside of quoted cells stand after a backslash, not twice.
    """

    separator: str
    spaced: bool = False
    backslashes: bool = False

    @cached_property
    def cell(self) -> re.Pattern[bytes]:
        """What one cell looks like: between quotes (group 1), or without (group 2)."""
        sign = re.escape(self.separator.encode())
        inside = rb'(?:[^"\\]++|\\.|"")*+' if self.backslashes else rb'(?:[^"]++|"")*+'
        space = rb" *+" if self.spaced else b""
        return re.compile(
            space + rb'"(' + inside + rb')"' + space + rb"(?=[\r\n]|\Z|" + sign + rb")"
            rb"|([^\r\n" + sign + rb"]*)",
            re.DOTALL,
        )

    def unquoted(self, inside: bytes) -> bytes:
        """Give the characters that stand for the inside of a quoted cell."""
        if self.backslashes:
            inside = re.sub(rb'\\(["\\])', rb"\1", inside)
        return inside.replace(b'""', b'"')


@dataclass(frozen=True)
class Record:
    """One record: the number of its first line, its cells, where it ends, whether quotes are odd.

    `strays` is the number of cells with quotes that are characters like others; `broken` says
    that a cell opens a quote that never closes.
    """

    line: int
    cells: list[bytes]
    end: int
    strays: int
    broken: bool

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.strip() for cell in self.cells)


def records(text: Buffer, dialect: Dialect, start: int = 0, line: int = 1) -> Iterator[Record]:
    """Give the records of a text from a place on, without lines that are empty."""
    place, size = start, len(text)
    while place < size:
        record = _record(text, dialect, place, line)
        line += 1 + _count_lines(text, place, record)
        place = record.end
        if len(record.cells) > 1 or record.cells[0].strip(b" \t\f\v") or record.strays:
            yield record


def _record(text: Buffer, dialect: Dialect, place: int, line: int) -> Record:
    cells, strays, broken = [], 0, False
    while True:
        found = dialect.cell.match(text, place)
        assert found is not None  # a cell may be empty
        place = found.end()
        inside, bare = found.group(1, 2)
        if inside is not None:
            cells.append(dialect.unquoted(bytes(inside)))
        else:
            cell = bytes(bare)
            if cell.lstrip(b" ").startswith(b'"') and (dialect.spaced or cell.startswith(b'"')):
                strays += 1
                broken |= cell.count(b'"') % 2 == 1
            cells.append(cell.lstrip(b" ") if dialect.spaced else cell)
        if bytes(text[place : place + 1]) != dialect.separator.encode():
            break
        place += 1
    end = min(place + (2 if bytes(text[place : place + 2]) == b"\r\n" else 1), len(text))
    return Record(line, cells, end, strays, broken)


def _count_lines(text: Buffer, place: int, record: Record) -> int:
    """Count the ends of lines inside of a record."""
    content = bytes(text[place : record.end]).rstrip(b"\r\n")
    if b"\n" not in content and b"\r" not in content:
        return 0
    return len(_END_OF_LINE.findall(content))


def checked_records(
    text: Buffer, dialect: Dialect, start: int, line: int, width: int, path: Any
) -> Iterator[Record]:
    """Give records of that many cells, or raise an `InputError` that says which line is wrong.

    Empty cells beyond the header's are left out.
    """
    for record in records(text, dialect, start, line):
        if record.broken:
            raise InputError(
                f"Line {record.line} of {path} opens a quote that never closes, or is not doubled "
                "inside."
            )
        cells = record.cells
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) == 1 and not cells[0].strip():
            cells = [b""] * width
        if len(cells) != width:
            hint = " If a title stands above the header, remove it." if width == 1 else ""
            raise InputError(
                f"Line {record.line} of {path} has {len(cells)} values where the header has "
                f"{width}.{hint}"
            )
        yield Record(record.line, cells, record.end, record.strays, False)
