"""Log odds of each row by the fit without it, from one fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode.models._kernel import KernelLogisticRegression
from motherlode.models._leave_one_out import leave_one_out


def rows(n=100, d=6, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, (X[:, 0] + rng.normal(size=n) > 1.2).astype(int)


def refitted(X, y, C, weights):
    """By fitting as often as there are rows."""
    found = []
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        line = LogisticRegression(C=C, max_iter=5000, tol=1e-8)
        line.fit(X[rest], y[rest], weights[rest])
        found.append(line.decision_function(X[[i]])[0])
    return np.array(found)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), weighted=st.booleans(), C=st.sampled_from([0.1, 1.0, 10.0]))
def test_it_is_close_to_refitting(seed, weighted, C):
    X, y = rows(60, seed=seed)
    weights = np.random.default_rng(seed).uniform(0.2, 1, 60) if weighted else np.ones(60)
    line = LogisticRegression(C=C, max_iter=5000, tol=1e-8).fit(X, y, weights)
    found, exact = leave_one_out(line, X, y, weights), refitted(X, y, C, weights)
    assert np.corrcoef(found, exact)[0, 1] > 0.98


def test_of_a_kernel_machine_the_basis_stays():
    X, y = rows(60)
    model = KernelLogisticRegression().fit(X, y)
    exact = refitted(model.basis(X), y, 100.0, np.ones(60))
    assert np.corrcoef(leave_one_out(model, X, y), exact)[0, 1] > 0.98


def test_more_columns_than_rows():
    X, y = rows(40, 90)
    line = LogisticRegression(tol=1e-8).fit(X, y)
    found = leave_one_out(line, X, y)
    assert np.corrcoef(found, refitted(X, y, 1.0, np.ones(40)))[0, 1] > 0.98


def test_behind_a_pipeline():
    X, y = rows()
    scaled = StandardScaler().fit_transform(X)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    line = LogisticRegression().fit(scaled, y)
    assert leave_one_out(pipeline, X, y) == pytest.approx(leave_one_out(line, scaled, y))


def test_others_are_left_to_cross_validation():
    X, y = rows()
    three = np.arange(100) % 3
    assert leave_one_out(RandomForestClassifier(3).fit(X, y), X, y) is None
    assert leave_one_out(LogisticRegression().fit(X, three), X, three) is None
    balanced = LogisticRegression(class_weight="balanced").fit(X, y)
    assert leave_one_out(balanced, X, y) is None
