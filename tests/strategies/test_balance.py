from itertools import combinations

import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.measures import entropy
from motherlode.strategies._balance import (
    CBAL,
    BoostedVoteEntropy,
    ClassWeighted,
    Quota,
    _weighted_vote_entropy,
)
from motherlode.strategies._committee import QueryByCommittee
from motherlode.strategies._compose import Ranks
from motherlode.strategies._density import KDE
from motherlode.strategies._minority import MostLikely
from motherlode.strategies._uncertainty import Entropy, LeastConfidence, Margin

LABELS = (np.arange(10), [0] * 7 + [1] * 2 + [2])


def three_classes(n=40, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(3), n)


def test_class_weights_by_hand():
    """Counts 7, 2, 1: weights 8/8, 8/3, 8/2."""
    view = given_view(three_classes(), *LABELS)
    P = view.probabilities
    w = P[:, 0] * 1 + P[:, 1] * 8 / 3 + P[:, 2] * 4
    expected = LeastConfidence().utilities(view) * w
    assert np.allclose(np.exp(ClassWeighted(LeastConfidence()).utilities(view)), expected)


def test_class_weights_do_nothing_to_balanced_labels():
    view = given_view(three_classes(), np.arange(6), [0, 0, 1, 1, 2, 2])
    u = ClassWeighted(Entropy()).utilities(view)
    assert np.allclose(np.exp(u), Entropy().utilities(view))


def test_class_weights_on_a_base_of_logarithms():
    points = np.random.default_rng(0).normal(size=(40, 2))
    view = given_view(three_classes(), *LABELS, points=points)
    u = ClassWeighted(KDE()).utilities(view) - KDE().utilities(view)
    P = view.probabilities
    assert np.allclose(np.exp(u), P @ [1, 8 / 3, 4])


def test_quota_by_hand():
    """Counts 7, 2, 1 leave 0, 5 and 6 to be filled: of 11 picks, 5 and 6."""
    P = np.zeros((60, 3))
    for c in range(3):  # in each class rows 0, 3, 6 ... are ever more certain
        P[c::3] = 0.2
        P[c::3, c] = np.linspace(0.6, 0.99, 20)
    P /= P.sum(axis=1, keepdims=True)
    view = given_view(P, *LABELS, batch=11)
    asked = np.array(batch_of(Quota(Margin()), view))
    assert np.bincount(asked % 3, minlength=3).tolist() == [0, 5, 6]
    assert asked[0] % 3 == 2
    # Inside a class the least certain of those left comes first.
    assert asked[asked % 3 == 2].tolist() == [11, 14, 17, 20, 23, 26]
    reason = Quota(Margin()).reasons(view, asked[:1])[0]
    assert reason.endswith("for class 2")


def test_quota_left_over_goes_to_the_most_likely_of_the_class():
    p = np.r_[0.9, np.linspace(0.05, 0.45, 20)]
    view = given_view(binary(np.r_[p, 0, 0, 1]), [21, 22, 23], [0, 0, 1], batch=4)
    assert batch_of(Quota(Margin()), view) == [0, 20, 19, 18]


def test_quota_shares_evenly_where_labels_are_balanced():
    P = binary(np.r_[np.linspace(0.0, 0.4, 20), np.linspace(0.6, 1.0, 20)])
    view = given_view(P, [0, 39], [0, 1], batch=10)
    asked = np.array(batch_of(Quota(Margin()), view))
    assert (asked >= 20).sum() == 5


def cbal_value(view, rows, weight):
    """The objective of the paper for a whole batch."""
    where = np.searchsorted(view.rows, rows)
    P = view.probabilities[where]
    n = np.bincount(view.labelled_codes, minlength=P.shape[1])
    lacking = np.maximum((n.sum() + view.batch) / len(n) - n, 0)
    return entropy(P).sum() - weight * np.abs(lacking - P.sum(axis=0)).sum()


@pytest.mark.parametrize("seed", range(6))
def test_cbal_is_greedy_on_six_points(seed):
    P = np.vstack([three_classes(6, seed), np.eye(3)])
    view = given_view(P, [6, 7, 8], [0, 0, 1], batch=3)
    asked = batch_of(CBAL(), view)
    for i in range(3):
        values = {r: cbal_value(view, [*asked[:i], r], 0.6) for r in set(range(6)) - {*asked[:i]}}
        assert asked[i] == max(values, key=values.get)
    # The greedy batch against every batch there is, and against the base alone.
    best = max(cbal_value(view, list(rows), 0.6) for rows in combinations(range(6), 3))
    value = cbal_value(view, asked, 0.6)
    assert best - 0.3 < value <= best + 1e-12
    assert value >= cbal_value(view, batch_of(Entropy(), view), 0.6) - 1e-12


def test_cbal_finds_the_best_batch_where_balance_decides():
    P = np.array([[0.9, 0.1], [0.5, 0.5], [0.5, 0.5], [0.45, 0.55], [0.1, 0.9], [0.05, 0.95]])
    view = given_view(np.vstack([P, np.eye(2)[[0, 0, 0, 0]]]), np.arange(6, 10), [0] * 4, batch=2)
    best = max(combinations(range(6), 2), key=lambda rows: cbal_value(view, list(rows), 5.0))
    assert sorted(batch_of(CBAL(weight=5.0), view)) == list(best) == [4, 5]


def test_cbal_without_weight_is_its_base():
    view = given_view(three_classes(), *LABELS, batch=8)
    assert batch_of(CBAL(weight=0.0), view) == batch_of(Entropy(), view)


def test_cbal_refuses_logarithms():
    with pytest.raises(InputError, match=r"use Ranks\(KDE\)"):
        CBAL(KDE())
    points = np.random.default_rng(0).normal(size=(40, 2))
    same_contract(CBAL(Ranks(KDE())), given_view(three_classes(), *LABELS, points=points, batch=4))


def votes(*counts):
    """One row on which so many of the members vote for each class."""
    voted = np.repeat(np.arange(len(counts)), counts)
    return np.eye(len(counts))[voted][:, None]


def test_boosted_vote_entropy_by_hand():
    u = _weighted_vote_entropy(votes(3, 1), np.array([1.0, 6.0]))
    assert np.allclose(u, -0.75 * np.log(0.75) - 6 * 0.25 * np.log(0.25))
    assert _weighted_vote_entropy(votes(4, 0), np.array([1.0, 6.0])) == [0.0]


def test_boost_prefers_votes_for_the_minority():
    """Plain vote entropy sees no difference between these two rows."""
    weights = np.array([1.0, 1.0, 6.0])
    rare, common = votes(3, 0, 1), votes(3, 1, 0)
    assert _weighted_vote_entropy(rare, weights) > _weighted_vote_entropy(common, weights)


def test_boost_of_one_is_vote_entropy():
    X = np.random.default_rng(0).normal(size=(80, 3))
    y = (X[:, 0] + X[:, 1] > 0.5).astype(int)
    learner = ActiveLearner(Pool(X), [0, 1], DecisionTreeClassifier(), "random", seed=0)
    learner.teach(np.arange(20), y[:20])
    view = learner._view(learner.unlabelled, 5)
    plain = QueryByCommittee("vote_entropy").utilities(view)
    assert plain.max() > 0
    assert np.allclose(BoostedVoteEntropy(1.0).utilities(view), plain)


ALL = [ClassWeighted(), Quota(), Quota(MostLikely()), CBAL(), BoostedVoteEntropy()]


@pytest.mark.parametrize("strategy", ALL, ids=str)
@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [2])])
def test_no_label_and_one_class(strategy, labels):
    view = given_view(three_classes(), *labels, model=False, batch=6)
    same_contract(strategy, view)
    assert "at random" in strategy.reasons(view, view.rows[:1])[0]


@pytest.mark.parametrize("strategy", ALL[:4], ids=str)
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 37))
def test_certain_probabilities(strategy, seed, batch):
    rng = np.random.default_rng(seed)
    view = given_view(np.eye(3)[rng.integers(3, size=40)], [0, 1, 2], [0, 0, 2], batch=batch)
    same_contract(strategy, view)


def test_refuses():
    with pytest.raises(InputError, match="weight is -1"):
        CBAL(weight=-1)
    with pytest.raises(InputError, match="boost is 0"):
        BoostedVoteEntropy(0)


def test_names():
    assert str(Quota(MostLikely())) == "Quota(MostLikely)"
    assert str(CBAL()) == "CBAL(Entropy, weight=0.6)"
    assert ClassWeighted(QueryByCommittee()).needs == "committee"
