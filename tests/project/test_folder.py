"""Project folders: made as a whole, opened with one sentence for whatever is wrong."""

import os
import shutil
from dataclasses import replace

import pyarrow as pa
import pytest
from projects import rows_table, settings_for

from motherlode.errors import InputError
from motherlode.project._data.encoders import ENCODERS
from motherlode.project._data.folder import create_project, open_project


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    return tmp_path / "p"


def read_all(folder):
    with open_project(folder) as project:
        project.rows.check()


def refused(folder):
    with pytest.raises(InputError) as raised:
        read_all(folder)
    sentence = str(raised.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_project_opens_as_it_was_made(folder):
    project = open_project(folder)
    assert project.settings.classes == ("dry", "gold")
    assert project.settings.rows == 120
    assert project.rows.content(0)["town"] == "ulm"
    assert project.rows.name(3) == "r3"
    assert project.rows.numbers["r3"] == 3
    project.rows.check()
    project.close()


def test_nothing_beside_the_folder_is_left_behind(folder):
    assert os.listdir(folder.parent) == ["p"]
    made = ["labels.count", "labels.sqlite", "project.json", "rows.arrow"]
    assert sorted(os.listdir(folder)) == made


def test_a_taken_folder_is_left_alone(folder):
    table = rows_table()
    with pytest.raises(InputError, match="is there already"):
        create_project(folder, settings_for(table), table, None)
    open_project(folder).close()


def test_a_project_that_cannot_be_made_leaves_nothing(tmp_path):
    table = pa.table({"photo": ["a.png"], "x": [1]})
    settings = settings_for(
        rows_table(), kind="image", columns=("photo",), shown=("photo",), id=None,
        image_root=str(tmp_path),
    )  # fmt: skip
    with pytest.raises(InputError, match="no image"):
        create_project(tmp_path / "p", settings, table, None)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("lost", ["project.json", "rows.arrow", "labels.sqlite", "labels.count"])
def test_a_folder_copied_in_part(folder, lost):
    (folder / lost).unlink()
    assert "in part" in refused(folder)


@pytest.mark.parametrize("cut", ["rows.arrow", "labels.sqlite"])
def test_a_file_copied_in_part(folder, cut):
    content = (folder / cut).read_bytes()
    (folder / cut).write_bytes(content[: len(content) // 2])
    assert "in part" in refused(folder)


def test_labels_that_are_no_database(folder):
    (folder / "labels.sqlite").write_bytes(b"no database at all" * 100)
    assert "damaged or copied in part" in refused(folder)


def test_changed_data_are_noticed(folder):
    content = bytearray((folder / "rows.arrow").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "rows.arrow").write_bytes(content)
    assert "has changed since the project was made" in refused(folder)


def test_a_newer_folder(folder):
    about = (folder / "project.json").read_text()
    (folder / "project.json").write_text(about.replace('"format": 1', '"format": 2'))
    assert "newer motherlode" in refused(folder)


def test_a_damaged_description(folder):
    (folder / "project.json").write_text("{")
    assert "is damaged" in refused(folder)


def test_labels_of_other_data(folder, tmp_path):
    table = rows_table(60)
    create_project(tmp_path / "q", settings_for(table), table, None).close()
    shutil.copy(tmp_path / "q" / "labels.sqlite", folder / "labels.sqlite")
    assert "belongs to other data" in refused(folder)


def test_what_is_no_project(tmp_path):
    assert "motherlode init" in refused(tmp_path / "gone")
    assert "no motherlode project" in refused(tmp_path)


def test_a_second_folder_joins_the_database_of_a_team(postgres, tmp_path):
    table, address = rows_table(), postgres.database()
    settings = settings_for(table)
    create_project(tmp_path / "a", settings, table, address).close()
    joined = create_project(tmp_path / "b", settings_for(table, name="other"), table, address)
    assert joined.settings.name == "wells"
    joined.close()
    other = rows_table(60)
    with pytest.raises(InputError, match="other data or classes"):
        create_project(tmp_path / "c", settings_for(other), other, address)
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_a_folder_whose_models_would_read_other_vectors_does_not_join(postgres, tmp_path):
    table = pa.table({"text": [f"{i} apples in a basket" for i in range(30)]})
    settings = settings_for(table, id=None)
    assert settings.kind == "text"
    address = postgres.database()
    create_project(tmp_path / "a", settings, table, address).close()
    recipe = replace(settings.recipe, encoder="letters")
    ENCODERS["text"].register("letters", lambda: lambda texts: [[len(t)] for t in texts])
    try:
        with pytest.raises(InputError, match=r"read words and not letters; leave --encoder out\."):
            create_project(tmp_path / "b", replace(settings, recipe=recipe), table, address)
    finally:
        del ENCODERS["text"].own["letters"]
    assert sorted(os.listdir(tmp_path)) == ["a"]


def test_a_database_that_is_away(tmp_path):
    table = rows_table()
    with pytest.raises(InputError, match="does not answer"):
        create_project(tmp_path / "p", settings_for(table), table, "postgresql://127.0.0.1:9/x")
    assert os.listdir(tmp_path) == []
