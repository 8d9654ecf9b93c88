"""predict and rank, and the lines of a model card, as a person runs them."""

import csv
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from motherlode.cli._app import run

from .command import motherlode

pytest.importorskip("skops")
ROWS = 72


def is_gold(i):
    return i % 6 == 0


def write(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A table with dates as people write them, codes, and a word that pandas takes for a gap."""
    folder, rng = tmp_path_factory.mktemp("table"), np.random.default_rng(0)
    rows = [
        [f"{i:03d}", f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/2026", f"{rng.normal(9 * is_gold(i)):.2f}",
         ("007", "012")[i % 2], ("None", "High")[i % 2]]
        for i in range(ROWS)
    ]  # fmt: skip
    data = write(folder / "wells.csv", ["well", "booked", "depth", "zone", "risk"], rows)
    return make(folder, data, "--id", "well")


@pytest.fixture(scope="module", params=[["body"], ["title", "body"]], ids=["one", "two"])
def texts(tmp_path_factory, request):
    folder, names = tmp_path_factory.mktemp("texts"), request.param
    words = [
        f"{'gold and ore' if is_gold(i) else 'mud and sand'} at place {i % 7}" for i in range(ROWS)
    ]
    rows = [[i, *[word if i != 5 else "" for _ in names]] for i, word in enumerate(words)]
    data = write(folder / "notes.csv", ["note", *names], rows)
    return make(folder, data, "--id", "note", "--text", ",".join(names))


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    (folder / "photos").mkdir()
    for i in range(ROWS):
        colour = (250, 200, 0) if is_gold(i) else (2 * (i % 20), 60, 90)
        Image.new("RGB", (20, 20), colour).save(folder / "photos" / f"{i:03}.png")
    return make(folder, folder / "photos")


def make(folder, data, *options):
    """Make a project whose first half is labelled."""
    made = folder / "p"
    words = ["--classes", "dry,gold", "--minority", "gold", *options]
    assert run(["init", str(made), "--data", str(data), *words]) == 0
    rows = [[i, "gold" if is_gold(i) else "dry"] for i in range(ROWS // 2)]
    labels = write(folder / "labels.csv", ["row", "label"], rows)
    assert run(["teach", str(made), str(labels)]) == 0
    return made, data


def right(decisions):
    wanted = ["gold" if is_gold(i) else "dry" for i in range(ROWS)]
    return np.mean([one == two for one, two in zip(decisions, wanted, strict=True)])


def use_card(made, data, tmp_path, *options):
    """Train, and run the lines of the card from another folder with the files they name."""
    away = tmp_path / "away"
    away.mkdir()
    assert run(["train", str(made), "--to", str(away / "m.skops"), *options]) == 0
    code = re.search(r"```python\n(.*?)```", (away / "m.md").read_text(), re.DOTALL)
    (away / "new_images" if data.is_dir() else away / "new.csv").symlink_to(data)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code[1].replace("print(", "print(*")],
        cwd=away, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_the_card_of_a_table_with_dates_runs_as_it_stands(table, tmp_path):
    assert right(use_card(*table, tmp_path, "--threshold", "f1")) > 0.95


@pytest.mark.parametrize("kind", ["table", "images"])
def test_the_card_runs_as_it_stands_and_predict_says_the_same(request, kind, tmp_path):
    compare_with_card(*request.getfixturevalue(kind), tmp_path)


def test_the_card_of_texts_runs_as_it_stands_and_predict_says_the_same(texts, tmp_path):
    compare_with_card(*texts, tmp_path)


def compare_with_card(made, data, tmp_path):
    said = use_card(made, data, tmp_path)
    assert right(said) > 0.95
    to = tmp_path / "scored.jsonl"
    model = ["--model", str(tmp_path / "away" / "m.skops")]
    assert run(["predict", str(made), str(data), "--to", str(to), *model]) == 0
    lines = [json.loads(line) for line in to.read_text().splitlines()]
    assert [line["decision"] for line in lines] == said
    assert {"probability", "probability_dry", "probability_gold", "reasons"} <= set(lines[0])
    if "well" in lines[0]:
        assert [line["well"] for line in lines[:2]] == ["000", "001"]
        assert lines[0]["reasons"].startswith("depth high")
    if "body" in lines[0]:
        told = lines[0]["reasons"]
        assert "gold" in told
        assert "ore" in told
        assert "and" not in told.replace("sand", "").split("; ")


def test_a_date_is_read_as_the_project_reads_it(table, tmp_path):
    made, _ = table
    rows = [["1", "03/04/2026", "0.5", "007", "High"], ["2", "2026-04-03", "0.5", "007", "High"]]
    for number, row in enumerate(rows):
        data = write(tmp_path / f"{number}.csv", ["well", "booked", "depth", "zone", "risk"], [row])
        assert run(["predict", str(made), str(data), "--to", str(tmp_path / f"{number}.json")]) == 0
    one, two = (json.loads((tmp_path / f"{n}.json").read_text())[0] for n in (0, 1))
    assert one["probability"] == two["probability"]


def test_standard_input_is_scored_and_the_model_is_named(table, tmp_path):
    made, data = table
    to = tmp_path / "o.csv"
    ran = motherlode("predict", made, "-", "--to", to, given=data.read_text())
    assert ran.returncode == 0, ran.stderr
    assert f"There is no saved model in {made}, so one was fitted on all labels" in ran.stdout
    assert f"{ROWS} rows: {to}" in ran.stdout
    with to.open() as scored, data.open() as given:
        cells = [line[:5] for line in csv.reader(scored)]
        assert cells == list(csv.reader(given))


def test_a_wrong_file_is_one_sentence(table, tmp_path):
    made, data = table
    (tmp_path / "new.csv").write_text("well,booked,depth,zone\n1,2026-01-01,2,007\n")
    to = tmp_path / "o.csv"
    said = motherlode("predict", made, tmp_path / "new.csv", "--to", to)
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "has no column 'risk', which the models of this project read" in said.stderr
    assert not to.exists()
    said = motherlode("predict", made, "-", "--to", to, given="")
    assert (said.returncode, said.stderr) == (2, "Standard input is empty.\n")
    assert run(["predict", str(made), str(data), "--to", str(data)]) == 2
    assert run(["predict", str(made), str(data), "--to", str(tmp_path / "o.docx")]) == 2


def test_rank_lists_the_rest_by_the_model_in_the_project(capsys, table, tmp_path):
    made, _ = table
    assert run(["train", str(made)]) == 0
    capsys.readouterr()
    assert run(["rank", str(made), "-n", "4"]) == 0
    said = capsys.readouterr().out
    assert f"Model: {made / 'model.skops'}." in " ".join(said.split())
    assert "depth high" in said
    assert run(["rank", str(made), "-n", "4", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert all(is_gold(row["row"]) for row in first)
    to = tmp_path / "rest.csv"
    assert run(["rank", str(made), "--to", str(to)]) == 0
    with to.open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == ROWS // 2
    assert [line["well"] for line in lines[:4]] == [row["well"] for row in first]
    # the cells are as the file has them
    assert lines[0]["booked"].endswith("/2026")
    (made / "model.skops").unlink()
    (made / "model.md").unlink()


def test_rows_go_to_standard_output_alone(capsys, table):
    made, data = table
    for name, *rest in (("predict", str(data)), ("rank",), ("export",), ("answers",)):
        assert run([name, str(made), *rest, "--to", "-"]) == 0
        said = capsys.readouterr()
        lines = list(csv.reader(said.out.splitlines()))
        assert lines[0][0] == "well", name
        assert {len(line) for line in lines} == {len(lines[0])}
        assert f"{len(lines) - 1} " in said.err
        assert "standard output" in said.err
