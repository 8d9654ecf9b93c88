import numpy as np
import pytest
from given import binary, given_view
from scipy.sparse import csr_matrix
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.preprocessing import StandardScaler

from motherlode import InputError, Pool, measures
from motherlode._round.training_set import TrainingSet
from motherlode._round.view import View
from motherlode.geometry import bandwidth_of
from motherlode.strategies import KDE, LOF, Entropy, InformationDensity

OUTLIER, CLUSTER = 400, np.arange(401, 426)


def planted(d, seed=0):
    """400 rows of a broad bell, one outlier, and 25 rows of a compact cluster at its side."""
    rng = np.random.default_rng(seed)
    bell = rng.normal(size=(400, d))
    outlier = np.full((1, d), 7.0)
    cluster = 1.8 / np.sqrt(d) * np.sqrt(2) + 0.1 * rng.normal(size=(25, d))
    return np.concatenate([bell, outlier, cluster])


def view_of_points(X, **settings):
    none = np.empty(0, dtype=np.int64)
    training = TrainingSet(
        Pool(X),
        np.arange(2),
        none,
        none,
        (1,),
        (0, 0),
    )
    return View(
        training,
        np.arange(X.shape[0]),
        unfitted=None,
        model=None,
        **settings,
    )


def top(strategy, view, n):
    return view.rows[np.argsort(-strategy.utilities(view))[:n]]


@pytest.mark.parametrize("d", [2, 10, 50])
@pytest.mark.parametrize("strategy", [KDE(), KDE(bandwidth="silverman"), LOF()], ids=str)
def test_sparse_asks_the_outlier_first(strategy, d):
    assert top(strategy, view_of_points(planted(d)), 1) == [OUTLIER]


@pytest.mark.parametrize("d", [4, 10, 50])
@pytest.mark.parametrize("region", ["dense", "compact"])
def test_dense_and_compact_ask_the_cluster_first(region, d):
    first = top(KDE(region), view_of_points(planted(d)), 20)
    assert np.isin(first, CLUSTER).mean() >= 0.95


def test_compact_finds_a_small_cluster_beside_a_large_crowd():
    """The crowd is denser than the cluster, so that "dense" asks the crowd."""
    rng = np.random.default_rng(1)
    crowd, wide = rng.normal(size=(400, 2)), 8 * rng.uniform(-1, 1, size=(100, 2))
    cluster = [5.0, 5.0] + 0.12 * rng.normal(size=(20, 2))
    view = view_of_points(np.concatenate([crowd, wide, cluster]))
    narrow = {"bandwidth": 0.1}
    compact = top(KDE("compact", **narrow), view, 20)
    assert (compact >= 500).mean() >= 0.9


@pytest.mark.parametrize("d", [6, 10])
def test_dense_lof_asks_rows_denser_than_their_surroundings(d):
    rng = np.random.default_rng(2)
    halo = rng.normal(size=(300, d))
    halo *= rng.uniform(1, 3, 300)[:, None] / np.linalg.norm(halo, axis=1, keepdims=True)
    core = 0.05 * rng.normal(size=(12, d))
    view = view_of_points(np.concatenate([halo, core]))
    assert (top(LOF("dense", neighbours=20), view, 12) >= 300).mean() >= 0.8


def test_regions_turn_each_other_round():
    view = view_of_points(planted(3))
    assert np.array_equal(KDE().utilities(view), -KDE("dense").utilities(view))
    assert LOF().utilities(view) == pytest.approx(1 / LOF("dense").utilities(view))


@pytest.mark.parametrize("rule", ["scott", "silverman", 0.4])
def test_kde_values_are_those_of_scikit_learn_on_standardised_points(rule):
    X = planted(3) * [1, 50, 0.01]
    P = StandardScaler().fit_transform(X)
    peer = KernelDensity(bandwidth=bandwidth_of(rule, *P.shape)).fit(P).score_samples(P)
    view = view_of_points(X)
    assert KDE("dense", bandwidth=rule).utilities(view) == pytest.approx(peer, abs=1e-8)
    assert KDE("sparse", bandwidth=rule).utilities(view) == pytest.approx(-peer, abs=1e-8)


def test_a_row_that_is_alone_is_not_compact():
    view = view_of_points(planted(5))
    u = KDE("compact").utilities(view)
    assert u[OUTLIER] == u.min()
    assert u[CLUSTER].min() > np.quantile(u, 0.9)


@pytest.mark.parametrize("neighbours", [3, 20])
def test_lof_values_are_those_of_scikit_learn_on_standardised_points(neighbours):
    X = planted(3) * [1, 50, 0.01]
    peer = LocalOutlierFactor(n_neighbors=neighbours).fit(StandardScaler().fit_transform(X))
    u = LOF(neighbours=neighbours).utilities(view_of_points(X))
    assert u == pytest.approx(-peer.negative_outlier_factor_)


def test_densities_are_of_the_whole_pool_and_not_of_the_candidates():
    whole = view_of_points(planted(2))
    some = whole.narrow(np.arange(380, 426))
    for strategy in (KDE(), KDE("compact"), LOF(), LOF("dense")):
        assert np.array_equal(strategy.utilities(some), strategy.utilities(whole)[380:])


P = binary(np.concatenate([[0.1, 0.9], np.where(np.arange(40) % 4 == 0, 0.8, 0.2)]))
POINTS = np.random.default_rng(0).normal(size=(42, 2))


@pytest.mark.parametrize(
    "strategy", [KDE(), KDE("dense"), KDE("compact"), LOF(), LOF("dense")], ids=str
)
def test_within_the_predicted_minority_comes_first_and_keeps_the_order(strategy):
    view = given_view(P, [0, 1], [0, 1], points=POINTS)
    plain = strategy.utilities(view)
    kind = type(strategy)
    u = kind(strategy.region, within="predicted minority").utilities(view)
    inside = view.probabilities[:, 1] > 0.5
    assert u[inside].min() > u[~inside].max()
    for side in (inside, ~inside):
        assert np.array_equal(np.argsort(u[side]), np.argsort(plain[side]))
    assert u[inside] == pytest.approx(plain[inside])


@pytest.mark.parametrize("p", [0.1, 0.9])
@pytest.mark.parametrize("strategy", [KDE, LOF])
def test_within_changes_nothing_where_all_or_none_are_inside(strategy, p):
    view = given_view(binary(np.full(42, p)), [0, 1], [0, 1], points=POINTS)
    within = strategy(within="predicted minority").utilities(view)
    assert np.array_equal(within, strategy().utilities(view))
    no_model = given_view(P, [], [], points=POINTS, model=False)
    within = strategy(within="predicted minority").utilities(no_model)
    assert np.array_equal(within, strategy().utilities(no_model))


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.5, -1.0])
def test_information_density_is_entropy_times_a_power_of_the_mean_similarity(beta):
    view = given_view(P, [0, 1], [0, 1], points=POINTS)
    similarity = ((1 + cosine_similarity(view.pool.points)) / 2).mean(axis=1)[view.rows]
    by_hand = measures.entropy(P[view.rows]) * similarity**beta
    u = InformationDensity(beta).utilities(view)
    assert np.exp(u) == pytest.approx(by_hand)


def test_information_density_of_sure_rows_is_finite():
    sure = given_view(
        binary(np.array([0.0, 1.0, 0.0, 1.0, 0.5])), [0, 1], [0, 1], points=POINTS[:5]
    )
    u = InformationDensity().utilities(sure)
    assert np.isfinite(u).all()
    assert u.argmax() == 2


def test_information_density_of_texts_is_by_cosine():
    X = csr_matrix(np.abs(POINTS) * (np.abs(POINTS) > 0.5))
    view = view_of_points(X)
    assert np.exp(InformationDensity().utilities(view)) == pytest.approx(
        np.log(2) * np.maximum(cosine_similarity(X).mean(axis=1), 1e-12)
    )


def test_without_labels_density_still_decides_and_says_so():
    view = view_of_points(planted(2))
    assert KDE().reasons(view, np.array([OUTLIER]))[0].startswith("KDE ")
    said = (Entropy() * KDE()).reasons(view, np.array([OUTLIER]))[0]
    assert "nothing is labelled yet" in said
    assert "random" not in said


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: KDE("thin"), "region is 'thin'"),
        (lambda: LOF("compact"), "region is 'compact'"),
        (lambda: KDE(within="majority"), "within is 'majority'"),
        (lambda: KDE(bandwidth=0), "bandwidth is 0"),
        (lambda: KDE(bandwidth="wide"), "bandwidth is 'wide'"),
        (lambda: KDE(surroundings=1.0), "surroundings is 1.0"),
        (lambda: LOF(neighbours=0), "neighbours is 0"),
        (lambda: LOF(neighbours=2.5), "neighbours is 2.5"),
    ],
)
def test_bad_settings_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()
