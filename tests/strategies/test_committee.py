import numpy as np
import pytest
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode import InputError, measures
from motherlode._round import view
from motherlode.models._committee import Bags, Ensemble, Estimators, Seeds, Variants
from motherlode.strategies import QueryByCommittee
from motherlode.strategies._committee import DISAGREEMENTS

BY_NAME = {
    "vote_entropy": measures.vote_entropy,
    "consensus_entropy": measures.consensus_entropy,
    "kl_to_consensus": measures.kl_to_consensus,
    "max_disagreement": measures.max_disagreement,
    "variation_ratio": measures.variation_ratio,
    "minority_deviation": lambda stack: measures.minority_deviation(stack, [1]),
}
PAIR = (LogisticRegression(C=0.01), GaussianNB())


def stack_of(toy, seen):
    rows = toy.some(2)
    members = [m.__class__(**m.get_params()).fit(toy.data[rows], toy.y[rows]) for m in PAIR]
    return np.array([m.predict_proba(toy.data[seen]) for m in members])


@pytest.mark.parametrize("disagreement", DISAGREEMENTS)
def test_utilities_are_the_measure_of_the_members(toy, view_of, disagreement):
    seen = view_of(toy)
    u = QueryByCommittee(disagreement, PAIR).utilities(seen)
    assert u == pytest.approx(BY_NAME[disagreement](stack_of(toy, seen.rows)))


@pytest.mark.parametrize("cells", [1, 50, 1_000])
def test_the_stack_is_made_in_chunks_of_any_size(toy, view_of, monkeypatch, cells):
    strategy = QueryByCommittee("max_disagreement", PAIR)
    whole = strategy.utilities(view_of(toy))
    monkeypatch.setattr(view, "_STACK_CELLS", cells)
    assert strategy.utilities(view_of(toy)) == pytest.approx(whole)


def test_kl_is_bald(toy, view_of):
    seen = view_of(toy)
    S = stack_of(toy, seen.rows)
    bald = measures.entropy(S.mean(axis=0)) - measures.entropy(S.reshape(-1, 2)).reshape(
        S.shape[:2]
    ).mean(axis=0)
    assert QueryByCommittee(committee=PAIR).utilities(seen) == pytest.approx(bald, abs=1e-9)


def test_a_fitted_forest_is_asked_as_it_is(toy, view_of):
    seen = view_of(toy, model=RandomForestClassifier(7))
    trees = seen.model.estimator.estimators_
    S = np.array([tree.predict_proba(toy.data[seen.rows]) for tree in trees])
    for committee in (None, "ensemble", Ensemble()):
        u = QueryByCommittee("vote_entropy", committee).utilities(seen)
        assert u == pytest.approx(measures.vote_entropy(S))


class CountsFits(LogisticRegression):
    fits = 0

    def fit(self, X, y, sample_weight=None):
        CountsFits.fits += 1
        return super().fit(X, y, sample_weight)


@pytest.mark.parametrize(
    ("committee", "fits"), [(None, 5), ("bags", 5), ("seeds", 5), (Bags(3), 3), (Seeds(2), 2)]
)
def test_members_are_fitted_once_a_round(toy, view_of, committee, fits):
    seen = view_of(toy, model=CountsFits())
    CountsFits.fits = 0
    for disagreement in DISAGREEMENTS:
        QueryByCommittee(disagreement, committee).utilities(seen)
    assert CountsFits.fits == fits


def test_seeds_of_a_line_divide_nobody(toy, view_of):
    u = QueryByCommittee(committee="seeds").utilities(view_of(toy))
    assert u == pytest.approx(0, abs=1e-12)
    trees = view_of(toy, model=RandomForestClassifier(3))
    assert QueryByCommittee(committee="seeds").utilities(trees).max() > 0


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        AdaBoostClassifier(n_estimators=5),
        GradientBoostingClassifier(n_estimators=5),
        RandomForestClassifier(5),
        BaggingClassifier(make_pipeline(StandardScaler(), LogisticRegression()), 5),
    ],
    ids=repr,
)
def test_by_default_somebody_disagrees(toy, view_of, model):
    assert QueryByCommittee().utilities(view_of(toy, model=model, each=4)).max() > 0


def test_without_a_model_nobody_disagrees(toy, view_of):
    seen = view_of(toy, each=0)
    assert not QueryByCommittee().utilities(seen).any()
    said = QueryByCommittee().reasons(seen, seen.rows[:1])
    assert said == ["QueryByCommittee: nothing is labelled yet, exploring at random"]


def test_an_ensemble_must_be_one(toy, view_of):
    with pytest.raises(InputError, match="LogisticRegression is no ensemble"):
        QueryByCommittee(committee="ensemble").utilities(view_of(toy))


def test_committees_by_name_by_list_and_by_value():
    assert QueryByCommittee(committee="bags").committee == Bags()
    assert QueryByCommittee(committee="seeds").committee == Seeds()
    assert QueryByCommittee(committee="ensemble").committee == Ensemble()
    assert QueryByCommittee(committee=list(PAIR)).committee == Estimators(PAIR)
    assert QueryByCommittee(committee=Bags(9)).committee == Bags(9)
    assert QueryByCommittee() == QueryByCommittee("kl_to_consensus", None)


class OfOnesOwn:
    """A committee that is no value, as somebody may write one."""

    __hash__ = None

    def members(self, model, unfitted, labelled, rng):
        return [model, model]


def test_a_committee_of_ones_own(toy, view_of):
    strategy = QueryByCommittee(committee=OfOnesOwn())
    assert strategy.utilities(view_of(toy)) == pytest.approx(0)


def test_a_long_committee_is_still_one_line(toy, started):
    members = [
        make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=999)) for c in (1, 2)
    ]
    query = started(toy, QueryByCommittee(committee=members)).query(2)
    assert all("\n" not in reason for reason in query.reasons)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"disagreement": "kl"}, "disagreement is 'kl'"),
        ({"committee": "forest"}, "committee is 'forest'"),
        ({"committee": []}, "empty list"),
        ({"committee": 5}, "committee is 5"),
    ],
)
def test_bad_settings_are_named(arguments, words):
    with pytest.raises(InputError, match=words):
        QueryByCommittee(**arguments)


def test_variants_refuse_settings_that_the_model_has_not(toy, view_of):
    with pytest.raises(ValueError, match="gamma"):
        QueryByCommittee(committee=Variants([{"gamma": 1}, {"C": 1}])).utilities(view_of(toy))
