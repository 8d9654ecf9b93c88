"""Queries and learners as frames, for every kind of pool."""

import subprocess
import sys

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Query

N = 40
RNG = np.random.default_rng(0)
COLUMNS = {"size": RNG.normal(size=N).tolist(), "word": ["low", "high"] * (N // 2)}
TEXTS = [f"{'red' if i % 2 else 'green'} apple {i}" for i in range(N)]
FORMS = {
    "pandas": (pd.DataFrame(COLUMNS), pd.DataFrame, ["size", "word"]),
    "pandas with an index": (
        pd.DataFrame(COLUMNS, index=range(100, 100 - N, -1)), pd.DataFrame, ["size", "word"],
    ),
    "polars": (pl.DataFrame(COLUMNS), pl.DataFrame, ["size", "word"]),
    "arrow": (pa.table(COLUMNS), pa.Table, ["size", "word"]),
    "array": (RNG.normal(size=(N, 2)), pd.DataFrame, ["x0", "x1"]),
    "texts": (TEXTS, pd.DataFrame, ["text"]),
    "sparse": (csr_matrix(RNG.normal(size=(N, 3))), pd.DataFrame, []),
}  # fmt: skip


def learner_of(data, **settings):
    learner = ActiveLearner(data, ["no", "yes"], minority="yes", seed=0, **settings)
    learner.teach([0, 1], ["yes", "no"])
    return learner


def open_frame(frame):
    return nw.from_native(frame, eager_only=True)


@pytest.mark.parametrize("form", FORMS)
def test_a_query_is_a_frame_of_the_pools_library_with_the_rows_own_columns(form):
    data, kind, own = FORMS[form]
    learner = learner_of(data, control=0.4)
    query = learner.query(5)
    native = query.to_frame()
    assert isinstance(native, kind)
    frame = open_frame(native)
    assert frame.columns == ["row", *own, "why", "utility", "probability", "control"]
    assert frame["row"].to_list() == query.rows.tolist()
    assert frame["why"].to_list() == query.reasons
    assert frame["utility"].to_list() == query.utilities.tolist()
    expected = learner.predict_proba(query.rows)[:, 1]
    assert frame["probability"].to_list() == pytest.approx(expected.tolist())
    assert frame["control"].to_list() == np.isin(query.rows, query.controls).tolist()
    for place, row in enumerate(query.rows.tolist()):
        for name in own:
            assert frame[name][place] == value_of(data, row, name)


def value_of(data, row, name):
    if name in COLUMNS:
        return COLUMNS[name][row]
    return data[row] if name == "text" else data[row, int(name[1:])]


@pytest.mark.parametrize("form", FORMS)
def test_a_learner_is_a_frame_of_what_it_knows(form):
    data, kind, own = FORMS[form]
    learner = learner_of(data, control=0.4)
    first = learner.query(5)
    learner.teach(first, ["yes", "no", "no", "no", "no"])
    second = learner.query(3)
    learner.skip(second.rows[:1])
    native = learner.to_frame()
    assert isinstance(native, kind)
    frame = open_frame(native)
    ours = ["state", "label", "positive", "channel", "strategy", "arm", "asked_after", "round"]
    assert frame.columns == ["row", *own, *ours]
    open_rows = [row for row in second.rows.tolist() if row != second.rows[0]]
    states = dict(zip(frame["row"].to_list(), frame["state"].to_list(), strict=True))
    assert states == (
        dict.fromkeys([0, 1, *first.rows.tolist()], "labelled")
        | {int(second.rows[0]): "skipped"}
        | dict.fromkeys(open_rows, "asked")
    )
    labelled = frame.filter(nw.col("state") == "labelled")
    assert labelled["label"].to_list() == ["yes", "no", "yes", "no", "no", "no", "no"]
    assert labelled["round"].to_list() == [0, 0, 1, 1, 1, 1, 1]
    assert labelled["channel"].to_list() == learner.channels
    rest = frame.filter(nw.col("state") != "labelled")
    assert rest["label"].is_null().all()
    assert rest["round"].to_list() == [2, 2, 2]


@pytest.mark.parametrize("classes", [[0, 1], [False, True], ["0", "1"]])
@pytest.mark.parametrize("form", ["pandas", "polars", "arrow"])
def test_labels_keep_their_type_where_some_are_missing(classes, form):
    learner = ActiveLearner(FORMS[form][0], classes, minority=classes[1], seed=0)
    learner.teach([0, 1], [classes[1], classes[0]])
    learner.skip([2])
    labels = [
        None if pd.isna(label) else label
        for label in open_frame(learner.to_frame())["label"].to_list()
    ]
    assert labels == [classes[1], classes[0], None]
    assert [type(label) for label in labels[:2]] == [type(classes[0])] * 2


@pytest.mark.parametrize("form", ["pandas", "polars", "arrow"])
def test_a_column_of_the_pool_keeps_its_name_where_ours_has_the_same(form):
    kind = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}[form]
    data = kind({"row": RNG.normal(size=N), "row_": ["a", "b"] * (N // 2), "why": ["c", "d"] * 20})
    frame = open_frame(learner_of(data).query(2).to_frame())
    assert frame.columns[:5] == ["row__", "row", "row_", "why", "why_"]


def test_columns_that_are_named_by_numbers_become_texts():
    frame = learner_of(pd.DataFrame(RNG.normal(size=(N, 2)))).query(2).to_frame()
    assert list(frame.columns)[:3] == ["row", "0", "1"]


@pytest.mark.parametrize("strategy", ["auto", "margin", "random"])
def test_probabilities_are_those_of_the_time_of_asking(strategy):
    """Whether they are looked at before the labels came, or long after."""
    data = RNG.normal(size=(N, 2))
    early, late = (
        learner_of(data, model=LogisticRegression(), strategy=strategy) for _ in range(2)
    )
    expected = early.query(4).to_frame()["probability"].to_numpy()
    query = late.query(4)
    late.teach(query, ["yes", "no", "yes", "no"])
    late.query(3)
    del late
    assert query.to_frame()["probability"].to_numpy() == pytest.approx(expected)


def test_probabilities_are_unknown_once_the_pool_has_grown():
    learner = learner_of(RNG.normal(size=(N, 2)))
    query = learner.query(2)
    learner.extend(RNG.normal(size=(3, 2)))
    assert query.to_frame()["probability"].isna().all()
    assert learner.query(2).to_frame()["probability"].notna().all()


def test_asking_computes_no_probability(monkeypatch):
    learner = learner_of(RNG.normal(size=(N, 2)), strategy="random")
    monkeypatch.setattr("motherlode._round.view.View.probabilities", None)
    assert len(learner.query(3)) == 3


def test_a_query_made_by_hand_has_no_columns_of_rows():
    frame = Query(np.array([3, 1]), np.array([1.0, 0.5]), ["first", "second"]).to_frame()
    assert list(frame.columns) == ["row", "why", "utility", "control"]


WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in GONE:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
GONE = set(sys.argv[1:])
sys.meta_path.insert(0, Absent())
import numpy as np
from motherlode import ActiveLearner
learner = ActiveLearner(np.eye(9), ["no", "yes"], minority="yes")
learner.teach([0, 1], ["yes", "no"])
learner.skip([2])
try:
    for made in (learner.query(2).to_frame(), learner.to_frame()):
        print(type(made).__module__.split(".")[0])
except ValueError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (["pandas"], "pyarrow\npyarrow"),
        (["pandas", "pyarrow"], "polars\npolars"),
        (["pandas", "pyarrow", "polars"], "A frame needs pandas, which is not installed: pip"),
    ],
)
def test_another_library_stands_in_for_pandas(gone, said):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *gone], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(said)
