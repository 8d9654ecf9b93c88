"""Care for a project from the command line: backups, moves, checks, and how far they have come."""

import sqlite3
from types import SimpleNamespace

import pytest
from PIL import Image

from motherlode.cli import _progress
from motherlode.cli._app import run
from motherlode.cli._progress import show_progress

from .test_project import labels, refusal


def check_said(capsys, folder):
    capsys.readouterr()
    assert run(["check", str(folder)]) == 0
    return capsys.readouterr().out.splitlines()


def test_restore(project, tmp_path, capsys):
    assert run(["teach", str(project), labels(project, "w0,gold", "w1,dry"), "--as", "ann"]) == 0
    assert run(["backup", str(project), "--to", str(tmp_path / "b")]) == 0
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "b"), str(tmp_path / "a")]) == 0
    assert "a is as the backup was: 60 rows, 2 events." in capsys.readouterr().out
    assert "is there already" in refusal(capsys, "restore", tmp_path / "b", tmp_path / "a")
    assert "There is no backup" in refusal(capsys, "restore", tmp_path / "no", tmp_path / "c")


def test_move(project, postgres, capsys):
    assert run(["teach", str(project), labels(project, "w0,gold", "w1,dry"), "--as", "ann"]) == 0
    capsys.readouterr()
    assert "there already" in refusal(capsys, "move", project, "--database", "sqlite")
    assert run(["move", str(project), "--database", postgres.database()]) == 0
    assert "2 events were moved" in capsys.readouterr().out
    assert not (project / "labels.sqlite").exists()
    assert check_said(capsys, project) == [f"{project} is whole: 60 rows, 2 events."]
    assert run(["move", str(project), "--database", "sqlite"]) == 0
    assert check_said(capsys, project) == [f"{project} is whole: 60 rows, 2 events."]


def test_a_check_says_all_that_is_wrong(project, capsys):
    assert run(["teach", str(project), labels(project, "w0,gold", "w1,dry"), "--as", "ann"]) == 0
    with sqlite3.connect(project / "labels.sqlite") as connection:
        connection.execute("UPDATE event SET label = 'silver', at = 9e9 WHERE id = 1")
        connection.execute("UPDATE event SET row = 999 WHERE id = 2")
    connection.close()
    (project / "model.skops").write_text("no model")
    rows = (project / "rows.arrow").read_bytes()
    (project / "rows.arrow").write_bytes(rows[:-9] + b"x" + rows[-8:])
    capsys.readouterr()
    assert run(["check", str(project)]) == 2
    said = capsys.readouterr()
    for sentence in (
        "1. ", "rows.arrow has changed",
        "2. ", "the label is no class: event 1",
        "3. ", "the row is none of the 60: event 2",
        "Note: The clock was set back by", "before event 2",
        "in the future; set the clock",
        "model.skops is no model of this release; make it again by",
    ):  # fmt: skip
        assert sentence in said.out
    assert said.err == f"{project} has 3 faults, as listed above.\n"


def test_files_are_looked_at_though_the_labels_cannot_be_read(project, capsys):
    (project / "labels.sqlite").unlink()
    rows = (project / "rows.arrow").read_bytes()
    (project / "rows.arrow").write_bytes(rows[:-9] + b"x" + rows[-8:])
    capsys.readouterr()
    assert run(["check", str(project)]) == 2
    said = capsys.readouterr()
    assert "labels.sqlite is missing" in said.out
    assert "rows.arrow is missing or has changed" in said.out


def test_a_model_older_than_the_labels_and_a_full_disk_are_noted(project, capsys, monkeypatch):
    assert run(["teach", str(project), labels(project, "w0,gold", "w1,dry"), "--as", "ann"]) == 0
    capsys.readouterr()
    monkeypatch.setattr("motherlode.cli._progress.SILENT_SECONDS", 0.0)
    assert run(["train", str(project)]) == 0
    steps = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in steps] == [
        "Labels read",
        "Rows read",
        "Model fitted",
        "Decisions judged",
        "Judged on labels held out",
    ]
    assert all(line.endswith(" s") for line in steps)
    assert run(["check", str(project)]) == 0
    assert "Note" not in capsys.readouterr().out
    assert run(["teach", str(project), labels(project, "w2,dry"), "--as", "ann"]) == 0
    (project / "model.md").unlink()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5 * 10**8))
    capsys.readouterr()
    assert run(["check", str(project)]) == 0
    said = capsys.readouterr().out
    assert "does not know the last answer or change" in said
    assert "has no model card model.md" in said
    assert "has 0.5 GB left" in said
    assert "is whole: 60 rows, 3 events." in said


def test_all_images_that_are_missing_or_changed_are_counted(tmp_path, capsys):
    (tmp_path / "images").mkdir()
    for i in range(6):
        Image.new("RGB", (8, 8), (40 * i, 0, 0)).save(tmp_path / "images" / f"{i}.png")
    options = ["--classes", "a,b", "--encoder", "pixels"]
    data = str(tmp_path / "images")
    assert run(["init", str(tmp_path / "p"), "--data", data, *options]) == 0
    (tmp_path / "images" / "3.png").unlink()
    assert "3.png" in refusal(capsys, "check", tmp_path / "p")
    for i in (0, 1, 2):
        Image.new("RGB", (8, 8), (0, 99, 0)).save(tmp_path / "images" / f"{i}.png")
    said = refusal(capsys, "check", tmp_path / "p")
    assert "4 images are missing or have changed, of rows 0.png, 1.png, 2.png and 1 more" in said
    assert "put them back" in said


def test_what_takes_long_says_how_far_it_is(capsys, monkeypatch):
    monkeypatch.setattr(_progress, "SILENT_SECONDS", 0.0)
    with show_progress("Rows scored") as told:
        for done in range(0, 1_000, 5):
            told(done, 1_000)
        told(1_000, 1_000)
    said = capsys.readouterr()
    assert said.err.splitlines() == [f"Rows scored: {p} %" for p in range(10, 101, 10)]
    assert said.out == ""


def test_what_is_short_says_nothing(capsys):
    with show_progress("Rows scored") as told:
        told(1_000, 1_000)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["check", "backup"])
def test_commands_say_how_far_they_are(project, tmp_path, capsys, monkeypatch, command):
    assert run(["teach", str(project), labels(project, "w0,gold"), "--as", "ann"]) == 0
    monkeypatch.setattr(_progress, "SILENT_SECONDS", 0.0)
    capsys.readouterr()
    more = ["--to", str(tmp_path / "b")] if command == "backup" else []
    assert run([command, str(project), *more]) == 0
    what = {"check": "Events read", "backup": "Labels copied"}[command]
    assert capsys.readouterr().err == f"{what}: 100 %\n"


def test_a_terminal_shows_a_bar(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with show_progress("Rows scored") as told:
        told(500, 1_000)
    assert "50%" in capsys.readouterr().err
