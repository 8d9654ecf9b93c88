"""Forms in which the members of the default model read a table."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from motherlode import ActiveLearner, Pool
from motherlode.models._default import default_model, thaw_scaler
from motherlode.models._reading import CategoryCodes, TailScaler


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


def test_the_default_model_reads_a_frame_in_both_forms():
    frame, y = table()
    pool = Pool(frame)
    width = {}
    learner = ActiveLearner(pool, [0, 1])
    rows = np.r_[np.flatnonzero(y)[:6], np.flatnonzero(y == 0)[:40]]
    learner.teach(rows, y[rows])
    final = learner.final_model(presume=False)
    members = dict(zip(("linear", "kernel", "forest", "extra trees"), _members(final), strict=True))
    for name, member in members.items():
        assert isinstance(member, Pipeline)
        width[name] = member[-1].n_features_in_
    assert width == {"linear": 9, "kernel": 9, "forest": 4, "extra trees": 4}
    assert isinstance(members["linear"][0], TailScaler)
    assert isinstance(members["forest"][0], CategoryCodes)


def _members(final):
    several = final
    while not hasattr(several, "member_probabilities"):
        several = several[-1] if isinstance(several, Pipeline) else several.estimator_
    return several.estimators_


def test_a_final_model_predicts_new_raw_frames_and_an_unfitted_one_is_fitted_on_them():
    frame, y = table()
    learner = ActiveLearner(Pool(frame), [0, 1], minority=1)
    rows = np.r_[np.flatnonzero(y)[:8], np.flatnonzero(y == 0)[:60]]
    learner.teach(rows, y[rows])
    new, truth = table(300, seed=1)
    new.loc[0, "kind"] = "never seen"
    P = learner.final_model().predict_proba(new)[:, 1]
    assert P[truth == 1].mean() > 2 * P[truth == 0].mean()


def test_rows_that_came_later_count_in_the_forms():
    frame, y = table()
    pool = Pool(frame)
    learner = ActiveLearner(pool, [0, 1], minority=1, seed=1)
    learner.teach(np.flatnonzero(y)[:2], [1, 1])
    learner.query(5)
    more, _ = table(200, seed=2)
    more["kind"] = more["kind"].replace("a", "new")
    learner.extend(more)
    whole = Pool(pd.concat([frame, more], ignore_index=True))
    for own, other in zip(
        default_model(pool).estimators, default_model(whole).estimators, strict=True
    ):
        assert own[1][0].transform(pool.features[-5:]) == pytest.approx(
            other[1][0].transform(whole.features[-5:]), abs=1e-4
        )
    assert len(learner.query(5).rows) == 5


def test_a_saved_search_goes_on_with_the_same_question(tmp_path):
    frame, y = table()
    learner = ActiveLearner(Pool(frame), [0, 1], minority=1, seed=3)
    rows = np.r_[np.flatnonzero(y)[:3], np.flatnonzero(y == 0)[:9]]
    learner.teach(rows, y[rows])
    learner.save(tmp_path / "search")
    again = ActiveLearner.load(tmp_path / "search", Pool(frame))
    assert again.query(10).rows.tolist() == learner.query(10).rows.tolist()


def test_what_is_fitted_on_the_pool_is_thawed_under_its_own_name():
    frame, _ = table()
    model = thaw_scaler(clone(default_model(Pool(frame))))
    first = [member.steps[0] for _, member in model.estimators]
    assert [name for name, _ in first] == [
        "tailscaler",
        "tailscaler",
        "categorycodes",
        "categorycodes",
    ]
    assert [type(step) for _, step in first] == [TailScaler, TailScaler, *[CategoryCodes] * 2]


def test_forests_without_categories_read_the_features_as_they_are():
    X = np.random.default_rng(0).normal(size=(50, 3))
    members = dict(default_model(Pool(X)).estimators)
    assert not isinstance(members["forest"], Pipeline)
    assert Pool(X).columns_of_categories == []
    frame, _ = table()
    assert Pool(frame).columns_of_categories == [(3, 9)]
    assert Pool(frame[["money"]]).columns_of_categories == []
