"""Titles above the header of a sheet, as people write them, and spreadsheets save them."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

_FIRST = 20  # rows in which the header is looked for
_NAMES = 3  # of columns, at least, below a title: of fewer it could itself be the header


def find_header(rows: Iterable[Sequence[Any]]) -> tuple[int, str | None]:
    """Find the row that names the columns, and the title above it.

    A title is a row of a single cell. It stands above a row of at least three different names, each
    a text with a letter. Without a title the first row that holds anything is the header.

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
    >>> find_header([["id", "", ""], ["1", "late", "3"]])
    (0, None)
    """
    title: tuple[int, str] | None = None
    for place, row in enumerate(islice(rows, _FIRST)):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) == 1 and len(row) >= _NAMES:
            title = title or (place, str(filled[0]).strip())
        elif filled:
            if title is None:
                return place, None
            return (place, title[1]) if are_names(filled, _NAMES) else (title[0], None)
    return (0, None) if title is None else (title[0], None)


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
