import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array, csr_matrix
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import KernelDensity, LocalOutlierFactor

from motherlode import geometry
from motherlode.errors import InputError
from motherlode.geometry import (
    bandwidth_of,
    local_outlier_factor,
    log_density,
    mean_similarity,
    nearest_neighbours,
    ordered_log_density,
)


def points(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def sklearn_kde(P, h):
    return KernelDensity(bandwidth=h).fit(P).score_samples(P)


@pytest.mark.parametrize("d", [1, 2, 10, 100])
@pytest.mark.parametrize("n", [1, 2, 3, 150])
@pytest.mark.parametrize("h", [0.05, 0.3, 1.0, 10.0])
def test_log_density_is_that_of_scikit_learn(n, d, h):
    P = points(n, d)
    assert log_density(P, h) == pytest.approx(sklearn_kde(P, h), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("d", [1, 3])
def test_log_density_of_duplicates(d):
    P = np.repeat(points(5, d), 8, axis=0)
    assert log_density(P, 0.2) == pytest.approx(sklearn_kde(P, 0.2), abs=1e-8)
    assert log_density(np.ones((6, d)), 0.5) == pytest.approx(
        sklearn_kde(np.ones((6, d)), 0.5), abs=1e-8
    )


def test_log_density_keeps_its_digits_far_from_the_origin():
    P = points(200, 3) + 1e6
    assert log_density(P, 0.1) == pytest.approx(sklearn_kde(P, 0.1), abs=1e-6)


@given(arrays(np.float64, (7, 2), elements=st.floats(-5, 5)), st.floats(0.05, 20))
def test_log_density_of_any_points(P, h):
    assert log_density(P, h) == pytest.approx(sklearn_kde(P, h), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("d", [1, 3, 60])
def test_log_density_of_others_is_that_of_a_pool_without_the_point(d):
    P = np.concatenate([points(30, d), points(3, d)])  # three rows twice
    left_out = [
        KernelDensity(bandwidth=0.4).fit(np.delete(P, i, axis=0)).score_samples(P[[i]])[0]
        for i in range(len(P))
    ]
    assert log_density(P, 0.4, of_others=True) == pytest.approx(left_out, rel=1e-9)


def test_log_density_of_others_keeps_the_order_and_is_finite():
    P = points(200, 3)
    order = np.argsort(log_density(P, 0.5))
    assert np.array_equal(np.argsort(log_density(P, 0.5, of_others=True)), order)
    assert np.isfinite(log_density(P[:1], 0.5, of_others=True)).all()
    assert np.isfinite(log_density(100 * P, 0.01, of_others=True)).all()


def test_log_density_does_not_change_the_points():
    P = points(20, 3)
    before = P.copy()
    log_density(P, 0.5)
    assert np.array_equal(P, before)


@pytest.mark.parametrize("cells", [1, 99, 100, 101, 350, 9_999, 10_000])
def test_blocks_of_any_size_give_the_same_densities(monkeypatch, cells):
    P = points(100, 4)
    whole, others = log_density(P, 0.7), log_density(P, 0.7, of_others=True)
    monkeypatch.setattr(geometry, "_BLOCK_CELLS", cells)
    assert log_density(P, 0.7) == pytest.approx(whole, abs=1e-12)
    assert log_density(P, 0.7, of_others=True) == pytest.approx(others, abs=1e-12)


@pytest.mark.parametrize("neighbours", [1, 5, 20, 500])
def test_local_outlier_factor_is_that_of_scikit_learn(neighbours):
    P = points(120, 3)
    peer = LocalOutlierFactor(n_neighbors=min(neighbours, 119)).fit(P)
    assert local_outlier_factor(P, neighbours) == pytest.approx(-peer.negative_outlier_factor_)


def test_local_outlier_factor_by_definition():
    """Definitions 5 to 7 of the paper, on a handful of points without ties."""
    P, k = points(12, 2, seed=4), 3
    D = cdist(P, P)
    near = np.argsort(D, axis=1)[:, 1 : k + 1]
    k_distance = np.sort(D, axis=1)[:, k]
    reach = np.array([[max(k_distance[o], D[p, o]) for o in near[p]] for p in range(12)])
    density = 1 / reach.mean(axis=1)
    by_hand = density[near].mean(axis=1) / density
    assert local_outlier_factor(P, k) == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_local_outlier_factor_of_a_handful(n):
    factor = local_outlier_factor(points(n, 2), 20)
    assert factor.shape == (n,)
    assert np.isfinite(factor).all()
    assert (factor > 0).all()


def test_rows_beside_a_heap_of_equal_rows_get_a_finite_factor_and_no_warning():
    P = np.concatenate([np.zeros((25, 2)), 0.1 * points(20, 2)])
    factor = local_outlier_factor(P, 20)
    assert np.isfinite(factor).all()
    assert factor[:25] == pytest.approx(1)


def similarity_matrix(X):
    cosine = cosine_similarity(X)
    return cosine if X.min() >= 0 else (1 + cosine) / 2


@pytest.mark.parametrize("shift", [0.0, 10.0], ids=["signs", "no signs"])
def test_mean_similarity_is_the_mean_of_the_whole_matrix(shift):
    X = points(80, 5) + shift
    assert mean_similarity(X) == pytest.approx(similarity_matrix(X).mean(axis=1))


@pytest.mark.parametrize("kind", [csr_matrix, csr_array])
def test_mean_similarity_of_sparse_rows(kind):
    X = np.where(points(60, 9) > 0.5, np.abs(points(60, 9, seed=1)), 0)
    X[3] = 0
    similarity = mean_similarity(kind(X))
    assert similarity == pytest.approx(similarity_matrix(X).mean(axis=1))
    assert similarity[3] == 0


@given(arrays(np.float64, (6, 3), elements=st.floats(-100, 100)))
def test_mean_similarity_lies_between_zero_and_one(X):
    similarity = mean_similarity(X)
    assert np.isfinite(similarity).all()
    assert ((similarity >= 0) & (similarity <= 1)).all()


def test_nearest_neighbours_by_brute_force():
    P = points(50, 3)
    D = cdist(P, P)
    np.fill_diagonal(D, np.inf)
    found = nearest_neighbours(P, 4)
    assert np.array_equal(found.ids, np.argsort(D, axis=1)[:, :4])
    assert found.distances == pytest.approx(np.sort(D, axis=1)[:, :4])
    assert nearest_neighbours(P[:3], 9).ids.shape == (3, 2)
    assert nearest_neighbours(P[:1], 9).ids.shape == (1, 0)


def test_bandwidth_rules_by_hand():
    assert bandwidth_of("scott", n=10_000, d=4) == pytest.approx(10_000 ** (-1 / 8))
    assert bandwidth_of("silverman", n=100, d=2) == pytest.approx(100 ** (-1 / 6))
    assert bandwidth_of("silverman", n=81, d=1) == pytest.approx((81 * 3 / 4) ** -0.2)
    assert bandwidth_of("scott", n=1, d=7) == 1.0
    assert bandwidth_of(0.25, n=5, d=5) == 0.25
    assert bandwidth_of(2, n=5, d=5) == 2.0


@given(st.integers(1, 10**6), st.integers(1, 500))
def test_bandwidth_rules_are_the_factors_of_scipy(n, d):
    scott, silverman = bandwidth_of("scott", n, d), bandwidth_of("silverman", n, d)
    assert 0 < scott <= 1
    assert silverman == pytest.approx(scott * (4 / (d + 2)) ** (1 / (d + 4)))


@pytest.mark.parametrize("rule", ["scot", 0, -1.0, np.inf, np.nan, None, [1.0]])
def test_a_bad_bandwidth_is_named(rule):
    with pytest.raises(InputError, match="bandwidth is"):
        bandwidth_of(rule, 10, 2)


@pytest.mark.parametrize(("n", "d"), [(1, 2), (2, 1), (300, 3), (200, 40)])
def test_ordered_log_density_is_scikit_learns(n, d):
    P = np.random.default_rng(n).normal(size=(n, d))
    known = KernelDensity(bandwidth=0.6).fit(P).score_samples(P)
    assert ordered_log_density(P, 0.6) == pytest.approx(known, abs=1e-8)


def test_ordered_log_density_tells_points_apart_in_many_dimensions():
    P = np.random.default_rng(0).normal(size=(500, 400))
    assert len(np.unique(log_density(P, 0.9))) < 50
    apart = ordered_log_density(P, 0.9)
    assert len(np.unique(apart)) == 500
    others = log_density(P, 0.9, of_others=True)
    assert np.array_equal(np.argsort(apart), np.argsort(others))
