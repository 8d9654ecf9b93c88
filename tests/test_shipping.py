"""How many unlabelled rows the final model presumes negative, and which."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from motherlode import ActiveLearner, Pool
from motherlode.models import PriorCorrected
from motherlode.shipping import presumed_negatives

UNLABELLED = np.arange(1000, 4000)


def presumed(positives, labels, scores=0.001, unlabelled=UNLABELLED):
    def score(first, rows):
        assert len(np.intersect1d(first, unlabelled)) == min(300, len(unlabelled))
        return np.full(len(rows), scores) if np.isscalar(scores) else scores[rows]

    return presumed_negatives(unlabelled, positives, labels, score, np.random.default_rng(0))


def test_they_hide_a_tenth_as_many_positives_as_are_known():
    # p = sqrt(0.001 * 0.3) = 0.0173: 3 hidden ones among 173 rows.
    assert len(presumed(30, 100)) == 173
    # p = sqrt(0.01 * 0.3) = 0.0548: among 54.
    assert len(presumed(30, 100, 0.01)) == 54
    assert len(presumed(300, 1000, 0.0001)) == 300


def test_their_number_halves_the_over_representation():
    # p = sqrt(0.01 * 0.04) = 0.02, and 40 / (2 * 0.02) is the 1,000 that are labelled already.
    assert len(presumed(40, 1000, 0.01)) == 0
    # p = sqrt(0.01 * 0.05) = 0.0224, and 50 / (2 * 0.0224) - 1,000 is 118.
    assert len(presumed(50, 1000, 0.01)) == 118


def test_labels_of_a_random_sample_get_none():
    assert len(presumed(5, 100, 0.05)) == 0


def test_no_positive_no_presumption():
    assert len(presumed(0, 100)) == 0


def test_rows_that_look_positive_are_left_out():
    scores = np.zeros(4000)
    scores[::2] = 0.9
    scores[1::2] = 0.0001
    rows = presumed(200, 300, scores)
    assert len(rows) == 0 or (rows % 2 == 1).all()
    few = np.where(np.arange(4000) % 50 == 0, 0.9, 0.0001)
    rows = presumed(60, 150, few)
    assert len(rows) > 60
    assert len(np.unique(rows)) == len(rows)
    assert (rows % 50 != 0).all()
    assert np.isin(rows, UNLABELLED).all()


def test_a_small_rest_of_the_pool_is_left_alone():
    assert len(presumed(30, 100, unlabelled=np.arange(10))) == 0


@pytest.fixture
def searched():
    """A learner that was taught all positives and the negatives that look like them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 2))
    X[:60] += [3.0, 0.0]
    y = (np.arange(3000) < 60).astype(int)
    hard = 60 + np.argsort(-X[60:, 0])[:60]
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), minority=1)
    learner.teach(np.concatenate([np.arange(60), hard]), np.repeat([1, 0], 60))
    return learner, X, y


def test_the_final_model_knows_the_easy_negatives_too(searched):
    learner, X, y = searched
    plain = learner.final_model(presume=False).predict_proba(X)[:, 1]
    shipped = learner.final_model().predict_proba(X)[:, 1]
    assert average_precision_score(y, shipped) > average_precision_score(y, plain) + 0.01
    assert shipped[60:].mean() < 0.6 * plain[60:].mean()


def test_presumed_labels_are_forgotten(searched):
    learner, _, _ = searched
    before = learner.query(5).rows
    learner.final_model()
    assert len(learner.labelled[0]) == 120
    assert learner.query(5).rows.tolist() == before.tolist()


def test_three_classes_presume_nothing():
    X = np.random.default_rng(0).normal(size=(500, 2))
    learner = ActiveLearner(Pool(X), [0, 1, 2], LogisticRegression(), minority=2)
    learner.teach(np.arange(30), np.arange(30) % 3)
    one, two = learner.final_model(), learner.final_model(presume=False)
    assert np.array_equal(one.coef_, two.coef_)


def test_probabilities_are_moved_to_the_share_of_positives_in_the_pool(searched):
    learner, X, y = searched
    shipped = learner.final_model()
    raw = shipped.estimator_
    assert abs(shipped.predict_proba(X)[:, 1].mean() - y.mean()) < 0.002
    assert raw.predict_proba(X)[:, 1].mean() > 1.3 * y.mean()
    # The order of the rows is the model's own.
    assert (
        np.argsort(shipped.predict_proba(X)[:, 1]) == np.argsort(raw.predict_proba(X)[:, 1])
    ).all()


def test_classes_declared_in_another_order_are_moved_alike(searched):
    learner, X, _ = searched
    rows, labels = learner.labelled
    names = np.array(["common", "arare"])
    other = ActiveLearner(Pool(X), ["common", "arare"], LogisticRegression(), minority="arare")
    other.teach(rows, names[labels])
    shipped = other.final_model()
    rare = shipped.classes_.tolist().index("arare")
    ours = learner.final_model().predict_proba(X)[:, 1]
    assert shipped.predict_proba(X)[:, rare] == pytest.approx(ours)


def test_a_model_with_class_weights_keeps_its_probabilities():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 2))
    X[:20] += [3.0, 0.0]
    model = LogisticRegression(class_weight="balanced")
    learner = ActiveLearner(Pool(X), [0, 1], model, minority=1)
    hard = 20 + np.argsort(-X[20:, 0])[:20]
    learner.teach(np.concatenate([np.arange(20), hard]), np.repeat([1, 0], 20))
    assert isinstance(learner.final_model(), LogisticRegression)


def test_a_cut_is_moved_with_the_probabilities(searched):
    learner, X, _ = searched
    decided = learner.final_model(threshold="f1")
    P = decided.predict_proba(X)[:, 1]
    assert (decided.predict(X) == (decided.threshold <= P)).all()
    assert pytest.approx(learner.final_model().predict_proba(X)[:, 1]) == P


def test_a_model_that_corrects_its_own_prior_is_cut_like_any_other(searched):
    learner, X, _ = searched
    rows, labels = learner.labelled
    own = PriorCorrected(LogisticRegression(), prior={0: 0.9, 1: 0.1})
    cuts = []
    for model in (own, make_pipeline(own)):
        other = ActiveLearner(Pool(X), [0, 1], model, minority=1)
        other.teach(rows, labels)
        cuts.append(other.final_model(presume=False, threshold="f1").threshold)
    assert cuts[0] == cuts[1]
