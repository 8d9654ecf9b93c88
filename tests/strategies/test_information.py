import numpy as np
import pytest
from given import AsGiven, batch_of, binary, given_view, same_contract
from scipy.special import xlogy
from sklearn.ensemble import RandomForestClassifier

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.models._committee import Estimators
from motherlode.strategies._committee import QueryByCommittee
from motherlode.strategies._information import BALD, EPIG, _expected_information


class Column(AsGiven):
    """A member that reads its probability of class 1 from a column of its own."""

    def __init__(self, at=0):
        self.k, self.at = 2, at

    def fit(self, X, y):
        self.classes_ = np.arange(2)
        return self

    def predict_proba(self, X):
        return binary(np.asarray(X)[:, self.at])


def naive_epig(stack, targets, weights):
    """The definition, one pair of rows and one pair of labels at a time."""
    s, n, k = stack.shape
    out = np.zeros(n)
    for i in range(n):
        for t, w in enumerate(weights):
            for c in range(k):
                for e in range(k):
                    joint = sum(stack[m, i, c] * targets[m, t, e] for m in range(s)) / s
                    apart = stack[:, i, c].mean() * targets[:, t, e].mean()
                    out[i] += w * (xlogy(joint, joint) - xlogy(joint, apart))
    return out


@pytest.mark.parametrize("k", [2, 3])
def test_epig_is_the_double_sum(k, monkeypatch):
    rng = np.random.default_rng(k)
    stack, targets = rng.dirichlet(np.ones(k), (4, 9)), rng.dirichlet(np.ones(k), (4, 5))
    stack[:, 0] = np.eye(k)[0]  # all members are certain
    targets[0, 0] = np.eye(k)[1]
    weights = rng.dirichlet(np.ones(5))
    expected = naive_epig(stack, targets, weights)
    assert np.allclose(_expected_information(stack, targets, weights), expected, atol=1e-12)
    monkeypatch.setattr("motherlode.strategies._information._BLOCK_CELLS", 2 * 5 * k * k)
    assert np.allclose(_expected_information(stack, targets, weights), expected, atol=1e-12)


def test_epig_by_hand():
    """Two members; a label that names the right one also tells the target's label."""
    tells, silent, target = [[0.0, 1.0]], [[0.5, 0.5]], [[0.0, 1.0]]
    stack = np.array([[tells[0], silent[0]], [tells[0][::-1], silent[0]]])
    targets = np.array([target, [target[0][::-1]]])
    u = _expected_information(stack, targets, np.ones(1))
    assert np.allclose(u, [np.log(2), 0.0])


def test_epig_asks_what_matters_to_the_target_and_bald_whatever_is_disputed():
    # The first of four members is alone on rows 0-9, the third, less so, on rows 10 and 11.
    says = np.zeros((40, 4))
    says[:10, 0] = 1.0
    says[10:12, 2] = 0.8
    committee = Estimators([Column(2), Column(3), Column(4), Column(5)])
    p = np.where(np.isin(np.arange(40), [10, 11]), 0.3, 0.0)
    view = given_view(binary(p), [38, 39], [0, 0], points=says)
    assert batch_of(BALD(committee), view)[0] in range(10)
    assert batch_of(EPIG(size=400, committee=committee), view)[0] in (10, 11)
    pool = EPIG("pool", size=400, committee=committee)
    assert batch_of(pool, view)[0] in range(10)


def test_balanced_targets_give_the_minority_half_the_mass():
    p = np.r_[np.full(990, 0.001), np.full(10, 0.9)]
    view = given_view(binary(p), [0, 999], [0, 1])
    shares = EPIG()._shares(view)
    q = view.minority_probability
    assert np.isclose(shares.sum(), 1.0)
    assert np.isclose(shares[-9:].sum(), 0.5 * 9 * 0.9 / q.sum() + 0.5 * 9 * 0.1 / (1 - q).sum())
    assert np.allclose(EPIG("pool")._shares(view), 1 / 998)


def test_balanced_targets_where_the_model_is_certain():
    for p in (np.zeros(20), np.ones(20)):
        view = given_view(binary(p), [0, 1], [0, 1], batch=3)
        assert np.isclose(EPIG()._shares(view).sum(), 1.0)


def test_bald_is_kl_to_consensus():
    X, y = three_classes()
    learner = ActiveLearner(Pool(X), [0, 1, 2], RandomForestClassifier(20), BALD(), seed=0)
    learner.teach(np.arange(30), y[:30])
    view = learner._view(learner.unlabelled, 5)
    u = BALD().utilities(view)
    assert np.array_equal(u, QueryByCommittee("kl_to_consensus").utilities(view))
    members = view.committee_probabilities(None, view.rows)
    H = -xlogy(members, members).sum(axis=2)
    mean = members.mean(axis=0)
    assert np.allclose(u, -xlogy(mean, mean).sum(axis=1) - H.mean(axis=0))


def three_classes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    return X, np.digitize(X[:, 0] + 0.3 * rng.normal(size=120), [0.2, 1.2])


@pytest.mark.parametrize("strategy", [BALD(), EPIG(), EPIG("pool", 30, "bags"), BALD("bags")])
def test_contract_with_a_forest_and_three_classes(strategy):
    X, y = three_classes()
    learner = ActiveLearner(Pool(X), [0, 1, 2], RandomForestClassifier(10), strategy, seed=0)
    learner.teach(np.arange(20), y[:20])
    same_contract(strategy, learner._view(learner.unlabelled, 8))


@pytest.mark.parametrize("strategy", [BALD(), EPIG()])
@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [1])])
def test_no_label_and_one_class(strategy, labels):
    view = given_view(binary(np.linspace(0, 1, 30)), *labels, model=False, batch=6)
    same_contract(strategy, view)
    assert "at random" in strategy.reasons(view, view.rows[:1])[0]


def test_committee_probabilities_of_any_rows():
    X, y = three_classes()
    learner = ActiveLearner(Pool(X), [0, 1, 2], RandomForestClassifier(7), seed=0)
    view = learner._view(learner.unlabelled, 1)
    assert np.allclose(
        view.committee_probabilities(None, np.array([4, 2])), np.full((1, 2, 3), 1 / 3)
    )
    learner.teach(np.arange(20), y[:20])
    view = learner._view(learner.unlabelled, 1)
    stack = view.committee_probabilities(None, np.array([4, 100]))
    assert stack.shape == (7, 2, 3)
    assert np.allclose(stack.mean(axis=0), learner.predict_proba([4, 100]))


def test_refuses():
    with pytest.raises(InputError, match="targets is 'rare'"):
        EPIG("rare")
    with pytest.raises(InputError, match="size is 0"):
        EPIG(size=0)
    with pytest.raises(InputError, match="committee is 'dropout'"):
        BALD("dropout")
