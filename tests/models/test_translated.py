"""What classifiers of other libraries are handed: codes, dense rows, rows held out."""

import pickle

import numpy as np
import pandas as pd
import pytest
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import BaggingClassifier, HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from xgboost import XGBClassifier
from xgboost.callback import EarlyStopping

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.models import SkillWeighted, _translated, fit_classifier
from motherlode.models._translated import Translated

NAMES = np.array(["fine", "fraud"])


def fit(model, toy, X=None, weights=None):
    X = toy.data if X is None else X
    return fit_classifier(model, X, NAMES[toy.y], NAMES, 0, weights)


def xgb(**settings):
    return XGBClassifier(**{"n_estimators": 5, "n_jobs": 1} | settings)


def test_codes_change_no_prediction(toy):
    fitted = fit(xgb(), toy)
    plain = xgb(random_state=0).fit(toy.data, toy.y)
    assert np.array_equal(fitted.predict_proba(toy.data), plain.predict_proba(toy.data))
    answers = fitted.estimator.predict(toy.data)
    assert answers.tolist() == NAMES[plain.predict(toy.data)].tolist()
    assert fitted.estimator.classes_.tolist() == ["fine", "fraud"]


def test_weights_of_rows_reach_the_classifier(toy):
    weights = np.where(toy.y == 1, 0.01, 1.0)
    light, plain = fit(xgb(), toy, weights=weights), fit(xgb(), toy)
    assert light.predict_proba(toy.data)[:, 1].max() < plain.predict_proba(toy.data)[:, 1].max()


class Told(ClassifierMixin, BaseEstimator):
    """One of another package that can be told of presumed labels; keeps what it is told."""

    def __init__(self, early_stopping_rounds=None):
        self.early_stopping_rounds = early_stopping_rounds

    def fit(self, X, y, presumed=None):
        self.told_, self.rows_ = presumed, X
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)

    def predict(self, X):
        return self.classes_[np.zeros(len(X), int)]


class ToldOfBoth(Told):
    def fit(self, X, y, sample_weight=None, presumed=None):
        self.weights_ = sample_weight
        return super().fit(X, y, presumed)


class ToldAndStopping(ToldOfBoth):
    def fit(self, X, y, sample_weight=None, presumed=None, eval_set=None):
        return super().fit(X, y, sample_weight, presumed)


@pytest.mark.parametrize("kind", [Told, ToldOfBoth])
@pytest.mark.parametrize("place", ["alone", "pipeline", "member"])
def test_a_classifier_of_another_package_is_told_which_labels_are_presumed(toy, kind, place):
    given = {
        "alone": kind(),
        "pipeline": make_pipeline(StandardScaler(), kind()),
        "member": SkillWeighted([("told", kind()), ("line", LogisticRegression())]),
    }[place]
    presumed = np.arange(len(toy.y)) % 3 == 0
    weights = np.where(presumed, 0.5, 1.0) if kind is ToldOfBoth else None
    fitted = fit_classifier(
        given, toy.data, NAMES[toy.y], NAMES, 0, weights, presumed=presumed
    ).estimator
    if place != "alone":
        fitted = fitted[-1] if place == "pipeline" else fitted.estimators_[0]
    assert np.array_equal(fitted.told_, presumed)
    if kind is ToldOfBoth:
        assert np.array_equal(fitted.weights_, weights)


def test_of_rows_held_out_nothing_is_told(toy):
    presumed = np.arange(len(toy.y)) % 3 == 0
    fitted = fit_classifier(
        ToldAndStopping(2), toy.data, toy.y, np.arange(2), 0, presumed=presumed
    ).estimator
    assert len(fitted.told_) == len(fitted.rows_) == 168
    rows = [np.flatnonzero((toy.data == row).all(axis=1))[0] for row in fitted.rows_]
    assert np.array_equal(fitted.told_, presumed[rows])


def test_a_learner_tells_a_classifier_of_another_package(toy):
    learner = ActiveLearner(Pool(toy.data), ["fine", "fraud"], ToldOfBoth(), minority="fraud")
    learner.teach(toy.some(1)[:2], ["fraud", "fraud"])  # so all negatives are presumed
    made = learner.final_model()
    told = getattr(made, "estimator_", made).told_
    assert told.sum() == len(told) - 2 > 0


@pytest.mark.parametrize("names", [["fine", "fraud"], [-1, 1], [1, -1]])
@pytest.mark.parametrize(
    "model", [SelfTrainingClassifier(LogisticRegression()), LabelSpreading(n_neighbors=5)], ids=str
)
@pytest.mark.filterwarnings("ignore:y contains no unlabeled samples:UserWarning")
def test_no_name_of_a_class_is_taken_for_no_label(toy, model, names):
    classes = np.array(names)
    fitted, plain = (
        fit_classifier(make_pipeline(StandardScaler(), model), toy.data, known[toy.y], known, 0)
        for known in (classes, np.array([0, 1]))
    )
    found, expected = (each.predict_proba(toy.data) for each in (fitted, plain))
    assert np.allclose(found, expected, atol=1e-3)
    answers = fitted.estimator.predict(toy.data)
    assert np.array_equal(answers, classes[plain.estimator.predict(toy.data)])


def test_settings_and_results_of_the_classifier_show_through(toy):
    search = fit(GridSearchCV(xgb(), {"max_depth": [1, 2]}, cv=2), toy).estimator
    assert search.best_params_["max_depth"] in (1, 2)
    best = search.best_estimator_
    assert best.get_params()["max_depth"] == search.best_params_["max_depth"]
    assert best.feature_importances_.shape == (4,)
    assert repr(best) == repr(best.estimator)
    assert not hasattr(best, "decision_function")
    with pytest.raises(AttributeError, match="no attribute 'transform'"):
        best.transform  # noqa: B018
    again = pickle.loads(pickle.dumps(best))
    assert np.array_equal(again.predict_proba(toy.data), best.predict_proba(toy.data))
    assert not hasattr(clone(best), "estimator_")


def test_a_classifier_that_took_all_as_it_was_is_given_back(toy):
    assert type(fit(LGBMClassifier(n_estimators=2, verbose=-1), toy).estimator) is LGBMClassifier
    codes = fit_classifier(xgb(), toy.data, toy.y, np.arange(2), 0)
    assert type(codes.estimator) is XGBClassifier


class Broken(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        raise RuntimeError(f"no {np.asarray(y).dtype.kind} in {X.dtype}")

    def predict(self, X):
        return np.zeros(len(X))


def test_where_no_form_is_taken_the_first_refusal_is_told(toy):
    with pytest.raises(RuntimeError, match="no U in float64"):
        fit(Broken(), toy)


class TestRows:
    @pytest.mark.parametrize(
        "model",
        [
            GaussianNB(),
            HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2),
            LinearDiscriminantAnalysis(),
            MLPClassifier((3,), solver="lbfgs"),
            BaggingClassifier(GaussianNB(), 3),
            GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-3]}, cv=2),
        ],
        ids=lambda model: type(model).__name__,
    )
    @pytest.mark.parametrize("kind", [csr_matrix, csr_array])
    def test_sparse_rows_are_filled_for_models_that_take_only_dense(self, toy, model, kind):
        sparse = fit(model, toy, kind(toy.data)).predict_proba(kind(toy.data))
        assert sparse == pytest.approx(fit(model, toy).predict_proba(toy.data))

    def test_texts_of_the_pool_and_of_a_pipeline(self, texts):
        own = make_pipeline(TfidfVectorizer(), GaussianNB())
        for model in (GaussianNB(), own):
            learner = ActiveLearner(Pool(texts.data), NAMES, model, "margin", minority="fraud")
            learner.teach(np.arange(60), NAMES[texts.y[:60]])
            assert len(learner.query(2).rows) == 2
            assert learner.final_model().predict(texts.data[:4]).shape == (4,)

    def test_rows_to_predict_are_filled_a_few_at_a_time(self, toy, monkeypatch):
        fitted = fit(GaussianNB(), toy, csr_matrix(toy.data))
        monkeypatch.setattr(_translated, "_AT_A_TIME", 40)
        whole = fitted.predict_proba(csr_matrix(toy.data))
        assert whole == pytest.approx(GaussianNB().fit(toy.data, toy.y).predict_proba(toy.data))

    def test_more_cells_than_memory_holds_get_a_sentence(self, toy, monkeypatch):
        monkeypatch.setattr(_translated, "_MOST_CELLS", 800)
        with pytest.raises(InputError, match=r"GaussianNB takes dense rows only, and 210 labelled"):
            fit(GaussianNB(), toy, csr_matrix(toy.data))

    def test_names_of_columns_that_lightgbm_refuses(self, toy):
        frame = pd.DataFrame(toy.data, columns=["a:{1}", "b[2]", "c", "d,"])
        model = LGBMClassifier(n_estimators=3, verbose=-1)
        named = fit(model, toy, frame).predict_proba(frame)
        assert named == pytest.approx(fit(model, toy).predict_proba(toy.data))


def test_catboost_with_a_list_of_columns(toy):
    lists = CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False, cat_features=[0])
    X = np.round(toy.data).astype(object)
    X[:, 0] = [str(number) for number in X[:, 0]]
    frame = pd.DataFrame(X, columns=list("abcd")).astype(dict.fromkeys("bcd", float))
    for model in (lists, make_pipeline("passthrough", lists)):
        learner = ActiveLearner(
            Pool(toy.data), NAMES, model, query_model=LogisticRegression(), seed=0
        )
        assert fit(learner.model, toy, frame).predict_proba(frame).shape == (210, 2)
    assert lists.get_params()["cat_features"] == [0]


def test_what_catboost_changes_in_its_constructor_gets_a_sentence(toy):
    dicts = CatBoostClassifier(class_weights={0: 1, 1: 9})
    with pytest.raises(InputError, match=r"model can't be copied.*class_weights\); give such a"):
        ActiveLearner(Pool(toy.data), NAMES, dicts)


class TestEarlyStopping:
    MODELS = (
        xgb(n_estimators=200, early_stopping_rounds=2),
        xgb(n_estimators=200, callbacks=[EarlyStopping(rounds=2)]),
        LGBMClassifier(n_estimators=200, early_stopping_round=2, n_jobs=1, verbose=-1),
        CatBoostClassifier(
            iterations=200, early_stopping_rounds=2, verbose=0, thread_count=1,
            allow_writing_files=False, learning_rate=0.5,
        ),
    )  # fmt: skip

    @staticmethod
    def trees(model):
        if isinstance(model, CatBoostClassifier):
            return model.tree_count_
        if isinstance(model, LGBMClassifier):
            return model.best_iteration_
        return model.get_booster().num_boosted_rounds()

    @pytest.mark.parametrize("model", MODELS, ids=["xgboost", "callback", "lightgbm", "catboost"])
    def test_boosting_stops_by_rows_held_out(self, toy, model):
        def fitted(labels, weights=None):
            found = fit_classifier(model, X, labels, np.arange(2), 0, weights).estimator
            return found.estimator_ if isinstance(found, Translated) else found

        rng = np.random.default_rng(0)
        X = toy.data
        noisy = (toy.y == 1) | (rng.random(210) < 0.3)
        assert self.trees(fitted(noisy.astype(int))) < 60
        assert self.trees(fitted(noisy.astype(int), rng.random(210))) < 60

    def test_rows_held_out_are_a_fifth_stratified(self, toy, monkeypatch):
        seen = {}

        class Watched(XGBClassifier):
            def fit(self, X, y, *, eval_set=None, verbose=True):
                seen.update(trained=y, watched=eval_set[0][1], verbose=verbose)
                return super().fit(X, y, eval_set=eval_set, verbose=verbose)

        fit(Watched(n_estimators=3, n_jobs=1, early_stopping_rounds=2), toy)
        assert len(seen["watched"]) == 42
        assert sum(seen["watched"]) == 2
        assert sum(seen["trained"]) == 8
        assert seen["verbose"] is False

    def test_while_a_class_has_one_row_none_is_held_out(self, toy):
        few = toy.some(1).tolist() + np.flatnonzero(toy.y == 0)[1:9].tolist()
        model = xgb(n_estimators=30, early_stopping_rounds=2, min_child_weight=0)
        fitted = fit_classifier(model, toy.data[few], NAMES[toy.y[few]], NAMES, 0)
        known = fitted.predict_proba(toy.data[few])
        assert known[1, 1] > 0.5 > known[0, 1]
