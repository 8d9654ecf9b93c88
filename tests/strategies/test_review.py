import numpy as np
import pytest
from given import same_contract
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

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
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="it is above 0"):
            ContinuousLearning(negatives_per_positive=wrong)


def test_negatives_count_a_share_of_the_positives():
    X, _ = pool_with_a_cluster()
    strategy = ContinuousLearning(negatives_per_positive=0.1)
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), strategy, seed=0)
    negatives = np.arange(100, 160)
    learner.teach([0, 1, 2], [1, 1, 1])
    learner.teach(negatives, np.zeros(60, dtype=int))
    training = learner.training_set
    presumed = training.presume(strategy.presumption, np.random.default_rng(0))
    _, codes, weights = training.examples(presumed, LogisticRegression())
    assert len(presumed.rows) == 100 - 60 // 2 - 10 * 3
    assert (weights[codes == 1] == 1.0).all()
    assert weights[codes == 0].sum() == pytest.approx(0.3)
    assert len(np.unique(weights[codes == 0])) == 1

    # A model without weights takes the same rows, all alike.
    assert training.examples(presumed, KNeighborsClassifier())[2] is None


def test_negatives_keep_their_weight_while_they_are_few():
    X, _ = pool_with_a_cluster()
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), minority=1, seed=0)
    learner.teach(np.arange(12), np.ones(12, dtype=int))
    learner.teach([50], [0])
    strategy = ContinuousLearning(negatives_per_positive=0.5)
    presumed = learner.training_set.presume(strategy.presumption, np.random.default_rng(0))
    assert not len(presumed.rows), "ten presumed rows go for each positive"
    _, _, weights = learner.training_set.examples(presumed, LogisticRegression())
    assert weights.tolist() == [1.0] * 13
