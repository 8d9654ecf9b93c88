from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from motherlode.cli._dataset import load
from motherlode.errors import InputError


def write(folder: Path, **columns: list) -> Path:
    path = folder / "d.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


def test_a_table_becomes_a_frame_without_what_names_its_rows(table):
    loaded = load(table, "rich", None)
    assert loaded.dataset.data.column_names == ["depth", "town"]
    assert loaded.dataset.name == "wells"
    assert loaded.dataset.labels.tolist()[:3] == [1, 0, 0]
    assert loaded.dataset.minority == (1,)
    assert loaded.left_out == {"id": "numbers the rows"}


def test_a_single_column_of_free_text_becomes_texts(texts):
    dataset = load(texts, "rich", "no").dataset
    assert isinstance(dataset.data, list)
    assert dataset.data[0].endswith(" w0")
    assert dataset.minority == ("no",)


def test_titles_and_abstracts_become_texts(tmp_path):
    titles = [f"a title of words {i}" for i in range(10)]
    path = write(
        tmp_path, title=titles, abstract=[*titles[::-1][:9], None], year=range(10), y=[0, 1] * 5
    )
    loaded = load(path, "y", None)
    assert loaded.dataset.data[1] == "a title of words 1\n\na title of words 8"
    assert loaded.dataset.data[9] == "a title of words 9"
    assert loaded.left_out.keys() == {"year"}


def test_a_missing_text_is_an_empty_one(tmp_path):
    notes = [f"a note of words {i}" for i in range(9)]
    path = write(tmp_path, text=[*notes, None], y=[0, 1] * 5)
    assert load(path, "y", None).dataset.data[-1] == ""


def test_a_single_column_of_categories_stays_a_frame(tmp_path):
    path = write(tmp_path, town=["ulm", "bonn"] * 5, y=[0, 1] * 5)
    assert load(path, "y", None).dataset.data.column_names == ["town"]


@pytest.mark.parametrize(
    ("labels", "asked", "minority"),
    [
        ([1.0, 0.0, 0.0], None, 1),
        ([1.0, 0.0, 0.0], "0", 0),
        ([0.5, 1.5, 1.5], "1.5", 1.5),
        ([True, False, False], "true", True),
        ([True, False, False], "False", False),
        (["yes", "no", "no"], "yes", "yes"),
    ],
)
def test_the_positive_class_is_found_by_how_it_is_written(tmp_path, labels, asked, minority):
    dataset = load(write(tmp_path, x=[1, 2, 1], y=labels), "y", asked).dataset
    assert dataset.minority == (minority,)
    assert type(dataset.minority[0]) is type(minority)


def test_labels_of_dictionary_type_are_strings(tmp_path):
    path = write(tmp_path, x=[1, 2, 1], y=pa.array(["a", "b", "b"]).dictionary_encode())
    assert load(path, "y", None).dataset.classes == ["a", "b"]


def test_an_unknown_class_suggests_the_closest(tmp_path):
    path = write(tmp_path, x=[1, 2], y=["spam", "ham"])
    with pytest.raises(InputError, match="did you mean 'spam'"):
        load(path, "y", "spma")


def test_many_classes_of_several_rows_each_are_classes(tmp_path):
    path = write(tmp_path, x=[1, 2] * 150, y=[f"c{i % 120}" for i in range(300)])
    assert len(load(path, "y", None).dataset.classes) == 120
