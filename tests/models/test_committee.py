import numpy as np
import pandas as pd
import pytest
from imblearn.ensemble import (
    BalancedBaggingClassifier,
    BalancedRandomForestClassifier,
    EasyEnsembleClassifier,
    RUSBoostClassifier,
)
from scipy.sparse import csr_matrix
from sklearn.compose import ColumnTransformer
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
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from motherlode import Pool
from motherlode.errors import InputError
from motherlode.models import fit_classifier
from motherlode.models._committee import (
    Bags,
    Ensemble,
    Estimators,
    Labelled,
    Seeds,
    Variants,
    ensemble_members,
    stratified_bag,
)

SCALED = make_pipeline(StandardScaler(), LogisticRegression())
FOREST = RandomForestClassifier(6)

AVERAGING = {  # their predict_proba is the mean of their members'
    "forest": FOREST,
    "extra trees": ExtraTreesClassifier(6),
    "balanced forest": BalancedRandomForestClassifier(6),
    "bagging": BaggingClassifier(n_estimators=6),
    "bagging of some features": BaggingClassifier(n_estimators=6, max_features=0.5),
    "bagging, features drawn": BaggingClassifier(n_estimators=6, bootstrap_features=True),
    "bagging of few rows": BaggingClassifier(GaussianNB(), 12, max_samples=4),
    "bagging of pipelines": BaggingClassifier(SCALED, 6),
    "bagging of forests": BaggingClassifier(RandomForestClassifier(3), 4),
    "balanced bagging": BalancedBaggingClassifier(n_estimators=6),
    "soft vote": VotingClassifier([("a", SCALED), ("b", GaussianNB())], voting="soft"),
    "pipeline of a forest": make_pipeline(StandardScaler(), FOREST),
    "search of a forest": GridSearchCV(FOREST, {"max_depth": [2, 3]}, cv=2),
    "search of a pipeline": GridSearchCV(
        make_pipeline(StandardScaler(), FOREST), {"randomforestclassifier__max_depth": [2]}, cv=2
    ),
}
OTHER = {
    "hard vote": VotingClassifier([("a", SCALED), ("b", GaussianNB())]),
    "stack": StackingClassifier([("a", SCALED), ("b", GaussianNB())], cv=2),
    "boosting": AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=6),
    "easy ensemble": EasyEnsembleClassifier(3, estimator=AdaBoostClassifier(n_estimators=3)),
    "under-sampled boosting": RUSBoostClassifier(n_estimators=6),
    "bagging of machines": BaggingClassifier(SVC(), 4),
}
NAMES = {"str": ["no", "yes"], "turned int": [1, 0], "bool": [False, True], "int": [0, 1]}


@pytest.mark.parametrize("kind", ["str", "turned int"])
@pytest.mark.parametrize("name", AVERAGING)
def test_the_mean_of_the_members_is_the_ensemble(toy, name, kind):
    classes = np.array(NAMES[kind])
    fitted = fit_classifier(AVERAGING[name], toy.data, classes[toy.y], classes, 0)
    members = ensemble_members(fitted)
    assert len(members) in (2, 4, 6, 12)
    mean = np.mean([member.predict_proba(toy.data) for member in members], axis=0)
    assert mean == pytest.approx(fitted.predict_proba(toy.data))


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("name", OTHER)
def test_members_speak_of_the_declared_classes(toy, name, kind):
    classes = np.array(NAMES[kind])
    fitted = fit_classifier(OTHER[name], toy.data, classes[toy.y], classes, 0)
    members = ensemble_members(fitted)
    assert len(members) >= 2
    P = np.array([member.predict_proba(toy.data) for member in members])
    assert P.sum(axis=2) == pytest.approx(np.ones(P.shape[:2]))
    right = P.mean(axis=0).argmax(axis=1) == toy.y
    assert right.mean() > 0.8  # and not 0.2, as with columns the wrong way round
    assert right[toy.y == 1].mean() > 0.5


def test_members_of_three_classes_one_of_which_is_not_seen_yet(toy3):
    known = np.flatnonzero(toy3.y != 1)
    classes = np.array(["common", "unseen", "rare"])
    for model in (FOREST, AVERAGING["bagging of few rows"], OTHER["stack"]):
        fitted = fit_classifier(model, toy3.data[known], classes[toy3.y[known]], classes, 0)
        for member in ensemble_members(fitted):
            P = member.predict_proba(toy3.data)
            assert P.shape == (96, 3)
            assert (P[:, 1] == 0).all()


def test_a_bootstrap_that_lost_a_class_keeps_its_columns_right(toy3):
    few = toy3.some(3)
    classes = np.array(["z", "m", "a"])
    model = BaggingClassifier(DecisionTreeClassifier(), 30, max_samples=4)
    fitted = fit_classifier(model, toy3.data[few], classes[toy3.y[few]], classes, 0)
    assert min(len(tree.classes_) for tree in fitted.estimator.estimators_) < 3
    members = ensemble_members(fitted)
    mean = np.mean([member.predict_proba(toy3.data) for member in members], axis=0)
    assert mean == pytest.approx(fitted.predict_proba(toy3.data))


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        GradientBoostingClassifier(n_estimators=3),
        HistGradientBoostingClassifier(max_iter=3),
        OneVsRestClassifier(LogisticRegression()),
        OneVsOneClassifier(LogisticRegression()),
        SCALED,
    ],
    ids=repr,
)
def test_what_is_no_committee(toy3, model):
    fitted = fit_classifier(model, toy3.data, toy3.y, np.arange(3), 0)
    assert ensemble_members(fitted) == []
    with pytest.raises(InputError, match="no ensemble of classifiers"):
        Ensemble().members(fitted, model, None, np.random.default_rng(0))


def test_members_read_sparse_features(toy):
    X = csr_matrix(toy.data)
    for model in (FOREST, AVERAGING["bagging of some features"]):
        fitted = fit_classifier(model, X, toy.y, np.arange(2), 0)
        mean = np.mean([m.predict_proba(X) for m in ensemble_members(fitted)], axis=0)
        assert mean == pytest.approx(fitted.predict_proba(X))


@pytest.mark.parametrize("name", ["forest", "bagging of some features", "soft vote", "bagging"])
def test_members_read_frames(toy, name):
    frame = pd.DataFrame(toy.data, columns=list("abcd"))
    fitted = fit_classifier(AVERAGING[name], frame, toy.y, np.arange(2), 0)
    mean = np.mean([m.predict_proba(frame) for m in ensemble_members(fitted)], axis=0)
    assert mean == pytest.approx(fitted.predict_proba(frame))


def test_members_that_read_columns_by_name(toy):
    frame = pd.DataFrame(toy.data, columns=list("abcd"))
    some = make_pipeline(
        ColumnTransformer([("two", StandardScaler(), ["d", "b"])]), LogisticRegression()
    )
    vote = VotingClassifier([("some", some), ("all", GaussianNB())], voting="soft")
    fitted = fit_classifier(vote, frame, toy.y, np.arange(2), 0)
    mean = np.mean([m.predict_proba(frame) for m in ensemble_members(fitted)], axis=0)
    assert mean == pytest.approx(fitted.predict_proba(frame))


def test_members_that_read_texts(texts):
    vote = VotingClassifier(
        [
            (str(n), make_pipeline(TfidfVectorizer(ngram_range=(1, n)), MultinomialNB()))
            for n in (1, 2)
        ],
        voting="soft",
    )
    fitted = fit_classifier(vote, texts.data, texts.y, np.arange(2), 0)
    mean = np.mean([m.predict_proba(texts.data) for m in ensemble_members(fitted)], axis=0)
    assert mean == pytest.approx(fitted.predict_proba(texts.data))


# Committees that fit their members


def labelled(toy, each=4):
    rows = toy.some(each)
    return Labelled(toy.data[rows], toy.y[rows], np.arange(toy.k))


def answers(committee, toy, model, seed=0, each=4):
    members = committee.members(None, model, labelled(toy, each), np.random.default_rng(seed))
    return np.array([member.predict_proba(toy.data) for member in members])


def test_seeds_differ_for_a_forest_and_not_for_a_line(toy):
    trees = answers(Seeds(4), toy, RandomForestClassifier(3))
    assert len(np.unique(trees, axis=0)) == 4
    lines = answers(Seeds(4), toy, LogisticRegression())
    assert (lines == lines[0]).all()


def test_seeds_differ_even_where_the_model_has_one(toy):
    trees = answers(
        Seeds(3), toy, make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=0))
    )
    assert len(np.unique(trees, axis=0)) == 3


def test_bags_differ_for_a_line(toy):
    lines = answers(Bags(4), toy, LogisticRegression())
    assert len(np.unique(lines, axis=0)) == 4


@pytest.mark.parametrize("committee", [Bags(), Seeds()], ids=str)
def test_a_committee_is_the_same_for_the_same_seed(toy, committee):
    model = RandomForestClassifier(2)
    assert np.array_equal(answers(committee, toy, model, 1), answers(committee, toy, model, 1))
    assert not np.array_equal(answers(committee, toy, model, 1), answers(committee, toy, model, 2))


def test_variants_and_estimators_are_those_named(toy):
    C = [0.01, 100.0]
    by_hand = [
        LogisticRegression(C=c).fit(labelled(toy).X, labelled(toy).y).predict_proba(toy.data)
        for c in C
    ]
    variants = Variants([{"C": c} for c in C])
    assert answers(variants, toy, LogisticRegression()) == pytest.approx(np.array(by_hand))
    estimators = Estimators([LogisticRegression(C=c) for c in C])
    assert answers(estimators, toy, None) == pytest.approx(np.array(by_hand))
    assert not hasattr(estimators.estimators[0], "classes_")


def test_variants_of_any_setting_are_values():
    weights = Variants([{"class_weight": {0: 1, 1: 5}}, {"class_weight": None}])
    assert weights == Variants([{"class_weight": {0: 1, 1: 5}}, {"class_weight": None}])
    assert hash(weights) == hash(Variants([{"class_weight": {0: 1, 1: 5}}, {"class_weight": None}]))
    assert weights != Variants([{"class_weight": {0: 1, 1: 6}}, {"class_weight": None}])


def test_one_member_is_no_committee_by_default(toy, view_of):
    """Boosting stops at the first member where that fits the few labels."""
    view = view_of(toy, model=AdaBoostClassifier())
    assert len(ensemble_members(view.model)) == 1
    assert len(view._members(None)) == 5
    assert len(view_of(toy, model=FOREST)._members(None)) == 6
    assert len(view_of(toy)._members(None)) == 5


def test_a_committee_reads_what_the_model_reads(texts, view_of):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    view = view_of(texts, pool=Pool(texts.data), model=model)
    stack = view.committee_probabilities(Bags(2), np.arange(3))
    assert stack.shape == (2, 3, 2)


def test_a_stratified_bag_keeps_the_size_of_every_class():
    y = np.array(["a"] * 7 + ["b"] * 2 + ["c"])
    rng = np.random.default_rng(0)
    drawn = [stratified_bag(y, rng) for _ in range(50)]
    for bag in drawn:
        names, counts = np.unique(y[bag], return_counts=True)
        assert dict(zip(names, counts, strict=True)) == {"a": 7, "b": 2, "c": 1}
    assert any(len(set(bag)) < 10 for bag in drawn)  # with replacement
