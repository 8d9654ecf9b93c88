"""The positive class where none is named: rare in the pool, whatever the labels hold more of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode._round.labels import declared_classes
from motherlode._round.positive_class import (
    RANDOM_DRAW,
    PositiveClass,
    RarestClass,
    _predict_shares,
    declared_positive_class,
)
from motherlode.session import CONTROL, Origin

TWO, THREE = declared_classes(["a", "b"]), declared_classes(["a", "b", "c"])
ASKED, GIVEN, RANDOM = Origin("query", "auto"), Origin(), Origin(CONTROL)


def rarest(codes, origins, classes=TWO, pool=None):
    codes = np.array(codes, dtype=np.int64)
    origins = [origins] * len(codes) if isinstance(origins, Origin) else origins
    return RarestClass(pool, classes).of(np.arange(len(codes)), codes, origins)


def rare(codes, origins=GIVEN, classes=TWO):
    (code,) = rarest(codes, origins, classes).codes
    return code


@pytest.fixture(scope="module")
def heap():
    """2,000 rows, of which 200 lie in a heap of their own: a search finds little else at first."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2000, 6)), np.zeros(2000, dtype=int)
    rows = rng.permutation(2000)[:200]
    X[rows], y[rows] = X[rows] * 0.3 + 3, 1
    return X, y


def search(heap, classes=(0, 1), *, minority=None, given=(), budget=100, batch=10):
    X, y = heap
    learner = ActiveLearner(Pool(X), list(classes), LogisticRegression(), minority=minority, seed=1)
    if len(given):
        learner.teach(given, y[given])
    while len(learner.labelled[0]) < budget:
        rows = learner.query(batch).rows
        learner.teach(rows, y[rows])
    return learner


# By labels alone


def test_nothing_to_go_by_means_the_class_declared_last():
    assert rare([]) == 1
    assert rare([0, 1]) == rare([1, 0, 0, 1]) == 1
    assert not rarest([0, 1], GIVEN).sure


@pytest.mark.parametrize("code", [0, 1])
@pytest.mark.parametrize("rows", [1, 5])
def test_who_gives_one_class_alone_has_given_the_positive_class(code, rows):
    assert rare([code] * rows) == code
    assert rare([code] * rows + [1 - code] * 30, [GIVEN] * rows + [ASKED] * 30) == code
    assert rare([code] * (rows + 25), [GIVEN] * rows + [ASKED] * 25) == code


def test_a_common_class_that_was_given_first_is_left_for_the_other():
    assert rare([0] * 61, [GIVEN] + ([ASKED] * 9 + [RANDOM]) * 6) == 1


@pytest.mark.parametrize("code", [0, 1])
def test_what_is_asked_from_nothing_is_common(code):
    assert rare([code] * 10, ASKED) == 1 - code
    assert rare([code] * 10 + [1 - code], ASKED) == 1 - code
    assert rarest([code] * 10, ASKED).sure


@given(st.permutations([0] + [1] * 15))
def test_the_order_of_given_rows_says_nothing(codes):
    assert rare(codes) == 0


def test_success_does_not_turn_the_search_round():
    found = [0] * 10 + [1] * 80
    assert rare(found, ASKED) == 1
    assert rare(found + [0] * 20 + [1] * 300, ASKED) == 1


@pytest.mark.parametrize(
    "draw", [RANDOM, Origin("query", RANDOM_DRAW), Origin("query", "r", 0.01, 100)]
)
def test_random_draws_count_most(draw):
    found = [*[GIVEN] * 5, *[ASKED] * 15, *[draw] * 30]
    assert rare([1] * 20 + [0] * 30, found) == 1
    assert rare([1] * 20 + [1] * 30, found) == 0
    assert rarest([1] * 20 + [0] * 30, found).sure


def test_draws_of_unequal_probability_do_not_count_as_uniform():
    unequal = Origin(CONTROL, "", 0.5, 100)
    assert rare([1] + [1] * 9, [GIVEN] + [unequal] * 9) == 1


def test_a_class_not_seen_yet_is_the_rarest_of_three():
    assert rare([0, 1], classes=THREE) == 2
    assert rare([0, 2, 2, 0], ASKED, classes=THREE) == 1
    assert rare([0, 0, 1, 1, 2], classes=THREE) == 2
    assert rare([0] * 40 + [1] * 40 + [2] * 3, ASKED, classes=THREE) == 2


LABELS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([ASKED, GIVEN, RANDOM])), max_size=40
)


@given(LABELS, st.integers(0, 40))
def test_it_is_a_function_of_the_labels(labels, first):
    codes, origins = np.array([c for c, _ in labels], dtype=np.int64), [o for _, o in labels]
    rows, one = np.arange(len(codes)), RarestClass(None, THREE)
    one.of(rows[:first], codes[:first], origins[:first])
    one.of(rows[: first // 2], 2 - codes[: first // 2], origins[: first // 2])
    assert one.of(rows, codes, origins) == rarest(codes, origins, THREE)


@given(LABELS.map(lambda labels: [(min(code, 1), way) for code, way in labels]))
def test_the_order_of_the_classes_settles_only_ties(labels):
    codes, origins = np.array([c for c, _ in labels], dtype=np.int64), [o for _, o in labels]
    here, there = rarest(codes, origins), rarest(1 - codes, origins, TWO[::-1])
    assert here.classes == there.classes or not (here.sure or there.sure)


# By the pool


def test_a_line_tells_shares_whatever_is_labelled_more(heap):
    X, y = heap
    rng = np.random.default_rng(3)
    ones, others = rng.permutation(np.flatnonzero(y)), rng.permutation(np.flatnonzero(y == 0))
    for few, many in ((10, 60), (60, 10)):
        rows = np.concatenate([ones[:few], others[:many]])
        assert _predict_shares(Pool(X), rows, y[rows], 2)[1] == pytest.approx(0.1, abs=0.05)


def test_a_line_says_nothing_where_it_cannot():
    rows, codes = np.arange(4), np.array([0, 1, 0, 1])
    assert _predict_shares(Pool(np.eye(4)), rows, codes, 2) is None
    gaps = Pool(np.where(np.eye(6) > 0, np.nan, 1.0), features="passthrough")
    assert _predict_shares(gaps, rows, codes, 2) is None


@pytest.mark.parametrize("classes", [(0, 1), (1, 0)])
@pytest.mark.parametrize("start", ["nothing", "one", "five", "common"])
def test_easy_positives_are_found_as_with_the_class_named(heap, classes, start):
    y = heap[1]
    ones = np.flatnonzero(y)
    given = {"nothing": [], "one": ones[:1], "five": ones[:5], "common": [(y == 0).argmax()]}[start]
    learner = search(heap, classes, given=given)
    assert learner.positive_class.classes == (1,)
    found = (learner.labelled[1] == 1).sum()
    of_named = search(heap, classes, given=given, minority=1)
    least = 0.5 if start == "common" else 0.9  # the search for the common class cost a few
    assert found >= least * (of_named.labelled[1] == 1).sum()


def test_seventeen_of_thirty_are_no_reason_to_stop_finding(heap):
    y = heap[1]
    learner = search(heap, given=[y.argmax()], budget=30)
    before = (learner.labelled[1] == 1).sum()
    assert before >= 17
    for _ in range(5):
        rows = learner.query(10).rows
        learner.teach(rows, y[rows])
    assert (learner.labelled[1] == 1).sum() >= before + 25


def test_a_session_taken_up_again_seeks_the_same(heap):
    learner = search(heap, given=[heap[1].argmax()], budget=50)
    rows, labels = learner.labelled
    again = ActiveLearner(Pool(heap[0]), [0, 1], LogisticRegression(), seed=1)
    again.teach(rows, labels, origins=learner._record.labels.origins)
    assert again.positive_class == learner.positive_class
    assert again.query(5).rows.tolist() == learner.query(5).rows.tolist()


def test_three_classes_of_which_one_is_rare():
    rng = np.random.default_rng(2)
    y = rng.permutation(np.repeat([0, 1, 2], [60, 900, 900]))
    X = rng.normal(size=(len(y), 4)) + 4 * np.eye(4)[y]
    learner = search((X, y), [0, 1, 2], budget=60)
    assert learner.positive_class.classes == (0,)


def test_a_named_class_costs_nothing(heap, monkeypatch):
    monkeypatch.setattr("motherlode._round.positive_class._predict_shares", None)
    learner = search(heap, minority=1, budget=20)
    assert learner.positive_class == declared_positive_class(learner.classes, 1)
    assert learner.positive_class.share is None


# What is said


def test_a_learner_says_what_it_seeks_and_asks_for_a_name(heap):
    X, _ = heap
    said = repr(ActiveLearner(Pool(X), ["fine", "fraud"], minority="fraud"))
    assert said.startswith("ActiveLearner(2,000 rows, ")
    assert "  labelled: 0 (fine 0, fraud 0)\n  positive class: fraud, named.\n" in said
    unnamed = repr(ActiveLearner(Pool(X), ["fine", "fraud"]))
    assert (
        "positive class: fraud, taken to be rare. Please name the positive class, by minority="
        in unnamed
    )
    later = repr(search(heap, budget=100))
    assert "positive class: 1, taken to be rare: about 1" in later
    assert "% of the pool by the model.\n" in later


def test_a_small_share_is_said_as_one():
    assert "less than 0.1 % of the pool" in str(PositiveClass(("x",), (0,), share=0.0))


def test_reasons_say_what_is_taken_to_be_rare():
    X, y = np.random.default_rng(0).normal(size=(200, 3)), np.arange(200) % 20 == 0
    unnamed = ActiveLearner(Pool(X), [0, 1], seed=0, control=0.2)
    unnamed.teach(np.arange(20), y[:20].astype(int))
    assert all(
        "; positive class: 1, taken to be rare" in said for said in unnamed.query(10).reasons
    )
    named = ActiveLearner(Pool(X), [0, 1], minority=1, seed=0)
    assert not any("positive class:" in said for said in named.query(10).reasons)
