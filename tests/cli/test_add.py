"""Rows are added at the terminal, once or as a source grows."""

import signal
import sqlite3
import time

import pytest
from forked import Apart, run_strictly

from motherlode.cli._add import read_seconds
from motherlode.cli._app import run
from motherlode.errors import InputError
from motherlode.project._data.folder import open_project

from .command import motherlode


def write(path, first, n, depth=1.5):
    lines = [f"w{row},{depth},ulm\n" for row in range(first, first + n)]
    path.write_text("well,depth,town\n" + "".join(lines))
    return path


def count(project):
    with open_project(project) as found:
        return len(found.rows.table)


def test_a_file_is_added_and_what_is_there_is_refused(project, tmp_path, capsys):
    more = write(tmp_path / "more.csv", 60, 5)
    assert run(["add", str(project), str(more), "--as", "ann"]) == 0
    assert "5 rows added (numbers 60 to 64)." in capsys.readouterr().out
    assert run(["add", str(project), str(more)]) == 2
    assert "5 of the 5 rows of more.csv are in the project already" in capsys.readouterr().err
    assert run(["status", str(project)]) == 0
    assert "0 of 65 rows labelled" in capsys.readouterr().out
    assert run(["check", str(project)]) == 0


def test_updated_rows_keep_their_labels_and_are_named(project, tmp_path, capsys):
    labels = tmp_path / "labels.csv"
    labels.write_text("well,label\nw3,gold\n")
    assert run(["teach", str(project), str(labels), "--as", "ann"]) == 0
    more = write(tmp_path / "more.csv", 2, 3)
    assert run(["add", str(project), str(more), "--update"]) == 0
    said = capsys.readouterr().out
    assert "No row added, 3 changed." in said
    assert "1 of the changed rows has an answer" in said
    assert "w3" in said
    assert run(["status", str(project)]) == 0
    assert "1 with other content since their answer" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["jsonl", "xlsx", "parquet", "database"])
def test_any_format_is_added(project, tmp_path, ending):
    import pandas as pd

    frame = pd.DataFrame({"well": ["w60", "w61"], "depth": [1.25, 2.0], "town": ["ulm", None]})
    path = tmp_path / f"more.{ending}"
    if ending == "database":
        with sqlite3.connect(path) as connection:
            frame.to_sql("wells", connection, index=False)
        path = f"sqlite:///{path}#wells"
    else:
        {
            "jsonl": lambda: frame.to_json(path, orient="records", lines=True),
            "xlsx": lambda: frame.to_excel(path, index=False),
            "parquet": lambda: frame.to_parquet(path),
        }[ending]()
    assert run(["add", str(project), str(path)]) == 0
    with open_project(project) as found:
        assert found.rows.content(61) == {"depth": "2.0", "town": None} | {"well": "w61"} or (
            found.rows.content(61)["town"] is None
        )
        assert found.rows.name(60) == "w60"


def test_a_source_is_watched_until_it_is_enough(project, tmp_path):
    source = write(tmp_path / "wells.csv", 55, 7)
    watch = ("add", str(project), "--watch", str(source), "--every", "1s")
    process = Apart(run_strictly, *watch)
    try:
        _wait_until(lambda: count(project) == 62)
        source.write_text("half")
        time.sleep(1.5)  # what is wrong is said, and the command goes on
        write(source, 55, 12)
        _wait_until(lambda: count(project) == 67)
    finally:
        process.send_signal(signal.SIGINT)
        done = process.finish()
    said = done.stdout
    assert done.returncode == 0
    assert "2 rows added (numbers 60 to 61), 5 changed in the source and left as they were" in said
    assert "--update takes the new content" in said
    assert "5 rows added (numbers 62 to 66)" in said


def _wait_until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_what_is_typed_wrong_is_said(project, tmp_path):
    more = write(tmp_path / "more.csv", 60, 5)
    for arguments, said in [
        ([], "Name the rows to add"),
        ([more, "--watch", more], "one of both"),
        (["--watch", more, "--every", "soon"], "--every is 'soon'"),
        ([tmp_path / "none.csv"], "There is no file"),
        ([more, "--type", "depth=colour"], "--type"),
    ]:
        done = motherlode("add", project, *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
        assert said in done.stderr


def test_spans_of_time():
    assert [read_seconds(text) for text in ("30s", "10m", "1.5h", "7d", "5")] == [
        30, 600, 5_400, 604_800, 5,
    ]  # fmt: skip
    for text in ("0s", "8d", "-5m", "m"):
        with pytest.raises(InputError, match="1s to 7d"):
            read_seconds(text)
