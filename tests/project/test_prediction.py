"""The model at work on rows that a project does not hold."""

import json
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from projects import rows_table, settings_for

from motherlode._files.choices import Choices
from motherlode.errors import InputError
from motherlode.project._data.folder import create_project
from motherlode.project._data.own_files import MODEL
from motherlode.project._data.settings import Recipe
from motherlode.project._log.log import read_state
from motherlode.project._prediction.model_at_hand import ModelKeeper
from motherlode.project._prediction.new_rows import open_new_rows
from motherlode.project._prediction.rest import Rest
from motherlode.project._prediction.scored_lines import ScoredRows, score_rows
from motherlode.project._prediction.scorer import Scorer
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._training import recipe
from motherlode.project._training.project_model import (
    fit_project_model,
    judge_model,
    list_known,
    read_project_model,
    write_project_model,
)
from motherlode.project._training.recipe import check_recipe

pytest.importorskip("skops")


def ignore(done, total):
    pass


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    table = rows_table()
    made = create_project(tmp_path_factory.mktemp("p") / "wells", settings_for(table), table, None)
    live = Live(made)
    answers = [Answer(row, label="gold" if row % 12 == 0 else "dry") for row in range(60)]
    live.answer("ann", answers)
    live.close()
    yield made
    made.close()


@pytest.fixture(scope="module")
def fitted(project):
    return fit_project_model(project, "f1")[0]


@pytest.mark.parametrize("threshold", [None, "f1"])
def test_what_is_said_is_what_the_model_predicts(project, threshold):
    found, final, _ = fit_project_model(project, threshold)
    data = project.rows.data()
    scores = Scorer(found).score(data)
    assert scores.decisions.tolist() == final.model.predict(data).tolist()
    order = [final.model.classes_.tolist().index(label) for label in project.settings.classes]
    np.testing.assert_allclose(scores.probabilities, final.model.predict_proba(data)[:, order])
    np.testing.assert_allclose(scores.positive, scores.probabilities[:, 1])
    gold = [reasons for row, reasons in enumerate(scores.reasons) if row % 12 == 0]
    assert all(reasons.startswith("depth high") for reasons in gold)


def test_decisions_are_judged_by_draws_from_the_rows_that_were_left(tmp_path):
    table = rows_table()
    wanted = create_project(tmp_path / "w", settings_for(table, control=1.0), table, None)
    live = Live(wanted)
    live.answer("ann", [Answer(row, "skip") for row in range(60, 120)])
    drawn = [lease.offer.row for lease in live.next("ann", 40)]
    live.answer("ann", [Answer(row, label="gold" if row % 12 == 0 else "dry") for row in drawn])
    state = live.now()
    live.close()
    found, _, made = fit_project_model(wanted, None, state)
    known = list_known(state, wanted.settings, made.positive_class, ())
    assert known.session.groups()[0][:2] == (60, 40)
    assert sorted(known.rows) == sorted(drawn)
    assert known.rows[known.session.positive].tolist() == [r for r in known.rows if r % 12 == 0]
    judged = judge_model(found, made, known).decisions
    assert judged[0].startswith("Estimated precision of its decisions: ")
    assert "95 %" in judged[0]
    wanted.close()


def test_a_model_is_the_same_after_it_was_written_and_read(project, fitted, tmp_path):
    path = tmp_path / "m.skops"
    write_project_model(fitted, path)
    again = read_project_model(path, project.settings)
    assert again.about == fitted.about
    one, two = (Scorer(found).score(project.rows.data()) for found in (fitted, again))
    assert one.reasons == two.reasons
    np.testing.assert_array_equal(one.probabilities, two.probabilities)


@pytest.mark.parametrize("package", ["xgboost", "lightgbm", "catboost"])
def test_a_project_can_name_a_model_of_a_package(make, tmp_path, monkeypatch, package):
    pytest.importorskip(package)
    made = make(recipe=Recipe("margin", package))
    live = Live(made)
    live.answer("ann", [Answer(i, label="dry" if i % 12 else "gold") for i in range(60)])
    live.close()
    found = fit_project_model(made, None)[0]
    write_project_model(found, tmp_path / "m.skops")
    again = read_project_model(tmp_path / "m.skops", made.settings)
    data = made.rows.data()
    before, after = (Scorer(one).score(data).decisions.tolist() for one in (found, again))
    assert before == after
    assert set(before) == {"dry", "gold"}
    # A forged file could run anything, so one of somebody else is not read.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "of another user"))
    with pytest.raises(InputError, match=f"boosted trees of {package}"):
        read_project_model(tmp_path / "m.skops", made.settings)


def test_a_model_that_is_not_installed_is_said_before_a_project_is_made(monkeypatch):
    monkeypatch.setattr(recipe, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install xgboost"):
        check_recipe("auto", "XGBoost")


def test_a_file_that_names_something_else_than_a_model_is_refused(project, fitted, tmp_path):
    import os

    import skops.io
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    path, good = tmp_path / "m.skops", tmp_path / "good.skops"
    write_project_model(fitted, good)
    skops.io.dump(make_pipeline(FunctionTransformer(os.getcwd)), path)
    with zipfile.ZipFile(good) as parts, zipfile.ZipFile(path, "a") as made:
        made.writestr("motherlode.json", parts.read("motherlode.json"))
    with pytest.raises(InputError, match=r"names posix\.getcwd, which is no part of a model"):
        read_project_model(path, project.settings)
    path.write_bytes(good.read_bytes()[:500])
    with pytest.raises(InputError, match=r"can't be read.*make it again"):
        read_project_model(path, project.settings)
    skops.io.dump(fitted.model, path)
    with pytest.raises(InputError, match="none of this release"):
        read_project_model(path, project.settings)
    with pytest.raises(InputError, match="There is no model"):
        read_project_model(tmp_path / "none.skops", project.settings)


def test_a_model_of_another_project_is_refused(project, fitted, tmp_path):
    from dataclasses import replace

    write_project_model(fitted, tmp_path / "m.skops")
    other = replace(project.settings, columns=("depth", "town"))
    with pytest.raises(InputError, match="was fitted for other columns than wells has now"):
        read_project_model(tmp_path / "m.skops", other)


def scored(project, fitted, path, tmp_path, ending="jsonl", **choices):
    rows = open_new_rows(project, path, Choices(**choices))
    made = ScoredRows(project, fitted, rows, ignore)
    to = tmp_path / f"scored.{ending}"
    made.write(to, None)
    return to, made.notes()


NEW = "id,depth,width,town,extra\n007,4.50,0.1,ulm,=1+1\n008,0.0,0.2,rome,x\n9,,0.3,bonn,\n"


def test_columns_and_ids_stay_as_they_are_written(project, fitted, tmp_path):
    (tmp_path / "new.csv").write_text(NEW)
    to, notes = scored(project, fitted, tmp_path / "new.csv", tmp_path, "csv")
    lines = [line.split(",") for line in to.read_text().splitlines()]
    assert [line[:5] for line in lines] == [
        ["id", "depth", "width", "town", "extra"], ["007", "4.50", "0.1", "ulm", "'=1+1"],
        ["008", "0.0", "0.2", "rome", "x"], ["9", "", "0.3", "bonn", ""],
    ]  # fmt: skip
    assert [line[5] for line in lines] == ["decision", "gold", "dry", "dry"]
    assert notes == [notes[0]]
    assert "'town' holds 'rome' (1 row), which the project's rows do not hold" in notes[0]


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "json", "tsv", "arrow"])
def test_every_format_comes_in_and_goes_out(project, fitted, tmp_path, ending):
    from motherlode._files.reading import read_table

    (tmp_path / "new.csv").write_text(NEW)
    first, _ = scored(project, fitted, tmp_path / "new.csv", tmp_path, ending)
    again = open_new_rows(project, first, Choices())
    other = tmp_path / "again.parquet"
    ScoredRows(project, fitted, again, ignore).write(other, None)
    one, two = read_table(first, Choices(texts=frozenset({"id"}))), read_table(other)
    assert one.column("probability").to_pylist() == pytest.approx(
        two.column("probability").to_pylist()
    )
    # A file that was scored before keeps its columns too, under other names.
    assert two.column("data_decision").to_pylist() == one.column("decision").to_pylist()
    assert one.column("id").to_pylist() == ["007", "008", "9"]
    if ending == "parquet":
        assert one.schema.field("depth").type == pa.float64()


def test_a_packed_file_is_read(project, fitted, tmp_path):
    import gzip

    path = tmp_path / "new.csv.gz"
    path.write_bytes(gzip.compress(NEW.encode()))
    to, _ = scored(project, fitted, path, tmp_path)
    assert [json.loads(line)["decision"] for line in to.read_text().splitlines()] == [
        "gold",
        "dry",
        "dry",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,Depth,width,town\n1,2,3,ulm\n", r"no column 'depth' \(is it 'Depth'\?\)"),
        ("depth,width,town\nlow,3,ulm\nhigh,4,ulm\n", "'depth' of .* holds text, and numbers"),
        ("depth,width,town\n2026-01-02,3,ulm\n", "'depth' of .* holds dates, and numbers"),
        ("depth,width,town\n", "holds no rows"),
    ],
)
def test_columns_that_do_not_fit_are_named(project, fitted, tmp_path, text, said):
    (tmp_path / "new.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        scored(project, fitted, tmp_path / "new.csv", tmp_path)
    assert not (tmp_path / "scored.jsonl").exists()


def test_what_cells_are_is_decided_over_all_blocks(project, fitted, tmp_path, monkeypatch):
    from motherlode.project._prediction import new_rows

    monkeypatch.setattr(new_rows, "_BLOCK", 2)
    # With a comma for the decimal point, which the last rows alone tell.
    lines = ["1;0,1;ulm"] * 30 + ["4;0,25;ulm", "4,5;0,1;bonn"]
    (tmp_path / "new.csv").write_text("depth;width;town\n" + "\n".join(lines) + "\n")
    table = open_new_rows(project, tmp_path / "new.csv", Choices())
    blocks = [X for _, X in table.blocks()]
    assert len(blocks) == 16
    together = pa.concat_tables(blocks)
    assert together.column("depth").to_pylist()[-2:] == [4.0, 4.5]
    assert pc.max(together.column("width")).as_py() == 0.25


def test_a_request_is_scored_as_a_file_is(project, fitted, tmp_path):
    table = pa.table({"depth": [4.5, 0.0], "width": [0.1, 0.2], "town": ["ulm", "rome"]})
    scores, notes = score_rows(project, fitted, table)
    assert scores.decisions.tolist() == ["gold", "dry"]
    assert len(notes) == 1


def test_the_rest_is_what_nobody_answered_likeliest_first(project, fitted, tmp_path):
    with project.database.reading() as connection:
        state = read_state(connection)
    rest = list(Rest(project, fitted, state, None, ignore))
    assert {one.row for one in rest} == set(range(60, 120))
    shares = [one.probability for one in rest]
    assert shares == sorted(shares, reverse=True)
    assert {one.row for one in rest[:5]} == {60, 72, 84, 96, 108}
    assert [one.row for one in Rest(project, fitted, state, 3, ignore)] == [
        one.row for one in rest[:3]
    ]


def test_the_model_at_hand_is_read_again_once_it_is_another(project, fitted):
    with project.database.reading() as connection:
        state = read_state(connection)
    keeper, file = ModelKeeper(project), project.folder / MODEL
    made = keeper.get(state)
    assert made.file is None
    assert keeper.get(state) is made
    write_project_model(fitted, file)
    read = keeper.get(state)
    assert (read.file, read.found.about.threshold) == (file, "f1")
    assert keeper.get(state) is read
    write_project_model(fit_project_model(project, None)[0], file)
    assert keeper.get(state).found.about.threshold is None
    file.unlink()
    assert keeper.get(state).file is None
