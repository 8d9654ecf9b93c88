"""Files and folders that are there as a whole or not at all."""

import pytest

from motherlode._rows.whole_file import write_whole


def test_a_file_takes_its_name_at_the_end_and_replaces_the_old_one(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("old")
    with write_whole(path) as made:
        made.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def write_half(path):
    with write_whole(path) as made:
        made.write_text("half")
        raise ZeroDivisionError


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_half(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_there_as_a_whole(tmp_path):
    with write_whole(tmp_path / "project") as making:
        making.mkdir()
        (making / "rows").write_text("1")
        assert not (tmp_path / "project").exists()
    assert [p.name for p in tmp_path.rglob("*")] == ["project", "rows"]
