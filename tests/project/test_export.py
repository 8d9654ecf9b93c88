"""Exports: every format, where labels came from, and no formula for a spreadsheet."""

import csv
import json
import os
import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import settings_for
from pyarrow import parquet

from motherlode._files.formats import WRITERS
from motherlode._files.reading import read_table
from motherlode._files.writers import neutral, unquote
from motherlode.cli._teach import teach
from motherlode.errors import InputError
from motherlode.project._data.folder import create_project
from motherlode.project._export import Export
from motherlode.project._log import log
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live


@pytest.fixture
def labelled(make):
    table = pa.table(
        {
            "name": [f"n{i}" for i in range(30)],
            "label": ["=1+1", "+cmd", "-x", "@y"] + ["plain words of a text"] * 26,
            "depth": [float(i) for i in range(30)],
        }
    )
    project = make(table, id="name", columns=("depth",), shown=("label", "depth"))
    live = Live(project)
    live.answer("ann", [Answer(0, label="gold", note='=HYPERLINK("x")', seconds=2.0)])
    live.answer("ben", [Answer(2, label="dry"), Answer(1, "skip"), Answer(3, "unsure")])
    live.answer("ann", [Answer(2, label="gold")])
    live.undo("ann")
    live.close()
    return project


def test_csv(labelled, tmp_path):
    path = tmp_path / "o.csv"
    assert Export(labelled).write(path) == 4
    with path.open(newline="") as file:
        first, *others = csv.DictReader(file)
    assert first["data_label"] == "'=1+1"
    assert (first["name"], first["row"], first["label"]) == ("n0", "0", "gold")
    assert first["note"] == '\'=HYPERLINK("x")'
    assert [line["state"] for line in others] == ["skip", "label", "unsure"]
    assert others[1]["annotators"] == "ben: dry"
    assert not any(
        cell[:1] in "=+-@" for line in [first, *others] for cell in line.values() if cell
    )


def test_jsonl_and_parquet_agree(labelled, tmp_path):
    lines, table = tmp_path / "o.jsonl", tmp_path / "o.parquet"
    Export(labelled).write(lines)
    Export(labelled).write(table)
    read = [json.loads(line) for line in lines.read_text().splitlines()]
    assert parquet.read_table(table).to_pylist() == read
    assert read[0]["data_label"] == "=1+1"
    assert read[0]["seconds"] == 2.0


@pytest.mark.parametrize("ending", WRITERS.names())
def test_every_format_is_read_back_as_it_was_written(labelled, tmp_path, ending):
    path = tmp_path / f"o.{ending}"
    assert Export(labelled).write(path) == 4
    read = read_table(path)
    assert read.column_names == Export(labelled).schema.names
    assert read.column("row").to_pylist() == [0, 1, 2, 3]
    assert path.read_bytes() == b"".join(Export(labelled).parts(ending))


def test_the_whole_log(labelled, tmp_path):
    path = tmp_path / "o.jsonl"
    assert Export(labelled, events=True).write(path) == 6
    read = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["kind"] for line in read] == [
        "label",
        "label",
        "skip",
        "unsure",
        "label",
        "retract",
    ]
    assert read[5]["retracts"] == read[4]["id"]


def test_an_empty_project_exports_its_columns(project, tmp_path):
    for ending in WRITERS.names():
        assert Export(project).write(tmp_path / f"o.{ending}") == 0
    assert (tmp_path / "o.csv").read_text().startswith("id,depth,width,town,row,label")
    assert parquet.read_table(tmp_path / "o.parquet").num_rows == 0


def test_a_file_that_cannot_be_written_leaves_the_old_one(labelled, tmp_path):
    with pytest.raises(InputError, match="should end in"):
        Export(labelled).write(tmp_path / "o.txt")
    with pytest.raises(InputError, match="can't be written"):
        Export(labelled).write(tmp_path / "gone" / "o.csv")
    assert sorted(name for name in os.listdir(tmp_path) if name.startswith(".")) == []


@given(st.text().filter(lambda text: not re.fullmatch(r"[+-][\d.e+-]*", text, re.I)))
def test_no_text_stays_a_formula_and_each_can_be_had_back(text):
    assert neutral(text).lstrip()[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    assert unquote(neutral(text)) == text


@pytest.mark.parametrize("text", ["=x", "'=x", "''=x", "-1", "'-1", "'tis", "'", "+.5e3", "-1-1"])
def test_a_mark_before_a_formula_is_taken_off_again(text):
    assert unquote(neutral(text)) == text
    assert neutral(text) == text or text not in ("-1", "'tis", "'", "+.5e3")


@given(st.text(alphabet="=+-@;|\t\n\r'\" a1", max_size=12))
def test_no_cell_that_another_separator_makes_is_a_formula(text):
    for cell in re.split(r"[;|\t\n\r]", neutral(text)):
        assert not re.match(r"[\s\"]*[=@]|[\s\"]*[+-](?![\d.]*$)", cell)
    assert unquote(neutral(text)) == text


CLASSES = ("-1", "+1", "=x", "a,b", "'", "1", "007")


@pytest.mark.parametrize("ending", WRITERS.names())
@pytest.mark.parametrize("id", [None, "=name"])
def test_what_is_exported_can_be_taught_to_a_new_project(make, tmp_path, ending, id):
    names = ["-1", "+1", "1", "01", "=1+1", "'", "1.0", *(f"n{i}" for i in range(20))]
    table = pa.table({"=name": names, "@depth": [float(i) for i in range(len(names))]})
    options = {"classes": CLASSES, "minority": None, "id": id, "columns": ("@depth",)}
    project = make(table, **options, shown=("@depth",))
    live = Live(project)
    live.answer("ann", [Answer(row, label=label) for row, label in enumerate(CLASSES)])
    live.close()
    path = tmp_path / f"o.{ending}"
    Export(project).write(path)
    if ending == "csv":
        assert not any(name[0] in "=@" for name in read_table(path).column_names)
    settings = settings_for(table, **options, shown=("@depth",))
    again = create_project(tmp_path / "again", settings, table, None)
    teach(again.folder, path, "label", correct=False, who="ben")
    with again.database.reading() as connection:
        present = log.read_state(connection).rows
    again.close()
    assert [present[row].label for row in range(len(CLASSES))] == list(CLASSES)
