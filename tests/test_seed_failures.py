"""The three snippets this library began as fail on real data; each failure is a test here."""

from typing import ClassVar

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from motherlode import ActiveLearner, InputError, Pool, measures
from motherlode.geometry import log_density
from motherlode.learner._batch import TWINS_LOOK
from motherlode.models._committee import Bags, Estimators, stratified_bag
from motherlode.strategies import KDE, Entropy, Margin, QueryByCommittee


def test_entropy_of_a_forest_is_a_number_where_a_probability_is_zero(toy):
    forest = RandomForestClassifier(20, random_state=0).fit(toy.data, toy.y)
    P = forest.predict_proba(toy.data)
    assert (P == 0).any(axis=1).mean() > 0.3  # the state that breaks p log p
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(-np.sum(P * np.log2(P), axis=1)).any()
    assert np.isfinite(measures.entropy(P)).all()


class Counting(LogisticRegression):
    """Notes how many rows every call asks about."""

    calls: ClassVar = []

    def predict_proba(self, X):
        self.calls.append(len(X))
        return super().predict_proba(X)


def test_a_round_asks_the_model_once_and_not_once_a_row(toy, started):
    learner = started(toy, Margin(), model=Counting())
    Counting.calls.clear()
    learner.query(10)
    # The pool in one call, beside two rows that tell whether the model is constant, one row to warm
    # up, and those among which the ten are chosen.
    assert len(Counting.calls) <= 4
    assert sum(Counting.calls) <= len(toy.y) + 3 + 10 * TWINS_LOOK


def test_a_single_row_is_a_matrix_of_one_row(toy, started):
    learner = started(toy)
    assert learner.predict_proba(7).shape == (1, 2)
    with pytest.raises(InputError, match="shape"):
        Pool(toy.data[0])
    with pytest.raises(InputError, match="shape"):
        measures.entropy([0.2, 0.8])


def test_the_smallest_gap_is_asked_first(toy, started):
    learner = started(toy, Margin())
    asked = learner.query(5).rows
    gap = np.abs(np.diff(learner.predict_proba(learner.unlabelled), axis=1)).ravel()
    assert set(asked) == set(learner.unlabelled[np.argsort(gap)[:5]])


@pytest.mark.parametrize(
    "names", [[0, 1], ["negative", "positive"], [False, True], [7, 3], ["z", "a"]], ids=str
)
def test_votes_do_not_depend_on_what_classes_are_called(toy, started, names):
    committee = Estimators([LogisticRegression(C=c) for c in (0.01, 1, 100)])
    strategy = QueryByCommittee("vote_entropy", committee)
    plain = started(toy, strategy, classes=["0", "1"]).query(8)
    other = started(toy, strategy, classes=names).query(8)
    assert other.utilities == pytest.approx(plain.utilities)
    assert other.rows.tolist() == plain.rows.tolist()


def test_a_density_in_400_dimensions_still_tells_rows_apart():
    noise = np.random.default_rng(0).normal(size=(3000, 400))
    snippet = np.exp(log_density(noise, 1.0))
    assert len(np.unique(snippet)) < 300
    apart = log_density(noise, 1.0, of_others=True)
    assert len(np.unique(apart)) > 2990
    kernels = norm.logpdf(np.delete(noise, 17, axis=0), loc=noise[17]).sum(axis=1)
    assert apart[17] == pytest.approx(logsumexp(kernels) - np.log(2999))


def test_kde_tells_all_rows_of_a_wide_pool_apart(view_of, toy):
    wide = np.random.default_rng(0).normal(size=(210, 400))
    view = view_of(toy, pool=Pool(wide))
    assert len(np.unique(KDE().utilities(view))) == len(view)


def test_a_stratified_bag_keeps_the_only_positive():
    y = np.array([0] * 19 + [1])
    rng = np.random.default_rng(0)
    draws = 2000
    kept = [19 in stratified_bag(y, rng) for _ in range(draws)]
    assert all(kept)
    lost = np.mean([19 not in rng.integers(20, size=20) for _ in range(draws)])
    assert lost == pytest.approx((19 / 20) ** 20, abs=0.04)  # about 1/e


def test_every_member_of_a_bag_committee_knows_the_only_positive(toy, view_of):
    view = view_of(toy, each=1, model=DecisionTreeClassifier())
    members = view._members(Bags(20))
    for member in members:
        assert member.predict_proba(toy.data)[:, 1].max() == 1.0


def test_the_ranking_of_ties_is_not_the_order_of_the_file(toy):
    learner = ActiveLearner(Pool(toy.data), [0, 1], strategy=Entropy(), seed=0)
    asked = learner.query(20).rows  # nothing is labelled: all rows tie
    assert asked.min() > 0
    assert asked.max() > 100
    assert (np.diff(asked) < 0).any()
