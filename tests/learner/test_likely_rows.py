"""A shortlist for slow query models, such as the pretrained networks of other libraries."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode import ActiveLearner, InputError
from motherlode.learner import AllRows, BySize, LikelyRows


class TabPFNClassifier(ClassifierMixin, BaseEstimator):
    """Has the interface of networks that others have pretrained, and counts what it is asked."""

    asked = 0

    def __init__(self, n_estimators=8, device="auto", random_state=None):
        self.n_estimators = n_estimators
        self.device = device
        self.random_state = random_state

    def fit(self, X, y):
        self._near = KNeighborsClassifier(min(3, len(y))).fit(X, y)
        self.classes_ = self._near.classes_
        return self

    def predict_proba(self, X):
        type(self).asked += len(X)
        return self._near.predict_proba(X)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture(params=["tabpfn.classifier", "tabicl.sklearn", "lightpfn"])
def network(request, monkeypatch):
    monkeypatch.setattr(TabPFNClassifier, "__module__", request.param)
    monkeypatch.setattr(TabPFNClassifier, "asked", 0)
    return TabPFNClassifier()


def pool(n=4_000):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3)).astype(np.float32)
    return X, (X[:, 0] + X[:, 1] > 3.2).astype(int)


def test_a_network_that_is_fetched_says_so_and_is_asked_about_a_shortlist(network):
    X, y = pool()
    with pytest.warns(UserWarning, match="fetches its weights .* licence .* shortlist"):
        learner = ActiveLearner(X, [0, 1], network, minority=1)
    assert learner.candidates == LikelyRows()
    known = [int(np.flatnonzero(y)[0]), int(np.flatnonzero(y == 0)[0])]
    learner.teach(known, y[known])
    found = 0
    for _ in range(3):
        rows = learner.query(10).rows
        learner.teach(rows, y[rows])
        found += int(y[rows].sum())
    assert found > 5
    assert TabPFNClassifier.asked < 3 * 2_500, TabPFNClassifier.asked


def test_in_a_pipeline_it_is_known_too_and_another_rule_may_be_given(network):
    X, _ = pool(50)
    with pytest.warns(UserWarning, match="fetches its weights"):
        ActiveLearner(X, [0, 1], make_pipeline(StandardScaler(), network))
    assert ActiveLearner(X, [0, 1], LogisticRegression()).candidates == BySize()


@pytest.mark.parametrize(
    ("given", "candidates"),
    [
        ({"candidates": AllRows()}, AllRows()),
        ({"candidates": LikelyRows(300)}, LikelyRows(300)),
        ({"query_model": LogisticRegression()}, BySize()),
    ],
)
def test_the_licence_is_told_once_whoever_asks_and_of_which_rows(network, given, candidates):
    X, _ = pool(50)
    with pytest.warns(UserWarning, match=r"may have a licence") as told:
        learner = ActiveLearner(X, [0, 1], network, **given)
    assert learner.candidates == candidates
    assert len(told) == 1
    assert told[0].filename == __file__
    assert told[0].filename == __file__
    assert "shortlist" not in str(told[0].message)
    learner.teach([0, 1], [0, 1])
    learner.query(2)  # a second warning would be an error


def test_the_licence_is_told_if_the_network_only_asks(network):
    X, _ = pool(50)
    with pytest.warns(UserWarning, match=r"licence .* shortlist") as told:
        ActiveLearner(X, [0, 1], LogisticRegression(), query_model=network)
    assert len(told) == 1


def test_it_is_the_likely_rows_the_boundary_and_some_by_lot(view_of, toy):
    rule = LikelyRows(40, LogisticRegression())
    view = view_of(toy)
    rows = rule.rows(view)
    assert 36 <= len(rows) <= 40
    assert (np.diff(rows) > 0).all()
    assert np.isin(rows, view.rows).all()
    left = np.flatnonzero(toy.y)
    left = left[np.isin(left, view.rows)]
    assert np.isin(left, rows).mean() > 0.8
    assert np.array_equal(rule.rows(view_of(toy)), rows)


def test_all_rows_of_a_small_pool_and_before_the_first_positive(view_of, toy, started):
    view = view_of(toy)
    assert LikelyRows(206).rows(view) is view.rows
    learner = ActiveLearner(toy.data, [0, 1], candidates=LikelyRows(20), minority=1)
    learner.teach(np.flatnonzero(toy.y == 0)[:3], [0, 0, 0])
    assert len(learner._view(learner.training_set.unlabelled, 5)) > 200
    assert len(learner.query(30)) == 30
    assert len(started(toy, candidates=LikelyRows(3)).query(206)) == 206


def test_a_size_is_a_whole_number():
    with pytest.raises(InputError, match="size is 0; give a whole number of at least 1"):
        LikelyRows(0)
