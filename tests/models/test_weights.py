"""Which models can be told what a row counts for, and that they are."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode.errors import InputError
from motherlode.models import fit_classifier
from motherlode.models._classifier import Unfit
from motherlode.models._several import SkillWeighted
from motherlode.models._weights import fit_told, takes_weights

LINE = LogisticRegression()


class Refusing(LogisticRegression):
    """A line that names weights in its fit and takes none, with an error of any kind."""

    def __init__(self, kind=ValueError):
        super().__init__()
        self.kind = kind

    def fit(self, X, y, sample_weight=None):
        if sample_weight is not None:
            raise self.kind("not here")
        return super().fit(X, y)


class Holding(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A model that holds another, under a name of its own, and hands all on."""

    def __init__(self, base):
        self.base = base

    def fit(self, X, y, sample_weight=None):
        given = {} if sample_weight is None else {"sample_weight": sample_weight}
        self.base_ = clone(self.base).fit(X, y, **given)
        self.classes_ = self.base_.classes_
        return self

    def predict_proba(self, X):
        return self.base_.predict_proba(X)


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        (LINE, True),
        (RandomForestClassifier(), True),
        (make_pipeline(StandardScaler(), LINE), True),
        (SkillWeighted([("line", make_pipeline(StandardScaler(), LINE))]), True),
        (KNeighborsClassifier(), False),
        (make_pipeline(StandardScaler(), KNeighborsClassifier()), False),
        (SkillWeighted([("line", LINE), ("near", KNeighborsClassifier())]), False),
        (make_sampling_pipeline(RandomOverSampler(), LINE), False),
        (GridSearchCV(LINE, {"C": [1]}), False),
        (CalibratedClassifierCV(LINE), False),
        (BaggingClassifier(LINE), False),
    ],
)
def test_who_takes_weights(model, takes):
    assert takes_weights(model) is takes


@pytest.mark.parametrize(
    "model",
    [
        LINE,
        make_pipeline(StandardScaler(), LINE),
        make_pipeline("passthrough", make_pipeline(StandardScaler(), LINE)),
    ],
)
def test_a_row_that_counts_twice_is_a_row_seen_twice(model):
    X = np.random.default_rng(0).normal(size=(40, 2))
    X = np.concatenate([X, -X])  # a mean of 0 and deviations of 1 either way
    y = (X[:, 0] + 0.5 * np.sin(9 * X[:, 1]) > 0).astype(int)
    weighted = fit_told(model, X, y, np.full(80, 2.0)).predict_proba(X)
    twice = model.fit(np.tile(X, (2, 1)), np.tile(y, 2)).predict_proba(X)
    assert weighted == pytest.approx(twice, abs=1e-4)
    assert model.fit(X, y).predict_proba(X) != pytest.approx(twice, abs=1e-3)
    assert fit_told(model, X, y, None).predict_proba(X) == pytest.approx(
        model.fit(X, y).predict_proba(X)
    )


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Refusing(), "Refusing"),
        (Refusing(TypeError), "Refusing"),
        (Refusing(NotImplementedError), "Refusing"),
        (make_pipeline(StandardScaler(), Refusing()), "Refusing in Pipeline"),
        (Holding(Refusing()), "Refusing in Holding"),
        (SkillWeighted([("line", LINE), ("own", Refusing())]), "Refusing in SkillWeighted"),
        (Holding(KNeighborsClassifier()), "Holding"),  # its part has no such parameter
    ],
    ids=repr,
)
def test_a_model_that_names_weights_and_refuses_them_is_named_with_the_cure(model, name):
    X = np.arange(8.0)[:, None]
    y = np.array([0] * 5 + [1] * 3)
    said = rf"^{name} has sample_weight in its fit, but refused weights .* take sample_weight out"
    with pytest.raises(InputError, match=said) as caught:
        fit_classifier(model, X, y, np.array([0, 1]), 0, np.ones(8))
    assert not isinstance(caught.value, Unfit)  # more labels do not help
    fit_classifier(model, X, y, np.array([0, 1]), 0)


def test_what_fails_without_weights_too_is_no_refusal_of_them():
    X, y = np.full((8, 1), np.nan), np.array([0] * 5 + [1] * 3)
    with pytest.raises(Unfit, match="could not be fitted"):
        fit_classifier(LINE, X, y, np.array([0, 1]), 0, np.ones(8))
