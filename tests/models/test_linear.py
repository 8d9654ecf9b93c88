"""A line says without ceremony what scikit-learn says, to the last bit, or leaves it to that."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.svm import LinearSVC

from motherlode.models import _linear as linear

LINES = [
    LogisticRegression(),
    LogisticRegression(solver="liblinear"),
    LogisticRegression(fit_intercept=False),
]


def rows(n, dtype=np.float64):
    X = np.random.default_rng(0).normal(size=(n, 7)).astype(dtype)
    return X, (X[:, 0] + X[:, 1] > 0.5).astype(int)


@pytest.mark.parametrize("model", LINES, ids=str)
@pytest.mark.parametrize("fitted_on", [np.float32, np.float64])
@pytest.mark.parametrize("asked_in", [np.float32, np.float64])
def test_probabilities_are_scikit_learns(model, fitted_on, asked_in):
    X, y = rows(3001, fitted_on)
    model.fit(X[:200], y[:200])
    X = X.astype(asked_in)
    for some in (X, np.asfortranarray(X), X[::3], X[:1]):
        ours = linear.squash(linear.log_odds(model, some))
        assert ours.dtype == np.float64
        assert np.array_equal(ours, model.predict_proba(some))


@pytest.mark.parametrize("model", [LinearSVC(), Perceptron()], ids=str)
def test_decisions_are_scikit_learns(model):
    X, y = rows(500)
    model.fit(X, y)
    assert np.array_equal(linear.decisions(model, X), model.decision_function(X))
    assert linear.log_odds(model, X) is None


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_left_to_scikit_learn(wrong):
    X, y = rows(300)
    model = LogisticRegression().fit(X, y)
    X[200, 6] = wrong
    assert linear.log_odds(model, X) is None


class Doubting(LogisticRegression):
    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


def test_what_is_no_plain_line_is_left_to_itself():
    X, y = rows(300)
    assert linear.log_odds(Doubting().fit(X, y), X) is None
    assert linear.log_odds(LogisticRegression().fit(X, np.arange(300) % 3), X) is None
    plain = LogisticRegression().fit(X, y)
    assert linear.log_odds(plain, X[:, :5]) is None
    assert linear.log_odds(plain, X.tolist()) is None
    named = LogisticRegression().fit(pd.DataFrame(X, columns=list("abcdefg")), y)
    assert linear.log_odds(named, X) is None
