"""Scores of one class are those of the class sought."""

import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier, StackingClassifier
from sklearn.feature_selection import RFECV
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode import ActiveLearner
from motherlode.errors import InputError
from motherlode.models import fit_classifier
from tests.models.quiet import OWN_FOLDS

C = {"C": [1e-6, 1.0]}
OF_ONE_CLASS = ["f1", "recall", "precision", "jaccard", "average_precision", "neg_brier_score"]


def fit(model, toy, names=("fine", "fraud"), positive=("fraud",)):
    names = np.array(names)
    return fit_classifier(model, toy.data, names[toy.y], names, 0, positive=positive).estimator


def means(search):
    return search.cv_results_["mean_test_score"].tolist()


@pytest.mark.filterwarnings("ignore:Precision is ill-defined")  # of scikit-learn's own score
@pytest.mark.parametrize("scoring", OF_ONE_CLASS)
@pytest.mark.parametrize("names", [("fine", "fraud"), ("z", "a"), (1, 2), (1, 0), (False, True)])
def test_whatever_the_class_is_called_the_score_is_that_of_codes(toy, scoring, names):
    search = GridSearchCV(LogisticRegression(), C, scoring=scoring, cv=3)
    found = means(fit(search, toy, names, names[1:]))
    if names == (1, 0):  # the folds are the same, and 0 is sought
        assert found == pytest.approx(means(fit(search, toy, ("z", "a"), ("a",))))
    else:
        lines = [LogisticRegression(C=c) for c in C["C"]]
        codes = [cross_val_score(m, toy.data, toy.y, scoring=scoring, cv=3).mean() for m in lines]
        assert found == pytest.approx(codes)


def test_several_scores(toy):
    search = GridSearchCV(LogisticRegression(), C, scoring=["f1", "accuracy"], refit="f1", cv=3)
    assert fit(search, toy).cv_results_["mean_test_f1"][1] > 0.5
    named = GridSearchCV(LogisticRegression(), C, scoring={"own": "recall"}, refit="own", cv=3)
    assert fit(named, toy).cv_results_["mean_test_own"][1] > 0.5


def test_of_three_classes_those_that_are_sought_count(toy3):
    search = GridSearchCV(LogisticRegression(), {"C": [1.0]}, scoring="f1", cv=3)
    one = means(fit(search, toy3, ("a", "b", "c"), ("c",)))
    both = means(fit(search, toy3, ("a", "b", "c"), ("b", "c")))

    def by(**of):
        score = make_scorer(f1_score, **of)
        return cross_val_score(LogisticRegression(), toy3.data, toy3.y, scoring=score, cv=3).mean()

    assert one == pytest.approx([by(labels=[2], average="micro")])
    assert both == pytest.approx([by(labels=[1, 2], average="micro")])
    assert one != both


def test_inside_a_pipeline_and_ensembles(toy):
    search = GridSearchCV(LogisticRegression(), C, scoring="f1", cv=2)
    in_pipeline = fit(make_pipeline(StandardScaler(), search), toy)[-1]
    in_bag = fit(BaggingClassifier(search, 2, bootstrap=False), toy).estimators_[0]
    in_stack = fit(StackingClassifier([("s", search)], cv=2), toy).estimators_[0]
    for found in (in_pipeline, getattr(in_bag, "estimator_", in_bag), in_stack):
        assert found.best_params_["C"] == 1.0


def test_models_that_score_in_their_own_fit(toy):
    line = OWN_FOLDS | {"Cs": [1e-6, 1.0], "cv": 3}
    for names in (("fine", "fraud"), ("z", "a")):
        chosen = fit(LogisticRegressionCV(scoring="f1", **line), toy, names, names[1:])
        assert np.asarray(chosen.C_).item() == 1.0
        tuned = TunedThresholdClassifierCV(LogisticRegression(C=0.01), scoring="f1", cv=3)
        tuned = fit(tuned, toy, names, names[1:])
        assert f1_score(toy.y, tuned.predict(toy.data) == names[1]) > 0.7
    kept = fit(
        make_pipeline(RFECV(LogisticRegression(), cv=3, scoring="f1"), LogisticRegression()), toy
    )
    assert np.isfinite(kept[0].cv_results_["mean_test_score"]).all()


def test_a_learner_names_the_class_it_seeks(toy):
    labels = np.where(toy.y == 1, "a", "z")
    search = GridSearchCV(LogisticRegression(), C, scoring="recall", cv=2)
    learner = ActiveLearner(toy.data, ["z", "a"], search, "margin", minority="a")
    learner.teach(np.arange(100), labels[:100])
    learner.query(1)
    assert learner._query_fit.fitted.estimator.best_params_["C"] == 1.0


@pytest.mark.filterwarnings("ignore:Scoring failed", "ignore:One or more of the test scores")
def test_a_search_without_any_score_is_told(toy3):
    search = GridSearchCV(LogisticRegression(), C, scoring="roc_auc", cv=2)
    said = r"GridSearchCV could score none of its settings by scoring='roc_auc'; give a score"
    for model in (search, make_pipeline(StandardScaler(), search), BaggingClassifier(search, 2)):
        with pytest.raises(InputError, match=said):
            fit(model, toy3, ("a", "b", "c"))
    several = GridSearchCV(
        LogisticRegression(), C, scoring=["accuracy", "roc_auc"], refit="accuracy"
    )
    with pytest.raises(InputError, match="the score 'roc_auc'"):
        fit(several, toy3, ("a", "b", "c"))
