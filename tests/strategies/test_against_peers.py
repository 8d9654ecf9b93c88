"""The same rows as scikit-activeml and scikit-learn on the same inputs, where the peer is right."""

import numpy as np
import pytest
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import (
    QueryByCommittee as PeerCommittee,
)
from skactiveml.pool import (
    UncertaintySampling,
    average_kl_divergence,
    uncertainty_scores,
    vote_entropy,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.preprocessing import StandardScaler

from motherlode import measures
from motherlode.geometry import bandwidth_of
from motherlode.strategies import KDE, LOF, Entropy, LeastConfidence, Margin, QueryByCommittee

METHODS = {
    "least_confident": (measures.least_confidence, LeastConfidence()),
    "margin_sampling": (measures.margin, Margin()),
    "entropy": (measures.entropy, Entropy()),
}
MEMBERS = [LogisticRegression(C=0.01), LogisticRegression(C=10.0), GaussianNB()]


def dirichlet(*shape, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(shape[-1]), size=shape[:-1])


def teach_peer(toy, rows):
    """Labels as the peer wants them: not a number where there is none."""
    y = np.full(len(toy.y), np.nan)
    y[rows] = toy.y[rows]
    return y


@pytest.mark.parametrize("k", [2, 3, 7])
@pytest.mark.parametrize("method", METHODS)
def test_uncertainty_scores(method, k):
    P = dirichlet(200, k)
    assert METHODS[method][0](P) == pytest.approx(uncertainty_scores(P, method=method))


@pytest.mark.parametrize("data", ["toy", "toy3"])
@pytest.mark.parametrize("method", METHODS)
def test_uncertainty_sampling_asks_the_same_rows(request, started, method, data):
    toy = request.getfixturevalue(data)
    learner = started(toy, METHODS[method][1], each=3)
    peer = UncertaintySampling(method=method, random_state=0).query(
        toy.data,
        teach_peer(toy, toy.some(3)),
        clf=SklearnClassifier(LogisticRegression(), classes=range(toy.k)),
        batch_size=10,
    )
    assert learner.query(10).rows.tolist() == peer.tolist()


@pytest.mark.parametrize("k", [2, 4])
def test_vote_entropy(k):
    S = dirichlet(5, 200, k)
    assert measures.vote_entropy(S) == pytest.approx(vote_entropy(S.argmax(axis=2).T, range(k)))


@pytest.mark.parametrize("k", [2, 4])
def test_kl_divergence(k):
    S = dirichlet(5, 200, k)
    assert measures.kl_to_consensus(S) == pytest.approx(average_kl_divergence(S), abs=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("kl_to_consensus", "KL_divergence"), ("vote_entropy", "vote_entropy")]
)
def test_query_by_committee_finds_the_same_utilities(toy3, started, ours, theirs):
    learner = started(toy3, QueryByCommittee(ours, MEMBERS), each=3)
    _, peer = PeerCommittee(method=theirs, random_state=0).query(
        toy3.data,
        teach_peer(toy3, toy3.some(3)),
        ensemble=[SklearnClassifier(member, classes=range(3)) for member in MEMBERS],
        return_utilities=True,
    )
    view = learner._view(learner.unlabelled, 1)
    # The peer cuts probabilities at 1e-7, so divergences differ in the sixth decimal.
    assert learner.strategy.utilities(view) == pytest.approx(peer[0][view.rows], abs=1e-5)


@pytest.mark.parametrize("sign", ["sparse", "dense"])
def test_kernel_density_asks_the_same_rows(toy, started, sign):
    P = StandardScaler().fit_transform(toy.data)
    peer = KernelDensity(bandwidth=bandwidth_of("scott", *P.shape)).fit(P).score_samples(P)
    left = np.setdiff1d(np.arange(len(P)), toy.some(2))
    order = left[np.argsort(peer[left] if sign == "sparse" else -peer[left])]
    assert started(toy, KDE(sign)).query(15).rows.tolist() == order[:15].tolist()


def test_local_outlier_factor_asks_the_same_rows(toy, started):
    peer = LocalOutlierFactor(n_neighbors=20).fit(StandardScaler().fit_transform(toy.data))
    left = np.setdiff1d(np.arange(len(toy.y)), toy.some(2))
    order = left[np.argsort(peer.negative_outlier_factor_[left])]
    assert started(toy, LOF()).query(15).rows.tolist() == order[:15].tolist()
