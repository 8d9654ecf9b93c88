from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from motherlode import ActiveLearner
from motherlode._round.selection import Stochastic
from motherlode.errors import InputError
from motherlode.estimation import (
    Choice,
    Estimate,
    NoEstimate,
    choose_model,
    estimated_prior,
    held_out_scores,
    lure,
    lure_weights,
    pool_mean,
    pool_weights,
    positives,
    weighted_threshold,
)
from motherlode.estimation._validation import MEASURES
from motherlode.session import Origin, Session


def chances(order, weights):
    left, out = list(range(len(weights))), []
    for row in order:
        out.append(weights[row] / sum(weights[i] for i in left))
        left.remove(row)
    return out


@given(
    st.lists(st.floats(0.1, 3.0), min_size=3, max_size=5),
    st.lists(st.floats(-2, 2), min_size=5, max_size=5),
    st.integers(1, 3),
)
def test_lure_is_unbiased_over_all_orders_of_drawing(weights, losses, M):
    n, expected = len(weights), 0.0
    losses = losses[:n]
    for order in permutations(range(n), M):
        q = chances(order, weights)
        expected += np.prod(q) * lure([losses[i] for i in order], q, n)
    assert expected == pytest.approx(np.mean(losses), abs=1e-9)


@given(st.integers(1, 30), st.integers(0, 30))
def test_uniform_draws_weigh_one(M, more):
    n = M + more
    assert lure_weights(1 / (n - np.arange(M)), n) == pytest.approx(1)


def drawn(n, q, losses=None, extra=()):
    origins = [Origin("query", "", q[i], n - i, i) for i in range(len(q))]
    return Session(n, np.zeros(len(q), bool), origins)


@given(st.integers(2, 12), st.integers(1, 20), st.integers(0, 99))
def test_the_mean_over_the_pool_is_lure_where_all_labels_are_draws(M, more, seed):
    rng, n = np.random.default_rng(seed), M + more
    q = rng.uniform(0.01, 1, M)
    losses = rng.normal(size=M)
    estimate = pool_mean(drawn(n, q), losses)
    assert estimate.value == pytest.approx(lure(losses, q, n))
    assert estimate.low <= estimate.value <= estimate.high or abs(estimate.value) < 1e-9


@given(st.integers(2, 12), st.integers(1, 20), st.integers(0, 99))
def test_weights_of_rows_say_the_same(M, more, seed):
    rng, n = np.random.default_rng(seed), M + more
    losses = rng.normal(size=M)
    session = drawn(n, rng.uniform(0.01, 1, M))
    assert pool_weights(session) @ losses / n == pytest.approx(pool_mean(session, losses).value)


def test_rows_picked_without_chance_enter_as_known():
    rng, hits = np.random.default_rng(2), []
    losses = np.array([5.0, 1.0, 1.0, 0.0, 3.0, 2.0])
    for _ in range(3000):
        # A draw, then the largest left without chance, then two draws asked together.
        first = int(rng.integers(6))
        left = [i for i in range(6) if i != first]
        picked = max(left, key=lambda i: losses[i])
        left.remove(picked)
        pair = rng.permutation(left)[:2].tolist()
        origins = [
            Origin("control", "", 1 / 6, 6, 0),
            Origin("query", "", asked_after=1),
            Origin("control", "", 1 / 4, 4, 2),
            Origin("control", "", 1 / 3, 3, 2),
        ]
        session = Session(6, [False] * 4, origins)
        estimate = pool_mean(session, losses[[first, picked, *pair]])
        hits.append(estimate.value)
        weights = pool_weights(session)
        assert weights @ losses[[first, picked, *pair]] / 6 == pytest.approx(estimate.value)
    assert np.mean(hits) == pytest.approx(losses.mean(), abs=4 * np.std(hits) / np.sqrt(3000))


def test_the_ends():
    assert isinstance(pool_mean(Session(9, []), []), NoEstimate)
    one = Session(9, [True], [Origin("control", "", 1 / 9, 9, 0)])
    assert "a single row was drawn" in pool_mean(one, [1.0]).reason
    assert isinstance(pool_weights(one), NoEstimate)
    whole = pool_mean(Session(2, [True, False]), [1.0, 0.0])
    assert (whole.low, whole.value, whole.high) == (0.5, 0.5, 0.5)
    assert pool_weights(Session(2, [True, False])).tolist() == [1, 1]
    same = pool_mean(drawn(9, [1 / 9, 1 / 8]), [2.0, 2.0])
    assert (same.low, same.value, same.high) == (2, 2, 2)
    with pytest.raises(InputError, match="1 labels and 2 losses"):
        pool_mean(one, [1.0, 2.0])
    assert "no row" in pool_mean(Session(0, []), []).reason
    with pytest.raises(InputError, match="at least one"):
        lure([], [], 3)
    with pytest.raises(InputError, match="2 losses and 1 prob"):
        lure([1.0, 2.0], [0.5], 3)
    for losses in ([np.nan, 1.0], [[1.0, 2.0]]):
        with pytest.raises(InputError, match="finite numbers, one a row"):
            lure(losses, [0.5, 0.5], 3)
        with pytest.raises(InputError, match="finite numbers, one a row"):
            pool_mean(Session(3, [True, False]), losses)
    with pytest.raises(InputError, match="probability above 0"):
        lure_weights([0.0], 3)


def test_a_stochastic_selection_allows_an_estimate_of_the_positives():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = (X[:, 0] > 1.2).astype(int)
    learner = ActiveLearner(
        X, [0, 1], LogisticRegression(), "most_likely", selection=Stochastic(), minority=1
    )
    learner.teach([int(np.flatnonzero(y)[0]), int(np.flatnonzero(y == 0)[0])], [1, 0])
    for _ in range(10):
        rows = learner.query(15).rows
        learner.teach(rows, y[rows])
    estimate = positives(learner.session())
    assert isinstance(estimate, Estimate)
    assert estimate.low <= y.sum() <= estimate.high
    assert estimate.low >= learner.session().found


def test_the_prior_is_found_under_label_shift():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, 9500), rng.normal(2, 1, 500)])
    # Trained on halves, the log odds are 2 x - 2.
    p = 1 / (1 + np.exp(-(2 * x - 2)))
    found = estimated_prior(np.column_stack([1 - p, p]), [0.5, 0.5])
    assert found[1] == pytest.approx(0.05, abs=0.01)
    assert found.sum() == pytest.approx(1)
    alone = estimated_prior([[1.0, 0.0]] * 3, [0.5, 0.5])
    assert alone == pytest.approx([1, 0])
    with pytest.raises(InputError, match="one row or more"):
        estimated_prior(np.zeros((0, 2)), [0.5, 0.5])


@pytest.fixture(scope="module")
def biased():
    """A hundred rows drawn at random, and a hundred that somebody picked where a tree is right."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(2000, 2))
    y = rng.random(2000) < 1 / (1 + np.exp(3 - 2 * X[:, 0]))
    lot = rng.permutation(2000)[:150]
    rest = np.setdiff1d(np.arange(2000), lot)
    easy = rest[np.argsort(-np.abs(X[rest, 1]))][:100]
    rows = np.concatenate([lot, easy])
    origins = [Origin("control", "", 1 / (2000 - i), 2000 - i, i) for i in range(150)]
    return X[rows], Session(2000, y[rows], [*origins, *[Origin("query", asked_after=150)] * 100])


def test_a_model_is_chosen_by_rows_that_stand_for_the_pool(biased):
    X, session = biased
    models = {"line": LogisticRegression(), "tree": DecisionTreeClassifier()}
    choice = choose_model(models, X, session, "log_loss")
    assert isinstance(choice, Choice)
    assert choice.best == "line"
    assert choice.values["line"] > choice.values["tree"]
    weights = pool_weights(session)
    # Rows picked after the last draw are known to no draw, and stand for nothing.
    assert weights[150:].tolist() == [0] * 100
    assert weights.sum() == pytest.approx(2000)


def test_a_rule_picked_sample_alone_allows_no_choice(biased):
    X, session = biased
    picked = Session(2000, session.positive)
    assert isinstance(choose_model({"line": LogisticRegression()}, X, picked), NoEstimate)
    for arguments, said in ((({}, X, session), "no model"), (({"a": 1}, X, session, "mcc"), "mcc")):
        with pytest.raises(InputError, match=said):
            choose_model(*arguments)


@pytest.fixture
def found_after_the_draws():
    """Thirty rows drawn at random, none of them positive, and then ten that a search found."""
    rng = np.random.default_rng(0)
    lot = [Origin("control", "", 1 / (200 - i), 200 - i, i) for i in range(30)]
    origins = [*lot, *[Origin("query", asked_after=30)] * 10]
    return rng.normal(size=(40, 2)), Session(200, np.arange(40) >= 30, origins)


def test_without_a_positive_that_stands_for_others_there_is_no_choice(found_after_the_draws):
    X, session = found_after_the_draws
    models = {"line": LogisticRegression(), "flat": LogisticRegression(C=0.01)}
    for measure, said in (("average_precision", "average precision"), ("f1", "f1")):
        answer = choose_model(models, X, session, measure)
        assert isinstance(answer, NoEstimate)
        assert f"told apart by {said}" in answer.reason
    assert isinstance(choose_model(models, X, session, "log_loss"), Choice)
    scores = held_out_scores(models["line"], X, session.positive)
    with pytest.raises(InputError, match="weigh 0"):
        weighted_threshold(scores, session.positive, pool_weights(session))


def test_what_weights_cannot_be_is_said(found_after_the_draws):
    X, session = found_after_the_draws
    scores, y = np.linspace(0, 1, 40), session.positive
    for weights in (-np.ones(40), np.full(40, np.nan), [1.0]):
        with pytest.raises(InputError, match="each of the 40 rows"):
            weighted_threshold(scores, y, weights)
    with pytest.raises(InputError, match="No valid estimate exists"):
        weighted_threshold(scores, y, pool_weights(Session(200, y)))
    with pytest.raises(InputError, match="3 scores and 40 rows"):
        weighted_threshold(scores[:3], y, np.ones(40))
    with pytest.raises(InputError, match="X has 5 rows and 40 are labelled"):
        held_out_scores(LogisticRegression(), X[:5], y)


def test_weighted_measures_by_hand():
    """Two positives and two negatives, which stand for 1, 4, 2 and 3 rows."""
    y, scores = np.array([True, True, False, False]), np.array([0.9, 0.4, 0.2, 0.6])
    w = np.array([1.0, 4.0, 2.0, 3.0])
    # Of the rows called, 1 is right and 3 wrong; 4 are missed.
    assert MEASURES["f1"](y, scores, w) == pytest.approx(2 * 1 / (2 * 1 + 3 + 4))
    # From the top: 1 / 1, a negative of 3, then 5 / 8; a fifth and four fifths of the recall.
    assert MEASURES["average_precision"](y, scores, w) == pytest.approx(1 / 5 + 4 / 5 * 5 / 8)
    logs = 1 * np.log(0.9) + 4 * np.log(0.4) + 2 * np.log(0.8) + 3 * np.log(0.4)
    assert MEASURES["log_loss"](y, scores, w) == pytest.approx(logs / 10)


def test_held_out_scores_are_of_models_that_did_not_see_the_row():
    X = np.arange(20.0)[:, None]
    y = np.zeros(20, bool)
    y[[3, 11]] = True
    # A tree that has seen a row says its class for certain.
    scores = held_out_scores(DecisionTreeClassifier(), X, y)
    assert scores[3] == 0
    with pytest.raises(InputError, match="1 labelled rows"):
        held_out_scores(DecisionTreeClassifier(), X, np.arange(20) == 3)


def test_a_threshold_by_weights():
    scores, y = [0.1, 0.4, 0.6, 0.9], [False, True, False, True]
    assert weighted_threshold(scores, y, [1, 1, 1, 1]) == 0.25
    assert weighted_threshold(scores, y, [1, 1, 50, 1]) == 0.75
    with pytest.raises(InputError, match="all of one"):
        weighted_threshold([0.1], [True], [1])


def test_a_share_that_rounding_would_turn_negative_still_has_a_cut():
    # 7.5 + 0.1 + 5.3 summed in two orders differ in the last digit.
    cut = weighted_threshold(
        [0.0, 0.1, 0.0, 0.0], [False, False, False, True], [7.5, 0.1, 5.3, 1.7], "g_mean"
    )
    assert cut in (0.0, 0.05, np.nextafter(0.1, 1))
