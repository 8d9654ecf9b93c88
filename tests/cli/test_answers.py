"""motherlode answers, as a person runs it."""

import csv
import json

import pytest

from motherlode.cli._app import run
from motherlode.project._data.folder import open_project
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live


@pytest.fixture
def answered(project):
    with open_project(project) as opened:
        live = Live(opened)
        live.answer("ann", [Answer(0, label="gold", note="=1+1", tags=("far", "deep"))])
        live.answer("ann", [Answer(1, label="dry"), Answer(2, kind="unsure")])
        live.answer("ben", [Answer(1, label="gold"), Answer(3, kind="skip")])
        live.close()
    return str(project)


def test_the_table_shows_the_last_answers_first_and_how_many_there_are(answered, capsys):
    assert run(["answers", answered]) == 0
    shown = capsys.readouterr().out
    assert shown.index("w3") < shown.index("w2") < shown.index("w0")
    assert "far, deep" in shown
    assert "gold (disputed)" in shown
    assert "5 answers." in shown
    assert run(["answers", answered, "-n", "2"]) == 0
    assert "5 answers; these are the last 2." in capsys.readouterr().out
    assert run(["answers", answered, "--tag", "none"]) == 0
    assert "0 answers." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "wells"),
    [
        (["--annotator", "ben"], ["w3", "w1"]),
        (["--class", "gold"], ["w1", "w0"]),
        (["--class", "dry", "--class", "gold", "--annotator", "ann"], ["w1", "w0"]),
        (["--unsure", "--skipped"], ["w3", "w2"]),
        (["--disputed"], ["w1", "w1"]),
        (["--words", "bonn"], ["w3", "w1", "w1"]),
        (["--note", "1+1"], ["w0"]),
        (["--tag", "Deep"], ["w0"]),
        (["--from", "2020-01-01", "--until", "2020-12-31"], []),
        (["--from", "2020-01-01"], ["w3", "w1", "w2", "w1", "w0"]),
    ],
)
def test_filters(answered, capsys, options, wells):
    assert run(["answers", answered, "--json", *options]) == 0
    lines = json.loads(capsys.readouterr().out)
    assert [line["well"] for line in lines] == wells
    assert all(line["content"]["town"] in ("ulm", "bonn") for line in lines)


def test_a_file_holds_all_of_them(answered, tmp_path, capsys):
    path = tmp_path / "answers.csv"
    assert run(["answers", answered, "--to", str(path)]) == 0
    assert "5 answers" in capsys.readouterr().out
    with path.open() as file:
        lines = list(csv.DictReader(file))
    assert [line["well"] for line in lines] == ["w3", "w1", "w2", "w1", "w0"]
    assert (lines[1]["label"], lines[1]["disputed"], lines[1]["row_label"]) == ("gold", "true", "")
    assert (lines[2]["answer"], lines[2]["label"]) == ("unsure", "")
    assert lines[4]["note"] == "'=1+1"  # no formula in a spreadsheet
    assert run(["answers", answered, "--class", "dry", "--to", str(tmp_path / "a.jsonl")]) == 0
    (line,) = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert (line["well"], line["annotator"], line["label"]) == ("w1", "ann", "dry")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--annotator", "zoe"], "'zoe' has given no answer; those who have are: ann, ben."),
        (["--class", "silver"], "not among the classes"),
        (["--from", "soon"], "write it like 2026-11-30"),
        (["--to", "answers.doc"], "answers.doc"),
    ],
)
def test_what_is_wrong_is_said(answered, capsys, options, said):
    assert run(["answers", answered, *options]) != 0
    assert said in " ".join(capsys.readouterr().err.split())
