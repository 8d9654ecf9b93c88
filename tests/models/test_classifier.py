import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from motherlode.errors import InputError
from motherlode.measures import margin
from motherlode.models import FittedClassifier, fit_classifier
from motherlode.models._classifier import fill_seeds

NAMES = {
    "int": [0, 1, 2],
    "turned int": [7, 3, 5],
    "str": ["c", "a", "b"],
    "float": [3.0, 2.0, 1.0],
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_columns_follow_the_declared_classes(toy3, names):
    classes = np.array(names)
    P = fit_classifier(GaussianNB(), toy3.data, classes[toy3.y], classes, 0).predict_proba(
        toy3.data
    )
    plain = GaussianNB().fit(toy3.data, toy3.y).predict_proba(toy3.data)
    assert plain == pytest.approx(P)


def test_bool_classes(toy):
    classes = np.array([True, False])
    fitted = fit_classifier(GaussianNB(), toy.data, toy.y == 1, classes, 0)
    P = GaussianNB().fit(toy.data, toy.y).predict_proba(toy.data)
    assert fitted.predict_proba(toy.data) == pytest.approx(P[:, ::-1])


@given(st.permutations(["a", "b", "c", "d", "e"]), st.sets(st.sampled_from("abcde"), min_size=2))
def test_classes_that_nobody_has_seen_get_probability_zero(declared, seen):
    y = np.array(sorted(seen) * 3)
    X = np.arange(len(y), dtype=float)[:, None]
    P = fit_classifier(DummyClassifier(), X, y, np.array(declared), 0).predict_proba(X)
    for column, name in enumerate(declared):
        assert P[:, column] == pytest.approx(1 / len(seen) if name in seen else 0.0)


@pytest.mark.parametrize(
    "model", [SVC(), LinearSVC(), RidgeClassifier(), Perceptron(), SGDClassifier()], ids=repr
)
def test_without_predict_proba_the_decision_is_squashed(toy, toy3, model):
    def decisions(fitted, X):
        raw = fitted.estimator.decision_function(X)
        return raw / max(1.0, np.abs(raw).max() / 10)

    two = fit_classifier(model, toy.data, toy.y, np.arange(2), 0)
    decision = decisions(two, toy.data)
    P = np.stack([expit(-decision), expit(decision)], axis=1)
    assert two.predict_proba(toy.data) == pytest.approx(P)
    three = fit_classifier(model, toy3.data, toy3.y, np.arange(3), 0)
    assert three.predict_proba(toy3.data) == pytest.approx(
        softmax(decisions(three, toy3.data), axis=1)
    )


@pytest.mark.parametrize("model", [SGDClassifier(), Perceptron()], ids=repr)
def test_decisions_in_the_thousands_still_tell_rows_apart(toy, model):
    X = toy.data * [1000.0, 50.0, 1.0, 300.0]
    few = toy.some(8)
    fitted = fit_classifier(model, X[few], toy.y[few], np.arange(2), 0)
    decision = np.abs(fitted.estimator.decision_function(X))
    assert decision.max() > 1e4
    order = np.argsort(-margin(fitted.predict_proba(X)))
    assert np.array_equal(order, np.argsort(decision))


@pytest.mark.parametrize("k", [3, 4])
def test_a_decision_for_each_pair_of_classes_is_turned_into_one_for_each_class(k):
    y = np.arange(40 * k) % k
    X = np.random.default_rng(0).normal(size=(40 * k, 2)) + 4 * np.eye(k)[y][:, :2]
    X[y == 3] -= 4
    fitted = fit_classifier(SVC(decision_function_shape="ovo"), X, y, np.arange(k), 0)
    P = fitted.predict_proba(X)
    assert P.shape == (40 * k, k)
    assert (P.argmax(axis=1) == fitted.estimator.predict(X)).mean() > 0.97


class OnlyPredicts(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.tree_ = DecisionTreeClassifier().fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X):
        return self.tree_.predict(X)


def test_predict_alone_answers_zeros_and_ones(toy):
    classes = np.array(["rare", "common"])
    y = np.where(toy.y == 1, "rare", "common")
    P = fit_classifier(OnlyPredicts(), toy.data, y, classes, 0).predict_proba(toy.data)
    assert np.array_equal(P[:, 0], toy.y)
    assert np.array_equal(P.sum(axis=1), np.ones(len(y)))


def test_no_rows_give_no_probabilities(toy):
    fitted = fit_classifier(LogisticRegression(), toy.data, toy.y, np.arange(2), 0)
    assert fitted.predict_proba(toy.data[:0]).shape == (0, 2)


class Says(ClassifierMixin, BaseEstimator):
    def __init__(self, row):
        self.row = row

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.tile(np.asarray(self.row), (len(X), 1))


def test_a_rounding_beyond_one_is_cut(toy):
    row = np.array([-1e-9, 1 + 1e-9])
    P = fit_classifier(Says(row), toy.data, toy.y, np.arange(2), 0).predict_proba(toy.data)
    assert P.min() == 0.0
    assert P.max() == 1.0


@pytest.mark.parametrize(
    ("row", "words"), [([0.2, 0.2], "add up to 0.4"), ([np.nan, 1.0], "not a number")]
)
def test_what_are_no_probabilities_is_named(toy, row, words):
    fitted = fit_classifier(Says(row), toy.data, toy.y, np.arange(2), 0)
    with pytest.raises(InputError, match=words):
        fitted.predict_proba(toy.data)


def test_a_model_that_knows_another_class_is_refused(toy):
    forest = GaussianNB().fit(toy.data, np.where(toy.y == 1, "x", "y"))
    with pytest.raises(InputError, match="class 'y', which is not among"):
        FittedClassifier(forest, np.array(["x", "z"]))


def test_the_model_handed_in_is_neither_fitted_nor_seeded(toy):
    model = make_pipeline(StandardScaler(), RandomForestClassifier(3))
    fit_classifier(model, toy.data, toy.y, np.arange(2), seed=1)
    assert not hasattr(model[1], "estimators_")
    assert model[1].random_state is None


def test_the_same_seed_gives_the_same_model(toy):
    model = make_pipeline(StandardScaler(), RandomForestClassifier(3))
    P = [
        fit_classifier(model, toy.data, toy.y, np.arange(2), seed).predict_proba(toy.data)
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(P[0], P[1])
    assert not np.array_equal(P[0], P[2])


def test_a_seed_of_ones_own_is_kept():
    model = fill_seeds(make_pipeline(StandardScaler(), RandomForestClassifier(random_state=5)), 1)
    assert model[1].random_state == 5


def test_a_failed_prediction_says_of_what(toy):
    fitted = fit_classifier(RadiusNeighborsClassifier(1e-9), toy.data, toy.y, np.array([0, 1]), 0)
    with pytest.raises(
        InputError, match=r"RadiusNeighborsClassifier could not predict 3 rows \(No"
    ):
        fitted.predict_proba(toy.data[:3] + 1)


@pytest.mark.parametrize("kind", ["CatBoostError", "LightGBMError", "DTypePromotionError"])
def test_what_a_library_refuses_gets_a_sentence_with_both_ends(toy, kind):
    class Refuses(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            raise type(kind, (Exception,), {})(f"one of {'a, b, ' * 99}. Got 'pr_auc' instead.")

    with pytest.raises(InputError, match=r"\(one of a, b, .* … .* Got 'pr_auc' instead\); teach"):
        fit_classifier(Refuses(), toy.data, toy.y, np.array([0, 1]), 0)


def test_a_failed_fit_says_on_what(toy):
    class Fails(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no") as raised:
        fit_classifier(Fails(), toy.data, toy.y, np.arange(2), 0)
    assert raised.value.__notes__ == [
        "While fitting Fails on 210 labelled rows of 2 classes, the rarest with 10."
    ]


def test_sample_weights_reach_the_model(toy):
    weights = np.where(toy.y == 1, 0.0, 1.0)
    P = fit_classifier(DummyClassifier(), toy.data, toy.y, np.arange(2), 0, weights)
    assert P.predict_proba(toy.data[:1]) == pytest.approx(np.array([[1.0, 0.0]]))


class Logistic(BaseEstimator):
    """A classifier that somebody wrote in a few lines: nothing but what each case needs."""

    def fit(self, X, y):
        self.model_ = LogisticRegression().fit(X, y)

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


class ListsClasses(Logistic):
    def fit(self, X, y):
        super().fit(X, y)
        self.classes_ = self.model_.classes_.tolist()


@pytest.mark.parametrize("model", [Logistic(), ListsClasses()])
def test_a_model_that_forgets_a_convention_predicts_as_others_do(toy, model):
    labels = np.array(["fine", "rare"])
    fitted, plain = (
        fit_classifier(each, toy.data, labels[toy.y], labels[::-1], 0)
        for each in (model, LogisticRegression())
    )
    assert np.allclose(fitted.predict_proba(toy.data), plain.predict_proba(toy.data))
    assert fitted.estimator.classes_.tolist() == ["fine", "rare"]


class OneColumn(Logistic):
    def predict_proba(self, X):
        return super().predict_proba(X)[:, 1]


class OtherRows(Logistic):
    def predict_proba(self, X):
        return super().predict_proba(X)[:1]


class SaysCodes(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.zeros(len(X))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (OneColumn(), r"OneColumn predicted an array of shape \(3,\) for 3 rows of 2 classes"),
        (OtherRows(), r"OtherRows predicted an array of shape \(1, 2\) for 3 rows"),
        (SaysCodes(), "SaysCodes.predict gave what is none of its classes"),
    ],
)
def test_predictions_of_another_form_get_a_sentence(toy, model, words):
    labels = np.array(["fine", "rare"])
    fitted = fit_classifier(model, toy.data, labels[toy.y], labels, 0)
    with pytest.raises(InputError, match=words):
        fitted.predict_proba(toy.data[:3])
