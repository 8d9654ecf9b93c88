"""The cells of a text file: decide what the cells of a column are, and convert them.

A reader of a format whose cells have no types (CSV, TSV, a workbook's texts) hands all cells over
as strings. The decision is made over the whole column; a large file hands it over block by block.
What looks like a number but is a code (leading zeros, 16 digits and more, a leading plus, an
exponent as in 1e3) stays the text that the file holds. See docs/reference/values.md.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from .choices import CellKind, Choices
from .dates import Dates, Order, forms_of
from .numbers import Numbers, Sign, is_like_number
from .spellings import BLANKS, MISSING, Gaps, trim
from .truths import Truths, is_truth

__all__ = ["MISSING", "Decision", "Evidence", "apply_choices", "decide_all", "type_cells"]

_PEEK = 64  # cells looked at to see what a column may be
_FEW_CELLS = 100_000  # with fewer in a table, threads cost more than they save


@dataclass(frozen=True)
class Decision:
    """What the cells of one column are, and why, where they could be read in another way."""

    type: pa.DataType
    reason: str | None = None
    _read: Callable[[pa.ChunkedArray], pa.ChunkedArray] | None = None
    _keeps_codes: bool = True
    notation: Sign | Order | None = None
    """The decimal sign, or what stands first in dates."""
    is_of_percents: bool = False

    def convert(self, cells: pa.ChunkedArray, choices: Choices) -> pa.ChunkedArray:
        """Convert cells, which are strings, to the type."""
        if self._read is not None:
            return self._read(cells)
        if self._keeps_codes or not choices.missing:
            return cells
        is_gap = pc.is_in(trim(cells), pa.array(sorted(choices.missing), pa.string()))
        return pc.if_else(pc.fill_null(is_gap, False), None, cells)


class Evidence:
    """What is known of the cells of one column after some blocks of them."""

    def __init__(self, name: str, choices: Choices) -> None:
        self.name, self.choices = name, choices
        self._gaps = Gaps(choices.missing)
        self._told: CellKind | None = choices.kinds.get(name)
        if name in choices.texts:
            self._told = "text"
        self.seen: Numbers | Dates | Truths | None = None
        self._is_text = self._told == "text"
        self._is_blank = True  # while no cell holds more than a blank

    def add(self, cells: pa.ChunkedArray) -> None:
        """Take in a block of cells, which are strings."""
        if self._is_text or not len(cells):
            return
        if self.seen is None:
            self._look(cells)
        if self.seen is not None:
            self.seen.add(cells)

    def decide(self) -> Decision:
        """Decide what the cells are, by this column alone; see `decide_all`."""
        return self.decide_in(None, None)

    def decide_in(self, sign: Sign | None, order: Order | None) -> Decision:
        """Decide what the cells are in a file of that decimal sign and order of dates."""
        seen = self.seen
        if seen is None:
            blank = self._is_blank and not self._is_text
            return Decision(pa.int64(), None, _nothing) if blank else self._text(None)
        if isinstance(seen, Numbers):
            kind, reason, own_sign = seen.decide(sign)
            notation: Sign | Order | None = own_sign
            read: Any = lambda cells: seen.convert(cells, kind, own_sign)  # noqa: E731
        elif isinstance(seen, Dates):
            kind, reason, own_order = seen.decide(order)
            notation = own_order
            read = lambda cells: seen.convert(cells, kind, own_order)  # noqa: E731
        else:
            kind, reason = seen.decide()
            notation = None
            read = seen.convert
        if kind is not None:
            is_of_percents = isinstance(seen, Numbers) and seen.is_of_percents
            return Decision(kind, reason, read, True, notation, is_of_percents)
        if self._told is not None:
            raise InputError(
                f"Column {self.name!r} can't be read as {seen.word}: {reason}; name codes for "
                f"missing values as missing, or leave the column's type open."
            )
        return self._text(reason)

    def _text(self, reason: str | None) -> Decision:
        return Decision(pa.string(), reason, None, self.name in self.choices.texts)

    def _look(self, cells: pa.ChunkedArray) -> None:
        """Guess from some cells what the column may be; it is text if most are nothing else."""
        places = range(0, len(cells), max(1, len(cells) // _PEEK))
        some = [cells[place].as_py() for place in places]
        present = [c.strip() for c in some if c is not None and not self._gaps.is_gap(c)]
        if not present:
            dropped = self._gaps.drop(cells)
            present = dropped.drop_null().slice(0, _PEEK).to_pylist()
        if not present:
            self._gaps.drop(cells, count=True)
            self._is_blank &= _are_blank(cells)
            return
        self.seen = self._choose(present)
        self._is_text = self.seen is None

    def _choose(self, present: list[str]) -> Numbers | Dates | Truths | None:
        told, most = self._told, len(present) / 2
        if told == "number" or (told is None and sum(map(is_like_number, present)) > most):
            return Numbers(self._gaps, is_told=told is not None)
        if told == "boolean" or (told is None and sum(map(is_truth, present)) > most):
            return Truths(self._gaps, is_told=told is not None)
        forms = Counter(form for cell in present for form in forms_of(cell))
        form, count = max(forms.items(), key=lambda item: item[1], default=("iso", 0))
        if told == "date" or count > most:
            return Dates(form, self._gaps, is_told=told is not None)
        return None


def decide_all(columns: Sequence[Evidence], order: Order | None = None) -> list[Decision]:
    """Decide what the columns of one file are: its decimal sign and order of dates are the same.

    `order` is what stands first in dates if no column of the file tells.
    """
    signs: Counter[Sign] = Counter()
    orders: Counter[Order] = Counter()
    for column in columns:
        if isinstance(column.seen, Numbers):
            for sign, share in column.seen.share.items():
                signs[sign] += share  # type: ignore[assignment]
        elif isinstance(column.seen, Dates) and (own := column.seen.order()):
            orders[own] += 1
    first = _most(orders) or order
    return [column.decide_in(_most(signs), first) for column in columns]


def type_cells(table: pa.Table, choices: Choices) -> tuple[pa.Table, dict[str, str]]:
    """Convert a table of strings; return it with the reasons of columns, by name."""
    names, cells = table.column_names, table.columns
    columns = [Evidence(name, choices) for name in names]
    add_all(columns, cells)
    decisions = decide_all(columns)
    made = convert_all(decisions, cells, choices)
    reasons = {n: d.reason for n, d in zip(names, decisions, strict=True) if d.reason is not None}
    return pa.table(made, names=names), reasons


def add_all(columns: Sequence[Evidence], cells: Sequence[pa.ChunkedArray]) -> None:
    """Take in a block of the cells of each column."""
    _over(lambda place: columns[place].add(cells[place]), cells)


def convert_all(
    decisions: Sequence[Decision], cells: Sequence[pa.ChunkedArray], choices: Choices
) -> list[pa.ChunkedArray]:
    """Convert the cells of each column as was decided."""
    return _over(lambda place: decisions[place].convert(cells[place], choices), cells)


def apply_choices(table: pa.Table, choices: Choices) -> tuple[pa.Table, dict[str, str]]:
    """Let what a person says of columns overrule the types that a file gave them.

    Columns of a text format have their types by now, and stay as they are.
    """
    reasons: dict[str, str] = {}
    for name, kind in choices.kinds.items():
        if name not in table.column_names:
            continue
        cells = table.column(name)
        if kind == "text" and not _is_string(cells.type):
            cells = cells.cast(pa.string())
        elif kind != "text" and _is_string(cells.type):
            evidence = Evidence(name, choices)
            evidence.add(cells.cast(pa.string()))
            decision = evidence.decide()
            cells = decision.convert(cells.cast(pa.string()), choices)
            reasons |= {} if decision.reason is None else {name: decision.reason}
        table = table.set_column(table.column_names.index(name), name, cells)
    return table, reasons


def _over(work: Callable[[int], Any], columns: Sequence[pa.ChunkedArray]) -> list[Any]:
    places = range(len(columns))
    if sum(map(len, columns)) < _FEW_CELLS:
        return list(map(work, places))
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        return list(threads.map(work, places))


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _most(votes: Counter[Any]) -> Any:
    return votes.most_common(1)[0][0] if votes and max(votes.values()) > 0 else None


def _are_blank(cells: pa.ChunkedArray) -> bool:
    spelled = pc.is_in(pc.utf8_lower(trim(cells)), pa.array(BLANKS, pa.string()))
    return bool(pc.all(pc.or_(spelled, pc.is_null(cells))).as_py())


def _nothing(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pa.nulls(len(cells), pa.int64())])
