"""What goes in comes out: files that many programs write hold what was given to them."""

import csv
import datetime
import gzip
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motherlode._files.formats import write_parts
from motherlode._files.reading import read_table
from motherlode._files.writers.lines import Lines

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")

# What no program can tell from a number, a gap or a formula is not among the words.
signs = st.sampled_from(list("\"',;|\t =+-@#\\é漢"))
letters = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])
words = st.text(signs | letters, max_size=8).map("w{}w".format)
codes = st.sampled_from(["007", "00042", "+1", "1e3", "1234567890123456789", "0x1F", "1-2", "=x"])
numbers = st.integers(-(10**9), 10**9).map(lambda n: (10 * n + 5) / 10_000)
COLUMNS = {
    "word": words,
    "code": codes,
    "whole": st.integers(-(10**14), 10**14),
    "number": numbers,
    "day": st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)),
    "flag": st.booleans(),
}


@st.composite
def tables(draw):
    """Draw columns by name, of plain Python values, of which one in three may be missing."""
    n = draw(st.integers(2, 6))
    made = {name: draw(st.lists(kind, min_size=n, max_size=n)) for name, kind in COLUMNS.items()}
    made["code"][0], made["flag"][0] = "007", True
    for name in draw(st.sets(st.sampled_from(["number", "day", "flag"]))):
        made[name] = [value if i % 3 else None for i, value in enumerate(made[name])]
    return made


def rows_of(columns):
    return [list(columns), *zip(*columns.values(), strict=True)]


def write_csv(columns, path, separator=",", encoding="utf-8", ends="\r\n"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator, lineterminator=ends).writerows(rows_of(columns))


def write_decimal_commas(columns, path):
    numbers = [None if v is None else str(v).replace(".", ",") for v in columns["number"]]
    write_csv({**columns, "number": numbers}, path, ";")


def write_packed(columns, path):
    write_csv(columns, path.with_suffix(".raw"))
    path.write_bytes(gzip.compress(path.with_suffix(".raw").read_bytes()))


def as_json(columns):
    header, *rows = rows_of(columns)
    plain = [[v.isoformat() if isinstance(v, datetime.date) else v for v in row] for row in rows]
    return [dict(zip(header, row, strict=True)) for row in plain]


def nested(columns):
    return [{"meta": {"inner": line}, "list": [1.5]} for line in as_json(columns)]


def write_workbook(columns, path):
    book = openpyxl.Workbook()
    for place, row in enumerate(rows_of(columns), start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(place, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl would make a formula of =x
    book.save(path)


def frame(columns):
    made = pd.DataFrame(columns)
    return made.assign(**{n: pd.Series(columns[n], dtype=object) for n in ("day", "flag")})


def ours(columns, path, format):
    table = pa.table(columns)
    lines = Lines(table.schema, iter([table]), as_is=frozenset(["word", "code"]))
    path.write_bytes(b"".join(write_parts(format, lines)))


PROGRAMS = {
    "csv.csv": write_csv,
    "semicolons.csv": lambda c, p: write_csv(c, p, ";"),
    "commas.csv": write_decimal_commas,
    "pipes.csv": lambda c, p: write_csv(c, p, "|"),
    "tabs.tsv": lambda c, p: write_csv(c, p, "\t"),
    "lines.csv": lambda c, p: write_csv(c, p, ends="\n"),
    "mark.csv": lambda c, p: write_csv(c, p, encoding="utf-8-sig"),
    "wide.csv": lambda c, p: write_csv(c, p, encoding="utf-16"),
    "packed.csv.gz": write_packed,
    "array.json": lambda c, p: p.write_text(json.dumps(as_json(c))),
    "lines.jsonl": lambda c, p: p.write_text("\n".join(map(json.dumps, as_json(c)))),
    "nested.jsonl": lambda c, p: p.write_text("\n".join(map(json.dumps, nested(c)))),
    "book.xlsx": write_workbook,
    "pandas.csv": lambda c, p: frame(c).to_csv(p, index=False),
    "pandas.json": lambda c, p: frame(c).to_json(
        p, orient="records", date_format="iso", default_handler=str),
    "pandas.parquet": lambda c, p: pd.DataFrame(c).to_parquet(p),
    "polars.csv": lambda c, p: pl.DataFrame(c).write_csv(p),
    "polars.jsonl": lambda c, p: pl.DataFrame(c).write_ndjson(p),
    "polars.parquet": lambda c, p: pl.DataFrame(c).write_parquet(p),
    "polars.arrow": lambda c, p: pl.DataFrame(c).write_ipc(p),
    **{f"ours.{f}": lambda c, p, f=f: ours(c, p, f)
       for f in ("csv", "tsv", "json", "jsonl", "parquet", "arrow", "xlsx")},
}  # fmt: skip


def plain(name, value):
    """Give a value as Python has it, whatever a format made of its type."""
    if value is None or value != value:
        return None
    if name == "day":
        return value.isoformat()[:10] if not isinstance(value, str) else value[:10]
    return value.item() if isinstance(value, np.generic) else value


@pytest.mark.parametrize("name", PROGRAMS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=tables())
def test_what_goes_in_comes_out(tmp_path, name, columns):
    path = tmp_path / name
    PROGRAMS[name](columns, path)
    read = read_table(path).to_pydict()
    for column, values in columns.items():
        inner = f"meta.inner.{column}" if name.startswith("nested") else column
        got = [plain(column, value) for value in read[inner]]
        want = [plain(column, value) for value in values]
        assert got == want, column
