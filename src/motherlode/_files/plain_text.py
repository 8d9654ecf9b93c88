"""Plain text: a row a line, unless it is a list of references."""

from pathlib import Path

import pyarrow as pa

from .characters import open_text
from .choices import Choices, Found
from .references import make_references, tells_references


def read_lines(path: Path, choices: Choices) -> Found:
    """Read a text a line, as the column ``text``; PubMed and others name references .txt too."""
    text = open_text(path, "text", choices)
    if tells_references(text):
        return make_references(path, text, choices)
    lines = [line for _, line in text.lines()]
    return Found(pa.table({"text": pa.array(lines, pa.string())}), text.notes)
