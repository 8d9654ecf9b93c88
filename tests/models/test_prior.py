import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from imblearn.ensemble import BalancedRandomForestClassifier
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from motherlode.errors import InputError
from motherlode.models import PriorCorrected, SkillWeighted, correct_prior
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
        ([0.5, 0.5], "equal", 'trained is \'equal\'; give "labelled", "balanced" or'),
        ("labelled", "labelled", "prior is 'labelled'; give \"balanced\" or a share"),
    ],
)
def test_bad_shares_are_named(toy, prior, trained, words):
    with pytest.raises(InputError, match=words):
        PriorCorrected(GaussianNB(), prior, trained).fit(toy.data, toy.y)


def test_weights_count_in_the_shares_and_in_the_fit():
    """Nine rows to one by weights are nine copies to one; issue 20 has the case."""
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    X = rng.normal(size=(200, 1)) + y[:, None]
    model = PriorCorrected(LogisticRegression(tol=1e-8), [0.9, 0.1])
    weights = np.where(y == 0, 9.0, 1.0)
    weighted = clone(model).fit(X, y, sample_weight=weights)
    repeated = clone(model).fit(
        np.repeat(X, weights.astype(int), 0), np.repeat(y, weights.astype(int))
    )
    assert weighted.trained_prior_ == pytest.approx([0.9, 0.1])
    assert weighted.predict_proba(X) == pytest.approx(repeated.predict_proba(X), abs=1e-5)
    piped = PriorCorrected(make_pipeline(StandardScaler(), LogisticRegression()), [0.9, 0.1])
    assert piped.fit(X, y, sample_weight=weights).trained_prior_ == pytest.approx([0.9, 0.1])


def test_metadata_is_routed_to_what_requests_it():
    rng = np.random.default_rng(0)
    X, y, weights = rng.normal(size=(60, 2)), np.arange(60) % 2, rng.uniform(0.1, 2, 60)
    members = [("line", LogisticRegression()), ("bayes", GaussianNB())]
    plain = PriorCorrected(SkillWeighted(members, random_state=0), "balanced")
    expected = plain.fit(X, y, sample_weight=weights).predict_proba(X)
    with sklearn.config_context(enable_metadata_routing=True):
        asking = [(name, m.set_fit_request(sample_weight=True)) for name, m in members]
        several = SkillWeighted(asking, random_state=0).set_fit_request(sample_weight=True)
        model = PriorCorrected(several, "balanced").set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=False)
        found = clone(model).fit(X, y, sample_weight=weights).predict_proba(X)
        scores = cross_validate(model, X, y, params={"sample_weight": weights})["test_score"]
        deaf = PriorCorrected(LogisticRegression().set_fit_request(sample_weight=False), "balanced")
        unweighted = deaf.fit(X, y, sample_weight=weights).estimator_.coef_
        with pytest.raises(UnsetMetadataPassedError):
            PriorCorrected(LogisticRegression(), "balanced").fit(X, y, sample_weight=weights)
    assert found == pytest.approx(expected)
    assert len(scores) == 5
    assert unweighted == pytest.approx(LogisticRegression().fit(X, y).coef_)


def test_it_has_the_importances_of_a_forest_and_names_what_it_reads(toy):
    forest = RandomForestClassifier(5, random_state=0)
    model = PriorCorrected(make_pipeline(StandardScaler(), forest), "balanced")
    model.fit(toy.data, toy.y)
    assert model.feature_importances_.shape == (4,)
    assert model.get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]
    assert model.get_feature_names_out(list("abcd")).tolist() == list("abcd")
    assert not hasattr(model, "coef_")
