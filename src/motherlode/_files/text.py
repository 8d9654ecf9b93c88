"""CSV and JSON Lines, with one sentence for everything that can be wrong with them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import json as arrow_json

from ..errors import InputError
from .cells import type_cells
from .choices import Choices, Found

_MAGIC = {b"PAR1": "a Parquet file", b"PK\x03\x04": "a workbook or zip", b"\x1f\x8b": "a gzip file"}
_QUOTED = re.compile(r'"[^"]*"')
_DECIMAL_COMMA = re.compile(r"(^|;)-?\d+,\d+(;|\r?$)", re.MULTILINE)
# pyarrow infers a column's type from the first block alone, so the whole file is one block.
_LARGEST_BLOCK = 2**31 - 1


def read_csv(path: Path, choices: Choices) -> Found:
    """Read comma-, semicolon- or tab-separated UTF-8 with a header line.

    What the cells are is decided over whole columns; see `type_cells`.
    """
    text = _read_text(path, "CSV")
    if isinstance(_parse(text.lstrip().split("\n", 1)[0]), dict | list):
        raise InputError(f"{path} holds JSON, not CSV; name it .jsonl if it is one object a line.")
    delimiter = delimiter_of(text)
    if text.count('"') % 2:
        _refuse_broken_csv(path, text, delimiter)
    decimal_comma = delimiter == ";" and holds_decimal_commas(text)
    raw = text.encode()
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(raw),
            read_options=arrow_csv.ReadOptions(block_size=_block_size(raw)),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                decimal_point="," if decimal_comma else ".",
                column_types=dict.fromkeys(_header(text, delimiter), pa.string()),
            ),
        )
    except pa.ArrowInvalid as problem:
        _refuse_broken_csv(path, text, delimiter)
        raise InputError(f"{path} can't be read as CSV: {_first_line(problem)}") from None
    typed, reasons = type_cells(table, choices)
    return Found(typed, reasons=reasons)


def read_json_lines(path: Path, choices: Choices) -> Found:
    """Read lines of one flat JSON object each."""
    text = _read_text(path, "JSON Lines")
    raw = text.encode()
    try:
        table = arrow_json.read_json(
            io.BytesIO(raw), read_options=arrow_json.ReadOptions(block_size=_block_size(raw))
        )
    except pa.ArrowInvalid as problem:
        _refuse_broken_lines(path, text)
        raise InputError(f"{path} can't be read as JSON Lines: {_first_line(problem)}") from None
    if any(pa.types.is_nested(kind) for kind in table.schema.types):
        _refuse_broken_lines(path, text)
    return Found(table)


def _header(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter))


def _read_text(path: Path, kind: str) -> str:
    raw = path.read_bytes()
    if not raw.strip():
        raise InputError(f"{path} is empty.")
    found = next((name for magic, name in _MAGIC.items() if raw.startswith(magic)), None)
    if found is not None:
        raise InputError(f"{path} is not {kind} but {found}; correct its ending or unpack it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise InputError(f"{path} is not UTF-8 text (line {line}); save it as UTF-8.") from None
    if "\0" in text:
        raise InputError(f"{path} is not {kind}: it holds NUL bytes.")
    return text


def _block_size(raw: bytes) -> int:
    return min(len(raw) + 1, _LARGEST_BLOCK)


def delimiter_of(text: str) -> str:
    """Choose comma, semicolon or tab: what the header line holds most of."""
    header = _QUOTED.sub("", text[:65536]).lstrip().split("\n", 1)[0]
    return max(",;\t", key=header.count)


def holds_decimal_commas(text: str) -> bool:
    """Tell whether numbers between semicolons are written like 1,5."""
    return _DECIMAL_COMMA.search(text) is not None


def _refuse_broken_csv(path: Path, text: str, delimiter: str) -> None:
    """Raise an error for the first record with too few or many values, or an open quote."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start, width = 1, 0
    try:
        for row in rows:
            width = width or len(row)
            if row and len(row) != width:
                raise InputError(
                    f"Line {start} of {path} has {len(row)} values where the header has {width}."
                )
            start = rows.line_num + 1
    except csv.Error:
        raise InputError(
            f"Line {start} of {path} opens a quote that never closes, or is not doubled inside."
        ) from None


def _refuse_broken_lines(path: Path, text: str) -> None:
    """Raise an error for the first line that is no flat object, or changes a column's type."""
    kinds: dict[str, str] = {}
    for number, line in _lines(text):
        record = _parse(line)
        if not isinstance(record, dict):
            wrong = "is not valid JSON" if record is None else "is not a JSON object"
            raise InputError(f"Line {number} of {path} {wrong}; give one object a line.")
        for key, value in record.items():
            if isinstance(value, dict | list):
                raise InputError(
                    f"Line {number} of {path} holds a nested value under {key!r}; "
                    "give one plain value a key."
                )
            kind = _kind(value)
            if kind and kinds.setdefault(key, kind) != kind:
                raise InputError(
                    f"Line {number} of {path} has a {kind} under {key!r}, "
                    f"which holds a {kinds[key]} before."
                )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _parse(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _kind(value: object) -> str | None:
    if value is None:
        return None
    return {bool: "boolean", str: "string"}.get(type(value), "number")


def _first_line(problem: Exception) -> str:
    return str(problem).split("\n", 1)[0][:200].rstrip(".") + "."
