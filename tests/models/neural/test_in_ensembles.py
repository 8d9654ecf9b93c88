"""Networks inside models that name the classes by codes, or know the labelled ones alone."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode.models import fit_classifier
from motherlode.models._committee import ensemble_members

from .networks import bells, classifier

X, CODES = bells((40, 20))
CLASSES = np.array(["z", "m", "a"])  # "m" has no label yet
Y = CLASSES[[0, 2]][CODES]


def three():
    return classifier("torch", outputs=3, epochs=20)


def parts():
    return [("network", three()), ("line", LogisticRegression())]


MODELS = {
    "bagging": lambda: BaggingClassifier(three(), 3),
    "bagging of pipelines": lambda: BaggingClassifier(
        make_pipeline(StandardScaler(), three()), 2
    ),
    "bagging of searches": lambda: BaggingClassifier(
        GridSearchCV(three(), {"batch_size": [16]}, cv=2), 2
    ),
    "voting": lambda: VotingClassifier(parts(), voting="soft"),
    "stacking": lambda: StackingClassifier(parts(), cv=2),
    "calibrated": lambda: CalibratedClassifierCV(three(), cv=2),
    "boosting": lambda: AdaBoostClassifier(three(), n_estimators=2),
    "one against the rest": lambda: OneVsRestClassifier(classifier("torch", outputs=2)),
}  # fmt: skip


@pytest.mark.parametrize("kind", MODELS)
def test_a_class_without_labels_has_probability_0(kind):
    fitted = fit_classifier(MODELS[kind](), X, Y, CLASSES, 0)
    P = fitted.predict_proba(X)
    assert P.shape == (60, 3)
    assert (P[:, 1] == 0).all()
    assert (CLASSES[P.argmax(axis=1)] == Y).mean() > 0.9


@pytest.mark.parametrize("kind", ["bagging", "voting", "stacking", "calibrated"])
def test_one_row_of_a_class_will_do(kind):
    few = np.r_[np.flatnonzero(CODES == 0)[:8], np.flatnonzero(CODES)[:1]]
    P = fit_classifier(MODELS[kind](), X[few], Y[few], CLASSES, 0).predict_proba(X)
    assert P.shape == (60, 3)


def test_the_members_are_a_committee():
    found = ensemble_members(fit_classifier(MODELS["bagging"](), X, Y, CLASSES, 0))
    for member in found:
        P = member.predict_proba(X)
        assert (CLASSES[P.argmax(axis=1)] == Y).mean() > 0.9
