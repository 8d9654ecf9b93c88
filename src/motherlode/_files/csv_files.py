"""CSV and TSV files: any separator, any encoding, cells typed over whole columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from ..errors import InputError
from .cells import Decision, Evidence, decide_all, type_cells
from .characters import Text, open_text
from .choices import Choices, Found, check_names
from .csv_records import checked_records
from .dialects import SEPARATORS, Layout, find_layout
from .disk_copies import write_copy

_BLOCK = 2**24  # bytes of text in memory at a time
_LARGEST_BLOCK = 2**30  # bytes that pyarrow parses at once, so that no cell is cut
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

    def tables(self, *, whole: bool) -> Iterator[pa.Table]:
        """Read all rows, at once or in blocks; raise ``ArrowInvalid`` if it takes more care."""
        read = _parse if self.is_plain else _read_carefully
        for table in read(self.text, self.layout, whole):
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


def _parse(text: Text, layout: Layout, whole: bool) -> Iterator[pa.Table]:
    names = list(map(str, range(len(layout.header))))
    body = text.content.slice(layout.start)
    if not body.to_pybytes().strip() if body.size < 2**10 else False:
        return
    options = {
        "parse_options": csv.ParseOptions(
            delimiter=layout.dialect.separator, newlines_in_values=True
        ),
        "convert_options": csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    }
    size = _BLOCK if not whole else min(max(body.size // 4, _BLOCK), _LARGEST_BLOCK)
    read_options = csv.ReadOptions(block_size=size, column_names=names)
    if whole:
        yield csv.read_csv(pa.BufferReader(body), read_options=read_options, **options)
        return
    with csv.open_csv(pa.BufferReader(body), read_options=read_options, **options) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _read_carefully(text: Text, layout: Layout, whole: bool) -> Iterator[pa.Table]:
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

    def cut(self, table: pa.Table, before: int, columns: list[int]) -> pa.Table:
        """Leave out what nothing stands in, of a block after that many rows."""
        return table.select(columns).slice(0, max(self.filled - before, 0))


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
        tables = list(sheet.tables(whole=True))
    except pa.ArrowInvalid:
        sheet.is_plain = False
        tables = list(sheet.tables(whole=True))
    if not tables:
        raise InputError(f"{sheet.path} holds no rows.")
    table, survey = pa.concat_tables(tables), _Survey()
    survey.add(table, _unnamed(sheet))
    columns = _columns(sheet, survey)
    kept = survey.cut(table, 0, list(columns.values())).rename_columns(list(columns))
    typed, reasons = type_cells(kept, choices)
    return Found(typed, _notes(sheet, survey), reasons)


def _copy(sheet: _Sheet, choices: Choices) -> Path:
    """Read the rows twice: to decide what the cells of each column are, and to convert them."""
    try:
        survey, evidence = _look_through(sheet, choices)
    except pa.ArrowInvalid:
        sheet.is_plain = False
        survey, evidence = _look_through(sheet, choices)
    columns = _columns(sheet, survey)
    decided = decide_all([evidence[place] for place in columns.values()])
    decisions = dict(zip(columns, decided, strict=True))
    schema = pa.schema([(name, one.type) for name, one in decisions.items()])
    return write_copy(schema, _convert(sheet, survey, columns, decisions, choices), "rows")


def _look_through(sheet: _Sheet, choices: Choices) -> tuple[_Survey, list[Evidence]]:
    survey = _Survey()
    names = [name or f"column_{i + 1}" for i, name in enumerate(sheet.layout.header)]
    evidence = [Evidence(name, choices) for name in names]
    unnamed = _unnamed(sheet)
    for table in sheet.tables(whole=False):
        survey.add(table, unnamed)
        for one, column in zip(evidence, table.columns, strict=True):
            one.add(column)
    return survey, evidence


def _convert(
    sheet: _Sheet,
    survey: _Survey,
    columns: dict[str, int],
    decisions: dict[str, Decision],
    choices: Choices,
) -> Iterator[pa.Table]:
    before = 0
    for table in sheet.tables(whole=False):
        kept = survey.cut(table, before, list(columns.values()))
        before += table.num_rows
        if kept.num_rows:
            yield pa.table(
                {
                    name: decisions[name].convert(column, choices).cast(decisions[name].type)
                    for name, column in zip(columns, kept.columns, strict=True)
                }
            )
