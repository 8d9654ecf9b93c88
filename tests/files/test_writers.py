"""What each format holds, as other programs read it."""

import csv
import io
import json
import re
import zipfile

import openpyxl
import pyarrow as pa
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from motherlode._files.choices import Choices
from motherlode._files.formats import WRITERS, choose_format, ending_of, list_formats, write_parts
from motherlode._files.reading import read_table
from motherlode._files.writers.lines import Lines
from motherlode.errors import InputError

TABLE = pa.table(
    {
        "=id": ["00042", "=cmd", "1e3"],
        "title": ["=SUM(A1)", "A title", "B; C"],
        "abstract": ["Two\nlines", None, "x;=1+1"],
        "authors": ["Ada; Bob", "Eve", None],
        "year": [2003, 2004, None],
        "big": [2**53 + 1, 1, None],
        "share": [0.5, float("nan"), float("inf")],
        "ok": [True, False, None],
        "row": [7, 8, 9],
        "label": ["=x", None, "a,b"],
        "state": ["label", "skip", None],
        "annotators": ["=ann: =x", "ben: skip", None],
    }
)
SHOWN = tuple(TABLE.column_names[1:8])


def lines(table=TABLE, **changes):
    values = {
        "main": ("title", "abstract"), "shown": SHOWN, "named": ("=id", "row"), "label": "label",
        "classes": ("=x", "a,b"), "positive": ("=x",), "as_is": frozenset({"=id", "row", "label"}),
    }  # fmt: skip
    return Lines(table.schema, iter([table.slice(0, 2), table.slice(2)]), **(values | changes))


def content(format, **changes):
    return b"".join(write_parts(format, lines(**changes)))


def objects(format):
    return [json.loads(line) for line in content(format).decode().splitlines()]


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
def test_delimited(format, separator):
    text = content(format).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    assert header == ["'=id", *TABLE.column_names[1:]]
    assert [row[0] for row in rows] == ["00042", "=cmd", "1e3"]
    assert rows[0][1:9] == ["'=SUM(A1)", "Two\nlines", "Ada; Bob", "2003", "9007199254740993",
                            "0.5", "true", "7"]  # fmt: skip
    assert rows[0][9:] == ["=x", "label", "'=ann: =x"]
    assert rows[2][1:4] == ["B; C", "x;'=1+1", ""]
    assert rows[2][6] == "inf"
    assert rows[1][6] == ""
    assert '"B; C"' in text


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=2, max_size=4))
def test_every_cell_is_quoted_where_a_program_would_split_it(cells):
    table = pa.table({f"c{i}": [cell] for i, cell in enumerate(cells)})
    as_is = frozenset(table.column_names)
    for format, separator in (("csv", ","), ("tsv", "\t")):
        made = Lines(table.schema, iter([table]), as_is=as_is)
        text = b"".join(write_parts(format, made)).decode()
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        assert read[1] == cells
        outside = re.sub(r'"(?:[^"]|"")*"', "", text)
        assert not set(outside) & (set(";|,\t") - {separator})


def test_json():
    assert content("json").decode().count("\n") == 5
    read = json.loads(content("json"))
    assert read == objects("jsonl")
    assert read[0]["big"] == 9007199254740993
    assert [line["share"] for line in read] == [0.5, None, "inf"]
    assert read[2]["abstract"] == "x;=1+1"
    empty = Lines(TABLE.schema, iter(()))
    assert json.loads(b"".join(write_parts("json", empty))) == []


def test_a_workbook_has_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(content("xlsx")))
    sheet = book.active
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]
    assert [value for value, _ in cells[0]] == TABLE.column_names
    assert not any(kind == "f" for row in cells for _, kind in row)
    first = dict(zip(TABLE.column_names, cells[1], strict=True))
    assert first["=id"] == ("00042", "s")
    assert first["title"] == ("=SUM(A1)", "s")
    assert first["year"] == (2003, "n")
    assert first["big"] == ("9007199254740993", "s")
    assert first["share"] == (0.5, "n")
    assert first["ok"] == (True, "b")
    assert first["label"] == ("=x", "s")
    assert {sheet["A2"].number_format, sheet["B2"].number_format, sheet["A1"].number_format} == {
        "@"
    }
    assert sheet["B3"].number_format == "General"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_workbook_keeps_every_digit(values):
    table = pa.table({"x": values})
    made = b"".join(write_parts("xlsx", Lines(table.schema, iter([table]))))
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert [float(cell.value) for (cell,) in sheet.iter_rows(min_row=2)] == values


def test_a_workbook_refuses_what_a_cell_cannot_hold():
    long = pa.table({"text": ["x" * 32_768]})
    with pytest.raises(InputError, match=r"'text' has 32,768 characters and a cell holds 32,767"):
        b"".join(write_parts("xlsx", Lines(long.schema, iter([long]))))
    control = pa.table({"text": ["a\x01b\x1fc"]})
    made = b"".join(write_parts("xlsx", Lines(control.schema, iter([control]))))
    assert openpyxl.load_workbook(io.BytesIO(made)).active["A2"].value == "abc"
    many = pa.table({"n": pa.nulls(2**20)})
    with pytest.raises(InputError, match="1,048,575 rows and there are more"):
        b"".join(write_parts("xlsx", Lines(many.schema, iter([many]))))


def test_references():
    first, second, third = rispy.loads(content("ris").decode())
    assert (first["title"], first["abstract"]) == ("=SUM(A1)", "Two lines")
    assert first["authors"] == ["Ada", "Bob"]
    assert (first["year"], first["label"]) == ("2003", "=x")
    assert first["notes"][0] == "ASReview_relevant"
    assert third["notes"][0] == "ASReview_irrelevant"
    assert "label" not in second
    assert not any("ASReview" in note for note in second["notes"])


REFERENCES = pa.table(
    {
        "title": ["On doubt", "Of sleep"],
        "journal": ["Doubts", "Rest"],
        "type": ["CHAP", "fraud"],
        "decision": ["in", "out"],
        "probability_in": [0.9, 0.2],
        "probability_out": [0.1, 0.8],
    }
)


def predicted(format):
    """What a model says of two references that nobody answered."""
    shown = ("title", "journal", "type")
    said = Lines(
        REFERENCES.schema, iter([REFERENCES]), main=("title",), shown=shown, label="decision",
        classes=("in", "out"), positive=("in",), is_answered=False,
    )  # fmt: skip
    return b"".join(write_parts(format, said)).decode()


def test_references_keep_what_they_were():
    """A journal is none of the notes, and a chapter no article; what is no type is no tag."""
    first, second = rispy.loads(predicted("ris"))
    assert (first["journal_name"], first["type_of_reference"]) == ("Doubts", "CHAP")
    assert second["type_of_reference"] == "JOUR"
    assert '"type": "fraud"' in second["notes"][0]


def test_what_a_model_says_is_no_answer_in_any_tool():
    assert "LB  - " not in predicted("ris")
    assert "ASReview_" not in predicted("ris")
    for task in json.loads(predicted("label_studio")):
        assert task["annotations"] == []
        assert len(task["predictions"]) == 1
    for line in predicted("prodigy").splitlines():
        assert json.loads(line)["answer"] is None


def test_references_are_read_back_exactly(tmp_path):
    path = tmp_path / "o.ris"
    path.write_bytes(content("ris"))
    read = read_table(path, Choices(texts=frozenset({"=id", "label"})))
    assert read.column("=id").to_pylist() == ["00042", "=cmd", "1e3"]
    assert [value or None for value in read.column("label").to_pylist()] == ["=x", None, "a,b"]
    assert read.column("row").to_pylist() == [7, 8, 9]
    assert read.column("title").to_pylist() == ["=SUM(A1)", "A title", "B; C"]
    assert "notes" not in read.column_names


def test_texts_that_are_no_references_become_abstracts():
    table = pa.table({"mail": ["Some words"], "row": [0], "label": ["a"], "state": ["label"]})
    made = Lines(table.schema, iter([table]), main=("mail",), shown=("mail",), label="label")
    (only,) = rispy.loads(b"".join(write_parts("ris", made)).decode())
    assert only["abstract"] == "Some words"


def test_label_studio():
    first, second, third = json.loads(content("label-studio"))
    assert first["data"]["text"] == "=SUM(A1)\n\nTwo\nlines"
    assert first["data"]["=id"] == "00042"
    assert first["annotations"] == [
        {
            "result": [
                {
                    "type": "choices", "from_name": "label", "to_name": "text",
                    "value": {"choices": ["=x"]},
                }
            ],
            "was_cancelled": False,
        }
    ]  # fmt: skip
    assert first["meta"] == {"state": "label", "annotators": "=ann: =x"}
    assert second["annotations"] == [{"result": [], "was_cancelled": True}]
    assert third["annotations"] == []  # nobody answered it


def test_doccano():
    first, second, _ = objects("doccano")
    assert list(first)[:4] == ["text", "label", "=id", "row"]
    assert first["label"] == ["=x"]
    assert second["label"] == []
    assert first["year"] == 2003


def test_prodigy():
    first, second, third = objects("prodigy")
    assert first["options"] == [{"id": "=x", "text": "=x"}, {"id": "a,b", "text": "a,b"}]
    assert (first["accept"], first["answer"], first["row"]) == (["=x"], "accept", 7)
    assert (second["accept"], second["answer"]) == ([], "ignore")
    assert third["answer"] is None
    assert first["meta"]["year"] == 2003


def test_rows_of_a_table_are_told_in_words_and_images_by_their_paths():
    table = pa.table({"depth": [1.5], "town": ["ulm"], "row": [0], "label": ["a"], "state": ["x"]})
    about = {"shown": ("depth", "town"), "label": "label", "named": ("row",), "classes": ("a",)}
    (told,) = json.loads(b"".join(write_parts("label_studio", Lines(
        table.schema, iter([table]), **about))))  # fmt: skip
    assert told["data"]["text"] == "depth: 1.5\ntown: ulm"
    image = Lines(table.schema, iter([table]), main=("town",), is_image=True, **about)
    shown = json.loads(b"".join(write_parts("prodigy", image)))
    assert (shown["image"], "text" in shown) == ("ulm", False)


def test_a_data_set_of_hugging_face():
    with zipfile.ZipFile(io.BytesIO(content("hugging-face"))) as packed:
        inside = {name.removeprefix("labels/"): packed.read(name) for name in packed.namelist()}
    about = json.loads(inside["dataset_info.json"])["features"]
    assert about["label"] == {"names": ["=x", "a,b"], "_type": "ClassLabel"}
    assert about["share"] == {"dtype": "float64", "_type": "Value"}
    state = json.loads(inside["state.json"])
    assert state["_data_files"] == [{"filename": "data-00000-of-00001.arrow"}]
    with pa.ipc.open_stream(inside["data-00000-of-00001.arrow"]) as reader:
        table = reader.read_all()
    assert table.column("label").to_pylist() == [0, None, 1]
    assert json.loads(table.schema.metadata[b"huggingface"])["info"]["features"] == about
    others = TABLE.drop(["label", "share"])  # NaN is equal to nothing
    assert table.select(others.column_names).replace_schema_metadata().equals(others)


def test_the_ending_tells_the_format_unless_one_is_named(tmp_path):
    assert choose_format(tmp_path / "o.JSON") == "json"
    assert choose_format(tmp_path / "o.ndjson") == "jsonl"
    assert choose_format(tmp_path / "o.json", "Label-Studio") == "label_studio"
    assert ending_of("label-studio") == "json"
    assert {ending_of(name) for name in list_formats()} < {*WRITERS.names(), "zip"}
    for name in ("o.doccano", "o.zip", "o"):
        with pytest.raises(InputError, match=r"should end in \.csv, "):
            choose_format(tmp_path / name)
    with pytest.raises(InputError, match="no format 'labelstudio' to export; choose csv, "):
        choose_format(tmp_path / "o.json", "labelstudio")


@pytest.mark.parametrize(("format", "package", "extra"), [("xlsx", "openpyxl", "excel"),
                                                          ("ris", "rispy", "ris")])  # fmt: skip
def test_a_missing_package_is_named_before_the_first_part(monkeypatch, format, package, extra):
    monkeypatch.setattr("motherlode._files.writers.needed.find_spec", lambda name: None)
    with pytest.raises(InputError, match=rf"need {package}: pip install \"motherlode\[{extra}\]\""):
        write_parts(format, lines())


@pytest.mark.parametrize("format", ["ris", "label_studio", "doccano", "prodigy"])
def test_a_log_is_no_list_of_rows(format):
    with pytest.raises(InputError, match=r"not the log; export it as \.csv"):
        write_parts(format, lines(label=None))


def test_tasks_of_label_studio_hold_predictions_and_come_back(tmp_path):
    table = pa.table(
        {
            "text": ["a", "b"],
            "row": [0, 1],
            "label": ["gold", None],
            "state": ["label", None],
            "probability_dry": [0.25, 0.75],
            "probability_gold": [0.75, 0.25],
        }
    )
    lines = Lines(
        table.schema, iter([table]), main=("text",), shown=("text",), named=("row",),
        label="label", classes=("dry", "gold"),
    )  # fmt: skip
    path = tmp_path / "tasks.json"
    path.write_bytes(b"".join(write_parts("label_studio", lines)))
    tasks = json.loads(path.read_text())
    said = [task["predictions"][0] for task in tasks]
    assert [one["result"][0]["value"]["choices"] for one in said] == [["gold"], ["dry"]]
    assert [one["score"] for one in said] == [0.75, 0.75]
    back = read_table(path)
    assert back.column("label").to_pylist() == ["gold", None]
    assert back.column("text").to_pylist() == ["a", "b"]
