"""Files and folders that are there as a whole or not at all."""

import os

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


@pytest.fixture
def calls(monkeypatch):
    """What is flushed and renamed, in this order."""
    calls, fsync, replace = [], os.fsync, os.replace

    def flush(opened):
        calls.append(("flush", os.readlink(f"/proc/self/fd/{opened}").rpartition("/")[2]))
        fsync(opened)

    def rename(made, path):
        calls.append(("rename", path.name))
        replace(made, path)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(os, "replace", rename)
    return calls


def test_a_file_is_on_the_disk_before_it_is_renamed_and_its_folder_after(tmp_path, calls):
    with write_whole(tmp_path / "labels.csv") as made:
        made.write_text("1")
    assert calls == [("flush", "labels.csv"), ("rename", "labels.csv"), ("flush", tmp_path.name)]


def test_all_of_a_folder_is_on_the_disk_before_it_is_renamed(tmp_path, calls):
    with write_whole(tmp_path / "project") as making:
        (making / "inner").mkdir(parents=True)
        (making / "inner" / "rows").write_text("1")
        (making / "about").write_text("1")
    flushed = [name for what, name in calls[:4] if what == "flush"]
    assert sorted(flushed) == ["about", "inner", "project", "rows"]
    assert flushed.index("rows") < flushed.index("inner") < flushed.index("project")
    assert calls[4:] == [("rename", "project"), ("flush", tmp_path.name)]


def test_a_failure_flushes_and_renames_nothing(tmp_path, calls):
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path / "labels.csv")
    assert calls == []


def test_nothing_else_of_motherlode_renames():
    """So that all that replaces a file waits for the disk."""
    import re
    from pathlib import Path

    import motherlode

    renames = re.compile(
        r"os\.(replace|rename|renames)\(|shutil\.move\(|\.rename\(|\.replace\(path"
    )
    package = Path(motherlode.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if renames.search(line) and not re.search(r"(table|classes|\]\))\.rename\(", line)
    }
    assert found == {"_rows/whole_file.py"}
