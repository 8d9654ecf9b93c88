"""Which models can be told what a row counts for, and that they are."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode.models._several import SkillWeighted
from motherlode.models._weights import fit_told, takes_weights

LINE = LogisticRegression()


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


@pytest.mark.parametrize("model", [LINE, make_pipeline(StandardScaler(), LINE)])
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
