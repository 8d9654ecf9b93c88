"""Titles above the header of a sheet, as people write them, and spreadsheets save them."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from .numbers import is_like_number
from .spellings import MISSING

_FIRST = 20  # rows in which the header is looked for
_NAMES = 3  # of columns, at least, below a title: of fewer it could itself be the header
_BELOW = 5  # rows in which numbers are looked for below the header


def find_header(rows: Iterable[Sequence[Any]]) -> tuple[int, str | None]:
    """Find the row that names the columns, and the title above it.

    A title is a row of a single cell. It stands above a row of at least three different names, each
    a text with a letter. Where fewer columns have a name, or nothing separates cells in the row of
    the title, numbers below a name have to show that it is one. Without a title the first row that
    holds anything is the header.

    Parameters
    ----------
    rows : iterable of sequence
        The cells of each row, from the first on.

    Returns
    -------
    int
        The place of the header, counted from 0; 0 if no row holds anything.
    str or None
        The title, in its first row.

    Examples
    --------
    >>> find_header([["Complaints", "", ""], ["id", "text", "cost"], ["1", "late", "3"]])
    (1, 'Complaints')
    >>> find_header([["Complaints"], ["text", "cost"], ["late", "3"], ["broken", "4"]])
    (1, 'Complaints')
    >>> find_header([["id", "", ""], ["1", "late", "3"]])
    (0, None)
    """
    title: tuple[int, str] | None = None
    is_wide, is_left = True, True  # whether cells stand beside each row of the title, and where
    read = iter(rows)
    for place, row in enumerate(islice(read, _FIRST)):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) == 1:
            title = title or (place, str(filled[0]).strip())
            is_wide, is_left = is_wide and len(row) >= _NAMES, is_left and not is_blank(row[0])
        elif filled:
            if title is None:
                return place, None
            is_header = is_wide and are_names(filled, _NAMES)
            is_header = is_header or (is_left and _stands_above_numbers(row, read))
            return (place, title[1]) if is_header else (title[0], None)
    return (0, None) if title is None else (title[0], None)


def _stands_above_numbers(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bool:
    """Tell whether all cells are names, and below one of them nothing but numbers stands."""
    if not are_names(header, 2) or any(cell.strip().lower() in MISSING for cell in header):
        return False
    below = list(islice((row for row in rows if not all(map(is_blank, row))), _BELOW))
    if len(below) < 2 or any(len(row) != len(header) for row in below):
        return False
    return any(all(map(_is_number, column)) for column in zip(*below, strict=True))


def _is_number(cell: Any) -> bool:
    return is_like_number(cell.strip()) if isinstance(cell, str) else isinstance(cell, int | float)


def say_title(title: str, line: int) -> str:
    """Say that a title was found, and which line, counted from 1, names the columns."""
    return f"{title!r} is taken for a title; line {line} names the columns."


def is_blank(cell: Any) -> bool:
    """Tell whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def are_names(cells: Sequence[Any], least: int) -> bool:
    """Tell whether cells are so many different texts, each with a letter."""
    texts = {cell.strip() for cell in cells if isinstance(cell, str)}
    return len(texts) == len(cells) >= least and all(any(map(str.isalpha, one)) for one in texts)
