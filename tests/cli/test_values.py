"""What files hold and what becomes of it, as people type it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

import motherlode
from motherlode.cli._app import run
from motherlode.project._data.folder import open_project
from motherlode.project._data.settings import Settings
from motherlode.project._log.log import read_state

QUICK = ["--strategy", "margin", "--model", "logistic_regression"]


def write(path: Path, header: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding)
    return path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """120 rows, of which 40 have a label; a column gives it away, and one holds an odd code."""
    rows = []
    for i in range(120):
        label = ("yes" if i % 9 == 0 else "no") if i < 40 else ""
        depth = "?" if i % 20 == 0 else f"{i * 37 % 101 / 10}"
        size = "abc" if i % 30 == 0 else i * 7 % 50
        rows.append(f"{i:05},{depth},{'abc'[i % 3]},{size},{int(label == 'yes')},{label}")
    return write(tmp_path / "cases.csv", "case,depth,kind,size,paid,fraud", rows)


def init(folder: Path, data: Path, *options: object) -> int:
    return run(["init", str(folder), "--data", str(data), *map(str, options), *QUICK])


def labels_of(folder: Path) -> dict[str, str]:
    with open_project(folder) as project, project.database.reading() as connection:
        labelled = read_state(connection).labelled()
        return {str(project.rows.name(row)): str(known.label) for row, known in labelled}


def read_columns(said: str) -> dict[str, str]:
    lines = [line.split() for line in said.splitlines()]
    return {line[0]: " ".join(line[1:]) for line in lines if line}


def test_a_column_of_classes_is_left_out_and_said(cases, tmp_path, capsys):
    assert init(tmp_path / "p", cases, "--classes", "no,yes", "--id", "case") == 0
    columns = read_columns(capsys.readouterr().out)
    assert columns["case"] == "id"
    assert columns["depth"] == "number read as missing: '?' (6 rows)"
    assert columns["size"] == "category 4 of 120 values are no numbers, as 'abc'"
    assert columns["fraud"].startswith("left out holds nothing but classes: name it by --labels")
    with open_project(tmp_path / "p") as project:
        settings = project.settings
        assert settings.columns == ("depth", "kind", "size", "paid")
        assert settings.shown == settings.columns
    assert labels_of(tmp_path / "p") == {}


def test_what_is_named_like_an_id_is_left_out_or_said(tmp_path, capsys):
    rows = [f"{i // 2},{i % 3},{i * 37 % 101 / 10}" for i in range(40)]
    data = write(tmp_path / "rows.csv", "id,store_id,depth", rows)
    assert init(tmp_path / "p", data, "--classes", "no,yes") == 0
    columns = read_columns(capsys.readouterr().out)
    assert columns["id"] == "left out is named like an id, and few rows share a value"
    assert columns["store_id"].startswith("number named like an id; models read it")
    assert columns["depth"] == "number"


def test_a_column_of_classes_can_be_named_as_a_feature(cases, tmp_path):
    options = ["--classes", "no,yes", "--id", "case", "--features", "depth,fraud"]
    assert init(tmp_path / "p", cases, *options) == 0
    with open_project(tmp_path / "p") as project:
        assert project.settings.columns == ("depth", "fraud")


def test_columns_that_are_named_like_labels_are_said(tmp_path, capsys):
    header = "amount,isFraud,outcome,class_of_goods,y,no_of_items,relevant"
    rows = [
        f"{i * 37 % 101 / 10},{int(i % 9 == 0)},{'ab'[i % 2] * (i > 5)},{i},{i / 7},{i % 3},1"
        for i in range(40)
    ]
    data = write(tmp_path / "rows.csv", header, rows)
    assert init(tmp_path / "p", data, "--classes", "no,fraud") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Column 'isFraud' (1, 0) is named like labels, and models read it and people see" in said
    assert "Column 'outcome' (a, b) is named like labels" in said
    assert said.count("is named like labels") == 2
    assert init(tmp_path / "q", data, "--classes", "no,fraud", "--features", "isFraud,amount") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Column 'outcome' (a, b) is named like labels, and people see it: if it" in said
    assert said.count("is named like labels") == 1


def test_labels_that_are_there_are_taken_and_a_leak_is_named(cases, tmp_path, capsys):
    folder = tmp_path / "p"
    options = ["--classes", "no,yes", "--id", "case", "--labels", "fraud", "--as", "ann"]
    assert init(folder, cases, *options) == 0
    said = capsys.readouterr().out
    assert read_columns(said)["fraud"] == "labels"
    assert "40 rows have a label already, by fraud." in said
    assert "Leak: column 'paid' maps one to one onto the label in the 40 labelled rows" in said
    found = labels_of(folder)
    assert len(found) == 40
    assert found["00009"] == "yes"
    with open_project(folder) as project, project.database.reading() as connection:
        known = read_state(connection).rows[9]
        assert (known.how.channel, project.settings.columns) == (
            "given",
            ("depth", "kind", "size", "paid"),
        )
    more = write(tmp_path / "l.csv", "case,label", ["00045,YES", "00046,No", "00047,"])
    assert run(["teach", str(folder), str(more)]) == 0
    said = capsys.readouterr().out
    assert "2 new labels, 0 known already, 1 row without a label." in said
    assert "Leak" not in said  # row 45 has no 1 under paid


def test_a_leak_is_named_where_labels_are_taught(cases, tmp_path, capsys):
    folder = tmp_path / "p"
    assert init(folder, cases, "--classes", "no,yes", "--id", "case") == 0
    taught = [f"{i:05},{'yes' if i % 9 == 0 else 'no'}" for i in range(40)]
    assert run(["teach", str(folder), str(write(tmp_path / "l.csv", "case,label", taught))]) == 0
    assert "Leak: column 'paid' maps one to one" in capsys.readouterr().out


def test_a_wrong_label_makes_no_project(cases, tmp_path, capsys):
    folder = tmp_path / "p"
    assert init(folder, cases, "--classes", "no,yess", "--labels", "fraud") == 2
    assert "Label 'yes' is not among the classes" in capsys.readouterr().err
    assert not folder.exists()
    assert (
        init(folder, cases, "--classes", "no,yes", "--labels", "fraud", "--features", "fraud") == 2
    )
    assert "holds the labels" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("classes", "labels"),
    [
        ("false,true", ["true", "TRUE", "False"]),
        ("0,1", ["01", "1.0", "00"]),
        ("-1,+1", ["+1", "1", "-1.0"]),
        ("NA,null", ["NA", "null", "NA"]),
        ("1.0,2.0", ["1", "2.0", "+2"]),
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_labels_in_files_are_compared_as_text(tmp_path, classes, labels, form):
    data = write(tmp_path / "d.csv", "case,x", [f"{i:03},{i * 37 % 11}" for i in range(30)])
    folder, file = tmp_path / "p", tmp_path / f"l.{form}"
    assert init(folder, data, f"--classes={classes}", "--id", "case") == 0
    if form == "csv":
        write(file, "case,label", [f"{i:03},{label}" for i, label in enumerate(labels)])
    else:
        lines = ({"case": f"{i:03}", "label": label} for i, label in enumerate(labels))
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(["teach", str(folder), str(file)]) == 0
    found = labels_of(folder)
    names = set(classes.split(","))
    assert len(found) == 3
    assert set(found.values()) <= names
    assert found["000"] == {"false,true": "true", "0,1": "1", "-1,+1": "+1", "NA,null": "NA",
                            "1.0,2.0": "1.0"}[classes]  # fmt: skip


@pytest.mark.parametrize("labels", [[True, False, True], [1, 0, 1.0]])
def test_labels_of_json_need_not_be_texts(tmp_path, labels):
    data = write(tmp_path / "d.csv", "x,y", [f"{i * 37 % 11},{i % 3}" for i in range(30)])
    names = "false,true" if labels[0] is True else "0,1"
    folder, file = tmp_path / "p", tmp_path / "l.jsonl"
    assert init(folder, data, "--classes", names) == 0
    lines = [json.dumps({"row": i, "label": label}) for i, label in enumerate(labels)]
    file.write_text("\n".join(lines) + "\n")
    assert run(["teach", str(folder), str(file)]) == 0
    assert next(iter(labels_of(folder).values())) == names.split(",")[1]


def test_ids_stay_as_the_file_writes_them(tmp_path):
    ids = ["00042", "1e3", "12345678901234567890123", "+7", "NA", "true"]
    data = write(tmp_path / "d.csv", "case,x", [f"{name},{i % 3}" for i, name in enumerate(ids)])
    assert init(tmp_path / "p", data, "--classes", "a,b", "--id", "case") == 0
    with open_project(tmp_path / "p") as project:
        assert [project.rows.name(row) for row in range(len(ids))] == ids


def test_what_a_person_says_of_columns_holds_everywhere(tmp_path, capsys):
    rows = [f"{i:02},{'-99' if i % 5 == 0 else i * 37 % 11},{i % 2}" for i in range(40)]
    data = write(tmp_path / "d.csv", "zip,x,bought", rows)
    told = ["--type", "zip=number", "--type", "bought=boolean", "--missing", "-99"]
    assert init(tmp_path / "p", data, "--classes", "a,b", *told) == 0
    columns = read_columns(capsys.readouterr().out)
    assert columns["zip"] == "number"
    assert columns["x"] == "number read as missing: '-99' (8 rows)"
    sessions = ["--label", "bought", "--seeds", "1", "--budget", "5", "--strategies", "random"]
    assert run(["simulate", str(data), *sessions, "--type", "zip=text", "--missing", "-99"]) == 0
    assert "x (read as missing: '-99' (8 rows))" in capsys.readouterr().out
    for wrong in (["--type", "zip"], ["--type", "zip=word"], ["--type", "sip=text"]):
        assert init(tmp_path / "q", data, "--classes", "a,b", *wrong) == 2
        assert "--type" in capsys.readouterr().err
    assert init(tmp_path / "q", data, "--classes", "a,b", "--encoding", "cp9999") == 2
    assert "--encoding is 'cp9999'" in capsys.readouterr().err


def test_a_text_may_stand_in_several_columns(tmp_path, capsys):
    options = ["--classes", "a,b", "--text", "body,title"]
    data = write(tmp_path / "e.csv", "title,pages,body",
                 [f"Letter {i},{i},{'' if i == 2 else 'of gold'}" for i in range(20)])  # fmt: skip
    assert init(tmp_path / "q", data, "--classes", "a,b", "--text", "title,boody") == 2
    assert "did you mean 'body'?" in capsys.readouterr().err
    assert init(tmp_path / "p", data, *options) == 0
    with open_project(tmp_path / "p") as project:
        assert project.settings.columns == ("body", "title")
        assert list(project.rows.content(3)) == ["body", "title", "pages"]
        assert project.rows.text(3) == "of gold\n\nLetter 3"
        assert project.rows.text(2) == "Letter 2"
        assert project.rows.pool().data[3] == project.rows.text(3)


def test_classes_may_hold_commas_and_several_may_be_positive(cases, tmp_path, capsys):
    listed = write(tmp_path / "classes.txt", "a,b", ["", "c", "d"])
    for place, classes in enumerate(
        [["--classes", "a,b", "--classes", "c", "--classes", "d"], ["--classes", f"@{listed}"]]
    ):
        folder = tmp_path / f"p{place}"
        assert init(folder, cases, *classes, "--minority", "a,b", "--minority", "d") == 0
        with open_project(folder) as project:
            assert project.settings.classes == ("a,b", "c", "d")
            assert project.settings.positive_classes == ("a,b", "d")
    taught = write(tmp_path / "l.csv", "row,label", ['0,"a,b"', "1,c", "2,d"])
    assert run(["teach", str(folder), str(taught)]) == 0
    capsys.readouterr()
    assert run(["status", str(folder), "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["minority"], status["found"]) == (["a,b", "d"], 2)
    assert run(["status", str(folder)]) == 0
    assert capsys.readouterr().out.count("(positive class)") == 2
    assert init(tmp_path / "q", cases, "--classes", "a,b,c", "--minority", "a,c") == 0
    with open_project(tmp_path / "q") as project:
        assert project.settings.minority == ("a", "c")
    assert init(tmp_path / "r", cases, "--classes", "a,b,c", "--minority", "d") == 2
    assert "'d' is not among the classes" in capsys.readouterr().err


def test_settings_of_earlier_releases_are_read():
    old = {"name": "p", "classes": ["a", "b"], "minority": "b", "kind": "text", "columns": ["t"],
           "shown": ["t"], "id": None, "rows": 3, "digest": "", "recipe": {}}  # fmt: skip
    settings = Settings.from_json(json.dumps(old))
    assert (settings.minority, settings.positive_classes) == ("b", ("b",))
    again = Settings.from_json(Settings.from_json(json.dumps(old | {"minority": ["a"]})).to_json())
    assert again.minority == "a"
    assert Settings.from_json(json.dumps(old | {"minority": None})).positive_classes == ()


def test_a_simulation_reads_labels_as_they_are_written(tmp_path, capsys):
    rows = [f"{i * 37 % 11},{['+1', '01', '1'][i % 3]}" for i in range(60)]
    data = write(tmp_path / "d.csv", "x,y", rows)
    options = ["--label", "y", "--seeds", "1", "--budget", "10", "--strategies", "random"]
    assert run(["simulate", str(data), *options, "--minority", "+1", "--minority", "01"]) == 0
    assert "40 of 60 rows are '+1, 01'" in capsys.readouterr().out
    assert run(["simulate", str(data), *options, "--minority", "1.0"]) == 2
    assert "There is no class '1.0'" in capsys.readouterr().err


def test_a_simulation_names_a_leak(tmp_path, capsys):
    rows = [f"{i * 37 % 11},{i % 9 == 0},{'pq'[i % 9 == 0]}" for i in range(60)]
    data = write(tmp_path / "d.csv", "x,leak,y", rows)
    options = ["--label", "y", "--seeds", "1", "--budget", "10", "--strategies", "random"]
    assert run(["simulate", str(data), *options]) == 0
    assert "Leak: column 'leak' maps one to one onto the label" in capsys.readouterr().out


def test_the_version_is_printed(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"motherlode {motherlode.__version__}\n"


END = "-- the next command --\n"
# An encoding is chosen when an interpreter starts, so this is a new one; one serves all commands.
IN_TURN = f"""
import json, sys
from motherlode.cli._terminal import accept_any_terminal
accept_any_terminal()
from motherlode.cli._app import run
for command in json.loads(sys.argv[1]):
    assert run(command) == 0, command
    print(end={END!r})
"""


def test_no_terminal_is_too_plain(tmp_path):
    rows = [f"“{i}” of übel → {'x' * (i % 7)} und mehr Satz" for i in range(30)]
    data = write(tmp_path / "d.csv", "text", rows)
    folder = tmp_path / "p"
    plain = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONWARNINGS": "error"}

    classes = ["--classes", "Öl,Erz", "--minority", "Öl"]
    commands = [
        ["init", folder, "--data", data, *classes, *QUICK],
        ["query", folder, "-n", "2"],
        ["query", folder, "-n", "1", "--json"],
        ["status", folder],
        ["label", folder],
        ["strategies"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", IN_TURN, json.dumps(commands, default=str)],
        capture_output=True, env=plain, timeout=120, check=False, input=b"1\xff2",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    _, two, one, status, labelled, strategies, _ = done.stdout.decode("ascii").split(END)
    assert "\\xfcbel -> " in two
    assert "übel →" in json.loads(one)[0]["content"]["text"]
    assert "\\xd6l (positive class)" in status
    assert "\\xfcbel" in labelled
    assert "margin" in strategies
