import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import spearmanr
from sklearn.neighbors import KernelDensity

from motherlode.errors import InputError
from motherlode.geometry import _density as density
from motherlode.geometry import (
    bandwidth_of,
    exact_density,
    in_order,
    log_density,
    nearest_neighbours,
    truncated_density,
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


@pytest.mark.parametrize("size", [1, 7, 99, 100, 101])
def test_blocks_of_any_size_give_the_same_densities(monkeypatch, size):
    P = points(100, 4)
    whole, others = log_density(P, 0.7), log_density(P, 0.7, of_others=True)
    monkeypatch.setattr(density, "_BLOCK_ROWS", size)
    assert log_density(P, 0.7) == pytest.approx(whole, abs=1e-12)
    assert log_density(P, 0.7, of_others=True) == pytest.approx(others, abs=1e-12)


def test_rows_whose_kernels_vanish_beside_those_of_others_keep_their_density():
    """One far point among near ones: its sum underflows, theirs does not."""
    P = np.concatenate([points(700, 3), [[60.0, 0, 0]]])
    D = cdist(P, P)
    np.fill_diagonal(D, np.inf)
    by_hand = (
        logsumexp(-0.5 * (D / 0.5) ** 2, axis=1) - np.log(700) - 1.5 * np.log(2 * np.pi * 0.25)
    )
    assert log_density(P, 0.5, of_others=True) == pytest.approx(by_hand, rel=1e-10)


def blobs(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(12, d))[rng.integers(12, size=n)] * 3 + rng.normal(size=(n, d))


@pytest.mark.parametrize("h", [0.2, 1.0])
def test_a_truncated_density_states_its_error(h):
    P = blobs(5_000, 10)
    exact = exact_density(P, h)
    near = truncated_density(P, h, nearest_neighbours(P, 20), seed=1)
    off = np.abs(near.of_others - exact.of_others)
    assert near.error == pytest.approx(off.mean(), rel=0.4)
    assert near.rank_correlation == pytest.approx(
        spearmanr(near.of_others, exact.of_others).statistic, abs=0.01
    )
    assert near.rank_correlation > 0.97
    assert (exact.error, exact.rank_correlation) == (0.0, 1.0)


def test_a_truncated_density_is_exact_where_sample_and_graph_hold_all_points():
    P = points(400, 3)
    near = truncated_density(P, 0.4, nearest_neighbours(P, 20))
    assert near.of_others == pytest.approx(log_density(P, 0.4, of_others=True), rel=1e-9)
    assert near.error == pytest.approx(0, abs=1e-9)
    all_near = truncated_density(P[:9], 0.4, nearest_neighbours(P[:9], 8))
    assert all_near.of_others == pytest.approx(log_density(P[:9], 0.4, of_others=True), rel=1e-9)


def test_a_density_tells_how_far_it_has_come():
    told = []
    P = points(2_000, 3)
    exact_density(P, 0.4, progress=lambda what, done: told.append((what, done)))
    truncated_density(
        P, 0.4, nearest_neighbours(P, 5), progress=lambda what, done: told.append((what, done))
    )
    assert {what for what, _ in told} == {"Density"}
    assert all(0 <= done <= 1 for _, done in told)
    assert [done for _, done in told].count(1.0) == 2


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
def test_densities_in_order_are_scikit_learns(n, d):
    P = np.random.default_rng(n).normal(size=(n, d))
    known = KernelDensity(bandwidth=0.6).fit(P).score_samples(P)
    found = in_order(log_density(P, 0.6, of_others=True), 0.6, d)
    assert found == pytest.approx(known, abs=1e-8)


def test_densities_in_order_tell_points_apart_in_many_dimensions():
    P = np.random.default_rng(0).normal(size=(500, 400))
    assert len(np.unique(log_density(P, 0.9))) < 50
    others = log_density(P, 0.9, of_others=True)
    apart = in_order(others, 0.9, 400)
    assert len(np.unique(apart)) > 490  # two rows near each other alone tie
    assert np.array_equal(np.argsort(apart), np.argsort(others))
