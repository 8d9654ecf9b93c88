"""One JSON object that holds a whole table, as pandas, a database or an API writes it."""

import json

import pandas as pd
import pytest

from motherlode._files.json_objects import find_records
from motherlode._files.reading import read_file, read_table
from motherlode.errors import InputError

FRAME = pd.DataFrame({"case": ["007", "008", "9"], "text": ["a", "b", "c"], "n": [1.5, 2.0, None]})
ROWS = FRAME.astype(object).where(FRAME.notna(), None).to_dict("records")


@pytest.mark.parametrize("orient", ["columns", "index", "split", "records"])
def test_what_pandas_writes_is_read(tmp_path, orient):
    FRAME.to_json(tmp_path / "a.json", orient=orient)
    assert read_table(tmp_path / "a.json").to_pylist() == ROWS


@pytest.mark.parametrize("orient", ["columns", "index", "split"])
def test_an_index_becomes_ids(tmp_path, orient):
    FRAME.set_index("case").to_json(tmp_path / "a.json", orient=orient)
    ids = read_table(tmp_path / "a.json")["id"].to_pylist()
    assert ids == ["007", "008", "9"]


@pytest.mark.parametrize("columns", [["text"], ["case", "text", "n"]])
@pytest.mark.parametrize("orient", ["columns", "index"])
def test_some_rows_of_a_frame_stay_rows(tmp_path, columns, orient):
    FRAME[columns][::2].to_json(tmp_path / "a.json", orient=orient)
    found = read_table(tmp_path / "a.json").to_pylist()
    assert [(row["id"], row["text"]) for row in found] == [("0", "a"), ("2", "c")]


def test_columns_without_names_are_no_rows(tmp_path):
    FRAME.set_axis(range(3), axis=1).loc[[0, 1, 2, 0]].reset_index(drop=True).to_json(
        tmp_path / "a.json"
    )
    assert read_table(tmp_path / "a.json")["1"].to_pylist() == ["a", "b", "c", "a"]


def test_a_table_with_its_schema(tmp_path):
    FRAME.set_index("case").to_json(tmp_path / "a.json", orient="table")
    assert read_table(tmp_path / "a.json").to_pylist() == ROWS


AB = [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize(
    ("whole", "records"),
    [
        ({"rows": AB}, AB),
        ({"count": 2, "next": None, "results": AB}, AB),
        ({"text": ["a", "b"], "x": [1, 2]}, [{"text": "a", "x": 1}, {"text": "b", "x": 2}]),
        ({"text": {"0": "a", "1": "b"}}, AB),
        ({"0": AB[0], "1": AB[1]}, AB),
        ({"101": AB[0], "102": {**AB[1], "x": 1}, "103": AB[0]},
         [{"id": "101", "text": "a"}, {"id": "102", "text": "b", "x": 1},
          {"id": "103", "text": "a"}]),
        ({"p": {"id": 7}, "q": {"id": 8}}, [{"key_1": "p", "id": 7}, {"key_1": "q", "id": 8}]),
    ],
)  # fmt: skip
def test_objects_that_hold_a_table(whole, records):
    found, left_out = find_records(whole)
    assert (found, set(left_out)) == (records, {"count", "next"} & set(whole))


@pytest.mark.parametrize(
    "whole",
    [
        {},
        {"text": "a", "meta": {"k": 1}},
        {"text": "a", "tags": ["x", "y"]},
        {"tags": ["x", "y"]},
        {"left": {"a": 1}, "right": {"b": 1}},
        {"train": AB, "test": AB},
        {"text": "a", "answers": [{"by": "p"}]},
        {"columns": ["a", "b"], "data": [[1, 2], [3], [4]]},
    ],
)
def test_objects_that_are_one_record(whole):
    assert find_records(whole) == ([whole], [])


def test_what_stands_beside_a_table_is_named(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"total": 2, "rows": AB, "next": None}))
    assert "beside it is left out: total, next" in read_file(tmp_path / "a.json").notes[0]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"train": AB, "test": AB}, "train, test"),
        ({"found": {"rows": AB}}, "found.rows"),
        ({"text": "a", "tags": ["x", "y"]}, "tags"),
        ({"text": "a", "tags": ["x"], "vector": [0.5, 1.5]}, None),
    ],
)
def test_lists_in_the_only_record_may_be_the_rows_that_were_meant(tmp_path, name, record, named):
    (tmp_path / name).write_text(json.dumps(record))
    notes = [note for note in read_file(tmp_path / name).notes if "read as one row" in note]
    assert [f"lists and all: {named};" in note for note in notes] == [True] * (named is not None)
    (tmp_path / "more.jsonl").write_text(2 * (json.dumps(record) + "\n"))
    assert not [note for note in read_file(tmp_path / "more.jsonl").notes if "one row" in note]


def test_a_table_without_rows_is_refused(tmp_path):
    FRAME[:0].to_json(tmp_path / "a.json", orient="split")
    with pytest.raises(InputError, match="holds no rows"):
        read_file(tmp_path / "a.json")


def test_one_task_of_a_labelling_tool_is_one_record(tmp_path):
    task = {"data": {"text": "a"}, "annotations": [{"result": []}, {"result": []}]}
    (tmp_path / "a.json").write_text(json.dumps(task))
    assert read_table(tmp_path / "a.json").to_pylist() == [{"text": "a"}]
