"""Exports: every format, where labels came from, and no formula for a spreadsheet."""

import csv
import json
import os
import re
import tracemalloc

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import settings_for
from pyarrow import parquet

from motherlode._files.formats import WRITERS, ending_of
from motherlode._files.reading import read_table
from motherlode._files.writers import neutral, unquote
from motherlode.cli._teach import Request, teach
from motherlode.errors import InputError
from motherlode.project import _export
from motherlode.project._data.folder import create_project
from motherlode.project._export import Export
from motherlode.project._insight.answers_file import write_answers
from motherlode.project._log import log
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live

TABLES = ("csv", "tsv", "jsonl", "json", "parquet", "arrow", "xlsx")
TOOLS = ("ris", "label_studio", "doccano", "prodigy")


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


def test_columns_keep_apart_from_ours_whatever_they_are_called(make, tmp_path):
    own = {"label": ["a", "b"], "data_label": ["c", "d"], "depth": [1.0, 2.0]}
    project = make(pa.table(own), columns=("depth",), shown=tuple(own))
    live = Live(project)
    live.answer("ann", [Answer(0, label="gold")])
    state = live.now()
    live.close()
    Export(project).write(tmp_path / "rows.csv")
    write_answers(project, state, list(state.history("ann")), tmp_path / "answers.csv", None)
    for name in ("rows.csv", "answers.csv"):
        with (tmp_path / name).open(newline="") as file:
            (line,) = csv.DictReader(file)
        assert (line["data_data_label"], line["data_label"], line["label"]) == ("a", "c", "gold")


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


@pytest.mark.parametrize("ending", TABLES)
def test_every_table_is_read_back_as_it_was_written(labelled, tmp_path, ending):
    path = tmp_path / f"o.{ending}"
    assert Export(labelled).write(path) == 4
    read = read_table(path)
    assert read.column_names == Export(labelled).schema.names
    assert read.column("row").to_pylist() == [0, 1, 2, 3]
    assert ending == "xlsx" or path.read_bytes() == b"".join(Export(labelled).parts(ending))


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
    for format in WRITERS.names():
        assert Export(project).write(tmp_path / f"o.{format}", format) == 0
    assert (tmp_path / "o.csv").read_text().startswith("id,depth,width,town,row,label")
    assert parquet.read_table(tmp_path / "o.parquet").num_rows == 0
    assert json.loads((tmp_path / "o.json").read_text()) == []
    assert json.loads((tmp_path / "o.label_studio").read_text()) == []


def test_a_file_that_cannot_be_written_leaves_the_old_one(labelled, tmp_path):
    with pytest.raises(InputError, match="should end in"):
        Export(labelled).write(tmp_path / "o.txt")
    with pytest.raises(InputError, match=r"no format 'lable-studio' .* label-studio, doccano,"):
        Export(labelled).write(tmp_path / "o.json", "lable-studio")
    for format in TOOLS:
        with pytest.raises(InputError, match=r"not the log; export it as \.csv"):
            Export(labelled, events=True).write(tmp_path / "o.x", format)
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


CLASSES = (
    "-1", "+1", "=x", "a,b", "'", '"', "1", "007", "01", "#N/A", "NULL", "null", "nan", "true",
    "True", "1.0", "1e3", "🪨", "a;=b", "@cmd", "x|y", "'=x", "TRUE", "ja nein",
    "ASReview_relevant",
)  # fmt: skip
IDS = (
    "00042", "42", "1e3", "1000", "1000.0", "=cmd", "a;b", "1234567890123456789",
    "1234567890123456788", "-1", "+1", "'", '"', "#N/A", "NULL", "true", "é 🪨", "a,b",
    "2003-01-01", "'=x", "x|=y", "1,5", "12%", "1 000", "TY  - JOUR", "01", "1",
)  # fmt: skip


def answer_all(project, given):
    live = Live(project)
    live.answer("ann", [Answer(row, label=label) for row, label in given.items()])
    live.close()


def taught_anew(folder, table, options, path):
    """The labels of a new project of the same table, which a file is taught to."""
    again = create_project(folder, settings_for(table, **options), table, None)
    teach(Request(again.folder, path, "label", False, "ben", None, None, None))
    with again.database.reading() as connection:
        present = log.read_state(connection).rows
    again.close()
    return {row: known.label for row, known in present.items()}


@pytest.mark.parametrize("format", WRITERS.names())
@pytest.mark.parametrize("id", [None, "=name", "id"])
def test_what_is_exported_can_be_taught_to_a_new_project(tmp_path, format, id):
    texts = [f"{name} and some words;=1" for name in IDS]
    table = pa.table({id or "other": IDS, "@text": texts, "size": range(len(IDS))})
    shown = ("@text", "size")
    options = {
        "classes": CLASSES, "minority": "=x", "id": id, "columns": ("@text",), "kind": "text",
        "shown": shown,
    }  # fmt: skip
    project = create_project(tmp_path / "p", settings_for(table, **options), table, None)
    given = dict(enumerate(CLASSES))
    answer_all(project, given)
    path = tmp_path / ("o" if format == "hugging_face" else f"o.{ending_of(format)}")
    assert Export(project).write(path, format) == len(CLASSES)
    project.close()
    if format in ("csv", "tsv"):
        assert not any(name[0] in "=@" for name in read_table(path).column_names)
    assert taught_anew(tmp_path / "again", table, options, path) == given


# What declared classes can hold; the command line cuts spaces off at both ends.
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: text.isprintable() and text == text.strip()
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)


@pytest.mark.parametrize("format", WRITERS.names())
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_ids_classes_and_texts_are_exports_come_back(tmp_path_factory, format, data):
    folder = tmp_path_factory.mktemp("e")
    classes = tuple(data.draw(st.lists(PRINTABLE, min_size=2, max_size=5, unique=True)))
    ids = data.draw(st.lists(PRINTABLE, min_size=4, max_size=8, unique=True))
    texts = data.draw(st.lists(TEXTS, min_size=len(ids), max_size=len(ids)))
    table = pa.table({"id": ids, "text": [*texts[:-1], "words"]})
    options = {
        "classes": classes, "minority": classes[0], "id": "id", "columns": ("text",),
        "shown": ("text",), "kind": "text",
    }  # fmt: skip
    project = create_project(folder / "p", settings_for(table, **options), table, None)
    rows = data.draw(st.lists(st.integers(0, len(ids) - 1), min_size=1, unique=True))
    given = {row: data.draw(st.sampled_from(classes)) for row in rows}
    answer_all(project, given)
    path = folder / ("o" if format == "hugging_face" else f"o.{ending_of(format)}")
    Export(project).write(path, format)
    project.close()
    assert taught_anew(folder / "again", table, options, path) == given


DIGITS = pa.table(
    {
        "id": pa.array([2**63 + i for i in range(20)], pa.uint64()),
        "amount": [1234567.891 + i for i in range(20)],
        "narrow": pa.array([0.1] * 20, pa.float32()),
        "big": [2**53 + 1 + i for i in range(20)],
        "year": [2003 + i for i in range(20)],
        "paid": [i % 2 == 0 for i in range(20)],
        "at": pa.array([1_700_000_000 + i for i in range(20)], pa.timestamp("s")),
    }
)
SAID = {
    "id": "9223372036854775811", "amount": "1234570.891", "narrow": "0.1",
    "big": "9007199254740996", "year": "2006", "paid": "false", "at": "2023-11-14 22:13:23",
}  # fmt: skip


@pytest.fixture
def digits(tmp_path):
    shown = DIGITS.column_names[1:]
    made = settings_for(DIGITS.select(["id", "amount", "year"]), shown=shown)
    project = create_project(tmp_path / "digits", made, DIGITS, None)
    answer_all(project, {3: "gold", 4: "dry"})
    yield project
    project.close()


def test_exports_hold_the_digits_of_the_data(digits, tmp_path):
    for ending, separator in (("csv", ","), ("tsv", "\t")):
        Export(digits).write(tmp_path / f"o.{ending}")
        with (tmp_path / f"o.{ending}").open(newline="") as file:
            first = next(csv.DictReader(file, delimiter=separator))
        assert {name: first[name] for name in SAID} == SAID
    for ending in ("parquet", "arrow"):
        Export(digits).write(tmp_path / f"o.{ending}")
        read = read_table(tmp_path / f"o.{ending}").select(DIGITS.column_names)
        assert read.cast(DIGITS.schema).equals(DIGITS.slice(3, 2))  # Parquet has no seconds
    Export(digits).write(tmp_path / "o.jsonl")
    first = json.loads((tmp_path / "o.jsonl").read_text().split("\n")[0])
    assert (first["id"], first["big"]) == (9223372036854775811, 9007199254740996)
    assert (first["amount"], first["narrow"], first["paid"]) == (1234570.891, 0.1, False)
    assert first["at"] == SAID["at"]


def test_every_row_with_the_probability_of_each_class(labelled, tmp_path):
    path = tmp_path / "all.parquet"
    found = Export(labelled, all_rows=True)
    assert found.write(path) == 30
    assert found.model[1] is None
    table = read_table(path)
    P = [table.column(f"probability_{name}").to_pylist() for name in ("dry", "gold")]
    assert [a + b for a, b in zip(*P, strict=True)] == pytest.approx([1.0] * 30)
    model, _ = found.model
    expected = model.predict_proba(labelled.rows.pool().data)
    gold = model.classes_.tolist().index("gold")
    assert P[1] == pytest.approx(expected[:, gold].tolist())
    lines = table.to_pylist()
    assert [line["row"] for line in lines] == list(range(30))
    assert [line["label"] for line in lines[:4]] == ["gold", None, "dry", None]
    assert [line["state"] for line in lines[:5]] == ["label", "skip", "label", "unsure", None]


def test_every_row_comes_without_probabilities_where_there_is_no_model(project, tmp_path):
    found = Export(project, all_rows=True)
    assert found.write(tmp_path / "all.csv") == 120
    assert "nothing is labelled yet" in found.model[1]
    assert set(read_table(tmp_path / "all.csv").column("probability_gold").to_pylist()) == {None}
    with pytest.raises(InputError, match="no line for each row"):
        Export(project, all_rows=True, events=True)


def test_every_row_can_be_taught_to_a_new_project(labelled, tmp_path):
    for format in WRITERS.names():
        path = tmp_path / ("o" if format == "hugging_face" else f"{format}.{ending_of(format)}")
        assert Export(labelled, all_rows=True).write(path, format) == 30
        table = labelled.rows.table
        options = {"id": "name", "columns": ("depth",), "shown": ("label", "depth")}
        found = taught_anew(tmp_path / f"again {format}", table, options, path)
        assert found == {0: "gold", 2: "dry"}


def test_an_export_of_many_rows_takes_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(_export, "_AT_A_TIME", 40)
    n = 1_000
    table = pa.table({"text": [f"{i} " + "words " * 1_200 for i in range(n)]})  # 7 MB
    options = {"columns": ("text",), "shown": ("text",), "kind": "text"}

    few, many = (
        create_project(tmp_path / f"p{rows.num_rows}", settings_for(rows, **options), rows, None)
        for rows in (table.slice(0, 1), table)
    )

    def write(project, format):
        found = Export(project, all_rows=True)
        found.__dict__["model"] = None, "none is wanted"  # a fit holds the texts
        tracemalloc.start()
        try:
            rows = project.rows.table.num_rows
            assert found.write(tmp_path / f"{rows}.{format}", format) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    for format in WRITERS.names():
        write(few, format)  # imports what the format needs
        most = write(many, format)
        assert most < 3.6e6, (format, most)
    few.close()
    many.close()
