"""Cuts of held-out probabilities, for a stated target."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score

from motherlode import ActiveLearner, InputError, Pool
from motherlode.models import Cost, RecallAtPrecision, best_threshold
from motherlode.models._threshold import TARGETS

S = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.7, 0.9])
Y = np.array([0, 0, 1, 0, 0, 1, 1], dtype=bool)


def called(cut):
    return cut <= S


def test_f1_by_hand():
    # From 0.7 up: 2 hits, 1 missed, F1 0.8; from 0.2 up: 3 hits, 2 false, F1 0.75.
    assert best_threshold(S, Y, "f1") == pytest.approx(0.55)
    assert f1_score(Y, called(0.55)) == pytest.approx(0.8)


def test_balanced_accuracy_by_hand():
    # From 0.7: (2/3 + 1) / 2 = 0.83; from 0.2: (1 + 1/2) / 2 = 0.75.
    assert best_threshold(S, Y, "balanced_accuracy") == pytest.approx(0.55)
    assert best_threshold(S, Y, "g_mean") == pytest.approx(0.55)


def test_recall_at_a_precision_by_hand():
    assert best_threshold(S, Y, RecallAtPrecision(1.0)) == pytest.approx(0.55)
    assert best_threshold(S, Y, RecallAtPrecision(0.6)) == pytest.approx(0.15)
    # 0.9 up is a negative: no cut is precise enough, and the most precise one is taken.
    assert best_threshold([0.1, 0.5, 0.9], [0, 1, 0], RecallAtPrecision(0.9)) == pytest.approx(0.3)


def test_cost_by_hand():
    assert best_threshold(S, Y, Cost(1, 1)) == pytest.approx(0.55)
    assert best_threshold(S, Y, Cost(1, 10)) == pytest.approx(0.15)
    assert not (called(best_threshold(S, Y, Cost(1, 0))) & ~Y).any()


def test_cost_falls_back_on_elkans_threshold_for_calibrated_scores():
    rng = np.random.default_rng(0)
    p = rng.uniform(size=200_000)
    y = rng.uniform(size=200_000) < p
    assert best_threshold(p, y, Cost(1, 4)) == pytest.approx(0.2, abs=0.02)


def test_a_lower_prevalence_raises_the_cut_for_f1():
    rng = np.random.default_rng(1)
    y = np.arange(4000) < 2000
    s = 1 / (1 + np.exp(-(rng.normal(size=4000) + 2 * y - 1)))
    cuts = [best_threshold(s, y, "f1", prevalence=p) for p in (0.5, 0.1, 0.01)]
    assert cuts[0] < cuts[1] < cuts[2]


def test_weighting_to_a_prevalence_is_the_same_as_repeating_rows():
    weighted = best_threshold(S, Y, "f1", prevalence=3 / 43)
    repeated = best_threshold(
        np.concatenate([S[Y], np.repeat(S[~Y], 10)]), np.repeat([True, False], [3, 40]), "f1"
    )
    assert weighted == pytest.approx(repeated)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=30).filter(
        lambda rows: 0 < sum(y for _, y in rows) < len(rows)
    ),
    st.sampled_from(["f1", "balanced_accuracy"]),
)
def test_no_other_cut_is_better(rows, target):
    s, y = np.array([a for a, _ in rows]) / 8, np.array([b for _, b in rows])
    score = {"f1": f1_score, "balanced_accuracy": balanced_accuracy_score}[target]
    best = score(y, s >= best_threshold(s, y, target))
    assert all(score(y, s >= cut) <= best + 1e-9 for cut in np.linspace(-0.01, 1.01, 35))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([0.1, 0.2], [1, 1]), "all of one"),
        (([0.1, 0.2], [0, 1], "f2"), "'f1', 'g_mean'"),
        (([0.1, 0.2], [0, 1], 0.5), "RecallAtPrecision"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, said):
    with pytest.raises(InputError, match=said):
        best_threshold(*arguments)


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -1.0])
def test_a_prevalence_lies_between_0_and_1(prevalence):
    with pytest.raises(InputError, match="between 0 and 1"):
        best_threshold(S, Y, prevalence=prevalence)


def test_targets_check_their_numbers():
    with pytest.raises(InputError, match="precision is 2"):
        RecallAtPrecision(2)
    with pytest.raises(InputError, match="negative cost"):
        Cost(-1, 2)


@pytest.fixture(scope="module")
def taught():
    rng = np.random.default_rng(0)
    y = (np.arange(4000) < 120).astype(int)
    X = rng.normal(size=(4000, 2)) + 2.0 * y[:, None]
    learner = ActiveLearner(Pool(X), ["well", "ill"], LogisticRegression(), minority="ill")
    learner.teach([0], ["ill"])
    while len(learner.labelled[0]) < 151:
        rows = learner.query(30).rows
        learner.teach(rows, np.where(y[rows] == 1, "ill", "well"))
    test = rng.normal(size=(20_000, 2)) + 2.0 * (np.arange(20_000) < 600)[:, None]
    return learner, test, np.arange(20_000) < 600


@pytest.mark.parametrize("target", list(TARGETS))
def test_the_final_model_decides_at_the_cut_for_the_target(taught, target):
    learner, test, ill = taught
    model = learner.final_model(threshold=target)
    assert set(model.predict(test[:50])) <= {"well", "ill"}
    score = f1_score if target == "f1" else balanced_accuracy_score
    p = model.predict_proba(test)[:, list(model.classes_).index("ill")]
    reachable = max(score(ill, p >= cut) for cut in np.linspace(0.01, 0.99, 99))
    assert score(ill, model.predict(test) == "ill") > 0.9 * reachable


def test_a_threshold_needs_two_positives():
    X = np.random.default_rng(0).normal(size=(50, 2))
    one = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), minority=1)
    one.teach([0, 1, 2], [0, 1, 0])
    with pytest.raises(InputError, match="two labelled rows of each class"):
        one.final_model(threshold="f1")
