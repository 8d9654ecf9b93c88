import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.ensemble import BalancedRandomForestClassifier
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from motherlode.errors import InputError
from motherlode.models import PriorCorrected, correct_prior
from motherlode.models._prior import estimated_prior


def test_by_hand():
    # Odds 3 to 1 under equal shares are odds 3 to 9 where the class has one share in ten.
    P = correct_prior([[0.25, 0.75]], trained=[1, 1], prior=[9, 1])
    assert pytest.approx(np.array([[0.75, 0.25]])) == P
    # 0.2 x 4, 0.3 x 1 and 0.5 x 0.5 are 16 : 6 : 5.
    P = correct_prior([[0.2, 0.3, 0.5]], trained=[0.2, 0.4, 0.4], prior=[0.8, 0.4, 0.2])
    assert pytest.approx(np.array([[16, 6, 5]]) / 27) == P
    # Certainty stays.
    assert np.array_equal(correct_prior([[1.0, 0.0]], [0.5, 0.5], [0.01, 0.99]), [[1.0, 0.0]])


@pytest.mark.parametrize("P", [[0.5, 0.5], [[0.0, 0.0]], [[np.nan, 1.0]], [[-0.5, 1.5]]])
def test_what_is_no_table_of_probabilities_is_said(P):
    for of in (correct_prior, estimated_prior):
        with pytest.raises(InputError, match="probabilities must be a table"):
            of(P, [0.5, 0.5], **({"prior": [0.9, 0.1]} if of is correct_prior else {}))


def test_a_round_of_expectation_maximisation_by_hand():
    # Trained on halves. 0.8 and 0.2 have the mean 1/2, so halves stay. With 0.8 and 0.6 the shares
    # 0.7 : 0.3 come first; then 0.8 0.7 : 0.2 0.3 = 28 : 3 and 0.6 0.7 : 0.4 0.3 = 7 : 2.
    assert estimated_prior([[0.8, 0.2], [0.2, 0.8]], [0.5, 0.5]) == pytest.approx([0.5, 0.5])
    P = [[0.8, 0.2], [0.6, 0.4]]
    assert estimated_prior(P, [0.5, 0.5], rounds=1) == pytest.approx([0.7, 0.3])
    second = (28 / 31 + 7 / 9) / 2
    assert estimated_prior(P, [0.5, 0.5], rounds=2) == pytest.approx([second, 1 - second])


shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)


@given(shares, shares, shares)
def test_there_and_back_again(p, trained, prior):
    P = np.array([p]) / np.sum(p)
    moved = correct_prior(P, trained, prior)
    assert moved.sum() == pytest.approx(1)
    assert correct_prior(moved, prior, trained) == pytest.approx(P)
    assert correct_prior(P, prior, prior) == pytest.approx(P)


def test_it_is_what_training_under_the_other_prior_gives():
    """Exact for a generative model; for naive Bayes the class shares are a factor of the odds."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [600, 200])
    X = rng.normal(y[:, None], 1.0, (800, 2))
    weight = np.where(y == 1, 0.02 / 200, 0.98 / 600)
    retrained = GaussianNB().fit(X, y, sample_weight=weight)
    corrected = PriorCorrected(GaussianNB(), prior=[0.98, 0.02]).fit(X, y)
    assert corrected.predict_proba(X) == pytest.approx(retrained.predict_proba(X), abs=1e-9)


def test_a_line_trained_on_a_balanced_sample_comes_close_to_one_trained_on_the_whole():
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], [9800, 200])
    X = rng.normal(1.5 * y[:, None], 1.0, (10_000, 2))
    balanced = np.concatenate([np.arange(200), np.arange(9800, 10_000)])
    corrected = PriorCorrected(LogisticRegression(), prior={0: 0.98, 1: 0.02})
    corrected.fit(X[balanced], y[balanced])
    whole = LogisticRegression().fit(X, y)
    naive = LogisticRegression().fit(X[balanced], y[balanced])
    gap = np.abs(corrected.predict_proba(X) - whole.predict_proba(X))[:, 1].mean()
    assert gap < 0.01
    assert np.abs(naive.predict_proba(X) - whole.predict_proba(X))[:, 1].mean() > 10 * gap
    assert corrected.predict_proba(X)[:, 1].mean() == pytest.approx(0.02, abs=0.01)


def test_a_balanced_forest_no_longer_thinks_that_half_are_positive(toy):
    forest = BalancedRandomForestClassifier(50, random_state=0)
    prior = PriorCorrected(forest, prior={1: 1 / 21, 0: 20 / 21}, trained="balanced")
    said = clone(forest).fit(toy.data, toy.y).predict_proba(toy.data)[:, 1].mean()
    corrected = prior.fit(toy.data, toy.y).predict_proba(toy.data)[:, 1].mean()
    assert said > 2 / 21
    assert corrected == pytest.approx(1 / 21, abs=0.02)


def test_shares_trained_under(toy):
    def trained(given):
        return PriorCorrected(GaussianNB(), [0.5, 0.5], given).fit(toy.data, toy.y).trained_prior_

    assert trained("labelled") == pytest.approx([200 / 210, 10 / 210])
    assert trained("balanced") == pytest.approx([0.5, 0.5])
    assert trained([3, 1]) == pytest.approx([0.75, 0.25])


def test_a_dictionary_goes_by_name_and_a_sequence_by_sorted_class(toy):
    names = np.array(["other", "mine"])[toy.y]
    by_name = PriorCorrected(GaussianNB(), {"mine": 0.1, "other": 0.9}).fit(toy.data, names)
    by_order = PriorCorrected(GaussianNB(), [0.1, 0.9]).fit(toy.data, names)
    assert by_name.classes_.tolist() == ["mine", "other"]
    assert np.array_equal(by_name.predict_proba(toy.data), by_order.predict_proba(toy.data))
    assert set(by_name.predict(toy.data)) <= {"mine", "other"}


def test_shares_of_classes_not_seen_yet_wait(toy3):
    known = toy3.y != 2
    model = PriorCorrected(GaussianNB(), {0: 0.8, 1: 0.1, 2: 0.1}).fit(
        toy3.data[known], toy3.y[known]
    )
    assert model.prior_ == pytest.approx([8 / 9, 1 / 9])


def test_without_probabilities_there_is_nothing_to_correct():
    assert not hasattr(PriorCorrected(SVC(), [0.5, 0.5]), "predict_proba")
    assert hasattr(PriorCorrected(RandomForestClassifier(), [0.5, 0.5]), "predict_proba")


@pytest.mark.parametrize(
    ("prior", "trained", "words"),
    [
        ({0: 0.9}, "labelled", "no share for class 1"),
        ([0.9], "labelled", "prior is .*each of the 2 classes"),
        ([1.0, 0.0], "labelled", "prior is .*positive share"),
        ([1.0, np.nan], "labelled", "prior is"),
        ([0.5, 0.5], [1, -1], "trained is"),
    ],
)
def test_bad_shares_are_named(toy, prior, trained, words):
    with pytest.raises(InputError, match=words):
        PriorCorrected(GaussianNB(), prior, trained).fit(toy.data, toy.y)


class Halved(PriorCorrected):
    """Corrected to equal shares, whatever number of classes a check brings."""

    def __init__(self, estimator=None, trained="labelled"):
        self.estimator = estimator
        self.trained = trained

    @property
    def prior(self):
        return np.ones(len(self.classes_))

    def fit(self, X, y):
        return super().fit(X, y)


@parametrize_with_checks([Halved(LogisticRegression())])
def test_scikit_learn_takes_it_for_one_of_its_own(estimator, check):
    check(estimator)
