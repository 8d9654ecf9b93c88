"""Thresholds whose precision is promised, and what a model's calls are estimated to be worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from motherlode import InputError
from motherlode.estimation import Estimate, NoEstimate, Promise, promise_precision
from motherlode.estimation._calls import Calls
from motherlode.estimation._promise import count_needed, promise_on_pool
from motherlode.models import RecallAtPrecision, best_threshold
from motherlode.session import Origin, Session


def test_the_promise_is_kept_where_the_plain_choice_falls_short():
    """Of scores from 0 to 1 a row is positive with 0.95 times its score."""
    rng, short, plain, promised = np.random.default_rng(0), 0, 0, 0
    for _ in range(400):
        scores = rng.random(400)
        positive = rng.random(400) < 0.95 * scores
        found = promise_precision(scores, positive, 0.8, 0.9)
        if isinstance(found, Promise):
            promised += 1
            short += 0.95 * (1 + found.threshold) / 2 < 0.8
        cut = best_threshold(scores, positive, RecallAtPrecision(0.8))
        plain += 0.95 * (1 + cut) / 2 < 0.8
    assert promised > 120
    assert plain > 100
    assert binom.sf(short - 1, 400, 0.1) > 0.01


def test_flat_precision_just_below_what_is_asked_is_hardly_ever_promised():
    """The worst case: each threshold that passes is wrong."""
    rng = np.random.default_rng(1)
    passed = sum(
        isinstance(promise_precision(rng.random(300), rng.random(300) < 0.799, 0.8, 0.9), Promise)
        for _ in range(400)
    )
    assert binom.sf(passed - 1, 400, 0.1) > 0.01


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 200), st.floats(0.5, 0.95), st.integers(1, 30))
def test_only_the_order_counts_and_ties_stay_together(seed, rows, precision, levels):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, rows) / levels
    positive = rng.random(rows) < 0.3 + 0.7 * scores
    found = promise_precision(scores, positive, precision)
    turned = rng.permutation(rows)
    again = promise_precision(np.exp(scores[turned]), positive[turned], precision)
    if isinstance(found, NoEstimate):
        assert again == found
        assert str(found).endswith(("positive.", "less."))
        return
    called = scores >= found.threshold
    assert called.sum() == found.called == again.called
    assert (called == (np.exp(scores) >= again.threshold)).all()
    assert found.precision.value == pytest.approx(positive[called].mean())
    assert binom.sf(positive[called].sum() - 1, called.sum(), precision) <= 0.05
    assert precision == found.precision.low <= found.precision.value <= found.precision.high


def test_so_many_rows_as_are_said_to_be_needed_suffice():
    for precision in (0.5, 0.8, 0.9, 0.95):
        rows = count_needed(precision)
        positive = np.arange(rows) < int((1 + precision) / 2 * rows)
        found = promise_precision(np.ones(rows), positive, precision)
        few = promise_precision(np.ones(rows // 2), np.ones(rows // 2), precision)
        assert isinstance(few, NoEstimate) == (0.5 * rows < np.log(0.0125) / np.log(precision))
        assert isinstance(found, Promise) or "of them" in found.reason


def test_what_is_given_wrongly_is_said():
    with pytest.raises(InputError, match="2 scores and 1 labels"):
        promise_precision([0.1, 0.2], [True], 0.8)
    with pytest.raises(InputError, match="score is NaN"):
        promise_precision([0.1, np.nan], [True, True], 0.8)
    for labels in (["no", "yes"], [0.0, np.nan], [1, 2]):
        with pytest.raises(InputError, match="whether it is positive"):
            promise_precision([0.1, 0.2], labels, 0.8)
    with pytest.raises(InputError, match="precision is 1"):
        promise_precision([0.1], [True], 1)
    with pytest.raises(InputError, match="can't be promised"):
        RecallAtPrecision(1.0, confidence=0.9)


def searched(rng, rows=1000, labelled=200, drawn=40):
    """Scores, truth and a session in which the highest rows were labelled, and some at random."""
    scores = rng.random(rows)
    truth = rng.random(rows) < scores**6
    order = np.argsort(-scores)[:labelled]
    rest = rng.permutation(np.setdiff1d(np.arange(rows), order))[:drawn]
    origins = [Origin("query", "", asked_after=i) for i in range(labelled)]
    left = rows - labelled
    origins += [Origin("control", "", 1 / (left - i), left - i, labelled + i) for i in range(drawn)]
    known = np.concatenate([order, rest])
    others = np.setdiff1d(np.arange(rows), known)
    return Session(rows, truth[known], origins), scores[known], scores[others], truth, scores


def test_a_search_that_labelled_the_highest_rows_proves_what_draws_alone_do_not():
    session, known, left, _, _ = searched(np.random.default_rng(0))
    found = promise_on_pool(session, known, left, 0.6)
    assert isinstance(found, Promise)
    assert found.precision.low == 0.6
    assert "are labelled" in found.precision.method


def test_rows_without_a_label_count_as_negative_until_draws_say_more():
    rng = np.random.default_rng(0)
    scores = np.linspace(1, 0, 400)
    session = Session(400, np.ones(20, dtype=bool))
    none = promise_on_pool(session, scores[:20], scores[20:], 0.8)
    assert isinstance(none, NoEstimate)
    assert "68 have no label" in none.reason
    draws = [Origin("control", "", 1 / (400 - i), 400 - i, i) for i in range(200)]
    at = rng.permutation(400)
    some = Session(400, scores[at[:200]] > 0.5, draws)
    assert isinstance(promise_on_pool(some, scores[at[:200]], scores[at[200:]], 0.8), Promise)


def test_a_model_that_is_not_precise_is_told_apart_from_labels_that_are_few():
    scores = np.linspace(1, 0, 300)
    said = promise_on_pool(Session(300, np.arange(300) % 2 == 0), scores, scores[:0], 0.8)
    assert "teach more" in said.reason
    said = promise_on_pool(Session(30, np.arange(30) % 2 == 0), scores[:30], scores[:0], 0.8)
    assert "the pool has 30" in said.reason


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_intervals_of_calls_hold_the_truth(name):
    missed = 0
    for seed in range(15):
        session, known, left, truth, scores = searched(np.random.default_rng(seed), drawn=80)
        calls = Calls(session, known >= 0.75, int((left >= 0.75).sum()))
        hit, of_all, called = truth[scores >= 0.75].sum(), truth.sum(), (scores >= 0.75).sum()
        exact = {
            "precision": hit / called,
            "recall": hit / of_all,
            "f1": 2 * hit / (called + of_all),
        }
        found = getattr(calls, name)()
        assert isinstance(found, Estimate)
        assert found.low <= found.value <= found.high
        missed += not found.low - 1e-3 <= exact[name] <= found.high + 1e-3
    assert missed <= 3


def test_calls_of_a_whole_pool_are_known():
    truth, called = np.array([1, 1, 0, 0, 1], bool), np.array([1, 0, 1, 0, 1], bool)
    calls = Calls(Session(5, truth), called, 0)
    for found in (calls.precision(), calls.recall(), calls.f1()):
        assert found.value == pytest.approx(2 / 3)
        assert found.high - found.low < 1e-3
    assert isinstance(Calls(Session(9, truth), called, 0).f1(), NoEstimate)
    assert isinstance(Calls(Session(5, truth), called & False, 0).precision(), NoEstimate)
