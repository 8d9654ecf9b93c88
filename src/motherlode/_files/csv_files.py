"""CSV and TSV files: any separator, any encoding, cells typed over whole columns."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from ..errors import InputError
from .cell_texts import converted
from .cells import Decision, Evidence, add_all, convert_all, decide_all, type_cells
from .characters import Text, open_text
from .choices import Choices, Found, check_names
from .csv_records import checked_records
from .dialects import SEPARATORS, Layout, find_layout
from .disk_copies import write_copy
from .titles import say_title

_LARGEST_BLOCK = 2**30  # bytes that pyarrow parses at once, so that no cell is cut
_AHEAD = 4  # parts that are read while others are used, so that memory stays bounded
_ROWS = 2**14  # rows in memory as lists of cells
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}


def read_csv(path: Path, choices: Choices) -> Found:
    """Read a file whose first line names its columns.

    What the cells are is decided over whole columns; see `type_cells`.
    """
    return _read(_open(path, choices, SEPARATORS), choices)


def read_tsv(path: Path, choices: Choices) -> Found:
    """Read a file of tabs, or of other separators, whose first line names its columns."""
    return _read(_open(path, choices, "\t,;|"), choices)


def copy_csv(path: Path, choices: Choices) -> Path:
    """Write the rows of a large file to a temporary Arrow file, block by block."""
    return _copy(_open(path, choices, SEPARATORS), choices)


def copy_tsv(path: Path, choices: Choices) -> Path:
    """Write the rows of a large file of tabs to a temporary Arrow file, block by block."""
    return _copy(_open(path, choices, "\t,;|"), choices)


@dataclass
class _Sheet:
    """The rows of a text, as tables of strings whose columns are numbered."""

    text: Text
    layout: Layout
    is_plain: bool

    @property
    def path(self) -> Path:
        return self.text.path

    def tables(self) -> Iterator[pa.Table]:
        """Read all rows, block by block; raise ``ArrowInvalid`` if it takes more care."""
        read = _parse if self.is_plain else _read_carefully
        for table in read(self.text, self.layout):
            yield _strip(table) if self.is_plain and self.layout.dialect.spaced else table


def _open(path: Path, choices: Choices, separators: str) -> _Sheet:
    text = open_text(path, "CSV" if separators[0] == "," else "TSV", choices)
    if _is_json(text):
        raise InputError(f"{path} holds JSON, not CSV; name it .jsonl if it is one object a line.")
    layout = find_layout(text.content, separators)
    return _Sheet(text, layout, layout.is_plain)


def _is_json(text: Text) -> bool:
    head = text.content.slice(0, min(text.content.size, 4096)).to_pybytes().lstrip()
    return head.startswith((b'{"', b"[{", b"{ ", b"[[", b"[ {", b"[\n", b"{\n"))


def _parse(text: Text, layout: Layout) -> Iterator[pa.Table]:
    """Read the parts of a plain text, some of them ahead, each at once by a thread of its own."""
    names = list(map(str, range(len(layout.header))))
    parsing = csv.ParseOptions(delimiter=layout.dialect.separator)
    converting = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), check_utf8=False
    )

    def read(low: int, high: int) -> pa.Table:
        reading = csv.ReadOptions(
            use_threads=False, block_size=min(high - low, _LARGEST_BLOCK), column_names=names
        )
        part = pa.BufferReader(text.content.slice(low, high - low))
        return csv.read_csv(part, reading, parsing, converting)

    parts = [part for part in layout.parts() if not _is_blank(text.content, *part)]
    ahead = min(os.cpu_count() or 1, _AHEAD)
    if len(parts) == 1:
        yield read(*parts[0])
        return
    with ThreadPoolExecutor(ahead) as threads:
        waiting: deque[Future[pa.Table]] = deque()
        for part in parts:
            waiting.append(threads.submit(read, *part))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _is_blank(content: pa.Buffer, low: int, high: int) -> bool:
    # A part that is longer and blank is read with care.
    return high - low < 2**10 and not content.slice(low, high - low).to_pybytes().strip()


def _read_carefully(text: Text, layout: Layout) -> Iterator[pa.Table]:
    width = len(layout.header)
    found = checked_records(
        memoryview(text.content), layout.dialect, layout.start, layout.line, width, text.path
    )
    while some := [one.cells for one in islice(found, _ROWS)]:
        columns = [
            pa.array(cells, pa.binary()).cast(pa.string()) for cells in zip(*some, strict=True)
        ]
        yield pa.table(columns, names=list(map(str, range(width))))


def _strip(table: pa.Table) -> pa.Table:
    columns = [pc.utf8_ltrim(column, " ") for column in table.columns]
    return pa.table(columns, names=table.column_names)


@dataclass
class _Survey:
    """What all rows are needed for: which columns hold anything, and how many rows do."""

    rows: int = 0
    filled: int = 0  # rows up to the last that holds anything
    used: frozenset[int] = frozenset()

    def add(self, table: pa.Table, unnamed: list[int]) -> None:
        """Take in a block of rows."""
        last = _last_filled(table)
        self.filled = self.rows + last if last else self.filled
        self.rows += table.num_rows
        self.used |= {i for i in unnamed if i not in self.used and _is_used(table.column(i))}

    def cut(self, table: pa.Table, before: int = 0) -> pa.Table:
        """Leave out rows at the end that nothing stands in, of a block after that many rows."""
        return table.slice(0, max(self.filled - before, 0))


def _is_used(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py())


def _last_filled(table: pa.Table) -> int:
    """Count the rows up to the last that holds anything."""
    size = 1
    while True:
        tail = table.slice(max(table.num_rows - size, 0))
        blank = np.ones(tail.num_rows, dtype=bool)
        for column in tail.columns:
            blank &= np.asarray(pc.equal(pc.utf8_trim_whitespace(column), ""))
        if not blank.all():
            return table.num_rows - tail.num_rows + int(np.flatnonzero(~blank)[-1]) + 1
        if size >= table.num_rows:
            return 0
        size *= 8


def _columns(sheet: _Sheet, survey: _Survey) -> dict[str, int]:
    """Name the columns that are kept: an unnamed one is, by its place, if anything is in it."""
    names = [
        (name or f"column_{place + 1}", place)
        for place, name in enumerate(sheet.layout.header)
        if name or place in survey.used
    ]
    check_names(sheet.path, [name for name, _ in names])
    if not survey.filled:
        raise InputError(f"{sheet.path} holds no rows.")
    return dict(names)


def _notes(sheet: _Sheet, survey: _Survey) -> tuple[str, ...]:
    layout, notes = sheet.layout, list(sheet.text.notes)
    if layout.dialect.separator != ",":
        sign = layout.dialect.separator
        notes.append(f"Its cells are separated by {_NAMES.get(sign, repr(sign))}.")
    if layout.title is not None:
        notes.append(say_title(layout.title, layout.line - 1))
    if layout.dialect.backslashes:
        notes.append("Quotes inside of cells stand after a backslash.")
    if survey.used:
        places = ", ".join(f"column_{place + 1}" for place in sorted(survey.used))
        notes.append(f"Columns without a name are called by their place: {places}.")
    return tuple(notes)


def _unnamed(sheet: _Sheet) -> list[int]:
    return [place for place, name in enumerate(sheet.layout.header) if not name]


def _read(sheet: _Sheet, choices: Choices) -> Found:
    try:
        tables = list(sheet.tables())
    except pa.ArrowInvalid:
        sheet.is_plain = False
        tables = list(sheet.tables())
    if not tables:
        raise InputError(f"{sheet.path} holds no rows.")
    table, survey = pa.concat_tables(tables), _Survey()
    survey.add(table, _unnamed(sheet))
    columns = _columns(sheet, survey)
    kept = survey.cut(table).select(list(columns.values())).rename_columns(list(columns))
    typed, reasons = type_cells(kept, choices)
    return Found(typed, _notes(sheet, survey), reasons, converted(kept, typed))


def _copy(sheet: _Sheet, choices: Choices) -> Path:
    try:
        return _write(sheet, choices)
    except pa.ArrowInvalid:
        sheet.is_plain = False
        return _write(sheet, choices)


def _write(sheet: _Sheet, choices: Choices) -> Path:
    """Write the rows as the first of them look, and again if others show that this was wrong."""
    draft = _Draft(sheet, choices)
    guess = draft.guess()
    path = write_copy(guess.schema, draft.convert(guess), "rows")
    if draft.is_right and draft.plan().is_like(guess):
        return path
    path.unlink()
    plan = draft.plan()
    return write_copy(plan.schema, _convert(sheet, draft.survey, plan, choices), "rows")


@dataclass(frozen=True)
class _Plan:
    """Which columns are kept, by their names, and what the cells of each are."""

    columns: dict[str, int]
    decisions: list[Decision]

    @property
    def schema(self) -> pa.Schema:
        """The types of the columns."""
        types = [one.type for one in self.decisions]
        return pa.schema(list(zip(self.columns, types, strict=True)))

    def is_like(self, other: "_Plan") -> bool:
        """Tell whether another plan makes the same of every cell."""
        return self.columns == other.columns and all(
            (one.type, one.notation) == (two.type, two.notation)
            for one, two in zip(self.decisions, other.decisions, strict=True)
        )

    def convert(self, cells: list[pa.ChunkedArray], choices: Choices) -> pa.Table:
        """Convert a block of cells."""
        kept = [cells[place] for place in self.columns.values()]
        made = convert_all(self.decisions, kept, choices)
        types = self.schema.types
        pairs = zip(made, types, strict=True)
        return pa.table([one.cast(kind) for one, kind in pairs], schema=self.schema)


class _Draft:
    """The rows of a text, converted while what they are is still found out."""

    def __init__(self, sheet: _Sheet, choices: Choices) -> None:
        self._sheet, self._choices = sheet, choices
        names = [name or f"column_{i + 1}" for i, name in enumerate(sheet.layout.header)]
        self._evidence = [Evidence(name, choices) for name in names]
        self.survey = _Survey()
        self.is_right = True  # while every block was converted, and no row too many
        self._blocks = self._look_through()

    def guess(self) -> _Plan:
        """Plan by the first block; nothing is kept if there is no plan for it."""
        first = next(self._blocks, [])
        self._blocks = chain([first], self._blocks)
        try:
            return self.plan()
        except InputError:  # which is raised when all rows were counted, if it is true of them
            return _Plan({}, [])

    def plan(self) -> _Plan:
        """Plan by what was read up to now."""
        columns = _columns(self._sheet, self.survey)
        return _Plan(columns, decide_all([self._evidence[place] for place in columns.values()]))

    def convert(self, guess: _Plan) -> Iterator[pa.Table]:
        """Convert the rows as long as the guess fits; read on to the end in any case."""
        for cells in self._blocks:
            self.is_right = self.is_right and self._fits(guess)
            if self.is_right:
                yield guess.convert(cells, self._choices)
        self.is_right &= self.survey.filled == self.survey.rows

    def _fits(self, guess: _Plan) -> bool:
        try:
            return self.plan().is_like(guess)
        except InputError:
            return False

    def _look_through(self) -> Iterator[list[pa.ChunkedArray]]:
        unnamed = _unnamed(self._sheet)
        for table in self._sheet.tables():
            self.survey.add(table, unnamed)
            # The same objects are looked at and converted, so that they are cast once.
            cells = table.columns
            add_all(self._evidence, cells)
            yield cells


def _convert(sheet: _Sheet, survey: _Survey, plan: _Plan, choices: Choices) -> Iterator[pa.Table]:
    before = 0
    for table in sheet.tables():
        kept = survey.cut(table, before)
        before += table.num_rows
        if kept.num_rows:
            yield plan.convert(kept.columns, choices)
