"""The commands of a labelling project, as a shell runs them."""

import csv
import io
import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from forked import Apart, run_command
from PIL import Image
from pyarrow import parquet

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from motherlode.cli._app import run
from motherlode.project._data.folder import open_project
from motherlode.project._training.trainer_lock import write_problem

from .command import COMMAND, motherlode


def labels(folder: Path, *lines: str) -> str:
    path = folder.parent / "labels.csv"
    path.write_text("\n".join(["well,label", *lines]) + "\n")
    return str(path)


def refusal(capsys, *arguments: object) -> str:
    capsys.readouterr()
    assert run([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def status(capsys, folder: Path) -> dict:
    capsys.readouterr()
    assert run(["status", str(folder), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("option", ["id", "text", "image", "features", "labels", "missing"])
def test_options_for_columns_are_refused_for_a_folder_of_images(capsys, tmp_path, option):
    Image.new("RGB", (20, 20)).save(tmp_path / "0.png")
    made = ["init", str(tmp_path / "p"), "--data", str(tmp_path), "--classes", "dark,red"]
    assert run([*made, f"--{option}", "x"]) == 2
    assert f"--{option} is for files with columns" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "p").exists()


def test_from_a_folder_of_images_to_a_model(capsys, tmp_path):
    (tmp_path / "photos" / "more").mkdir(parents=True)
    for i in range(12):
        place = tmp_path / "photos" / ("more" if i > 8 else "") / f"{i:02}.png"
        Image.new("RGB", (20, 20), (20 * i, 0, 0)).save(place)
    folder, data = tmp_path / "p", str(tmp_path / "photos")
    options = ["--classes", "dark,red", "--encoder", "pixels", "--strategy", "margin"]
    assert run(["init", str(folder), "--data", data, *options]) == 0
    file = tmp_path / "labels.csv"
    file.write_text("row,label\n0,dark\n1,dark\n10,red\n11,red\n")
    assert run(["teach", str(folder), str(file)]) == 0
    capsys.readouterr()
    assert run(["query", str(folder), "-n", "8", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    assert {"image": "more/09.png"} in [row["content"] for row in asked]
    assert run(["train", str(folder), "--to", str(tmp_path / "m.skops")]) == 0
    card = (tmp_path / "m.md").read_text()
    assert "the model reads image as vectors of the encoder pixels" in card
    assert "get_encoder('pixels', 'image')" in card
    (tmp_path / "none").mkdir()
    wrong = ["init", tmp_path / "q", "--classes", "a,b", "--data"]
    assert "holds no image" in refusal(capsys, *wrong, tmp_path / "none")
    assert "no encoder of image named 'x'" in refusal(capsys, *wrong, data, "--encoder", "x")
    assert not (tmp_path / "q").exists()


def test_rows_by_lot_alone_prove_that_a_recall_is_reached(capsys, project):
    assert run(["teach", str(project), labels(project, *(f"w{i},gold" for i in range(4)))]) == 0
    assert run(["status", str(project)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"`motherlode query {project} --at-random` draws nothing else" in said
    before = status(capsys, project)["forecast"]
    assert (before["at_random"], before["left"]) == (0, 56)
    assert run(["query", str(project), "-n", "56", "--at-random", "--json"]) == 0
    # What is no number is null: NaN is no JSON.
    drawn = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert [row["probability"] for row in drawn[:2]] == [1 / 56, 1 / 55]
    assert all("at random" in row["reason"] for row in drawn)
    file = labels(project, *(f"{row['well']},dry" for row in drawn[:55]))
    assert run(["teach", str(project), file]) == 0
    after = status(capsys, project)["forecast"]
    assert after["at_random"] == 55
    # A positive would be the one row of 56 that was not drawn with a chance of 1/56 only. That is
    # less than the 5 % which the rule may err in at its one look here, and the interval in all.
    assert after["estimates"]["recall"]["low"] == 4 / 5
    assert after["estimates"]["recall"]["holds"] == "always"
    proved = next(a for a in after["advice"] if a["proved"])
    assert proved["stop"]
    assert run(["query", str(project), "-n", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["well"] == drawn[55]["well"]


def test_a_project_asks_the_stopping_rules_that_it_names(capsys, data, tmp_path):
    options = ["--data", str(data), "--classes", "dry,gold", "--stop", "budget:3,dry_spell"]
    assert run(["init", str(tmp_path / "p"), *options]) == 0
    file = tmp_path / "labels.csv"
    file.write_text("row,label\n0,dry\n1,dry\n2,gold\n")
    assert run(["teach", str(tmp_path / "p"), str(file)]) == 0
    advice = status(capsys, tmp_path / "p")["forecast"]["advice"]
    assert [one["paper"] for one in advice] == ["Practice (budget)", "motherlode (dry spell)"]
    assert [one["stop"] for one in advice] == [True, False]


def test_what_a_strategy_picks_without_chance_has_no_probability(capsys, project):
    file = labels(project, "w0,gold", *(f"w{i},dry" for i in range(1, 9)))
    assert run(["teach", str(project), file]) == 0
    capsys.readouterr()
    assert run(["query", str(project), "-n", "40", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    at_random = ["at random" in row["reason"] for row in asked]
    assert 0 < sum(at_random) < 40
    assert [row["probability"] is not None for row in asked] == at_random


def test_from_a_file_to_a_model(capsys, project, tmp_path):
    file = labels(project, "w0,gold", "w12,gold", *(f"w{i},dry" for i in range(1, 9)))
    assert run(["teach", str(project), file]) == 0
    assert "10 new labels, 0 known already" in capsys.readouterr().out
    assert run(["teach", str(project), file]) == 0
    assert "0 new labels, 10 known already" in capsys.readouterr().out
    assert run(["query", str(project), "-n", "3", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    assert [len(asked), asked[0]["well"], list(asked[0]["content"])] == [
        3, f"w{asked[0]['row']}", ["depth", "town"],
    ]  # fmt: skip
    found = status(capsys, project)
    assert (found["labelled"], found["found"], found["rows"]) == (10, 2, 60)
    for ending in ("csv", "jsonl", "parquet"):
        assert run(["export", str(project), "--to", str(tmp_path / f"o.{ending}")]) == 0
    assert parquet.read_table(tmp_path / "o.parquet").num_rows == 10
    pytest.importorskip("skops")
    model = tmp_path / "m.skops"
    assert run(["train", str(project), "--to", str(model), "--threshold", "f1"]) == 0
    card = model.with_suffix(".md").read_text()
    assert all(part in card for part in ("## Data", "gold: 2", "threshold:", "## Metrics"))
    import skops.io

    untrusted = skops.io.get_untrusted_types(file=model)
    loaded = skops.io.load(model, trusted=untrusted)
    assert repr(untrusted) in card
    rows = parquet.read_table(tmp_path / "o.parquet").select(["depth", "town"])
    assert set(loaded.predict(rows)) <= {"dry", "gold"}


def test_several_positive_classes_have_a_threshold_each(capsys, data, tmp_path):
    io = pytest.importorskip("skops.io")
    folder, model = tmp_path / "p", tmp_path / "m.skops"
    options = ["--classes", "dry,gold,tin", "--minority", "gold,tin", "--id", "well"]
    quick = ["--strategy", "margin", "--model", "logistic_regression"]
    assert run(["init", str(folder), "--data", str(data), *options, *quick]) == 0
    known = [f"w{row},gold" for row in (0, 12, 24, 36)] + [f"w{row},tin" for row in range(50, 60)]
    known += [f"w{row},dry" for row in range(1, 12)]
    assert run(["teach", str(folder), labels(folder, *known)]) == 0
    assert run(["teach", str(folder), labels(folder, "w1,gold")]) == 2
    assert "Row w1 is labelled 'dry' and now 'gold'" in capsys.readouterr().err
    assert run(["train", str(folder), "--to", str(model), "--threshold", "f1"]) == 0
    loaded = io.load(model, trusted=io.get_untrusted_types(file=model))
    assert list(loaded.thresholds_) == ["gold", "tin"]
    card = model.with_suffix(".md").read_text()
    for label, cut in loaded.thresholds_.items():
        assert f"- threshold: {label} is predicted from a probability of {cut:.4g} on" in card
    assert "- where none is reached, the likeliest of the other classes is predicted" in card


def test_a_precision_is_asked_for_by_its_number(capsys, project, tmp_path):
    pytest.importorskip("skops")
    known = [f"w{row},gold" for row in (0, 12, 24)] + [f"w{row},dry" for row in range(1, 12)]
    assert run(["teach", str(project), labels(project, *known)]) == 0
    to = tmp_path / "m.skops"
    assert run(["train", str(project), "--to", str(to), "--threshold", "precision=0.8"]) == 0
    assert "no threshold follows with a precision of 80 % or more" in " ".join(
        capsys.readouterr().out.split()
    )
    for wrong, said in (("precision=2", "as in precision=0.8"), ("accuracy", "as precision=0.8")):
        assert said in refusal(capsys, "train", project, "--to", to, "--threshold", wrong)


def test_the_card_says_that_a_promise_set_the_threshold(tmp_path):
    pytest.importorskip("skops")
    quick = ["--strategy", "margin", "--model", "logistic_regression"]
    data, folder, to = (tmp_path / name for name in ("rows.csv", "p", "m.skops"))
    rows = [f"{i},{i / 100:.2f}\n" for i in range(160)]
    data.write_text("id,x\n" + "".join(rows))
    made = ["init", str(folder), "--data", str(data), "--classes", "hit,other", "--minority", "hit"]
    assert run([*made, "--features", "x", "--id", "id", *quick]) == 0
    known = [f"{i},{'hit' if i >= 100 else 'other'}" for i in range(20, 160)]
    given = tmp_path / "known.csv"
    given.write_text("\n".join(["id,label", *known]))
    assert run(["teach", str(folder), str(given)]) == 0
    assert run(["train", str(folder), "--to", str(to), "--threshold", "precision=0.8"]) == 0
    card = to.with_suffix(".md").read_text()
    assert "on, the lowest from which on the labels prove precision=0.8" in card
    assert "best for precision" not in card


def test_the_card_says_what_was_presumed_and_that_nothing_could_be_held_out(
    capsys, project, tmp_path
):
    pytest.importorskip("skops")
    model = tmp_path / "m.skops"

    def card() -> str:
        assert run(["train", str(project), "--to", str(model)]) == 0
        return model.with_suffix(".md").read_text()

    positives = labels(project, "w0,gold", "w12,gold", "w24,gold")
    assert run(["teach", str(project), positives]) == 0
    gold = card()
    assert "57 rows that nobody labelled, drawn at random, were taken for dry" in gold
    assert "each counts for 0.105 of a labelled row" in gold
    assert "- none: there are labels of one class alone, so none can be held out" in gold
    assert "these figures" not in gold
    assert "two labelled rows of each" in refusal(
        capsys, "train", project, "--to", model, "--threshold", "f1"
    )
    assert run(["teach", str(project), labels(project, "w50,dry")]) == 0
    assert "- none: there are too few labels of a class" in card()
    assert run(["teach", str(project), labels(project, "w51,dry")]) == 0
    both = card()
    assert "average precision of the positive class" in both
    assert "models of the labelled rows alone, without the presumed ones" in both


def test_one_of_anything_is_no_plural(capsys, project, tmp_path):
    assert run(["teach", str(project), labels(project, "w5,dry")]) == 0
    for line in (
        ["check"], ["export", "--to", tmp_path / "a.csv"], ["backup", "--to", tmp_path / "copy"],
    ):  # fmt: skip
        assert run([line[0], str(project), *map(str, line[1:])]) == 0
    said = capsys.readouterr().out
    assert "60 rows, 1 event.\n" in said
    assert "1 row: " in said
    assert "60 rows, 1 event.\n" in said.split("is a whole copy")[1]


@pytest.mark.parametrize(
    ("classes", "minority"),
    [
        (["--classes", '"a, b",c'], ["--minority", "a, b"]),
        (["--classes", "a, b", "--classes", "c"], ["--minority", '"a, b"']),
        (["--classes", 'c, "a, b"'], ["--minority", '"a, b"']),
    ],
)
def test_a_class_with_a_comma_stands_in_quotes(data, tmp_path, classes, minority):
    line = ["init", str(tmp_path / "q"), "--data", str(data), *classes, *minority]
    assert run(line) == 0
    with open_project(tmp_path / "q") as project:
        assert set(project.settings.classes) == {"a, b", "c"}
        assert project.settings.positive_classes == ("a, b",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--classes", "dry"], "There is one class, dry; declare at least two"),
        (["--classes", ","], "There is no class; declare at least two"),
        (["--classes", "dry,dry"], "declared twice"),
        (["--classes", "dry,gold", "--minority", "silver"], "'silver'"),
        (["--classes", "dry,gold", "--text", "depth"], "not text"),
        (["--classes", "dry,gold", "--text", "dept"], "did you mean 'depth'"),
        (["--classes", "dry,gold", "--id", "town"], "more than once"),
        (["--classes", "dry,gold", "--features", "depth,x"], "no column 'x'"),
        (["--classes", "dry,gold", "--strategy", "margn"], "did you mean 'margin'"),
        (["--classes", "dry,gold", "--model", "oracle"], "no model named 'oracle'"),
        (["--classes", "dry,gold", "--goal", "win"], "--goal is 'win'"),
        (["--classes", "dry,gold", "--stop", "kne"], "did you mean 'knee'"),
        (["--classes", "dry,gold", "--stop", "target"], "not told of, which a project does not"),
        (["--classes", "dry,gold", "--stop", "budget"], "as in budget:500"),
        (["--classes", "dry,gold", "--double", "101"], "--double"),
        (["--classes", "dry,gold", "--database", "mysql://x"], "postgresql://"),
        ([], "--classes"),
    ],
)
def test_wrong_projects_are_not_made(capsys, data, tmp_path, options, said):
    assert said in refusal(capsys, "init", tmp_path / "q", "--data", data, *options)
    assert not (tmp_path / "q").exists()


def test_a_second_file_is_not_taken_in_place_of_the_first(capsys, data, tmp_path):
    of_two = ("--data", data, "--data", data, "--classes", "dry,gold")
    assert f"motherlode add {tmp_path / 'q'} {data}" in refusal(
        capsys, "init", tmp_path / "q", *of_two
    )
    assert not (tmp_path / "q").exists()


def test_init_suggests_the_column_that_could_be_the_id(capsys, tmp_path):
    lines = "".join(f"{i},P{i:03},{i * i % 7}\n" for i in range(30))
    (tmp_path / "a.csv").write_text("row,paper_id,cites\n" + lines)
    made = ["--data", str(tmp_path / "a.csv"), "--classes", "dry,gold"]
    assert run(["init", str(tmp_path / "p"), *made]) == 0
    said = capsys.readouterr().out
    assert "--id paper_id" in said
    assert "models read: table of cites." in said
    assert run(["init", str(tmp_path / "q"), *made, "--id", "paper_id"]) == 0
    assert "--id" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["w99,gold"], "no row whose well is 'w99'"),
        (["w1,silver"], "'silver' is not among the classes"),
        (["w1,gold", "w1,dry"], "labelled both"),
    ],
)
def test_wrong_labels_are_refused_whole(capsys, project, lines, said):
    file = labels(project, "w5,dry", *lines)
    assert said in refusal(capsys, "teach", project, file)
    assert status(capsys, project)["last_event"] == 0


def test_wrong_arguments(capsys, project, tmp_path):
    assert "no project" in refusal(capsys, "status", tmp_path / "gone")
    assert "no motherlode project" in refusal(capsys, "query", tmp_path)
    assert "should end in" in refusal(capsys, "export", project, "--to", tmp_path / "o.xls")
    assert ".skops" in refusal(capsys, "train", project, "--to", tmp_path / "m.pkl")
    two_classes = refusal(capsys, "train", project, "--to", tmp_path / "m.skops")
    assert "labels of two classes, and nothing is labelled yet" in two_classes
    assert "make accounts first" in refusal(capsys, "serve", project, "--host", "0.0.0.0")
    assert "-n" in refusal(capsys, "query", project, "-n", "0")
    assert "--as" in refusal(capsys, "label", project, "--as", "a\nb")
    file = labels(project, "w1,gold")
    assert "did you mean 'label'" in refusal(capsys, "teach", project, file, "--label", "labl")
    assert "no column row or well" in refusal(
        capsys, "teach", project, _write(tmp_path / "x.csv", "place,label\n1,gold\n")
    )


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_query_is_refused_once_everything_is_labelled(capsys, project):
    assert run(["teach", str(project), labels(project, *(f"w{i},dry" for i in range(60)))]) == 0
    assert "nothing to ask" in refusal(capsys, "query", project)


def test_ctrl_c_ends_a_server_and_its_trainer(project):
    server = Apart(run_command, "serve", str(project), "--port", "0")
    server.wait_for("?code=")
    time.sleep(1)
    server.send_signal(signal.SIGINT)
    done = server.finish(60)
    assert done.returncode in (0, 130)
    assert "Traceback" not in done.stdout + done.stderr
    children = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert f"motherlode.project._training.trainer {project}" not in children.stdout


def test_what_others_can_reach_needs_accounts_and_a_proxy_is_an_address(capsys, project):
    public = ("--public-url", "https://label.example/wells")
    assert "--public-url https://label.example/wells can be reached by others" in refusal(
        capsys, "serve", project, *public
    )
    assert "--host 0.0.0.0 can be" in refusal(capsys, "serve", project, "--host", "0.0.0.0")
    for proxy in ("*", "localhost", "0.0.0.0/0"):
        said = refusal(capsys, "serve", project, "--proxy", proxy)
        assert "give the address that the proxy calls from" in said


def test_accounts(capsys, project, monkeypatch):
    account = ("account", project, "ann", "--role", "admin")
    done = motherlode(*account, given="a long password\n")
    assert (done.returncode, done.stdout) == (0, "ann may log in as admin.\n")
    assert "--role is 'king'" in refusal(capsys, "account", project, "ann", "--role", "king")
    assert "no account 'ben'" in refusal(capsys, "account", project, "ben", "--remove")
    assert run(["account", str(project), "ann", "--remove"]) == 0


def test_missing_extra_is_one_sentence():
    code = (
        "import sys; sys.modules['alembic'] = None; "
        "from motherlode.cli._app import run; sys.exit(run(['status', 'p']))"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert 'pip install "motherlode[app]"' in done.stderr


def test_status_as_text(project):
    done = motherlode("status", project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 of 60 rows labelled" in done.stdout
    with open_project(project) as opened:
        write_problem(opened.database, "No memory; give it more.")
    said = motherlode("status", project).stdout
    assert "The ranking is not kept up to date: No memory; give it more." in said


def test_status_tells_what_is_left_and_whether_to_stop(capsys, project, tmp_path):
    file = labels(project, "w0,gold", *(f"w{i},dry" for i in range(1, 9)))
    assert run(["teach", str(project), file]) == 0
    ahead = status(capsys, project)["forecast"]
    assert (ahead["labels"], ahead["found"], ahead["at_random"]) == (9, 1, 0)
    assert "drawn at random" in ahead["estimates"]["recall"]["reason"]
    said = motherlode("status", project).stdout
    assert "9 rows are labelled, among them 1 row of" in said
    assert "It assumes:" in said


def test_a_project_that_names_no_class_asks_for_a_name_and_says_which_it_seeks(
    capsys, data, tmp_path
):
    folder = tmp_path / "p"
    quick = ["--strategy", "margin", "--model", "logistic_regression", "--id", "well"]
    made = ["init", str(folder), "--data", str(data), "--classes", "gold,dry", *quick]
    assert run(made) == 0
    assert "Please name the positive class, by --minority:" in capsys.readouterr().out
    assert run(["status", str(folder)]) == 0
    asked = " ".join(capsys.readouterr().out.split())
    assert "Positive class: dry, taken to be rare. Please name the positive class, by" in asked

    found = [f"w{row},{'gold' if row % 12 == 0 else 'dry'}" for row in range(45)]
    assert run(["teach", str(folder), labels(folder, *found)]) == 0
    assert run(["query", str(folder)]) == 0  # a model has ranked, and tells the share
    positive_class = status(capsys, folder)["positive_class"]
    assert (positive_class["class"], positive_class["named"]) == ("gold", False)
    assert positive_class["said"].startswith("gold, taken to be rare: about ")
    assert positive_class["share"] == pytest.approx(5 / 60, abs=0.03)
    assert (positive_class["sure"], positive_class["request"]) == (True, "")


def test_a_project_that_names_a_class_is_asked_for_none(capsys, project):
    assert status(capsys, project)["positive_class"] == {
        "class": "gold",
        "named": True,
        "share": None,
        "sure": True,
        "said": "gold, named",
        "request": "",
    }
    assert "name the class" not in capsys.readouterr().out


def test_backup_and_check(project, tmp_path, capsys):
    assert run(["teach", str(project), labels(project, "w0,gold", "w1,dry"), "--as", "ann"]) == 0
    assert run(["backup", str(project), "--to", str(tmp_path / "b")]) == 0
    assert "b is a whole copy: 60 rows, 2 events." in capsys.readouterr().out
    assert run(["check", str(tmp_path / "b")]) == 0
    assert "b is whole: 60 rows, 2 events." in capsys.readouterr().out
    assert "is there already" in refusal(capsys, "backup", project, "--to", tmp_path / "b")
    (tmp_path / "b" / "labels.count").write_text("3")
    assert "holds 2 of 3 acknowledged events" in refusal(capsys, "check", tmp_path / "b")


def test_a_database_that_a_folder_names_is_asked_for(capsys, project, monkeypatch):
    about = json.loads((project / "project.json").read_text())
    address = "postgresql://ann:hidden@127.0.0.1:9/wells"
    (project / "project.json").write_text(json.dumps(about | {"database": address}))
    said = refusal(capsys, "status", project)
    assert "postgresql://ann@127.0.0.1:9/wells" in said
    assert "motherlode trust" in said
    for answer, code in (("", 2), ("no\n", 2), ("yes\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert run(["trust", str(project)]) == code
    said = capsys.readouterr()
    assert "postgresql://ann@127.0.0.1:9/wells" in said.out
    assert "hidden" not in said.out + said.err
    assert "does not answer" in refusal(capsys, "status", project)


def test_no_label_is_taught_once_the_rows_have_changed(capsys, project):
    content = bytearray((project / "rows.arrow").read_bytes())
    content[len(content) // 2] ^= 1
    (project / "rows.arrow").write_bytes(content)
    assert "has changed since" in refusal(capsys, "teach", project, labels(project, "w1,dry"))
    file = project.parent / "rows.csv"
    file.write_text("row,label\n1,dry\n")
    assert "has changed since" in refusal(capsys, "teach", project, file)
    assert "has changed since" in refusal(
        capsys, "export", project, "--to", file.with_name("x.csv")
    )
    assert status(capsys, project)["labelled"] == 0


def test_a_project_in_its_folder_has_no_database_to_accept(capsys, project):
    assert run(["trust", str(project)]) == 0
    assert "nothing to accept" in capsys.readouterr().out


def test_settings_are_changed_listed_and_taken_back(project, capsys):
    assert run(["teach", str(project), labels(project, "w1,gold", "w2,dry")]) == 0
    assert run(["set", str(project), "--rename", "gold=ore", "--control", "10", "--as", "eve"]) == 0
    said = capsys.readouterr().out
    assert "classes: dry, gold → dry, ore" in said
    assert "control: 5 % → 10 %" in said
    assert "keep the probability" in said
    assert run(["set", str(project), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["classes"]["value"] == ["dry", "ore"]
    assert (listed["control"]["value"], listed["control"]["by"]) == (0.1, "eve")
    assert listed["minority"] == {"value": ["ore"], "by": None, "at": None}
    # Files that say gold are still read; the row has that label already.
    assert run(["teach", str(project), labels(project, "w1,gold", "w3,gold")]) == 0
    assert "1 new label, 1 known already" in capsys.readouterr().out
    assert run(["status", str(project), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["classes"] == {"dry": 1, "ore": 2}
    assert run(["set", str(project), "--undo"]) == 0
    assert "control: 10 % → 5 %" in capsys.readouterr().out
    assert run(["set", str(project), "--undo"]) == 0
    assert run(["check", str(project)]) == 0
    assert run(["status", str(project), "--json"]) == 0
    assert '"gold": 2' in capsys.readouterr().out
    assert "No change" in refusal(capsys, "set", project, "--undo")


def test_an_export_has_the_name_of_now_and_the_log_what_was_given(project, capsys, tmp_path):
    assert run(["teach", str(project), labels(project, "w1,gold", "w2,dry")]) == 0
    assert run(["set", str(project), "--merge", "gold=dry"]) == 2
    assert run(["set", str(project), "--add-class", "mud", "--minority", "mud"]) == 0
    assert run(["set", str(project), "--merge", "gold=dry"]) == 0
    now, log = tmp_path / "now.csv", tmp_path / "log.csv"
    assert run(["export", str(project), "--to", str(now)]) == 0
    assert run(["export", str(project), "--to", str(log), "--events"]) == 0
    with now.open() as file:
        assert [line["label"] for line in csv.DictReader(file)] == ["dry", "dry"]
    with log.open() as file:
        lines = list(csv.DictReader(file))
    assert [line["label"] for line in lines] == ["gold", "dry", "", "", ""]
    assert [line["setting"] for line in lines][2:] == ["classes", "minority", "classes"]
    assert lines[2]["row"] == ""
    assert json.loads(lines[4]["before"]) == ["dry", "gold", "mud"]
    assert json.loads(lines[4]["after"]) == ["dry", "dry", "mud"]


def test_guidelines_and_batches_are_set(project, capsys, tmp_path):
    text = tmp_path / "how.md"
    text.write_text("Look *twice*.\n")
    assert run(["set", str(project), "--guidelines", f"@{text}", "--batch", "3"]) == 0
    assert run(["set", str(project), "--batch", "3"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert run(["query", str(project), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 3
    with open_project(project) as opened:
        assert opened.settings.guidelines == "Look *twice*."
    assert run(["set", str(project), "--guidelines", "", "--minority", "", "--model", ""]) == 0
    with open_project(project) as opened:
        found = opened.settings
    assert (found.guidelines, found.minority, found.recipe.model) == (None, None, None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rename", "gold"], "two names with ="),
        (["--rename", "tin=ore"], "no class 'tin'"),
        (["--merge", "gold=dry"], "class"),
        (["--stop", "never"], "never"),
        (["--guidelines", "@nowhere.md"], "can't be read"),
        (["--undo", "--batch", "3"], "give it alone"),
        (["--minority", "tin"], "tin"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(project, capsys, options, said):
    assert said in refusal(capsys, "set", project, *options)
