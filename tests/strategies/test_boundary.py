"""The boundary under presumed negatives."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode._round.training_set import Presumption
from motherlode.strategies import PresumedMargin

# Positives lie at 1.6 and beyond, one in ten; all others below, and the classes touch.
X = np.linspace(-2, 2, 401)[:, None]
Y = (X[:, 0] >= 1.6).astype(int)


def learner(model=None, taught=(380,), presumed=100, classes=(0, 1)):
    made = ActiveLearner(
        Pool(X, features="passthrough"),
        list(classes),
        LogisticRegression(C=100) if model is None else model,
        PresumedMargin(presumed),
        minority=1,
        seed=0,
    )
    made.teach(list(taught), Y[list(taught)])
    return made


def test_by_hand():
    made = learner(taught=[380, 100], presumed=5)
    view = made._view(made.unlabelled, 1)
    model = view.fit_presuming(Presumption(5))
    p = model.predict_proba(X[made.unlabelled])[:, 1]
    assert PresumedMargin(5).utilities(view) == pytest.approx(1 - np.abs(2 * p - 1))


def test_one_positive_alone_has_a_boundary():
    asked = learner().query(5)
    assert (np.abs(X[asked.rows, 0] - 1.6) < 1.2).all()
    assert "p(1) = 0." in asked.reasons[0]
    assert "with 100 rows presumed negative" in asked.reasons[0]


def test_it_closes_in_on_the_boundary():
    made = learner(presumed=10)
    for _ in range(8):
        rows = made.query(3).rows
        made.teach(rows, Y[rows])
    assert (np.abs(X[made.query(5).rows, 0] - 1.6) < 0.2).all()


def test_without_a_positive_it_asks_at_random_and_says_so():
    asked = learner(taught=[10]).query(3)
    assert np.ptp(asked.utilities) == 0
    assert "no 1 is labelled yet, exploring at random" in asked.reasons[0]


def test_it_presumes_at_least_a_row():
    with pytest.raises(InputError, match="at least 1"):
        PresumedMargin(0)
