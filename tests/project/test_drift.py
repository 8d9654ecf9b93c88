"""Rows that came since the training are compared with those of it, each row once."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import NamedTuple
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
import pytest
import sklearn
from projects import rows_table, settings_for
from sklearn.exceptions import InconsistentVersionWarning

from motherlode.project._data.folder import Project, create_project
from motherlode.project._data.own_files import DRIFT, MODEL
from motherlode.project._log.log import read_state
from motherlode.project._prediction import drift
from motherlode.project._prediction.arriving import receive_rows
from motherlode.project._prediction.drift import ScoredSample, describe_saved
from motherlode.project._prediction.row_names import RowNames
from motherlode.project._prediction.scorer import Scorer
from motherlode.project._serving.adding import Source, run_alone
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._training.project_model import (
    ProjectModel,
    fit_project_model,
    judge_model,
    list_known,
    read_project_model,
    write_project_model,
)

pytest.importorskip("skops")
MANY = rows_table(600)
OTHERS = rows_table(400).set_column(1, "depth", pa.array(np.full(400, 7.0)))


class Trained(NamedTuple):
    """A project and its saved model."""

    project: Project
    found: ProjectModel

    @property
    def folder(self):
        return self.project.folder


@pytest.fixture(params=["ids", "none"])
def trained(tmp_path, request, monkeypatch):
    monkeypatch.setattr(drift, "_MOST", 50)
    table = MANY if request.param == "ids" else MANY.drop_columns(["id"])
    made = create_project(
        tmp_path / "p", settings_for(table.slice(0, 100)), table.slice(0, 100), None
    )
    live = Live(made)
    live.answer("ann", [Answer(r, label="gold" if r % 12 == 0 else "dry") for r in range(60)])
    live.close()
    found, _, learner = fit_project_model(made, None)
    with made.database.reading() as connection:
        known = list_known(read_state(connection), made.settings, learner.positive_class, [])
    found = judge_model(found, learner, known)
    write_project_model(found, made.folder / MODEL)
    yield Trained(made, found)
    made.close()


def add(trained, table, **how):
    names = [name for name in table.column_names if name != "id" or trained.project.settings.id]
    source = Source(table.select(names), "more.csv")
    return receive_rows(trained.project, source, "ann", run_alone(trained.project), **how)


def predict(trained, table):
    """Look as `predict` does, in blocks."""
    sample, scorer = ScoredSample(trained.project, trained.found), Scorer(trained.found)
    for low in range(0, len(table), 64):
        block = table.slice(low, 64)
        X = block.select(list(trained.project.settings.columns))
        sample.add(block, X, scorer.score(X).positive)
    return sample.look()


def looks(trained):
    kept = json.loads((trained.folder / DRIFT).read_text())["looks"]
    names = [name for look in kept for name in look["names"]]
    assert len(set(names)) == len(names)
    return [(look["of"], len(look["scores"])) for look in kept]


def test_no_row_counts_twice_whether_added_or_scored(trained):
    file = MANY.slice(100, 120)
    assert "show no change" in add(trained, file).drift
    assert looks(trained) == [("added", 50)]
    for _ in range(3):  # the rest of the file, and then nothing
        predict(trained, file)
    assert looks(trained) == [("added", 50), ("scored", 50), ("scored", 20)]
    predict(trained, MANY.slice(100, 130))  # the file has grown at its end
    assert looks(trained)[-1] == ("scored", 10)


def test_what_was_scored_does_not_count_again_when_it_is_added(trained):
    file = MANY.slice(100, 60)
    predict(trained, file)
    add(trained, file)
    assert looks(trained) == [("scored", 50), ("added", 10)]


def test_rows_of_the_training_are_no_new_ones(trained):
    said = predict(trained, MANY.slice(0, 100))
    if trained.project.settings.id is None:  # nothing tells that they are the same
        assert "show no change" in said
    else:
        assert said is None


def test_rows_that_come_one_by_one_wait_until_they_are_some(trained):
    add(trained, MANY.slice(100, 60))
    for row in range(160, 164):  # more than a twentieth of the 60 that came
        assert looks(trained) == [("added", 50)]
        add(trained, MANY.slice(row, 1))
    assert looks(trained) == [("added", 50), ("added", 4)]


def test_files_that_are_scored_one_by_one_wait_until_they_are_some(trained):
    predict(trained, MANY.slice(100, 60))
    said = describe_saved(trained.project)[-1]
    for row in range(160, 164):
        assert looks(trained) == [("scored", 50)]
        assert predict(trained, MANY.slice(row, 1)) == said
    assert looks(trained) == [("scored", 50), ("scored", 1)]


@pytest.mark.parametrize("of", ["scored", "added"])
def test_however_many_files_come_the_looks_stay_few(trained, monkeypatch, of):
    found = drift.Looks(trained.project, trained.found)
    monkeypatch.setattr(found, "keep", lambda: None)
    came, looked = found.trained_on, 0
    rows = SimpleNamespace(table=range(came))
    monkeypatch.setattr(found, "_project", SimpleNamespace(rows=rows))
    for _ in range(100_000):
        came += 30
        found.scored += 30
        rows.table = range(came)
        if found.is_due(of):
            found.look(of, [], [])
            looked += 1
    assert 100 < looked < 250


def test_a_change_is_said_wherever_the_model_is_described(trained):
    done = add(trained, OTHERS.slice(120, 60))
    assert "are not like those before" in done.drift
    assert describe_saved(trained.project)[-1] == done.drift
    add(trained, MANY.slice(200, 60))  # what was proved stays
    assert "are not like those before" in describe_saved(trained.project)[-1]


def test_a_new_model_begins_a_new_file_and_looks_at_rows_that_came_after_it(trained):
    add(trained, MANY.slice(100, 50))
    other = replace(trained.found, reference=trained.found.reference[1:])
    write_project_model(other, trained.folder / MODEL)
    assert not any("Rows that came" in one for one in describe_saved(trained.project))
    add(trained, MANY.slice(150, 40))
    assert looks(trained) == [("added", 50)]  # all 90 came after its last event


def test_a_model_that_cannot_be_read_adds_the_rows_all_the_same(trained):
    (trained.folder / MODEL).write_bytes(b"no model")
    done = add(trained, MANY.slice(100, 5))
    assert (done.added, done.drift) == (5, None)


def test_rows_of_other_files_are_others_even_if_they_hold_the_same():
    table = MANY.drop_columns(["id"])
    plan = settings_for(table)
    X = table.select(list(plan.columns))
    same, later = (RowNames(plan).name(t, t.select(list(plan.columns))) for t in (table, table[1:]))
    assert RowNames(plan).name(table, X) == same
    assert not {*same} & {*later}
    blocks = RowNames(plan)
    assert blocks.name(table[:7], X[:7]) + blocks.name(table[7:], X[7:]) == same


@pytest.mark.parametrize("kind", ["text", "vectors"])
def test_cells_of_a_file_are_named_as_those_of_the_project(kind):
    if kind == "text":
        table, X = pa.table({"a": ["x", None], "b": ["7", "y"]}), None
        written, Y = pa.table({"a": ["x", ""], "b": ["7", "y"]}), None
    else:
        table = written = pa.table({"a": [[1.0, 2.0], [3.0, 4.5]]})
        X, Y = np.array([[1, 2], [3, 4.5]]), np.array([[1, 2], [3, 4.5]], dtype=np.float32)
    plan = settings_for(rows_table(3), kind=kind, columns=tuple(table.column_names), id=None)
    assert RowNames(plan).name(table, X) == RowNames(plan).name(written, Y)


def test_a_model_that_another_scikit_learn_wrote_says_so_and_is_read(trained, recwarn):
    file = trained.folder / MODEL
    with ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["schema.json"] = parts["schema.json"].replace(
        f'"\\"{sklearn.__version__}\\""'.encode(), b'"\\"1.4.7\\""'
    )
    with ZipFile(file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert read_project_model(file, trained.project.settings).other_version == "1.4.7"
    assert not [one for one in recwarn if one.category is InconsistentVersionWarning]
