"""While the query model says nothing, the default model asks."""

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from xgboost import XGBClassifier

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.models import Seeds
from motherlode.strategies import QueryByCommittee

NAMES = np.array(["fine", "fraud"])
ALIKE = "DummyClassifier gives all rows the same probability, so the default model chooses"


def session(data, y, model, strategy="margin", each=1):
    rows = np.concatenate([np.flatnonzero(y == c)[:each] for c in (0, 1)])
    learner = ActiveLearner(data, NAMES, model, strategy, minority="fraud", seed=0)
    learner.teach(rows, NAMES[y[rows]])
    return learner


def test_a_model_that_says_nothing_is_named_once_where_it_was_asked(toy):
    learner = session(toy.data, toy.y, DummyClassifier())
    with pytest.warns(UserWarning, match=ALIKE) as told:
        learner.query(2)
    assert [warning.filename for warning in told] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner.teach([5], [NAMES[toy.y[5]]])
        P = learner.predict_proba(np.arange(210))
    assert np.ptp(P[:, 1]) > 0.1


def test_the_same_rows_are_asked_as_by_the_default_model(toy):
    default = session(toy.data, toy.y, None)
    with pytest.warns(UserWarning, match=ALIKE):
        asked = session(toy.data, toy.y, DummyClassifier()).query(5).rows
    assert np.array_equal(asked, default.query(5).rows)


def test_the_final_model_is_the_one_that_was_given(toy):
    learner = session(toy.data, toy.y, DummyClassifier(), each=10)
    with pytest.warns(UserWarning, match=ALIKE):
        learner.query(1)
    assert isinstance(learner.final_model(presume=False), DummyClassifier)


@pytest.mark.parametrize("strategy", ["auto", QueryByCommittee(committee=Seeds(2))])
def test_fits_with_presumed_negatives_and_committees_use_the_one_that_stands_in(toy, strategy):
    def asked(model):
        learner = session(toy.data, toy.y, model, strategy)
        for _ in range(4):
            rows = learner.query(3).rows
            learner.teach(rows, NAMES[toy.y[rows]])
        return learner.labelled[0].tolist()

    with pytest.warns(UserWarning, match=ALIKE):
        assert asked(DummyClassifier()) == asked(None)


def test_boosting_finds_positives_from_the_first_one_on(toy):
    learner = session(toy.data, toy.y, XGBClassifier(n_estimators=20, n_jobs=1), "most_likely")
    with pytest.warns(UserWarning, match="XGBClassifier gives all rows the same probability"):
        rows = learner.query(10).rows
    assert toy.y[rows].sum() >= 5


def test_a_model_that_encodes_texts_itself(texts):
    model = make_pipeline(TfidfVectorizer(), DummyClassifier())
    learner = session(Pool(texts.data), texts.y, model)
    with pytest.warns(UserWarning, match="Pipeline gives all rows"):
        P = learner.predict_proba(np.arange(126))
    assert P[texts.y == 1, 1].mean() > P[texts.y == 0, 1].mean()


def test_nothing_stands_in_where_no_row_differs_from_another(toy):
    learner = session(np.ones((40, 2)), np.arange(40) % 2, DummyClassifier())
    assert np.ptp(learner.predict_proba(np.arange(40))[:, 1]) == 0


class Demanding(ClassifierMixin, BaseEstimator):
    """It raises an error for fewer rows of a class than it wants."""

    def __init__(self, least=3):
        self.least = least

    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        if counts.min() < self.least:
            raise ValueError("too few rows of a class.")
        return self

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-X[:, 0]))
        return np.stack([1 - p, p], axis=1)

    def predict(self, X):
        return self.classes_[(X[:, 0] > 0).astype(int)]


def test_a_model_that_cannot_be_fitted_on_so_few_labels(toy):
    learner = session(toy.data, toy.y, Demanding())
    with pytest.warns(UserWarning, match=r"Demanding can't be fitted on so few labels.*too few"):
        assert len(learner.query(3).rows) == 3
    with pytest.raises(InputError, match=r"rarest with 1 \(too few rows of a class\); teach more"):
        learner.final_model(presume=False)
    more = toy.some(3)
    learner.teach(more, NAMES[toy.y[more]])
    p = learner.predict_proba(np.arange(210))[:, 1]
    assert p == pytest.approx(1 / (1 + np.exp(-toy.data[:, 0])))


def test_from_twenty_labels_on_it_is_an_error(toy):
    learner = session(toy.data, toy.y, Demanding(least=50), each=10)
    with pytest.raises(InputError, match="Demanding could not be fitted on 20 labelled rows"):
        learner.query(1)


def test_the_part_that_failed_is_named(toy):
    model = make_pipeline("passthrough", QuadraticDiscriminantAnalysis())
    learner = session(toy.data, toy.y, model)
    with pytest.warns(UserWarning, match="QuadraticDiscriminantAnalysis in Pipeline could not be"):
        learner.query(1)
