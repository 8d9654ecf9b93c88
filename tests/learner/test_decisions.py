"""Bounds of judged decisions that hold whatever the undecided rows are."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode.estimation import Estimate, Evaluation
from motherlode.models import RecallAtPrecision

TARGETS = (None, "f1", RecallAtPrecision(0.7, confidence=0.9))


def search(skipped: float, batches: int = 10) -> ActiveLearner:
    """Search where a share of the positives asked for is skipped."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 3))
    y = X[:, 0] + 0.3 * rng.normal(size=1500) > 1.3
    learner = ActiveLearner(
        Pool(X), ["no", "yes"], LogisticRegression(), minority="yes", control=0.3, seed=1
    )
    learner.teach(np.flatnonzero(y)[:3], ["yes"] * 3)
    learner.teach(np.flatnonzero(~y)[:3], ["no"] * 3)
    for _ in range(batches):
        rows = learner.query(40).rows
        gone = rows[y[rows] & (rng.random(len(rows)) < skipped)]
        learner.skip(gone)
        kept = np.setdiff1d(rows, gone)
        learner.teach(kept, np.where(y[kept], "yes", "no"))
    return learner


@pytest.fixture(scope="module")
def half_skipped():
    return search(0.5)


@pytest.mark.parametrize("target", TARGETS)
def test_decisions_are_bounded_whatever_the_undecided_rows_are(half_skipped, target):
    decided = half_skipped.judge_decisions(threshold=target)
    for estimate in (decided.precision, decided.recall, decided.f1):
        assert isinstance(estimate, Estimate)
        least, most = estimate.bounds
        assert least <= estimate.low <= estimate.high <= most
        assert most - least > estimate.high - estimate.low
    assert f"{decided}".count("whatever the undecided rows are") == 3


def test_without_undecided_rows_there_are_no_bounds():
    learner = search(0.0, batches=3)
    decided = learner.judge_decisions(threshold="f1")
    assert decided.recall.bounds is None
    assert "undecided" not in f"{decided}"


def test_a_promise_says_that_undecided_rows_could_change_it(half_skipped):
    decided = half_skipped.judge_decisions(threshold=TARGETS[-1])
    assert decided.promised
    assert "of rows that people can tell" in decided.about_threshold


def test_every_label_beside_the_undecided_ones_is_known_by_its_row(half_skipped):
    session = half_skipped.session()
    places, rows = session.passed_over.places, session.passed_over.rows
    codes = dict(zip(*(column.tolist() for column in half_skipped.labelled), strict=True))
    labels = [codes[row] == "yes" for row in rows[~places].tolist()]
    assert labels == session.passed_over.session.positive[~places].tolist()
    assert not set(rows[places].tolist()) & set(codes)
    mixed = session.complete(rows % 2 == 0)
    assert mixed.found == session.found + (rows[places] % 2 == 0).sum()


def test_an_evaluation_bounds_what_nobody_could_tell():
    rng = np.random.default_rng(0)
    scores = rng.random(300)
    truth = rng.random(300) < scores
    evaluation, known = Evaluation(scores), Evaluation(scores)
    rows = evaluation.ask(120)
    passed, told = rows[:30], rows[30:]
    evaluation.teach(told, truth[told])
    assert evaluation.estimate("f1").bounds is None
    evaluation.pass_over(passed)
    known.teach(rows, truth[rows])
    for name in ("precision", "recall", "f1", "prevalence"):
        found, true = evaluation.estimate(name), known.estimate(name)
        assert found.bounds[0] <= true.low <= true.high <= found.bounds[1]
        assert "whatever the undecided rows are" in found.write()
    assert evaluation.estimate("average_precision").bounds is None
