import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode import ActiveLearner, Pool
from motherlode.models._class_weights import without_class_weights
from motherlode.models._default import default_model

FORMS = {
    "array": lambda toy: toy.data,
    "float32": lambda toy: toy.data.astype(np.float32),
    "sparse": lambda toy: csr_array(np.where(toy.data > 0.5, toy.data, 0)),
    "frame": lambda toy: pd.DataFrame(toy.data, columns=list("abcd")),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_default_model_ranks_the_rare_class_first(toy, form):
    learner = ActiveLearner(Pool(FORMS[form](toy)), [0, 1])
    rows = toy.some(5)
    learner.teach(rows, toy.y[rows])
    rest = learner.unlabelled
    assert roc_auc_score(toy.y[rest], learner.predict_proba(rest)[:, 1]) > 0.8


def test_the_default_model_reads_texts(texts):
    learner = ActiveLearner(Pool(texts.data), [0, 1])
    rows = texts.some(2)
    learner.teach(rows, texts.y[rows])
    rest = learner.unlabelled
    assert roc_auc_score(texts.y[rest], learner.predict_proba(rest)[:, 1]) > 0.9


@pytest.mark.parametrize("positives", [1, 2, 3])
def test_the_default_model_fits_from_the_first_positive_on(toy, positives):
    learner = ActiveLearner(Pool(toy.data), [0, 1])
    rows = np.concatenate([np.flatnonzero(toy.y == 0)[:3], np.flatnonzero(toy.y)[:positives]])
    learner.teach(rows, toy.y[rows])
    assert learner.final_model().predict_proba(toy.data[:3]).shape == (3, 2)


def test_the_default_model_is_a_fresh_classifier(toy):
    model = default_model(Pool(toy.data))
    assert is_classifier(model)
    assert not hasattr(model, "classes_")
    assert default_model(Pool(toy.data)) is not model


def test_class_weights_are_taken_out_however_deep():
    weighted = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", C=3)),
        {"logisticregression__C": [1]},
    )
    plain = without_class_weights(weighted)
    assert plain.estimator[1].class_weight is None
    assert plain.estimator[1].C == 3
    assert weighted.estimator[1].class_weight == "balanced"
    calibrated = CalibratedClassifierCV(RandomForestClassifier(class_weight={0: 1, 1: 9}))
    assert without_class_weights(calibrated).estimator.class_weight is None
    assert without_class_weights(StandardScaler()).get_params() == StandardScaler().get_params()


def test_the_model_that_asks_is_not_weighted_and_the_one_to_ship_is(toy, started):
    learner = started(toy, model=LogisticRegression(class_weight="balanced"))
    assert learner.query_model.class_weight is None
    rows, labels = learner.labelled
    plain = LogisticRegression().fit(toy.data[rows], labels)
    weighted = LogisticRegression(class_weight="balanced").fit(toy.data[rows], labels)
    assert learner.predict_proba([0, 1]) == pytest.approx(plain.predict_proba(toy.data[[0, 1]]))
    assert learner.final_model(presume=False).predict_proba(toy.data) == pytest.approx(
        weighted.predict_proba(toy.data)
    )


def test_a_query_model_named_is_taken_as_it_is(toy, started):
    learner = started(
        toy, query_model=LogisticRegression(class_weight="balanced"), model=LogisticRegression()
    )
    assert learner.query_model.class_weight == "balanced"
    assert learner.model.class_weight is None
