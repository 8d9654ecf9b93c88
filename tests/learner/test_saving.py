"""A learner that is saved and taken up again asks the same next question."""

import inspect
import json
import shutil

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from strategies.test_contract import BINARY, model_for

from motherlode import ActiveLearner, InputError, Pool
from motherlode._files.tables import TableFiles
from motherlode.estimation import estimate_counts
from motherlode.learner import (
    SEALS,
    AnchorAL,
    BySize,
    ClusterMargin,
    Control,
    LastLayerRows,
    RandomRows,
    Stochastic,
    _saving,
)
from motherlode.learner._saving import OBJECTS, PRIOR, VALUES
from motherlode.stopping import NAMES, Budget, forecast
from motherlode.strategies import Strategy
from motherlode.testing._searches import three_classes, two_classes

TWO, THREE = two_classes(), three_classes()
X, Y, START = TWO.data, TWO.codes, TWO.start
X3, Y3, START3 = THREE.data, THREE.codes, THREE.start


def learner(data=X, y=Y, start=START, classes=(0, 1), strategy="margin", **settings):
    settings = {"model": LogisticRegression(), "minority": classes[-1]} | settings
    made = ActiveLearner(data, list(classes), strategy=strategy, **settings)
    made.teach(start, [classes[code] for code in np.asarray(y)[start]])
    return made


def label(made, rows, y=Y):
    made.teach(rows, [made.classes[code] for code in y[rows]])


def state(made):
    """All that a learner knows, in a form that compares."""
    record, labels = made._record, made._record.labels
    return (
        labels.rows.tolist(),
        labels.codes.tolist(),
        labels.changes.tolist(),
        labels.origins,
        record.skips,
        record.arrived.to_dict(),
        record.arrived.reached(labels.rows.tolist()).tolist(),
        record.events,
        made.positive_class,
    )


def assert_same(one, other, n=5):
    assert state(one) == state(other)
    for size in (n, 1):
        first, second = one.query(size), other.query(size)
        assert first.rows.tolist() == second.rows.tolist()
        assert first.utilities.tolist() == second.utilities.tolist()
        assert first.reasons == second.reasons
    assert one.predict_proba([0, 7]).tolist() == other.predict_proba([0, 7]).tolist()
    assert estimate_counts(one.session()) == estimate_counts(other.session())


def after_some_rounds(name, **settings):
    made = learner(strategy=BINARY[name], model=model_for(name), control=0.3, **settings)
    for _ in range(3):
        label(made, made.query(4).rows)
    left = made.unlabelled
    made.skip(left[:2])
    made.correct(made.labelled[0][:1], [1])
    made.query(4)
    return made


@pytest.mark.parametrize("name", BINARY)
def test_every_strategy_asks_the_same_next_question(name, tmp_path):
    made = after_some_rounds(name)
    made.save(tmp_path / "kept")
    loaded = ActiveLearner.load(tmp_path / "kept", X)
    assert str(loaded.strategy) == str(made.strategy)
    assert loaded._record.asked == made._record.asked
    assert_same(made, loaded)
    for one in (made, loaded):
        label(one, one.query(4).rows)
    assert_same(made, loaded)


def test_every_stopping_rule_gives_the_same_advice(tmp_path):
    made = after_some_rounds("margin")
    made.save(tmp_path / "kept")
    loaded = ActiveLearner.load(tmp_path / "kept", X)
    rules = [Budget(labels=9) if make is Budget else make() for make in NAMES.values()]
    assert len(rules) > 8
    both = [forecast(one.session(), rules).to_dict() for one in (made, loaded)]
    assert both[0] == both[1]


@pytest.mark.parametrize(
    "settings",
    [
        {"refit_every": 6},
        {"goal": "find", "strategy": "auto"},
        {"goal": "learn", "strategy": "auto", "model": None},
        {"minority": None},
        {"minority": [1]},
        {"copies": "each", "seed": 12},
        {"control": Control(0.5, stratified=True)},
        {"selection": Stochastic("power")},
        {"selection": ClusterMargin()},
        {"candidates": RandomRows(20)},
        {"candidates": SEALS(5)},
        {"candidates": AnchorAL()},
        {"candidates": BySize(large=10, size=12)},
        {"query_model": RandomForestClassifier(5, random_state=3)},
        {"model": LogisticRegression(class_weight="balanced")},
        {"model": LogisticRegression(class_weight={0: 1.0, 1: 5.5})},
        {"model": make_pipeline(StandardScaler(), LogisticRegression(C=0.3))},
        {"model": make_pipeline(OneHotEncoder(dtype=np.float32, handle_unknown="ignore"),
                                LogisticRegression())},
    ],
    ids=str,
)  # fmt: skip
def test_settings_are_kept(settings, tmp_path):
    made = learner(**settings)
    for n in (4, 3, 1):
        label(made, made.query(n).rows)
    made.query(2)
    made.save(tmp_path / "kept")
    loaded = ActiveLearner.load(tmp_path / "kept", Pool(X))
    assert str(loaded.model) == str(made.model)
    assert str(loaded.query_model) == str(made.query_model)
    assert_same(made, loaded, 2)


def test_rules_within_rules_are_kept(tmp_path):
    made = learner(candidates=LastLayerRows(SEALS(5)))
    made.save(tmp_path / "kept")
    assert ActiveLearner.load(tmp_path / "kept", X).candidates == LastLayerRows(SEALS(5))


def test_a_query_model_that_is_older_than_the_labels_is_the_same_one(tmp_path):
    made = learner(refit_every=10)
    made.query(4)
    label(made, made.query(4).rows)
    made.correct(START[:1], [1])
    made.skip([made.unlabelled[0]])
    before = made.predict_proba(range(9))
    made.save(tmp_path / "kept")
    loaded = ActiveLearner.load(tmp_path / "kept", X)
    assert loaded.predict_proba(range(9)).tolist() == before.tolist()
    fresh = learner(refit_every=10, start=made.labelled[0])
    assert fresh.predict_proba(range(9)).tolist() != before.tolist()
    assert_same(made, loaded)


@pytest.mark.parametrize("classes", [["a", "b", "ü"], [3, 1, 2], [0, 1, 2], [True, False]], ids=str)
def test_classes_keep_their_type_and_order(classes, tmp_path):
    y = Y3 if len(classes) > 2 else np.minimum(Y3, 1)
    made = learner(X3, y, START3, classes)
    made.save(tmp_path / "kept")
    loaded = ActiveLearner.load(tmp_path / "kept", X3)
    assert loaded.classes.tolist() == classes
    assert [type(c) for c in loaded.classes.tolist()] == [type(c) for c in classes]
    assert_same(made, loaded)


def test_nothing_labelled_is_kept_too(tmp_path):
    made = ActiveLearner(X, [0, 1], seed=4)
    made.save(tmp_path / "kept")
    assert_same(made, ActiveLearner.load(tmp_path / "kept", X))


def test_every_parameter_of_a_learner_is_saved():
    said = set(inspect.signature(ActiveLearner).parameters)
    assert said == {"pool", "classes", *OBJECTS, *VALUES, PRIOR}


class Mine(Strategy):
    def utilities(self, view):
        return view.points[:, 0]


class MyModel(LogisticRegression):
    pass


def smallest_first(view):
    return -view.points[:, 0]


class TestObjectsOfOnesOwn:
    @pytest.mark.parametrize(
        ("name", "own", "word"),
        [
            ("strategy", Mine(), "Mine"),
            ("strategy", smallest_first, "function"),
            ("model", MyModel(), "MyModel"),
            ("query_model", make_pipeline(StandardScaler(), MyModel()), "MyModel"),
            ("model", make_pipeline(FunctionTransformer(np.sin), LogisticRegression()), "ufunc"),
            ("model", LogisticRegression(random_state=np.random.RandomState(0)), "RandomState"),
        ],
    )  # fmt: skip
    def test_they_are_handed_in(self, name, own, word, tmp_path):
        made = learner(**{name: own})
        made.save(tmp_path / "kept")
        with pytest.raises(InputError) as raised:
            ActiveLearner.load(tmp_path / "kept", X)
        assert word in str(raised.value)
        assert f"{name}=...)" in str(raised.value)
        assert str(raised.value).count(". ") == 0
        loaded = ActiveLearner.load(tmp_path / "kept", X, **{name: own})
        assert loaded.query(3).rows.tolist() == made.query(3).rows.tolist()

    def test_what_is_handed_in_replaces_what_is_named(self, tmp_path):
        learner().save(tmp_path / "kept")
        assert ActiveLearner.load(tmp_path / "kept", X, strategy=Mine()).strategy == Mine()


class TestThePool:
    def kept(self, tmp_path, data, **settings):
        made = ActiveLearner(data, [0, 1], **settings)
        made.teach([0, 3], [0, 1])
        made.save(tmp_path / "kept")
        return tmp_path / "kept"

    def test_another_one_is_refused_in_one_sentence(self, tmp_path):
        folder = self.kept(tmp_path, X)
        for other, words in [
            (X[:-1], "has 42 rows and this one 41"),
            (X[::-1], "other rows than this one, or the same in another order"),
            (X + 1e-9, "other rows"),
        ]:
            with pytest.raises(InputError, match=words):
                ActiveLearner.load(folder, other)

    def test_the_same_rows_are_known_in_any_frame(self, tmp_path):
        columns = {"a": np.arange(30.0), "b": ["x", "y", None] * 10}
        folder = self.kept(tmp_path, pd.DataFrame(columns))
        for frame in (pl.DataFrame(columns), pa.table(columns), pd.DataFrame(columns)):
            assert len(ActiveLearner.load(folder, frame).labelled[0]) == 2
        columns["b"][4] = "z"
        with pytest.raises(InputError, match="other rows"):
            ActiveLearner.load(folder, pd.DataFrame(columns))

    def test_texts(self, tmp_path):
        texts = [f"word{i % 7} other{i % 3}" for i in range(40)]
        folder = self.kept(tmp_path, texts)
        assert len(ActiveLearner.load(folder, texts).labelled[0]) == 2
        with pytest.raises(InputError, match="other rows"):
            ActiveLearner.load(folder, [*texts[:-1], "word"])

    def test_in_files_and_in_memory(self, tmp_path):
        table = pa.table({"a": np.arange(100.0), "b": np.arange(100.0) % 7})
        pq.write_table(table, tmp_path / "rows.parquet", row_group_size=30)
        stored = TableFiles([tmp_path / "rows.parquet"])
        folder = self.kept(tmp_path, table)
        assert Pool(stored).digest == Pool(table).digest
        assert len(ActiveLearner.load(folder, Pool(stored)).labelled[0]) == 2


class TestTheFolder:
    def test_it_is_json_beside_arrow(self, tmp_path):
        made = after_some_rounds("margin")
        made.save(tmp_path / "kept")
        said = json.loads((tmp_path / "kept" / "learner.json").read_text("utf-8"))
        assert said["format"] == 1
        assert said["strategy"] == {"kind": "Margin", "of": {"threshold": 0.5}}
        assert said["model"]["estimator"] == "sklearn.linear_model.LogisticRegression"
        names = sorted(path.name for path in (tmp_path / "kept").iterdir())
        assert names == ["learner.json", said["rows"]]
        table = pa.ipc.open_file(tmp_path / "kept" / said["rows"]).read_all().to_pylist()
        labels = [line for line in table if line["what"] == "label"]
        assert [line["row"] for line in labels] == made.labelled[0].tolist()
        controls = [line for line in labels if line["channel"] == "control"]
        assert controls
        assert all(line["probability"] > 0 for line in controls)

    def test_a_later_save_replaces_an_earlier_one(self, tmp_path):
        made = learner()
        made.save(tmp_path / "kept")
        label(made, made.query(3).rows)
        made.save(tmp_path / "kept")
        assert len(list((tmp_path / "kept").iterdir())) == 2
        assert_same(made, ActiveLearner.load(tmp_path / "kept", X))

    @pytest.mark.parametrize("at", ["rows", "json"])
    def test_a_save_that_fails_leaves_the_earlier_one(self, at, tmp_path, monkeypatch):
        made = learner()
        made.save(tmp_path / "kept")
        before = state(made)
        label(made, made.query(3).rows)
        whole = _saving.write_whole

        def fail(path):
            if path.name.startswith("rows") == (at == "rows"):
                raise OSError(28, "No space left on device")
            return whole(path)

        monkeypatch.setattr(_saving, "write_whole", fail)
        with pytest.raises(InputError, match="No space left on device"):
            made.save(tmp_path / "kept")
        loaded = ActiveLearner.load(tmp_path / "kept", X)
        assert state(loaded)[:5] == before[:5]

    def test_something_else_is_left_alone(self, tmp_path):
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "letter.txt").write_text("hello")
        for path in (tmp_path / "mine", tmp_path / "mine" / "letter.txt"):
            with pytest.raises(InputError, match="holds something else"):
                learner().save(path)
        with pytest.raises(InputError, match="can't be written"):
            learner().save(tmp_path / "no" / "such")

    @pytest.mark.parametrize(
        ("format_", "words"),
        [(2, "update motherlode"), (0, "the motherlode that saved it"), ("x", "format 'x'")],
    )
    def test_another_version_is_refused_in_one_sentence(self, format_, words, tmp_path):
        learner().save(tmp_path / "kept")
        path = tmp_path / "kept" / "learner.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"format": format_}))
        with pytest.raises(InputError, match=words):
            ActiveLearner.load(tmp_path / "kept", X)

    def test_a_pool_given_as_the_path_is_noticed(self, tmp_path):
        with pytest.raises(InputError, match="path is a ndarray; give the folder that"):
            ActiveLearner.load(X, tmp_path)

    def test_damage_is_named(self, tmp_path):
        learner().save(tmp_path / "whole")
        said = json.loads((tmp_path / "whole" / "learner.json").read_text())
        arrow = (tmp_path / "whole" / said["rows"]).read_bytes()

        def broken(json_=None, rows=arrow):
            folder = tmp_path / "broken"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            text = json_ if isinstance(json_, str) else json.dumps(said | (json_ or {}))
            (folder / "learner.json").write_text(text)
            if rows is not None:
                (folder / said["rows"]).write_bytes(rows)
            with pytest.raises(InputError) as raised:
                ActiveLearner.load(folder, X)
            return str(raised.value)

        assert "is damaged" in broken("{")
        assert "is damaged" in broken("[]")
        assert "is damaged" in broken('{"format": 1}')
        assert "it has no rows-" in broken(rows=None)
        assert "is not what was saved" in broken(rows=arrow[:-9])
        assert broken(rows=arrow[:-9]).count("is damaged") == 1
        assert "is not what was saved" in broken({"rows": "../whole/" + said["rows"]})
        assert "is damaged" in broken({"arrivals": {}})
        assert "can't be made" in broken({"strategy": {"kind": "Margni", "of": {}}})
        assert "can't be made" in broken({"strategy": {"kind": "Margin", "of": {"x": 1}}})
        assert "can't be made" in broken({"model": {"estimator": "os.system", "parameters": {}}})
        assert "can't be made" in broken(
            {"model": {"estimator": "sklearn.base.clone", "parameters": {}}}
        )
        assert "can't be made" in broken(
            {
                "model": {
                    "estimator": "sklearn.linear_model.LogisticRegression",
                    "parameters": {"nothing": 1},
                }
            }
        )

    def test_no_learner_at_all(self, tmp_path):
        with pytest.raises(InputError, match="There is no learner in"):
            ActiveLearner.load(tmp_path, X)
        with pytest.raises(InputError, match="There is no learner in"):
            ActiveLearner.load(tmp_path / "none", X)

    def test_without_pyarrow_it_says_so(self, tmp_path, monkeypatch):
        made = learner()
        made.save(tmp_path / "kept")
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
        with pytest.raises(InputError, match="pip install"):
            made.save(tmp_path / "other")
        assert not (tmp_path / "other").exists()
        with pytest.raises(InputError, match="pip install"):
            ActiveLearner.load(tmp_path / "kept", X)


@pytest.mark.parametrize("refit_every", [1, 50])
def test_what_annotators_said_is_kept(tmp_path, refit_every):
    pytest.importorskip("crowdkit")
    before = learner(refit_every=refit_every)
    rows = [i for i in range(len(X)) if i not in before.labelled[0]][:6]
    before.teach(rows, [0, 1] * 3, annotator="ann")
    before.query(1)
    before.teach(rows[:4], [0] * 4, annotator="ben")
    before.correct(rows[:1], 1)
    before.save(tmp_path / "kept")
    after = ActiveLearner.load(tmp_path / "kept", X)
    assert repr(after.annotators()) == repr(before.annotators())
    assert after.labelled[1].tolist() == before.labelled[1].tolist()
    assert after.query(3).rows.tolist() == before.query(3).rows.tolist()
    after.unteach(rows)
    assert [each.name for each in after.annotators()] == [""]
