"""Several classifiers, weighted by how they rank rows that they were not fitted on."""

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import LeaveOneOut, StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode.models._several import SkillWeighted, _skill

LINE = ("line", LogisticRegression())
FOREST = ("forest", RandomForestClassifier(40, bootstrap=True, oob_score=True))


def rings(n=200, seed=0):
    """A disc inside a ring: no line tells them apart, a forest does."""
    rng = np.random.default_rng(seed)
    angle, inside = rng.uniform(0, 6.28, n), np.arange(n) % 5 == 0
    radius = np.where(inside, rng.uniform(0, 1, n), rng.uniform(1.3, 3, n))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), inside.astype(int)


def test_the_member_that_ranks_held_out_rows_better_gets_the_weight():
    X, y = rings()
    model = SkillWeighted([LINE, FOREST], random_state=0).fit(X, y)
    assert model.skills_["forest"] > 0.9 > 0.5 > model.skills_["line"]
    assert model.weights_[1] > 0.97
    assert average_precision_score(y, model.predict_proba(X)[:, 1]) > 0.99


def test_weights_are_skill_to_the_sharpness():
    X, y = rings()
    model = SkillWeighted([LINE, FOREST], sharpness=2.0, random_state=0).fit(X, y)
    s = np.array(list(model.skills_.values()))
    assert model.weights_ == pytest.approx(s**2 / (s**2).sum())
    even = SkillWeighted([LINE, FOREST], sharpness=0.0, random_state=0).fit(X, y)
    assert even.weights_ == pytest.approx([0.5, 0.5])


def test_the_skill_of_a_member_without_bags_is_that_of_a_cross_validation():
    X, y = rings()
    neighbours = KNeighborsClassifier(5)
    model = SkillWeighted([("near", neighbours)], folds=3, random_state=7).fit(X, y)
    folds = StratifiedKFold(3, shuffle=True, random_state=7)
    P = cross_val_predict(neighbours, X, y, cv=folds, method="predict_proba")
    assert model.skills_["near"] == pytest.approx(average_precision_score(y, P[:, 1]))


def test_the_skill_of_a_line_is_that_of_fits_without_each_row():
    X, y = rings(80)
    model = SkillWeighted([LINE], random_state=7).fit(X, y)
    P = cross_val_predict(LINE[1], X, y, cv=LeaveOneOut(), method="predict_proba")
    expected = average_precision_score(y, P[:, 1])
    assert model.skills_["line"] == pytest.approx(expected, abs=0.005)


def test_before_skill_is_judged_the_first_weights_hold():
    X, y = rings()
    few = np.concatenate([np.flatnonzero(y)[:6], np.flatnonzero(y == 0)[:30]])
    settings = {"first_weights": {1: (3, 1), 4: (1, 3), 9: (1, 0)}, "judged_from": 10}
    for k, weights in ((1, [0.75, 0.25]), (3, [0.75, 0.25]), (5, [0.25, 0.75])):
        some = few[6 - k :]
        model = SkillWeighted([LINE, FOREST], random_state=0, **settings).fit(X[some], y[some])
        assert model.weights_ == pytest.approx(weights)
        assert not model.skills_
    assert SkillWeighted([LINE, FOREST], random_state=0, **settings).fit(X, y).skills_


def test_the_skill_of_a_forest_is_that_of_its_votes_out_of_bag():
    X, y = rings()
    model = SkillWeighted([FOREST], random_state=3).fit(X, y)
    forest = clone(FOREST[1]).set_params(random_state=3).fit(X, y)
    votes = forest.oob_decision_function_
    assert model.skills_["forest"] == pytest.approx(average_precision_score(y, votes[:, 1]))


def test_votes_out_of_bag_are_read_behind_a_step_that_knows_no_row_of_the_fit():
    X, y = rings()
    knows_none = FrozenEstimator(StandardScaler().fit(X))
    behind = make_pipeline(knows_none, clone(FOREST[1]))
    own = SkillWeighted([("forest", behind)], random_state=3).fit(X, y)
    alone = SkillWeighted([FOREST], random_state=3).fit(knows_none.transform(X), y)
    assert own.skills_["forest"] == pytest.approx(alone.skills_["forest"])
    weighted = SkillWeighted([("forest", behind)], random_state=3).fit(X, y, np.ones(len(y)))
    assert not weighted.estimators_[0][-1].oob_score
    # A step that is fitted on the same rows knows those out of the bag too.
    knowing = make_pipeline(StandardScaler(), clone(FOREST[1]))
    folded = SkillWeighted([("forest", knowing)], random_state=3).fit(X, y)
    assert folded.skills_["forest"] != pytest.approx(own.skills_["forest"], abs=1e-12)


def test_with_a_single_positive_all_weigh_alike():
    X, y = rings(30)
    y = (np.arange(30) == 0).astype(int)
    model = SkillWeighted([LINE, FOREST], random_state=0).fit(X, y)
    assert model.skills_ == {}
    assert model.weights_ == pytest.approx([0.5, 0.5])
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(np.ones(30))


def test_light_rows_count_for_little_in_fits_and_in_skill():
    X, y = rings()
    # A hundred more rows that call the disc ring, of which all together count for one.
    more = np.concatenate([X, X[y == 1], X[y == 1]])
    codes = np.concatenate([y, np.zeros(80, dtype=int)])
    light = np.where(np.arange(len(codes)) < len(y), 1.0, 0.01)
    told = SkillWeighted([LINE, FOREST], random_state=0).fit(more, codes, sample_weight=light)
    misled = SkillWeighted([LINE, FOREST], random_state=0).fit(more, codes)
    # Before scikit-learn 1.8 a forest draws its bags whatever rows weigh.
    by_weight = tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 8)
    assert told.skills_["forest"] > (0.9 if by_weight else 0.6)
    assert misled.skills_["forest"] < (0.5 if by_weight else 0.2)
    assert told.predict(X[y == 1]).mean() > 0.9 > misled.predict(X[y == 1]).mean()


def test_with_equal_weights_a_member_without_bags_has_the_skill_that_it_has_without():
    X, y = rings()
    plain = SkillWeighted([LINE], random_state=0).fit(X, y)
    told = SkillWeighted([LINE], random_state=0).fit(X, y, sample_weight=np.ones(len(y)))
    assert told.skills_["line"] == pytest.approx(plain.skills_["line"])


def test_skill_is_the_mean_over_all_classes_but_the_commonest():
    codes = np.array([0, 0, 0, 1, 1, 2])
    P = np.array([[8, 1, 1], [6, 3, 1], [1, 8, 1], [1, 7, 2], [2, 2, 6], [1, 1, 8]]) / 10
    # Class 1 in the order of its column: rows 2, 3, 1, 4 …: its rows come second and fourth.
    assert _skill(P, codes, np.bincount(codes)) == pytest.approx(((1 / 2 + 2 / 4) / 2 + 1.0) / 2)


def test_labels_of_any_type_and_three_classes():
    X, y = rings()
    names = np.array(["ring", "disc"], dtype="U5")[y]
    names[:10] = "third"
    model = SkillWeighted([LINE, FOREST], random_state=0).fit(X, names)
    assert model.predict_proba(X).shape == (200, 3)
    assert set(model.predict(X)) <= {"ring", "disc", "third"}


def test_the_same_seed_gives_the_same_model():
    X, y = rings()
    one, two = (SkillWeighted([LINE, FOREST], random_state=5).fit(X, y) for _ in range(2))
    assert np.array_equal(one.predict_proba(X), two.predict_proba(X))
