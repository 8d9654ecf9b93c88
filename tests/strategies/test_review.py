import numpy as np
import pytest
from given import same_contract
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.strategies._review import ContinuousLearning


def pool_with_a_cluster():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    X[:12] += 5.0
    return X, (np.arange(300) < 12).astype(int)


def test_one_positive_is_enough():
    X, y = pool_with_a_cluster()
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), ContinuousLearning(), seed=0)
    learner.teach([3], [1])
    for size in (1, 2, 3, 4, 5):
        rows = learner.query(size).rows
        learner.teach(rows, y[rows])
    assert y[learner.labelled[0]].sum() >= 11


def test_without_a_positive_asks_at_random_and_says_so():
    X, _ = pool_with_a_cluster()
    for rows in ([], [50, 60]):
        learner = ActiveLearner(
            Pool(X), [0, 1], LogisticRegression(), ContinuousLearning(), minority=1, seed=0
        )
        learner.teach(rows, [0] * len(rows))
        query = learner.query(5)
        assert len(set(query.rows)) == 5
        assert "no 1 is labelled yet, exploring at random" in query.reasons[0]


def test_presumed_labels_are_forgotten_and_drawn_anew():
    X, _ = pool_with_a_cluster()
    learner = ActiveLearner(
        Pool(X), [0, 1], LogisticRegression(), ContinuousLearning(20), minority=1, seed=0
    )
    learner.teach([3], [1])
    first = learner.query(3)
    assert np.array_equal(first.utilities, learner.query(3).utilities)
    learner.teach([100], [0])
    assert learner.labelled[0].tolist() == [3, 100]
    other = learner.query(len(learner.unlabelled))
    assert not np.isin(first.utilities, other.utilities).any()
    assert "with 20 rows presumed negative" in first.reasons[0]


def test_three_classes_two_of_them_positive():
    X, y = pool_with_a_cluster()
    y = y + (np.arange(300) < 5)
    learner = ActiveLearner(
        Pool(X), [0, 1, 2], LogisticRegression(), ContinuousLearning(), minority=[1, 2], seed=0
    )
    learner.teach([0], [2])
    rows = learner.query(5).rows
    assert (y[rows] > 0).all()
    learner.teach(rows, y[rows])
    same_contract(ContinuousLearning(), learner._view(learner.unlabelled, 4))


def test_more_presumed_than_there_are():
    pool = Pool(np.arange(6.0)[:, None])
    learner = ActiveLearner(pool, [0, 1], LogisticRegression(), ContinuousLearning(), seed=0)
    learner.teach([5], [1])
    assert len(learner.query(5)) == 5


def test_refuses():
    with pytest.raises(InputError, match="presume at least 1"):
        ContinuousLearning(0)
