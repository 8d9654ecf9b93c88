import keras
import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from motherlode import ActiveLearner, InputError, Pool, measures
from motherlode.models import DeepEnsemble, MCDropout, fit_classifier
from motherlode.models._committee import Labelled
from motherlode.models._network_committee import DropoutPass
from motherlode.models._neural.network import Masks
from motherlode.models.keras import KerasClassifier
from motherlode.models.torch import TorchClassifier
from motherlode.strategies import BALD, EPIG, QueryByCommittee

from .neural.networks import FRAMEWORKS, bells, classifier

X, Y = bells()
either = pytest.mark.parametrize("framework", FRAMEWORKS)
LABELLED = Labelled(X[:30], Y[:30], np.arange(2))


def members(committee, model, seed=0):
    fitted = fit_classifier(model, X[:30], Y[:30], np.arange(2), 0)
    return fitted, committee.members(fitted, model, LABELLED, np.random.default_rng(seed))


def stack(found):
    return np.array([member.predict_proba(X) for member in found])


def by_hand():
    """From x = 1: hidden 1 and 2, halves dropped, and their sum as the second class's logit."""
    net = nn.Sequential(nn.Linear(1, 2), nn.Dropout(0.5), nn.Linear(2, 2))
    with torch.no_grad():
        for layer, weight in ((net[0], [[1.0], [2.0]]), (net[2], [[0.0, 0.0], [1.0, 1.0]])):
            layer.weight.copy_(torch.tensor(weight))
            layer.bias.zero_()
    return TorchClassifier(net, lr=0.0, epochs=1, random_state=0)


def test_dropout_passes_equal_those_worked_by_hand():
    model = by_hand().fit([[1.0], [1.0]], [0, 1])
    seeds = {tuple(Masks(s)(0, (1, 2), 0.5)[0].tolist()): s for s in range(30)}
    assert set(seeds) == {(0, 0), (0, 2), (2, 0), (2, 2)}  # kept ones count for those dropped
    for (first, second), seed in seeds.items():
        logit = 1.0 * first + 2.0 * second
        p = model.dropout_pass(np.array([[1.0]]), Masks(seed))[0, 1]
        assert p == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)
    assert model.predict_proba([[1.0]])[0, 1] == pytest.approx(1 / (1 + np.exp(-3.0)), abs=1e-6)


def test_what_a_label_tells_equals_that_worked_by_hand():
    pool = np.array([[1.0], [0.5], [1.0], [0.0]])
    learner = ActiveLearner(pool, [0, 1], by_hand(), BALD(MCDropout(200)), minority=1)
    learner.teach([0, 1], [0, 1])
    view = learner._view(learner.unlabelled, 1)
    P = 1 / (1 + np.exp(-np.array([0.0, 2.0, 4.0, 6.0])))  # of the four masks, at x = 1
    H = measures.entropy
    told = H([[1 - P.mean(), P.mean()]])[0] - H(np.stack([1 - P, P], axis=1)).mean()
    found = learner.strategy.utilities(view)
    assert found[0] == pytest.approx(told, abs=0.02)
    assert found[1] == pytest.approx(0.0, abs=1e-9)  # at x = 0 all masks agree


# Three members that give the second class .1, .25 and .75, and what follows by hand: the mean is
# 1.1 / 3, its entropy .657158, the mean of their entropies (.325083 + 2 * .562335) / 3 = .483251.
SECOND, MEAN, TELLS, DIVIDED = [0.1, 0.25, 0.75], 0.366667, 0.173907, 1 / 3


def check_figures(P):
    assert P[:, 0, 1] == pytest.approx(SECOND, abs=1e-5)
    assert P.mean(axis=0)[0] == pytest.approx([1 - MEAN, MEAN], abs=1e-5)
    assert measures.kl_to_consensus(P)[0] == pytest.approx(TELLS, abs=1e-5)
    assert measures.variation_ratio(P)[0] == pytest.approx(DIVIDED)


LN3 = float(np.log(3.0))


def one_feature(framework, hidden, head, bias):
    """A network of fixed weights: from x to two values, halves dropped, to two logits."""
    if framework == "keras":
        net = keras.Sequential(
            [keras.Input((1,)), keras.layers.Dense(2), keras.layers.Dropout(0.5),
             keras.layers.Dense(2)]
        )  # fmt: skip
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        net.compile(keras.optimizers.SGD(0.0), loss, run_eagerly=True)
        net.set_weights([np.array(v, dtype="float32") for v in (hidden, [0, 0], head, bias)])
        return KerasClassifier(net, epochs=1, weights="given", random_state=0)
    net = nn.Sequential(nn.Linear(1, 2), nn.Dropout(0.5), nn.Linear(2, 2))
    net.load_state_dict(torch_weights(hidden, head, bias))
    return TorchClassifier(net, lr=0.0, epochs=1, weights="given", random_state=0)


def torch_weights(hidden, head, bias):
    return {
        "0.weight": torch.tensor(hidden).T, "0.bias": torch.zeros(2),
        "2.weight": torch.tensor(head).T, "2.bias": torch.tensor(bias),
    }  # fmt: skip


@either
def test_three_masks_by_hand(framework):
    """At x = ln 3 / 2 the values are x and 2 x, doubled where kept; the logit is their sum less
    2 ln 3: -2 ln 3 with both dropped, -ln 3 with the first kept, ln 3 with both.
    """
    model = one_feature(framework, [[1.0, 2.0]], [[0.0, 1.0], [0.0, 1.0]], [0.0, -2 * LN3])
    model.fit([[1.0], [1.0]], [0, 1])
    seeds = {tuple(Masks(s)(0, (1, 2), 0.5)[0].tolist()): s for s in range(30)}
    x = np.array([[LN3 / 2]])
    masks = [Masks(seeds[kept]) for kept in ((0, 0), (2, 0), (2, 2))]
    check_figures(np.array([DropoutPass(model, m).predict_proba(x) for m in masks]))


@either
def test_three_networks_by_hand(framework):
    """At x = 1 the logit is the hidden value: -2 ln 3, -ln 3 and ln 3."""
    head, bias = [[0.0, 1.0], [0.0, 0.0]], [0.0, 0.0]
    model = one_feature(framework, [[1.0, 0.0]], head, bias)
    X, y = np.array([[1.0], [1.0]]), np.array([0, 1])
    fitted = fit_classifier(model, X, y, np.arange(2), 0)
    labelled = Labelled(X, y, np.arange(2))
    found = DeepEnsemble(3).members(fitted, model, labelled, np.random.default_rng(0))
    for member, value in zip(found, (-2 * LN3, -LN3, LN3), strict=True):
        hidden = [[value, 0.0]]
        weights = (
            [np.array(v, dtype="float32") for v in (hidden, [0, 0], head, bias)]
            if framework == "keras"
            else torch_weights(hidden, head, bias)
        )
        member.estimator.network_.restore(weights)
    check_figures(np.array([member.predict_proba(X[:1]) for member in found]))


@either
def test_kl_to_consensus_is_bald_and_votes_are_counted(framework):
    P = stack(members(MCDropout(6), classifier(framework))[1])
    mean = P.mean(axis=0)
    entropies = np.array([measures.entropy(p) for p in P])
    assert measures.kl_to_consensus(P) == pytest.approx(
        measures.entropy(mean) - entropies.mean(axis=0), abs=1e-9
    )
    votes = P.argmax(axis=2)
    by_hand = 1 - np.array([np.bincount(v, minlength=2).max() / 6 for v in votes.T])
    assert measures.variation_ratio(P) == pytest.approx(by_hand)
    strategies = [BALD(MCDropout(6)), QueryByCommittee(committee=MCDropout(6))]
    asked = []
    for strategy in strategies:
        learner = ActiveLearner(X, [0, 1], classifier(framework), strategy)
        learner.teach(range(30), Y[:30])
        asked.append(learner.query(5).rows.tolist())
    assert asked[0] == asked[1]


@either
def test_members_differ_and_repeat_under_a_seed(framework):
    model = classifier(framework, eager=False)
    for committee in (MCDropout(3), DeepEnsemble(3)):
        first, again, other = (stack(members(committee, model, s)[1]) for s in (0, 0, 1))
        assert len(np.unique(first.round(6), axis=0)) == 3
        assert np.array_equal(first, again)
        assert not np.allclose(first, other)


@either
def test_a_member_is_one_network_whatever_the_blocks(framework):
    member = members(MCDropout(2), classifier(framework))[1][0]
    whole = member.predict_proba(X)
    parts = np.concatenate([member.predict_proba(X[:7]), member.predict_proba(X[7:])])
    assert parts == pytest.approx(whole, abs=1e-6)


@either
def test_without_dropout_the_passes_are_the_prediction(framework):
    model = classifier(framework, dropout=0.0)
    fitted, found = members(MCDropout(2), model)
    assert stack(found)[0] == pytest.approx(fitted.predict_proba(X), abs=1e-6)


def test_a_deep_ensemble_is_the_same_network_fitted_from_other_starts():
    model = classifier("torch")
    _, found = members(DeepEnsemble(2), model)
    seeds = np.random.default_rng(0).integers(2**31 - 1, size=2)
    for member, seed in zip(found, seeds.tolist(), strict=True):
        alone = classifier("torch", random_state=seed, weights="new").fit(X[:30], Y[:30])
        assert np.array_equal(member.predict_proba(X), alone.predict_proba(X))


@either
def test_networks_in_pipelines(framework):
    model = make_pipeline(StandardScaler(), classifier(framework))
    for committee in (MCDropout(3), DeepEnsemble(2)):
        assert stack(members(committee, model)[1]).shape[1:] == (80, 2)


@pytest.mark.parametrize("measure", ["consensus_entropy", "variation_ratio", "minority_deviation"])
@pytest.mark.parametrize("committee", ["mc_dropout", DeepEnsemble(2)])
def test_every_measure_takes_them(measure, committee):
    for strategy in (QueryByCommittee(measure, committee), EPIG(committee=committee)):
        learner = ActiveLearner(Pool(X), [0, 1], classifier("torch"), strategy)
        learner.teach(range(30), Y[:30])
        assert np.isfinite(learner.query(3).utilities).all()


def test_what_is_no_committee():
    with pytest.raises(InputError, match="MCDropout needs a network as the query model"):
        members(MCDropout(), LogisticRegression())
    with pytest.raises(InputError, match="DeepEnsemble needs a network as the query model"):
        members(DeepEnsemble(), LogisticRegression())
    with pytest.raises(InputError, match="this one has none; add one"):
        members(MCDropout(), TorchClassifier(nn.Linear(4, 2), epochs=1))
    with pytest.raises(InputError, match="at least 2"):
        MCDropout(1)
    with pytest.raises(InputError, match="at least 2"):
        DeepEnsemble(1)
