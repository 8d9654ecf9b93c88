"""CSV and TSV, in which no spreadsheet finds a formula."""

import re
from collections.abc import Iterable, Iterator

from .formulas import neutral
from .lines import Lines, texts_of

# What some program separates cells by is quoted, and so are spaces that it would cut off.
_TO_QUOTE = re.compile(r'[,;|\t"\r\n]|^\s|\s$')


def write_csv(lines: Lines) -> Iterator[bytes]:
    """Write a header line and a line for each row, with commas between.

    Texts and names of columns that a spreadsheet takes for a formula get a quote before. Declared
    classes, ids and numbers stay as they are.
    """
    return _write(lines, ",")


def write_tsv(lines: Lines) -> Iterator[bytes]:
    """Write the same with tabs between."""
    return _write(lines, "\t")


def _write(lines: Lines, separator: str) -> Iterator[bytes]:
    yield _join([map(neutral, lines.schema.names)], separator)
    for table in lines.tables:
        cells = (
            (text or "" if name in lines.as_is else neutral(text or "") for name, text in line)
            for line in (line.items() for line in texts_of(table))
        )
        yield _join(cells, separator)


def _join(lines: Iterable[Iterable[str]], separator: str) -> bytes:
    return "".join(separator.join(map(_quote, cells)) + "\n" for cells in lines).encode()


def _quote(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if _TO_QUOTE.search(cell) else cell
