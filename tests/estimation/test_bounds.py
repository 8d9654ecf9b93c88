"""Bounds that hold whatever the rows are that somebody skipped."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.estimation import Estimate, estimate_counts, positives
from motherlode.session import Origin, PassedOver, Session
from motherlode.stopping import forecast


def draw(i, n, after=0):
    return Origin("control", "", 1 / (n - i), n - i, after)


def drawn_with_skips(rng, rows=600, rare=150, draws=200, skipped=0.3):
    """Draws in one go; a share of the positives among them is skipped."""
    is_rare = rng.permutation(rows) < rare
    seen = is_rare[:draws]
    is_skipped = seen & (rng.random(draws) < skipped)
    whole = Session(rows, seen & ~is_skipped, [draw(i, rows) for i in range(draws)])
    n, kept = rows - int(is_skipped.sum()), seen[~is_skipped]
    origins = [draw(i, n) for i in range(len(kept))]
    return Session(n, kept, origins, passed_over=PassedOver(whole, is_skipped))


@pytest.mark.parametrize(("every_look", "skipped"), [(False, 0.3), (True, 0.5)])
def test_bounds_hold_where_skips_depend_on_the_class_and_the_plain_interval_does_not(
    every_look, skipped
):
    rng = np.random.default_rng(0)
    sessions = [drawn_with_skips(rng, skipped=skipped) for _ in range(80)]
    found = [positives(session, every_look=every_look) for session in sessions]
    assert np.mean([e.low <= 150 <= e.high for e in found]) < 0.6
    assert np.mean([e.bounds[0] <= 150 <= e.bounds[1] for e in found]) >= 0.95
    # They are not wide without need: the low end is where all skipped rows are negative.
    assert np.mean([e.bounds[1] for e in found]) < 220


@pytest.mark.parametrize("every_look", [False, True])
def test_bounds_are_the_intervals_of_all_negative_and_of_all_positive(every_look):
    session, how = drawn_with_skips(np.random.default_rng(1)), {"every_look": every_look}
    found, skipped = positives(session, **how), session.passed_over.places
    negative = Session(600, session.complete(False).positive, [draw(i, 600) for i in range(200)])
    positive = replace(negative, positive=negative.positive | skipped)
    assert found.bounds == (positives(negative, **how).low, positives(positive, **how).high)
    counts = estimate_counts(session, **how)
    assert counts.prevalence.bounds == pytest.approx([end / 600 for end in found.bounds])
    assert counts.recall.bounds == pytest.approx([session.found / n for n in found.bounds[::-1]])
    assert "whatever the undecided rows are" in counts.positives_left.write()
    assert positives(replace(session, passed_over=None)).bounds is None


def in_any_order(rng):
    """Draws and rows of a search in turns: the labels, and how the rows were found."""
    truth = (rng.permutation(200) < rng.choice([5, 20, 60])).tolist()
    labels, origins = [], []
    while len(labels) < 80:
        known = len(labels)
        for _ in range(rng.integers(1, 8)):
            labels.append(truth.pop())
            origins.append(Origin("control", "", 1 / (len(truth) + 1), len(truth) + 1, known))
        truth.sort(key=lambda one: one + 1.5 * rng.random())  # the search takes likely ones
        labels += [truth.pop() for _ in range(3)]
        origins += [Origin("query", asked_after=known)] * 3
        truth = [truth[i] for i in rng.permutation(len(truth))]
    return np.array(labels), origins


@pytest.mark.parametrize("every_look", [False, True])
def test_whoever_knows_the_skipped_rows_has_an_interval_within_the_bounds(every_look):
    rng = np.random.default_rng(0)
    for _ in range(25):
        labels, origins = in_any_order(rng)
        over = rng.random(len(labels)) < rng.choice([0.05, 0.3])
        least, truth, most = (
            positives(Session(200, positive, origins), every_look=every_look)
            for positive in (labels & ~over, labels, labels | over)
        )
        assert least.low <= truth.low <= truth.high <= most.high


def test_the_verdict_says_it_where_skips_could_change_the_share_found():
    rng = np.random.default_rng(2)
    assert "undecided rows could make it" in str(forecast(drawn_with_skips(rng)).verdict)
    assert "skipped" not in str(forecast(drawn_with_skips(rng, skipped=0.02)).verdict)


@pytest.fixture
def searched():
    """A learner whose user skips some rows of each query, drawn and not."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = (X[:, 0] > 1).astype(int)
    learner = ActiveLearner(
        X, [0, 1], LogisticRegression(), "most_likely", minority=1, control=0.5, seed=1
    )
    learner.teach([int(y.argmax())], [1])
    for _ in range(3):
        asked = learner.query(20).rows
        skipped = rng.random(20) < 0.2
        learner.skip(asked[skipped])
        learner.teach(asked[~skipped], y[asked[~skipped]])
    return learner, y


def test_a_learner_puts_skipped_rows_where_they_were_asked(searched):
    learner, _ = searched
    session = learner.session()
    skipped = len(learner.skipped)
    whole = session.complete(positive=False)
    assert (session.pool_size, whole.pool_size) == (300 - skipped, 300)
    assert whole.labels == session.labels + skipped == 61
    assert session.complete(positive=True).found == session.found + skipped
    assert int(whole.drawn.sum()) == 30
    # As if all rows had been answered: each query is from what the last one left.
    assert [group[:2] for group in whole.groups()] == [(299, 10), (279, 10), (259, 10)]
    # Without the skipped rows, each is from the other rows that were left.
    known = np.unique(session.known_before[session.drawn])
    assert [g.rows for g in session.groups()] == [session.pool_size - n for n in known]


def test_a_draw_of_an_earlier_query_that_nobody_answered_was_passed_over(searched):
    learner, y = searched
    before = learner.session().complete(positive=True)
    query = learner.query(20)
    first = int(query.controls[0])
    others = query.rows[query.rows != first]
    learner.teach(others, y[others])
    waits = learner.session()
    assert int(waits.held_back.sum()) == 9  # the first draw of the query waits for its label
    learner.query(5)
    session = learner.session()
    assert not session.held_back.any()
    assert int(session.passed_over.places.sum()) == int(waits.passed_over.places.sum()) + 1
    after = session.complete(positive=True)
    assert after.found == before.found + int(y[others].sum()) + 1
    assert int(after.drawn.sum()) == int(before.drawn.sum()) + 10
    assert after.pool_size == 300


def test_an_estimate_of_a_pool_that_is_answered_has_bounds_too():
    whole = Session(4, [True, False, False, False])
    over = PassedOver(whole, np.array([False, False, True, True]))
    found = positives(Session(2, [True, False], passed_over=over))
    assert isinstance(found, Estimate)
    assert (found.value, found.bounds) == (1.0, (1.0, 3.0))


@pytest.mark.parametrize("every_look", [False, True])
def test_the_prevalence_of_the_rows_that_came_last_has_bounds(every_look):
    rng = np.random.default_rng(3)
    y = np.r_[rng.random(400) < 0.05, rng.random(200) < 0.4].astype(int)
    X = (y + rng.normal(size=600))[:, None]
    learner = ActiveLearner(X[:400], [0, 1], LogisticRegression(), "random", minority=1, seed=0)
    learner.teach(first := learner.query(40).rows, y[first])
    learner.extend(X[400:])
    rows = learner.query(300).rows
    skipped = (y[rows] == 1) & (rng.random(300) < 0.9)
    learner.skip(rows[skipped])
    learner.teach(rows[~skipped], y[rows[~skipped]])
    session = learner.session()
    found = estimate_counts(session, every_look=every_look).newest
    ends = [
        positives(session.complete(each).of_arrival(1), every_look=every_look)
        for each in (False, True)
    ]
    assert found.bounds == pytest.approx((ends[0].low / 200, ends[1].high / 200))
    assert found.high < y[400:].mean() < found.bounds[1]
    assert "whatever the undecided rows are" in found.write()
    # A draw that was passed over may part the rows: then others came last, and nothing is said.
    whole = session.passed_over.session
    parted = replace(whole, arrivals=replace(whole.arrivals, sizes=(400, 200, 0)))
    other = replace(session, passed_over=replace(session.passed_over, session=parted))
    assert estimate_counts(other, every_look=every_look).newest.bounds is None
