import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from motherlode._files.formats import column
from motherlode._files.reading import read_table
from motherlode.errors import InputError


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sentence(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_table(path)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert path.name in said
    return said


def test_csv_types_blanks_and_quoted_newlines(tmp_path):
    path = write(tmp_path, "a.csv", 'n,x,s\n1,0.5,"two\nlines, ""quoted"""\n,,\n3,nan,z\n')
    assert read_table(path).to_pydict() == {
        "n": [1, None, 3],
        "x": [0.5, None, None],
        "s": ['two\nlines, "quoted"', "", "z"],
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_delimiter_comes_from_the_header(tmp_path, delimiter, end):
    header = delimiter.join(['"a,b;c,d"', "e", "f"])
    path = write(tmp_path, "a.csv", header + end + delimiter.join(["1", "2", "x y"]) + end)
    assert read_table(path).to_pydict() == {"a,b;c,d": [1], "e": [2], "f": ["x y"]}


def test_csv_byte_order_mark_is_not_part_of_the_first_name(tmp_path):
    path = write(tmp_path, "a.csv", b"\xef\xbb\xbfid,t\n1,\xc3\xa9\n")
    assert read_table(path).to_pydict() == {"id": [1], "t": ["é"]}


def test_csv_semicolons_with_decimal_commas_are_numbers(tmp_path):
    path = write(tmp_path, "a.CSV", "a;b\n1,5;x\n-2,25;y\n")
    assert read_table(path).to_pydict() == {"a": [1.5, -2.25], "b": ["x", "y"]}


def test_csv_type_is_inferred_from_the_whole_file(tmp_path):
    path = write(tmp_path, "a.csv", "n\n" + "1\n" * 700_000 + "1.5\n")
    assert read_table(path).column("n").type == pa.float64()


def test_csv_single_column_of_texts(tmp_path):
    path = write(tmp_path, "a.csv", "text\nhello there\nbye\n")
    assert read_table(path).to_pydict() == {"text": ["hello there", "bye"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("a,b\n", "holds no rows"),
        ("a,b,a\n1,2,3\n", "two columns named 'a'"),
        ('a,b\n"x\ny",1\n3\n', "Line 4"),
        ("a,b\n1,2\n1,2,3\n", "Line 3"),
        ('a,b\n1,2\n"open,3\n4,5\n', "Line 3"),
        ("a,b\né,ü\nö,ä\n".encode() + b"1,caf\xe9\n", "not UTF-8 text (line 4)"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "cut off"),
        (b"\0" * 400, "NUL bytes"),
        (b"a,b\n1,\0\n", "NUL bytes"),
        (b"PAR1\x15\x04\xff", "is not CSV but a Parquet file"),
        (b"PK\x03\x04rest", "workbook or zip"),
        ('{"a": 1}\n{"a": 2}\n', "holds JSON"),
    ],
)
def test_csv_faults_are_one_sentence(tmp_path, content, said):
    assert said in sentence(write(tmp_path, "a.csv", content))


def test_csv_ragged_line_says_both_widths(tmp_path):
    said = sentence(write(tmp_path, "a.csv", "a,b,c\n1,2,3\n4,5\n"))
    assert "Line 3" in said
    assert "2 values where the header has 3" in said


@pytest.mark.parametrize("ending", ["jsonl", "ndjson"])
def test_json_lines_with_differing_keys(tmp_path, ending):
    path = write(tmp_path, f"a.{ending}", '{"a": 1}\n\n{"b": "x", "a": 2.5}\n{"a": null}\n')
    assert read_table(path).to_pydict() == {"a": [1.0, 2.5, None], "b": [None, "x", None]}


def test_json_lines_read_as_objects_whatever_the_block(tmp_path):
    path = write(tmp_path, "a.jsonl", '{"n": 1}\n' * 200_000 + '{"n": 1, "late": 2}\n')
    table = read_table(path)
    assert table.column_names == ["n", "late"]
    assert table.column("late").null_count == 200_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ('{"a": 1}\n{"a":\n', "Line 2"),
        ('{"a": 1}\n\nnonsense\n', "Line 3"),
        ('{"a": 1}\n[1]\n', "Line 2"),
        ('[{"a": 1}]\n', "not a JSON object"),
        ('{"a": 1}\n{"a": [1, 2]}\n', "Line 2"),
        ('{"b": 1}\n{"a": {"x": 1}}\n{"a": {"x": ""}}', "Line 3"),
        ('{"a": 1}\n{"a": "x"}\n', "string under 'a', which holds a number before"),
        ('{"a": 1}\n{"a": 2, "a": 3}\n', "can't be read as JSON Lines"),
        ("{}\n", "holds no rows"),
        ("a,b\n1,2\n", "Line 1"),
        (b"PAR1\x15\x04\xff", "a Parquet file"),
    ],
)
def test_json_lines_faults_are_one_sentence(tmp_path, content, said):
    assert said in sentence(write(tmp_path, "a.jsonl", content))


def test_parquet_comes_back_as_written(tmp_path):
    table = pa.table({"a": [1, None], "s": ["", None], "b": [True, False]})
    # A folder named like a partition must not add a column.
    folder = tmp_path / "year=2020"
    folder.mkdir()
    parquet.write_table(table, folder / "a.parquet")
    assert read_table(folder / "a.parquet").equals(table)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"a,b\n1,2\n", "not a Parquet file"), (b"PAR1 cut off", "not a Parquet")],
)
def test_parquet_faults_are_one_sentence(tmp_path, content, said):
    assert said in sentence(write(tmp_path, "a.parquet", content))


def test_parquet_without_rows_or_with_one_name_twice(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": pa.array([], pa.int64())}), path)
    assert "no rows" in sentence(path)
    parquet.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]), path)
    assert "two columns named 'a'" in sentence(path)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_missing_file_and_folder(tmp_path, ending):
    assert "no file" in sentence(tmp_path / f"gone.{ending}")
    folder = tmp_path / f"folder.{ending}"
    folder.mkdir()
    assert "holds no .parquet, .pq, .arrow, .feather file" in sentence(folder)


def test_unknown_ending_names_the_known_ones(tmp_path):
    assert ".csv, .jsonl, .ndjson, .parquet" in sentence(write(tmp_path, "a.doc", b"PK"))


def test_missing_pyarrow_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'pip install "motherlode\[parquet\]"'):
        read_table(write(tmp_path, "a.csv", "a\n1\n"))


def test_column_by_name_or_the_closest_one():
    table = pa.table({"label": [1], "age": [2]})
    assert column(table, "age").to_pylist() == [2]
    with pytest.raises(InputError, match=r"'lable' \(did you mean 'label'\?\).*: label, age\."):
        column(table, "lable")


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_strings_survive_the_trip_through_csv(tmp_path_factory, rows):
    # A letter in front keeps every value a string; types are inferred otherwise.
    table = pa.table({"left": ["s" + a for a, _ in rows], "right": ["\n;s" + b for _, b in rows]})
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    arrow_csv.write_csv(table, path)
    assert read_table(path).equals(table)
