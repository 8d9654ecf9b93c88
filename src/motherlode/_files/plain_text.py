"""Plain text: a row a line, unless it is a table with tabs or a list of references."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from .characters import Text, open_text
from .choices import Choices, Found
from .csv_files import read_tsv
from .reference_forms import tells_references
from .references import make_references

_TABLE = "Its lines have tabs, so it is read as a table, and the first line names the columns."


def read_lines(path: Path, choices: Choices) -> Found:
    """Read a text a line, as the column ``text``.

    Excel saves tables as .txt, and PubMed and Web of Science references.
    """
    text = open_text(path, "text", choices)
    if tells_references(text):
        return make_references(path, text, choices)
    if _is_table(text):
        found = read_tsv(path, choices)
        return replace(found, notes=(*found.notes, _TABLE))
    lines = [line for _, line in text.lines()]
    return Found(pa.table({"text": pa.array(lines, pa.string())}), text.notes)


def _is_table(text: Text) -> bool:
    """Tell whether all lines have as many tabs as the first; of several tabs most lines do."""
    tabs = [line.count("\t") for _, line in text.lines()]
    alike = tabs.count(tabs[0])
    return tabs[0] > 0 and (alike == len(tabs) or (tabs[0] > 1 and 2 * alike > len(tabs)))
