"""Bounds of judged decisions that hold whatever the undecided rows are."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode.estimation import Estimate, Evaluation
from motherlode.estimation._calls import Calls
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


@pytest.fixture(scope="module")
def extended():
    """A search with rows that came later, and rows of both kinds that somebody skipped."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 3))
    y = X[:, 0] + 0.3 * rng.normal(size=1500) > 0.5
    learner = ActiveLearner(
        Pool(X[:900]), ["no", "yes"], LogisticRegression(), strategy="random", minority="yes"
    )
    for batch in range(8):
        if batch == 2:
            learner.extend(X[900:])
        rows = learner.query(80).rows
        gone, left_open = rows[::7], rows[3::10]  # the last ones are never answered
        learner.skip(gone)
        kept = np.setdiff1d(rows, np.r_[gone, left_open])
        learner.teach(kept, np.where(y[kept], "yes", "no"))
    return learner, y


@pytest.mark.parametrize("target", TARGETS[1:])
def test_decisions_are_bounded_where_rows_were_skipped_and_others_came(extended, target):
    learner, y = extended
    known = learner._session_of_rows()
    decided = learner.judge_decisions(threshold=target)
    assert decided.promised == (target is TARGETS[-1])
    called = learner.final_model(threshold=target).predict(learner.pool.data) == "yes"
    rows = known.came_last
    assert rows.tolist() == list(range(900, 1500))
    for found, of in ((decided.precision, np.arange(1500)), (decided.newest, rows)):
        least, most = found.bounds
        truth = y[of][called[of]].mean()
        assert least <= found.low <= found.high <= most
        assert least - 0.05 <= truth <= most + 0.05
    skipped = np.isin(rows, learner.skipped)
    assert decided.newest.speaks_for.startswith(f"It speaks for the {(~skipped).sum()} rows")


def test_every_row_is_counted_once_whichever_are_supposed_to_have_labels(extended, monkeypatch):
    seen = []
    estimate = Calls.precision
    monkeypatch.setattr(Calls, "precision", lambda of: seen.append(of) or estimate(of))
    learner, _ = extended
    learner.judge_decisions(threshold="f1")
    cut = learner._final_fit(True).choose_cut("f1", None)[0]
    fit = learner._final_fit(True)
    every = fit.score_unlabelled(np.setdiff1d(np.arange(1500), fit.training.rows)) >= cut
    left = fit.score_rest >= cut
    known = learner._session_of_rows()
    sizes = [of.session.pool_size for of in seen]
    skipped_last = np.isin(known.came_last, learner.skipped).sum()
    assert sizes == [
        1500 - len(learner.skipped), 1500, 1500, 600 - skipped_last, 600, 600
    ]  # fmt: skip
    labelled = seen[0].called.sum()
    assert seen[0].left == left.sum()
    for of in seen[1:3]:
        assert of.called.sum() + of.left == labelled + every.sum()
    worst, best = seen[4:]
    passed_over = known.session.passed_over
    still = np.setdiff1d(known.came_last, passed_over.rows)
    assert worst.left == best.left == (fit.score_unlabelled(still) >= cut).sum()
    assert len(still) < len(fit.training.left.ids[fit.training.left.ids >= 900])
    assert worst.session.positive[worst.called].sum() < best.session.positive[best.called].sum()
    for of in seen[3:]:
        assert len(of.called) == of.session.labels
        assert of.session.left >= of.left
