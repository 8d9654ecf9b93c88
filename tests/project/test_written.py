"""What people see of a converted column are the cells of the file, digit by digit."""

import csv
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from motherlode._files.cell_texts import differing, format_cells
from motherlode._files.cells import type_cells
from motherlode._files.choices import Choices
from motherlode._files.writers import unquote
from motherlode.cli._app import run
from motherlode.project._data.fitting import fit_columns
from motherlode.project._data.folder import open_project
from motherlode.project._data.written import find_cells, keep_cells
from motherlode.project._export import Export

COLUMNS = {
    "price": ["12.50", "0.10", "7.25"],
    "paid": ["-$5,200.00", "$0.50", "$1,000.10"],
    "on": ["31.12.2023", "1.2.2024", "15.07.2023"],
    "rate": ["12.0%", "7.50%", "0.25%"],
    "ok": ["TRUE", "FALSE", "TRUE"],
    "mixed": ["1", "2.5", "?"],
    "small": ["0.00001", "1e-05", "0.5"],
    "count": ["3", "14", "15"],
    "plain": ["0.25", "1.5", "7.125"],
    "kind": ["a", "b", "a"],
}
SAID = {name: [None if cell == "?" else cell for cell in cells] for name, cells in COLUMNS.items()}


def save(folder, name):
    """Save the columns, 30 rows, as another program writes them."""
    path = folder / name
    header, rows = ["id", *COLUMNS], [[f"{i:03}", *cells] for i, cells in enumerate(
        list(zip(*COLUMNS.values(), strict=True)) * 10)]  # fmt: skip
    if name.endswith(".csv"):
        with path.open("w", newline="") as file:
            csv.writer(file, delimiter=";" if "semi" in name else ",").writerows([header, *rows])
    elif name.endswith(".json"):
        path.write_text(json.dumps([dict(zip(header, row, strict=True)) for row in rows]))
    else:
        openpyxl = pytest.importorskip("openpyxl")
        pytest.importorskip("python_calamine")
        book = openpyxl.Workbook()
        for row in [header, *rows]:
            book.active.append(row)
        book.save(path)
    return path


@pytest.fixture(params=["a.csv", "semi.csv", "a.xlsx", "a.json"])
def project(request, tmp_path):
    data = save(tmp_path, request.param)
    assert run(["init", str(tmp_path / "p"), "--data", str(data), "--classes", "no,yes",
                "--minority", "yes", "--id", "id"]) == 0  # fmt: skip
    with open_project(tmp_path / "p") as project:
        yield project


def test_people_see_the_cells_and_models_read_the_values(project, tmp_path):
    for row in range(3):
        seen = project.rows.content(row)
        # JSON says that its texts are texts, but for dates.
        said = COLUMNS if project.rows.kinds["paid"] == "text" else SAID
        assert seen == {name: said[name][row] for name in COLUMNS if name in seen}
    assert set(seen) >= {"price", "paid", "on", "rate", "mixed"}
    assert set(project.rows.pool().data.column_names) <= set(COLUMNS)
    Export(project, all_rows=True).write(tmp_path / "o.csv")
    with (tmp_path / "o.csv").open(newline="") as file:
        line = next(csv.DictReader(file))
    assert {name: unquote(line[name]) for name in seen} == {name: said[name][0] for name in seen}
    Export(project, all_rows=True).write(tmp_path / "o.parquet")
    read = parquet.read_table(tmp_path / "o.parquet")
    assert not any("written" in name for name in read.column_names)
    if project.rows.kinds["paid"] == "number":
        assert read.column("paid").to_pylist()[:3] == [-5200.0, 0.5, 1000.1]


cells = st.one_of(
    st.integers(-(10**16), 10**16).map(str),
    st.floats(allow_nan=False).map(repr),
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(["", " 1.5 ", "NA", "?", "1,234", "TRUE", "31.12.2023", "2023-12-31", "$5.20",
                     "2023-12-31T10:05", "10%", "007", "1e3", "(12)"]),
)  # fmt: skip


@given(st.lists(cells, min_size=1, max_size=4).map(lambda held: held * 3))
def test_every_value_is_shown_as_its_cell(held):
    table = pa.table({"x": pa.chunked_array([pa.array(held, pa.string())])})
    values = type_cells(table, Choices())[0]
    kept = keep_cells(values, {"x": table["x"]}, ["x"])
    shown = kept.column(find_cells(kept).get("x", "x"))
    present = [value is not None for value in values["x"].to_pylist()]
    expected = [cell.strip() if there else None for cell, there in zip(held, present, strict=True)]
    got = format_cells(shown)
    assert [None if text is None else text.strip() for text in got] == expected


def test_no_column_is_kept_twice_without_need():
    table = pa.table({"a": ["1", "2", ""], "b": ["0.5", "1.25", "7.1"], "c": ["true", "false", ""]})
    values = type_cells(table, Choices())[0]
    assert [differing(table[n], values[n]) for n in table.column_names] == [None, None, None]
    assert keep_cells(values, dict(zip(table.column_names, table.columns, strict=True)),
                      table.column_names) is values  # fmt: skip


@pytest.mark.parametrize(
    "noted", [b"[]", b"{", b'{"x": "y"}', b'{"x": 3}', b'{"y": "x"}', b'{"z": "x"}', b"\xff"]
)
def test_a_note_that_somebody_made_up_is_ignored(noted):
    table = pa.table({"x": [1], "y": [2]}).replace_schema_metadata({b"motherlode.written": noted})
    assert find_cells(table) == {}


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (["12%", "3,5 %"], ["7,9%", "1%"], None),
        (["12", "3.5"], ["7.9", "1"], None),
        (["12%", "3.5%"], ["", ""], None),
        (["12%", "3.5%"], ["7.9", "1"], "has no signs of per cent, and some in the project"),
        (["12", "3.5"], ["7.9%", "1%"], "has signs of per cent, and none in the project"),
    ],
)
def test_new_rows_that_alone_have_per_cents_or_have_none_are_noticed(ours, theirs, said):
    cells = pa.table({"rate": ours})
    held = keep_cells(type_cells(cells, Choices())[0], {"rate": cells["rate"]}, ["rate"])
    fitted = fit_columns(pa.table({"rate": theirs}), held, ["rate"], Choices(), "new.csv")
    assert [said in note for note in fitted.notes] == ([True] if said else [])
