"""A learner that several annotators teach."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from motherlode import ActiveLearner
from motherlode.errors import InputError
from motherlode.estimation import _annotators

CLASSES = ["common", "rare"]


def make(toy, model=None, **more):
    model = LogisticRegression(C=3.0) if model is None else model
    return ActiveLearner(toy.data, CLASSES, model, "margin", minority="rare", seed=3, **more)


def named(toy, rows):
    return [CLASSES[toy.y[row]] for row in rows]


@pytest.fixture
def shared(toy):
    """Ann labelled 40 rows; ben 20 of them, and they differ on the first two."""
    pytest.importorskip("crowdkit")
    learner, rows = make(toy), np.r_[toy.some(5), np.arange(60, 90)]
    learner.teach(rows, named(toy, rows), annotator="ann")
    said = named(toy, rows[:20])
    said[:2] = ["rare", "rare"]
    learner.teach(rows[:20], said, annotator="ben")
    return learner, rows


def test_with_one_annotator_nothing_changes(toy):
    plain, by_name = make(toy), make(toy)
    for _ in range(4):
        one, other = plain.query(3), by_name.query(3)
        assert one.rows.tolist() == other.rows.tolist()
        assert one.utilities.tolist() == other.utilities.tolist()
        plain.teach(one.rows, named(toy, one.rows))
        by_name.teach(one.rows, named(toy, one.rows), annotator="ann")
    rows = toy.some(3)
    plain.teach(rows, named(toy, rows))
    by_name.teach(rows, named(toy, rows), annotator="ann")
    assert by_name.training_set.trust is None
    assert by_name.channels == plain.channels
    assert plain.query(9).rows.tolist() == by_name.query(9).rows.tolist()
    models = [learner.final_model(presume=False) for learner in (plain, by_name)]
    assert (models[0].coef_ == models[1].coef_).all()


def test_rows_that_two_label_are_settled_and_fits_weighted(shared, toy):
    learner, rows = shared
    trust = learner.training_set.trust
    assert learner.labelled[0].tolist() == rows.tolist()
    assert trust.shape == (40,)
    assert (trust > 0).all()
    assert (trust <= 1).all()
    assert trust[:2].max() < trust[2:20].min()
    codes = np.array([CLASSES.index(label) for label in learner.labelled[1]])
    model = learner.final_model(presume=False)
    direct = LogisticRegression(C=3.0).fit(toy.data[rows], codes, sample_weight=trust)
    assert model.coef_ == pytest.approx(direct.coef_, rel=1e-4)
    unweighted = LogisticRegression(C=3.0).fit(toy.data[rows], codes)
    assert model.coef_ != pytest.approx(unweighted.coef_, rel=1e-4)


def test_a_model_without_weights_is_fitted_without(toy):
    pytest.importorskip("crowdkit")
    learner, rows = make(toy, KNeighborsClassifier(3)), toy.some(8)
    learner.teach(rows, named(toy, rows), annotator="ann")
    learner.teach(rows, named(toy, rows), annotator="ben")
    assert learner.training_set.trust is not None
    assert len(learner.query(2)) == 2
    learner.final_model()


def test_an_annotator_says_one_thing_of_a_row(shared):
    learner, rows = shared
    before = learner.training_set.trust.tolist()
    with pytest.raises(InputError, match=r"by ben and now 'common'.*annotator='ben'"):
        learner.teach([rows[3], rows[0]], ["common", "common"], annotator="ben")
    assert learner.training_set.trust.tolist() == before
    learner.correct([rows[0]], ["common"], annotator="ben")
    assert learner.training_set.trust[0] > before[0]
    assert learner.labelled[1][0] == "common"


def test_a_correction_in_nobodys_name_settles_a_row(shared):
    learner, rows = shared
    assert learner.doubtful(1).rows[0] in rows[:2]
    learner.correct(rows[:2], ["rare", "common"])
    assert learner.labelled[1][:2].tolist() == ["rare", "common"]
    assert learner.training_set.trust[:2].tolist() == [1.0, 1.0]
    assert not set(learner.doubtful(40).rows.tolist()) & set(rows[:2].tolist())
    learner.teach(rows[:1], ["common"], annotator="cy")
    assert learner.labelled[1][0] == "rare"
    assert learner.training_set.trust[0] == 1.0


def test_several_labels_of_a_row_in_one_call(toy):
    pytest.importorskip("crowdkit")
    learner = make(toy)
    learner.teach([4, 4, 5], ["rare", "common", "rare"], annotator=["ann", "ben", "ben"])
    assert learner.labelled[0].tolist() == [4, 5]
    ann, ben = learner.annotators()
    assert (ann.name, ann.labels, ann.shared) == ("ann", 1, 1)
    assert (ben.name, ben.labels, ben.shared) == ("ben", 2, 1)
    learner.skip([9])
    learner.extend(toy.data[:3])
    assert learner.annotators()[1].errors == ben.errors  # the labels alone decide


def test_a_positive_that_one_has_seen_comes_first(toy):
    learner, rows = make(toy), np.r_[np.arange(60, 90), toy.some(4)]
    labels = named(toy, rows)
    learner.teach(rows, labels, annotator="ann")
    positives = [row for row, label in zip(rows.tolist(), labels, strict=True) if label == "rare"]
    query = learner.doubtful(len(positives) + 2)
    assert set(query.rows[: len(positives)].tolist()) == set(positives)
    assert (np.diff(query.utilities) <= 0).all()
    assert query.reasons[0].startswith("ann said rare; rare is wrong with probability 0.0")
    assert len(learner.doubtful(3, annotator="ann")) == 0
    assert len(learner.doubtful(3, annotator="ben")) == 3


@pytest.mark.parametrize("who", ["", 7, ["ann", None], ["ann"]])
def test_what_is_no_annotator_is_refused(toy, who):
    learner = make(toy)
    with pytest.raises(InputError, match="annotator"):
        learner.teach([1, 2], ["rare", "common"], annotator=who)
    assert len(learner.labelled[0]) == 0


def test_without_the_extra_a_second_annotator_is_refused(toy, monkeypatch):
    monkeypatch.setattr(_annotators, "find_spec", lambda name: None)
    learner = make(toy)
    learner.teach([1, 2], ["rare", "common"], annotator="ann")
    learner.teach([3], ["common"], annotator="ben")
    with pytest.raises(InputError, match=r"motherlode\[annotators\]"):
        learner.teach([9, 2], ["common", "common"], annotator="ben")
    assert learner.labelled[0].tolist() == [1, 2, 3]
    assert len(learner.query(2)) == 2
    assert len(learner.doubtful(2)) == 2
