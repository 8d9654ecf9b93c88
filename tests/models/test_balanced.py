"""Logistic regression with classes of equal weight and probabilities of rows as they came."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode.models import correct_prior
from motherlode.models.balanced import BalancedLogisticRegression


def clouds(shares, n=600, seed=0):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(shares)), np.round(np.array(shares) * n).astype(int))
    return rng.normal(size=(len(y), 3)) + y[:, None], y


@pytest.mark.parametrize("shares", [(0.9, 0.1), (0.6, 0.3, 0.1)])
def test_it_is_the_balanced_model_under_the_shares_of_the_labels(shares):
    X, y = clouds(shares)
    ours = BalancedLogisticRegression().fit(X, y)
    weighted = LogisticRegression(class_weight="balanced").fit(X, y)
    even = np.full(len(shares), 1 / len(shares))
    expected = correct_prior(weighted.predict_proba(X), even, shares)
    assert ours.predict_proba(X) == pytest.approx(expected)
    assert ours.coef_ == pytest.approx(weighted.coef_)


def test_its_mean_probability_is_the_share_of_the_class():
    X, y = clouds((0.95, 0.05), n=4000)
    mean = BalancedLogisticRegression().fit(X, y).predict_proba(X)[:, 1].mean()
    assert mean == pytest.approx(0.05, abs=0.01)


def test_weights_of_rows_count_as_rows():
    X, y = clouds((0.8, 0.2), n=50)
    once = BalancedLogisticRegression().fit(X, y, sample_weight=np.full(len(y), 3.0))
    assert once.coef_ == pytest.approx(BalancedLogisticRegression(C=3.0).fit(X, y).coef_, rel=1e-3)


def test_a_row_that_counts_twice_is_a_row_seen_twice():
    X, y = clouds((0.8, 0.2), n=50)
    twice = np.arange(len(y)) % 3 == 0
    told = BalancedLogisticRegression().fit(X, y, sample_weight=1.0 + twice)
    seen = BalancedLogisticRegression().fit(
        np.concatenate([X, X[twice]]), np.concatenate([y, y[twice]])
    )
    assert told.predict_proba(X) == pytest.approx(seen.predict_proba(X), abs=1e-4)
