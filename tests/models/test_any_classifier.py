"""Any classifier, from any start, any names of classes: the real packages, in real sessions."""

from functools import cache

import numpy as np
import pytest
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV, SelectFromModel, SelectKBest
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier, XGBRFClassifier

from motherlode import ActiveLearner
from tests.models.quiet import OWN_FOLDS


class TableNetwork(ClassifierMixin, BaseEstimator):
    """A logistic regression as picky as networks for tables are."""

    def __init__(self, steps=200):
        self.steps = steps

    def fit(self, X, y):
        self._check(X)
        y = np.asarray(y)
        if y.dtype.kind not in "iu" or not np.array_equal(np.unique(y), np.arange(y.max() + 1)):
            raise ValueError("labels must be 0 … k-1")
        # `clone` gives settings only, and a fitted network is not one of them.
        self.network_ = LogisticRegression(max_iter=self.steps).fit(X, y)
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        self._check(X)
        return self.network_.predict_proba(X)

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)

    def _check(self, X):
        if not isinstance(X, np.ndarray) or X.dtype != np.float32:
            raise TypeError(f"expected a float32 array, got {type(X).__name__}")


def xgb(**settings):
    # Three rows in a leaf are the weight of a row of even odds.
    return XGBClassifier(n_estimators=8, n_jobs=1, min_child_weight=0, **settings)


def lgbm(**settings):
    return LGBMClassifier(n_estimators=8, min_child_samples=2, n_jobs=1, verbose=-1, **settings)


def cat(**settings):
    return CatBoostClassifier(
        iterations=8, depth=3, verbose=0, allow_writing_files=False, thread_count=1, **settings
    )


DEPTHS = {"max_depth": [2, 3]}
LINE = LogisticRegression()
CHOSEN = OWN_FOLDS | {"Cs": 3, "scoring": "accuracy", "cv": 5}

MODELS = {
    "xgboost": xgb(),
    "xgboost, early stopping": xgb(early_stopping_rounds=3),
    "xgboost, weighted": xgb(scale_pos_weight=9),
    "xgboost, forest": XGBRFClassifier(n_estimators=8, n_jobs=1, min_child_weight=0),
    "xgboost in a pipeline": make_pipeline(StandardScaler(), xgb()),
    "xgboost in a grid search": GridSearchCV(xgb(), DEPTHS, scoring="average_precision"),
    "xgboost in a random search": RandomizedSearchCV(xgb(), DEPTHS, n_iter=2, cv=3),
    "xgboost in a halving search": HalvingGridSearchCV(xgb(), DEPTHS, cv=3),
    "xgboost in calibration": CalibratedClassifierCV(xgb(), cv=3),
    "xgboost in a bag": BaggingClassifier(xgb(), 3),
    "xgboost in a vote": VotingClassifier([("x", xgb()), ("l", LINE)], voting="soft"),
    "xgboost in a stack": StackingClassifier([("x", xgb()), ("l", LINE)], cv=3),
    "xgboost against the rest": OneVsRestClassifier(xgb()),
    "xgboost in pairs": OneVsOneClassifier(xgb()),
    "xgboost chosen from two": GridSearchCV(
        make_pipeline(StandardScaler(), LINE), {"logisticregression": [LINE, xgb()]}, cv=2
    ),
    "lightgbm": lgbm(),
    "lightgbm, early stopping": lgbm(early_stopping_rounds=3),
    "lightgbm, weighted": lgbm(is_unbalance=True),
    "lightgbm in a halving search": HalvingRandomSearchCV(lgbm(), DEPTHS, cv=3, n_candidates=2),
    "lightgbm in calibration": CalibratedClassifierCV(lgbm(), cv=3),
    "lightgbm selects": make_pipeline(SelectFromModel(lgbm()), LINE),
    "catboost": cat(),
    "catboost, early stopping": cat(early_stopping_rounds=3),
    "catboost, weighted": cat(auto_class_weights="Balanced"),
    "catboost in a pipeline": make_pipeline(StandardScaler(), cat()),
    "catboost in a vote": VotingClassifier([("c", cat()), ("x", xgb())]),
    "histograms": HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=2),
    "histograms in calibration": CalibratedClassifierCV(
        HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=2), cv=2
    ),
    "table network": TableNetwork(),
    "table network in a pipeline": make_pipeline(StandardScaler(), TableNetwork()),
    "table network in a search": GridSearchCV(TableNetwork(), {"steps": [100, 200]}, cv=3),
    "table network in a bag": BaggingClassifier(TableNetwork(), 3),
    "gradient boosting": GradientBoostingClassifier(n_estimators=8),
    "forest": RandomForestClassifier(8),
    "extra trees": ExtraTreesClassifier(20, min_samples_leaf=2),
    "tree": DecisionTreeClassifier(min_samples_leaf=2),
    "adaptive boosting": AdaBoostClassifier(n_estimators=5),
    "neighbours": KNeighborsClassifier(15, weights="distance"),
    "bayes": GaussianNB(),
    "linear discriminant": LinearDiscriminantAnalysis(),
    "quadratic discriminant": QuadraticDiscriminantAnalysis(reg_param=0.1),
    "gaussian process": GaussianProcessClassifier(optimizer=None),
    "machine": SVC(),
    "perceptron": MLPClassifier((4,), solver="lbfgs", max_iter=2000),
    "descent": SGDClassifier(loss="log_loss"),
    "line with own folds": LogisticRegressionCV(**CHOSEN),
    "line with own folds by f1": LogisticRegressionCV(**CHOSEN | {"scoring": "f1"}),
    "ridge with own folds": RidgeClassifierCV(cv=5),
    "search by f1": GridSearchCV(LINE, {"C": [1e-6, 1.0]}, scoring="f1"),
    "search by several": GridSearchCV(
        LINE, {"C": [1e-6, 1.0]}, scoring=["recall", "precision", "roc_auc"], refit="recall"
    ),
    "threshold tuned for f1": TunedThresholdClassifierCV(LINE, scoring="f1", cv=3, thresholds=9),
    "components": make_pipeline(PCA(4), LINE),
    "quantiles": make_pipeline(QuantileTransformer(n_quantiles=50), LINE),
    "eliminated features": make_pipeline(RFECV(LINE, cv=5), LINE),
    "best features": make_pipeline(SelectKBest(k=2), LINE),
    "features of a line with own folds": make_pipeline(
        SelectFromModel(LogisticRegressionCV(**CHOSEN)), LINE
    ),
}

# The declared classes; the second is sought, and a third is never seen.
KINDS = {
    "names": ["fine", "fraud"],
    "1 and 2": [1, 2],
    "4 and 2": [4, 2],
    "bool": [False, True],
    "0, 1, 2 with one unseen": [0, 2, 1],
    "0 and 1": [0, 1],
}
STARTS = {"one positive": [0, 40], "nothing": [], "negatives only": [40, 41]}


def table():
    """Eighty rows, the first 16 of the rare class."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 5))
    X[:16, :3] += 2.5
    return X, np.arange(80) < 16


def search(model, classes, start):
    """Lead a short session; return the learner, the data and which rows are positive."""
    X, positive = table()
    labels = [classes[int(p)] for p in positive]
    learner = ActiveLearner(X, classes, model, minority=classes[1], seed=0)
    learner.teach(start, [labels[row] for row in start])
    for _ in range(3):
        rows = learner.query(2).rows
        learner.teach(rows, [labels[row] for row in rows])
    return learner, X, positive, labels


@cache
def rows_asked(name):
    """What is asked from one positive where classes are 0 and 1, with the labels that follow."""
    return tuple(check_session(MODELS[name], KINDS["0 and 1"], STARTS["one positive"]))


def check_session(model, classes, start):
    learner, X, positive, labels = search(model, classes, start)
    more = [*range(1, 9), *range(20, 36)]
    learner.teach(more, [labels[row] for row in more])
    rest = np.setdiff1d(np.arange(80), more)
    P = learner.predict_proba(rest)
    assert P.shape == (len(rest), len(classes))
    assert P.sum(axis=1) == pytest.approx(1)
    assert roc_auc_score(positive[rest], P[:, 1]) > 0.75
    if len(classes) == 3:
        assert P[:, 2].max() == 0.0
    final = learner.final_model()
    assert set(np.asarray(final.classes_).tolist()) <= set(classes)
    right = np.asarray(final.predict(X)).reshape(-1) == np.array(labels)
    assert right[positive].mean() + right[~positive].mean() > 1.2
    if hasattr(final, "predict_proba"):
        column = np.asarray(final.classes_).tolist().index(classes[1])
        assert roc_auc_score(positive[rest], final.predict_proba(X[rest])[:, column]) > 0.75
    return learner.labelled[0].tolist()


pytestmark = pytest.mark.filterwarnings("ignore:.*the default model chooses the questions")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MODELS)
def test_from_one_positive_with_any_names_of_classes(name, kind):
    if kind == "0 and 1":
        rows_asked(name)
        return
    asked = check_session(MODELS[name], KINDS[kind], STARTS["one positive"])
    if kind in ("names", "1 and 2", "bool"):  # in the order of 0 and 1
        assert tuple(asked) == rows_asked(name)


@pytest.mark.parametrize("start", ["nothing", "negatives only"])
@pytest.mark.parametrize("place", range(len(MODELS)), ids=list(MODELS))
def test_from_nothing_and_from_negatives(place, start):
    classes = list(KINDS.values())[(place + (start == "nothing")) % len(KINDS)]
    check_session(list(MODELS.values())[place], classes, STARTS[start])
