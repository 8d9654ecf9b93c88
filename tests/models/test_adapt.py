"""Models that want more rows of a class than there are, at one to six positives."""

import numpy as np
import pytest
import sklearn
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.ensemble import (
    BalancedBaggingClassifier,
    BalancedRandomForestClassifier,
    EasyEnsembleClassifier,
    RUSBoostClassifier,
)
from imblearn.over_sampling import ADASYN, SMOTE, SVMSMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as sampling_pipeline
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, RandomUnderSampler
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, SGDClassifier
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from motherlode.models import PriorCorrected, fit_classifier
from motherlode.models._adapt import AllRows, BagMember, adapt
from tests.models.quiet import OWN_FOLDS

C = {"C": [0.1, 10]}
TWO = [("linear", LogisticRegression()), ("bayes", GaussianNB())]

DEMANDING = {
    "grid search": GridSearchCV(LogisticRegression(), C),
    "grid search by precision": GridSearchCV(LogisticRegression(), C, scoring="average_precision"),
    "grid search, folds given": GridSearchCV(LogisticRegression(), C, cv=StratifiedKFold(5)),
    "grid search, repeated": GridSearchCV(
        LogisticRegression(), C, cv=RepeatedStratifiedKFold(n_splits=4, n_repeats=2)
    ),
    "random search": RandomizedSearchCV(LogisticRegression(), C, n_iter=2),
    "grid search of a pipeline": GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1, 2]}
    ),
    "grid search of calibration": GridSearchCV(
        CalibratedClassifierCV(LogisticRegression()), {"estimator__C": [1, 2]}
    ),
    "calibration": CalibratedClassifierCV(GaussianNB()),
    "calibration of the default": CalibratedClassifierCV(),
    "calibration, folds given": CalibratedClassifierCV(GaussianNB(), cv=StratifiedKFold(3)),
    "tuned threshold": TunedThresholdClassifierCV(LogisticRegression()),
    "prior-corrected search": PriorCorrected(GridSearchCV(LogisticRegression(), C), [0.9, 0.1]),
    "stack": StackingClassifier(TWO),
    "stack without probabilities": StackingClassifier([("a", SVC()), ("b", GaussianNB())]),
    "vote of neighbours": VotingClassifier(
        [("k", KNeighborsClassifier(60)), TWO[1]], voting="soft"
    ),
    "neighbours": KNeighborsClassifier(60),
    "one against the rest": OneVsRestClassifier(KNeighborsClassifier(60)),
    "bag of lines": BaggingClassifier(LogisticRegression(), 5),
    "bag of pipelines": BaggingClassifier(make_pipeline(StandardScaler(), LogisticRegression()), 5),
    "bag of machines": BaggingClassifier(SVC(), 5),
    "bag of neighbours": BaggingClassifier(KNeighborsClassifier(25), 5, max_samples=0.5),
    "bag of SMOTE": BaggingClassifier(sampling_pipeline(SMOTE(), LogisticRegression()), 5),
    "boosting": AdaBoostClassifier(n_estimators=5),
    "early stopping, SGD": SGDClassifier(early_stopping=True),
    # Before scikit-learn 1.8 it asks whether its predictions are numbers, and cannot of strings.
    "early stopping, network": MLPClassifier(
        (3,), early_stopping=sklearn.__version__ >= "1.8", max_iter=2000
    ),
    "early stopping, boosting": GradientBoostingClassifier(n_estimators=5, n_iter_no_change=2),
    "early stopping, histograms": HistGradientBoostingClassifier(max_iter=5, early_stopping=True),
    "SMOTE": sampling_pipeline(SMOTE(), LogisticRegression()),
    "borderline SMOTE": sampling_pipeline(BorderlineSMOTE(), LogisticRegression()),
    "SVM-SMOTE": sampling_pipeline(SVMSMOTE(), LogisticRegression()),
    "ADASYN": sampling_pipeline(ADASYN(), LogisticRegression()),
    "SMOTE and cleaning": sampling_pipeline(SMOTEENN(), LogisticRegression()),
    "SMOTE and Tomek links": sampling_pipeline(SMOTETomek(), LogisticRegression()),
    "search over SMOTE": GridSearchCV(
        sampling_pipeline(SMOTE(), LogisticRegression()), {"logisticregression__C": [1, 2]}
    ),
    "search of SMOTE's setting": GridSearchCV(
        sampling_pipeline(SMOTE(), LogisticRegression()),
        {"smote__sampling_strategy": ["auto", "not majority"]},
    ),
    "near misses": sampling_pipeline(NearMiss(), LogisticRegression()),
    "cleaning": sampling_pipeline(EditedNearestNeighbours(), LogisticRegression()),
    "over-sampling": sampling_pipeline(RandomOverSampler(), KNeighborsClassifier()),
    "under-sampling": sampling_pipeline(RandomUnderSampler(), KNeighborsClassifier()),
    "balanced forest": BalancedRandomForestClassifier(5),
    "balanced bagging": BalancedBaggingClassifier(n_estimators=5),
    "balanced bagging of lines": BalancedBaggingClassifier(LogisticRegression(), 5),
    "balanced bagging by SMOTE": BalancedBaggingClassifier(n_estimators=5, sampler=SMOTE()),
    "easy ensemble": EasyEnsembleClassifier(2, estimator=AdaBoostClassifier(n_estimators=3)),
    "under-sampled boosting": RUSBoostClassifier(n_estimators=3),
}


def rows(positives, negatives=30):
    rng = np.random.default_rng(positives)
    X = np.concatenate([rng.normal(0, 1, (negatives, 3)), rng.normal(1.5, 1, (positives, 3))])
    return X, np.array(["no"] * negatives + ["yes"] * positives)


@pytest.mark.parametrize("positives", [1, 2, 3, 6])
@pytest.mark.parametrize("name", DEMANDING)
def test_every_model_fits_from_the_first_positive_on(name, positives):
    X, y = rows(positives)
    if "precision" in name:
        y = (y == "yes").astype(int)  # scikit-learn's scorer wants to know which one is positive
    classes = np.unique(y)
    P = fit_classifier(DEMANDING[name], X, y, classes, seed=0).predict_proba(X)
    assert P.shape == (len(y), 2)
    assert np.isfinite(P).all()
    assert P.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("name", DEMANDING)
def test_the_model_handed_in_stays_as_it_is(name):
    before = repr(DEMANDING[name].get_params())
    X, y = rows(2)
    if "precision" not in name:
        fit_classifier(DEMANDING[name], X, y, np.array(["no", "yes"]), seed=0)
    assert repr(DEMANDING[name].get_params()) == before


def fitted(model, positives):
    X, y = rows(positives)
    return fit_classifier(model, X, y, np.array(["no", "yes"]), seed=0).estimator


def test_folds_follow_the_rarest_class_up_to_what_was_wanted():
    search = GridSearchCV(LogisticRegression(), C)
    assert isinstance(fitted(search, 1), LogisticRegression)
    assert [fitted(search, n).n_splits_ for n in (2, 3, 5, 9)] == [2, 3, 5, 5]
    given = StratifiedKFold(3, shuffle=True, random_state=1)
    assert fitted(GridSearchCV(LogisticRegression(), C, cv=given), 3).cv is given or (
        fitted(GridSearchCV(LogisticRegression(), C, cv=given), 3).cv.shuffle
    )
    assert fitted(GridSearchCV(LogisticRegression(), C, cv=given), 2).n_splits_ == 2


def test_a_search_whose_settings_are_gone_is_not_searched():
    search = GridSearchCV(
        sampling_pipeline(SMOTE(), LogisticRegression()), {"smote__k_neighbors": [1, 2]}
    )
    assert not hasattr(fitted(search, 2), "best_params_")  # one row in each fold: no neighbour
    assert fitted(search, 12).best_params_["smote__k_neighbors"] in (1, 2)


def test_neighbours_are_cut_to_what_there_is():
    smote = sampling_pipeline(SMOTE(k_neighbors=5), LogisticRegression())
    assert fitted(smote, 1)[0] == "passthrough"
    assert [fitted(smote, n)[0].k_neighbors for n in (2, 4, 6, 9)] == [1, 3, 5, 5]
    borderline = sampling_pipeline(BorderlineSMOTE(m_neighbors=10), LogisticRegression())
    assert fitted(borderline, 3)[0].m_neighbors == 10  # these are counted among all rows
    assert fitted(KNeighborsClassifier(60), 3).n_neighbors == 33
    after = sampling_pipeline(RandomUnderSampler(), KNeighborsClassifier(5))
    assert [fitted(after, n)[1].n_neighbors for n in (1, 2, 3)] == [2, 4, 5]


def test_a_bag_that_holds_one_class_answers_with_it():
    X, y = rows(3)
    member = BagMember(LogisticRegression()).fit(X[:5], y[:5])
    assert member.classes_.tolist() == ["no"]
    assert np.array_equal(member.predict_proba(X), np.ones((33, 1)))
    assert set(member.predict(X)) == {"no"}
    both = BagMember(KNeighborsClassifier(50)).fit(X, y)
    assert both.estimator_.n_neighbors == 33
    assert both.predict_proba(X).shape == (33, 2)
    assert not hasattr(BagMember(SVC()).fit(X, y), "predict_proba")


def test_bags_are_left_alone_once_no_class_can_be_missing():
    plain = BaggingClassifier(SVC(), 3)
    assert isinstance(fitted(plain, 19).estimator, BagMember)
    assert isinstance(fitted(plain, 20).estimator, SVC)
    half = BaggingClassifier(SVC(), 3, max_samples=0.5)
    assert isinstance(fitted(half, 39).estimator, BagMember)
    few = BaggingClassifier(SVC(), 3, max_samples=10)
    assert isinstance(fitted(few, 20).estimator, BagMember)
    assert fitted(BaggingClassifier(DecisionTreeClassifier(), 3), 1).n_estimators == 3


def test_balanced_bagging_keeps_every_positive_in_every_member():
    model = fitted(BalancedBaggingClassifier(n_estimators=8), 1)
    X, _ = rows(1)
    for member in model.estimators_:
        assert member.predict_proba(X[-1:])[0, 1] == 1.0
    assert len({member.predict_proba(X).tobytes() for member in model.estimators_}) > 1


def test_a_stack_of_one_positive_votes():
    model = fitted(StackingClassifier(TWO), 1)
    assert isinstance(model, VotingClassifier)
    assert model.voting == "soft"
    assert fitted(StackingClassifier([("a", SVC()), TWO[0]]), 1).voting == "hard"
    assert fitted(StackingClassifier(TWO), 3).cv == 3


def test_early_stopping_returns_when_rows_can_be_held_out():
    model = SGDClassifier(early_stopping=True)
    assert not fitted(model, 1).early_stopping
    assert fitted(model, 6).early_stopping
    few = adapt(SGDClassifier(early_stopping=True), np.array([5, 5]))
    assert not few.early_stopping  # a tenth of ten rows cannot hold two classes


@pytest.mark.parametrize("name", ["grid search", "SMOTE", "balanced bagging", "stack"])
def test_three_classes_with_a_single_row_in_one(name, toy3):
    first = toy3.some(4)[:9]  # four, four and one
    X, y = toy3.data[first], toy3.y[first]
    P = fit_classifier(DEMANDING[name], X, y, np.arange(3), seed=0).predict_proba(toy3.data)
    assert P.shape == (96, 3)
    assert P.sum(axis=1) == pytest.approx(1)


def test_components_and_quantiles_are_no_more_than_rows():
    model = make_pipeline(QuantileTransformer(n_quantiles=50), PCA(40), LogisticRegression())
    few = adapt(model, np.array([4, 1]))
    assert (few[0].n_quantiles, few[1].n_components) == (5, 5)
    many = adapt(clone(make_pipeline(PCA(0.9), LogisticRegression())), np.array([4, 1]))
    assert many[0].n_components == 0.9


def test_models_with_own_folds_have_those_that_there_are():
    line = OWN_FOLDS | {"scoring": "accuracy"}
    one, two, nine = (fitted(LogisticRegressionCV(Cs=2, **line), n) for n in (1, 2, 9))
    assert isinstance(one.cv, AllRows)
    assert (two.cv, nine.cv) == (2, 5)
    chosen = make_pipeline(
        SequentialFeatureSelector(LogisticRegression(), n_features_to_select=1),
        LogisticRegression(),
    )
    assert isinstance(fitted(chosen, 1)[0].cv, AllRows)
    assert fitted(chosen, 3)[0].cv == 3


def test_a_halving_search_starts_on_rows_of_every_class_or_on_all():
    search = HalvingRandomSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]}, n_candidates=2)
    whole = fitted(search, 4)
    assert type(whole) is RandomizedSearchCV
    assert (whole.n_iter, whole.cv) == (2, 4)
    grid = HalvingGridSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]})
    assert type(fitted(grid, 4)) is GridSearchCV
    by_size = HalvingGridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, min_resources=40)
    assert type(fitted(by_size, 30)) is HalvingGridSearchCV
    by_steps = HalvingGridSearchCV(
        LogisticRegression(), {"C": [0.1, 1]}, resource="max_iter", max_resources=900,
        min_resources=300, cv=2,
    )  # fmt: skip
    assert type(fitted(by_steps, 4)) is HalvingGridSearchCV
