"""Other forms in which the members of the default model could read a table."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import check_estimator

from benchmarks.proving.forms import CategoryCodes, TailScaler, categories_of, read_in_forms
from motherlode import ActiveLearner, Pool
from motherlode.models._default import default_model


def table(n=400, seed=0):
    """Money with a heavy tail, a category, gaps in a number, and a rare class of two of these."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(list("abcdef"), n, p=[0.4, 0.3, 0.15, 0.09, 0.04, 0.02])
    money = rng.lognormal(0, 2, n)
    age = np.where(rng.random(n) < 0.2, np.nan, rng.normal(40, 9, n))
    y = np.isin(kind, list("def")) & (money > 1)
    return pd.DataFrame({"kind": kind, "money": money, "age": age}), y.astype(int)


def test_a_tail_is_drawn_in_and_the_order_stays():
    X = np.random.default_rng(0).lognormal(0, 2, (5000, 1))
    out = TailScaler().fit_transform(X).ravel()
    assert out.mean() == pytest.approx(0, abs=1e-9)
    assert out.std() == pytest.approx(1)
    assert (np.argsort(out) == np.argsort(X.ravel())).all()
    plain = (X - X.mean()) / X.std()
    assert out.max() < plain.max() / 2


def test_two_values_and_one_value_are_only_standardised():
    X = np.array([[0.0, 7.0], [0.0, 7.0], [0.0, 7.0], [1.0, 7.0]])
    out = TailScaler().fit_transform(X)
    assert out[:, 0] == pytest.approx((X[:, 0] - 0.25) / X[:, 0].std())
    assert out[:, 1].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("step", [TailScaler(), CategoryCodes([(1, 3)])])
def test_the_precision_of_the_rows_stays(step, kind):
    X = np.array([[5.0, 1, 0], [6, 0, 1], [7, 1, 0]], dtype=kind)
    assert step.fit_transform(X).dtype == kind


def test_a_category_is_one_column_the_commonest_value_last_and_an_unknown_one_first():
    X = np.array([[1, 0, 0, 9, 0, 1], [0, 1, 0, 8, 1, 0], [0, 1, 0, 7, 0, 1], [0, 0, 1, 6, 0, 1]])
    X = np.vstack([X, [0, 0, 1, 5, 0, 1], [0, 0, 1, 4, 0, 1]]).astype(float)
    step = CategoryCodes([(0, 3), (4, 6)]).fit(X)
    assert step.transform(X)[:4].tolist() == [[9, 1, 2], [8, 2, 1], [7, 2, 2], [6, 3, 2]]
    assert step.transform(np.zeros((1, 6))).tolist() == [[0, 0, 0]]
    assert step.transform(X) == pytest.approx(X @ step.codes_)


@pytest.mark.parametrize("step", [TailScaler(), CategoryCodes()])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_takes_them_for_its_own(step):
    results = check_estimator(step, on_fail=None)
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []


def test_members_read_a_frame_each_in_its_own_form():
    frame, y = table()
    pool = Pool(frame)
    assert categories_of(pool) == [(3, 9)]
    model = read_in_forms(default_model(pool), pool, tails=True, codes=True)
    learner = ActiveLearner(pool, [0, 1], model, minority=1)
    rows = np.r_[np.flatnonzero(y)[:12], np.flatnonzero(y == 0)[:40]]
    learner.teach(rows, y[rows])
    rest = learner.unlabelled
    assert roc_auc_score(y[rest], learner.predict_proba(rest)[:, 1]) > 0.9
    fitted = clone(model).fit(pool.features[rows], y[rows])
    assert [member[-1].n_features_in_ for member in fitted.estimators_] == [9, 9, 4, 4]
    assert min(fitted.skills_.values()) > 0


def test_what_is_not_asked_for_stays_as_it_is():
    X = np.random.default_rng(0).normal(size=(50, 3))
    plain = read_in_forms(default_model(Pool(X)), Pool(X), tails=False, codes=True)
    assert [type(m) for _, m in plain.estimators] == [
        type(m) for _, m in default_model(Pool(X)).estimators
    ]
    frame, _ = table()
    pool = Pool(frame)
    lines = dict(read_in_forms(default_model(pool), pool, tails=False, codes=True).estimators)
    assert not isinstance(lines["linear"][0].estimator, TailScaler)
    assert isinstance(lines["forest"][0].estimator, CategoryCodes)
    assert categories_of(Pool(frame[["money"]])) == []
