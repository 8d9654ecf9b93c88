"""Plain text: a row a line, unless it is a table with tabs or a list of references."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from .characters import open_text
from .choices import Choices, Found
from .csv_files import read_tsv
from .reference_forms import tells_references
from .references import make_references
from .titles import are_names, find_header, is_blank

_TABLE = "Its lines have tabs, so it is read as a table"
_FIRST = ", and the first line names the columns"
_NO_NAMES = (
    "Its lines have tabs, but no line names the columns, so each line is a row; if it is a table, "
    "put their names above it, or name the file .tsv."
)


def read_lines(path: Path, choices: Choices) -> Found:
    """Read a text a line, as the column ``text``.

    Excel saves tables as .txt, and PubMed and Web of Science references.
    """
    text = open_text(path, "text", choices)
    if tells_references(text):
        return make_references(path, text, choices)
    lines = [line for _, line in text.lines()]
    notes = text.notes
    if _are_cells(lines):
        rows = [line.split("\t") for line in lines]
        place, title = find_header(rows)
        if _names_columns(rows[place], rows[place + 1 :]):
            found = read_tsv(path, choices)
            return replace(found, notes=(*found.notes, f"{_TABLE}{_FIRST * (title is None)}."))
        notes = (*notes, _NO_NAMES)
    return Found(pa.table({"text": pa.array(lines, pa.string())}), notes)


def _are_cells(lines: Sequence[str]) -> bool:
    """Tell whether all lines have as many tabs as the first; of several tabs most lines do."""
    tabs = [line.count("\t") for line in lines]
    alike = tabs.count(tabs[0])
    return tabs[0] > 0 and (alike == len(tabs) or (tabs[0] > 1 and 2 * alike > len(tabs)))


def _names_columns(header: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row holds two names or more, none of which stands below itself again."""
    names = {place: cell for place, cell in enumerate(header) if not is_blank(cell)}
    if not below or not are_names(list(names.values()), 2):
        return False
    return not any(
        row[place : place + 1] == [name] for row in below for place, name in names.items()
    )
