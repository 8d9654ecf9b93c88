"""A file that motherlode wrote is known again, wherever it is read as data."""

import csv

import numpy as np
import pytest

from motherlode._files.own_columns import find_own_columns
from motherlode.cli._app import run
from motherlode.cli._dataset import load
from motherlode.cli._simulate import list_columns
from motherlode.project import open_project
from motherlode.project._export import Export
from motherlode.project._prediction.scored_lines import fields_of_scores

CLASSES = ["--classes", "rare,other"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with thirty labels, the export of them, and the predictions of all rows."""
    pytest.importorskip("skops")
    folder = tmp_path_factory.mktemp("own")
    rng = np.random.default_rng(0)
    with (folder / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("sample", "sum", "label"),
                *((f"s{i}", f"{x:.3f}", i % 7) for i, x in enumerate(rng.normal(size=60))),
            ]
        )
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("row", "label"), *((i, "rare" if i % 5 == 0 else "other") for i in range(30))]
        )
    of = str(folder / "project")
    for line in (
        ["init", of, "--data", str(folder / "rows.csv"), *CLASSES, "--id", "sample"],
        ["teach", of, str(folder / "labels.csv")],
        ["export", of, "--to", str(folder / "answers.csv")],
        ["export", of, "--all-rows", "--to", str(folder / "all.csv")],
        ["predict", of, str(folder / "rows.csv"), "--to", str(folder / "scored.csv")],
    ):
        assert run(line) == 0, line
    return folder


def test_all_columns_that_are_written_are_known_and_none_of_the_data(made):
    with open_project(made / "project") as project:
        data = ["sample", "sum", "data_label"]
        for export in (Export(project), Export(project, all_rows=True)):
            names = export.schema.names
            assert find_own_columns(names) == [name for name in names if name not in data]
    scores = fields_of_scores(["rare", "other"]).names
    assert find_own_columns([*data, *scores]) == scores


@pytest.mark.parametrize("name", ["answers.csv", "all.csv", "scored.csv"])
def test_a_project_of_such_a_file_reads_the_data_alone(made, capsys, tmp_path, name):
    labels = ["--labels", "label"] if name == "answers.csv" else []
    line = ["init", str(tmp_path / "again"), "--data", str(made / name), *CLASSES]
    assert run([*line, *labels, "--id", "sample"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "motherlode wrote this file" in said
    with open_project(tmp_path / "again") as project:
        settings = project.settings
    own = "label" if name == "scored.csv" else "data_label"
    assert set(settings.columns) == {"sum", own}
    assert set(settings.shown) <= {"sample", "sum", own}


def test_a_simulation_on_an_export_reads_no_answers(made):
    loaded = load(made / "answers.csv", "label", "rare")
    assert set(loaded.dataset.data.column_names) == {"sum", "data_label"}
    assert loaded.left_out["annotators"] == "written by motherlode, no data"
    said = list_columns(loaded.left_out)
    assert said.count("written by motherlode") == 1
    assert "annotators" in said
