"""The cells of a text file: decide what the cells of a column are, and convert them.

A reader of a format whose cells have no types (CSV, TSV, a workbook's texts) hands all cells over
as strings. The decision is made over the whole column; a large file hands it over block by block.
"""

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from .choices import Choices

MISSING = ("", "#N/A", "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null")
"""Cells that hold no value in a column of numbers, booleans or dates."""

_TYPES = (pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("s"))


@dataclass(frozen=True)
class Decision:
    """What the cells of one column are, and why, where they could be read in another way."""

    type: pa.DataType
    reason: str | None = None

    def convert(self, cells: pa.ChunkedArray, choices: Choices) -> pa.ChunkedArray:
        """Convert cells, which are strings, to the type."""
        return cells if pa.types.is_string(self.type) else _cast(cells, self.type, choices)


@dataclass
class Evidence:
    """What is known of the cells of one column after some blocks of them."""

    name: str
    choices: Choices
    _open: list[pa.DataType] = field(default_factory=lambda: list(_TYPES))

    def add(self, cells: pa.ChunkedArray) -> None:
        """Take in a block of cells, which are strings."""
        self._open = [kind for kind in self._open if self._fits(cells, kind)]

    def decide(self) -> Decision:
        """Decide what the cells are."""
        if self.name in self.choices.texts or not self._open:
            return Decision(pa.string())
        return Decision(self._open[0])

    def _fits(self, cells: pa.ChunkedArray, kind: pa.DataType) -> bool:
        try:
            _cast(cells, kind, self.choices)
        except pa.ArrowInvalid:
            return False
        return True


def type_cells(table: pa.Table, choices: Choices) -> tuple[pa.Table, dict[str, str]]:
    """Convert a table of strings; return it with the reasons of columns, by name."""
    columns, reasons = [], {}
    for name in table.column_names:
        evidence = Evidence(name, choices)
        evidence.add(table.column(name))
        decision = evidence.decide()
        columns.append(decision.convert(table.column(name), choices))
        if decision.reason is not None:
            reasons[name] = decision.reason
    return pa.table(columns, names=table.column_names), reasons


def _cast(cells: pa.ChunkedArray, kind: pa.DataType, choices: Choices) -> pa.ChunkedArray:
    empty = pa.array([*MISSING, *choices.missing], pa.string())
    return pc.if_else(pc.is_in(cells, empty), None, cells).cast(kind)
