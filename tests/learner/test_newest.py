"""How good decisions are among the rows that came last, beside how good they are among all."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.estimation import Estimate, NoEstimate
from motherlode.estimation._parting import say_parted


def make_learner(x, y, labels=200):
    learner = ActiveLearner(
        x, classes=[0, 1], minority=1, model=LogisticRegression(), strategy="random"
    )
    rows = learner.query(labels).rows
    learner.teach(rows, y[rows])
    return learner


@pytest.fixture
def rows():
    """In the rows that came last, two of three that look positive are negative."""
    rng = np.random.default_rng(0)
    y = (rng.random(1000) < 0.4).astype(int)
    x = rng.normal(0, 0.3, (1000, 2)) + 2 * y[:, None]
    y[600:] &= rng.random(400) < 0.33
    return x, y


def test_the_precision_of_new_rows_stands_beside_that_of_all(rows):
    x, y = rows
    learner = make_learner(x[:600], y[:600])
    assert learner.judge_decisions().newest is None
    learner.extend(x[600:])
    unknown = (learner.judge_decisions().newest, learner.estimates().newest)
    for answer in unknown:
        assert isinstance(answer, NoEstimate)
        assert answer.reason.startswith("Of the 400 rows that came last, ")
    drawn = learner.query(600).rows
    learner.teach(drawn, y[drawn])
    judged = learner.judge_decisions()
    called = learner.final_model().predict(x) == 1
    assert isinstance(judged.newest, Estimate)
    truth = y[600:][called[600:]].mean()
    assert judged.newest.low - 0.05 <= truth <= judged.newest.high + 0.05
    assert judged.newest.high < y[called].mean() < judged.precision.high
    assert judged.newest.speaks_for == "It speaks for the 400 rows that came last."
    assert "precision is lower among the rows that came last" in judged.about_newest
    assert judged.about_newest in str(judged)
    assert "precision (rows that came last)" in str(judged)
    estimates = learner.estimates()
    assert "prevalence is lower" in dict(estimates.list_grounds())["new rows"]
    assert {"name": "new rows"}.items() <= estimates.to_dict()["grounds"][0].items()


def test_a_row_that_was_taken_back_came_anew(rows):
    x, y = rows
    learner = make_learner(x[:600], y[:600])
    row = int(learner.labelled[0][0])
    learner.unteach([row])
    came = learner._session_of_rows().came_last
    assert came.tolist() in ([], [row])
    learner.query(10)
    learner.extend(x[600:700])
    assert learner._session_of_rows().came_last.tolist()[-100:] == list(range(600, 700))


def test_nothing_is_said_where_both_may_be_alike():
    alike = Estimate(0.8, 0.7, 0.9, kind="share")
    assert say_parted("precision", alike, Estimate(0.75, 0.72, 0.78, kind="share")) == ""
    assert say_parted("precision", None, alike) == ""
    assert say_parted("precision", NoEstimate("Too few."), alike) == ""
    higher = say_parted("prevalence", Estimate(0.95, 0.91, 0.99, kind="share"), alike)
    assert higher.startswith("The prevalence is higher among the rows that came last")
